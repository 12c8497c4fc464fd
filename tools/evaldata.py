"""Labelled lines, ordinary lines and what `ward scan` says of them.

Shared by eval.py and fit_weights.py. A labelled file is JSON lines: an event with `labels`
(`trade`, `role`, `signals`, `evasion`, `benign_class`); only the event is handed to ward. An
ordinary file holds one text a line. Verdicts come back in input order, so they are paired by place.
"""
import collections
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRADE = ROOT / "tests" / "data" / "trade"
UNSEEN = ROOT / "tests" / "data" / "unseen"
ORDINARY = ROOT / "tests" / "data" / "ordinary"
PACKS = ("zh-trade", "en-trade", "sea-trade")
EVENT_KEYS = ("text", "platform", "group", "group_name", "account", "alias", "time", "kind")
LEVELS = {"none": 0, "watch": 1, "review": 2, "urgent": 3}

Line = collections.namedtuple("Line", "id event labels")
Verdict = collections.namedtuple("Verdict", "level score role rules")


def default_packs():
    """The trade packs of this tree, joined as --packs wants them."""
    return ":".join(str(ROOT / "packs" / name) for name in PACKS if (ROOT / "packs" / name).is_dir())


def read_labelled(path):
    """The lines of one labelled file."""
    lines = []
    with open(path, encoding="utf-8") as source:
        for text in source:
            item = json.loads(text)
            event = {key: item[key] for key in EVENT_KEYS if item.get(key)}
            lines.append(Line(item["id"], event, item["labels"]))
    return lines


def fit_files():
    """The files of labelled lines that wording and weights are fitted on, in a fixed order."""
    left_out = ("dev_groups", "dev_actors", "fit_actors", "fit_actors2")
    return [path for path in sorted(TRADE.glob("*.jsonl")) if path.stem not in left_out]


def read_pairs(path):
    """(trade text, innocent text) of every minimal pair."""
    with open(path, encoding="utf-8") as source:
        return [tuple(line.rstrip("\n").split("\t")[:2]) for line in source if "\t" in line]


def read_ordinary(paths):
    """Every line of the given text files as an event."""
    events = []
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as source:
            events += [{"text": text.rstrip("\n")} for text in source if text.strip()]
    return events


def scan(ward, packs, events, context=False, every_rule=False):
    """ward's verdict of every event, in order. Raises RuntimeError when ward fails.

    every_rule: every rule that fired, of the text as a whole; else the verdict of the passage that stands.
    """
    command = [str(ward), "scan", "--all", "--json", "--packs", packs]
    command += [] if context else ["--no-context"]
    command += ["--rules-all", "--whole"] if every_rule else []
    text = "".join(
        json.dumps({"id": f"e{at}", **event}, ensure_ascii=False) + "\n"
        for at, event in enumerate(events)
    )
    run = subprocess.run(command + ["-"], input=text.encode(), capture_output=True, check=False)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)}: {run.stderr.decode(errors='replace').strip()}")
    verdicts = [None] * len(events)
    for line in run.stdout.decode().splitlines():
        item = json.loads(line)
        rules = {reason["rule"]: reason["weight"] for reason in item.get("reasons", ())}
        at = int(item["id"][1:])
        verdicts[at] = Verdict(LEVELS[item["level"]], item["score"], item["role"], rules)
    missing = sum(verdict is None for verdict in verdicts)
    if missing:
        raise RuntimeError(f"ward gave no verdict for {missing} of {len(events)} events")
    return verdicts


def passages_of(program, events):
    """The passages that the engine judges of every event's text beside the whole: lists of texts."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for number, event in enumerate(events):
            item = {"id": str(number), "text": event.get("text", "")}
            file.write(json.dumps(item, ensure_ascii=False) + "\n")
        file.flush()
        done = subprocess.run([program, file.name], capture_output=True, check=True)
    found = [json.loads(line) for line in done.stdout.decode("utf-8").split("\n")[:-1]]
    if len(found) != len(events):
        raise RuntimeError(f"{program}: {len(events)} events gave {len(found)} lines")
    return found


def part_events(program, events):
    """Every passage as an event like its own but for the text, and which event each is of."""
    parts = [(at, {**events[at], "text": text})
             for at, texts in enumerate(passages_of(program, events)) for text in texts]
    return [event for _, event in parts], [at for at, _ in parts]


BLOCK_LINES = 40


def joined_events(events, truth):
    """Innocent lines of one block, two by two in one text, and which line each begins with: what two
    people say of two things is no offer, though it may hold all the parts of one."""
    joined, first = [], []
    innocent = [at for at, is_trade in enumerate(truth) if not is_trade and events[at].get("text")]
    for one, two in zip(innocent[0::2], innocent[1::2]):
        if one // BLOCK_LINES == two // BLOCK_LINES:
            joined.append({**events[one], "text": f"{events[one]['text']}\n{events[two]['text']}"})
            first.append(one)
    return joined, first


def join_events(program, events, truth):
    """The passages of joined innocent lines as events, and of which line each is."""
    joined, first = joined_events(events, truth)
    parts, part_of = part_events(program, joined)
    return parts, [first[at] for at in part_of]


def labelled_path(name):
    """The file of labelled lines of that name; nothing is fitted on "unseen" and "unseen2"."""
    unseen = {"unseen": "lines.jsonl", "unseen2": "lines2.jsonl"}
    return UNSEEN / unseen[name] if name in unseen else TRADE / f"{name}.jsonl"


def labelled_files(names=("dev", "dev_c", "dev_d")):
    """Name -> lines of the labelled files in tests/data/trade."""
    return {name: read_labelled(TRADE / f"{name}.jsonl") for name in names}
