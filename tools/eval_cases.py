#!/usr/bin/env python3
"""How well people, groups and cases are found on the labelled development groups.

Runs `ward scan --all --json` over tests/data/trade/dev_groups.jsonl (labels, actors and ids of
pictures taken out first), keeps what the store would keep (flagged events, 10 neighbours each side,
and events that show a handle or picture of a flagged account), feeds it to tools/link-lines and
compares with dev_actors.jsonl. With --truth the labels stand in for the scan, which shows the quality
of linking alone. Prints B-cubed F1 of people, bystanders accused, the rank of groups, cases.
"""
import argparse
import collections
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "tests/data/trade"
HIDDEN = ("labels", "actor", "group_label", "case", "origin")
NEIGHBOURS = 10


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def as_event(row):
    """The row without anything a platform would not have."""
    event = {k: v for k, v in row.items() if k not in HIDDEN}
    if "media" in event:
        event["media"] = [{k: v for k, v in m.items() if k != "media"} for m in event["media"]]
    return event


def scan(build, events):
    text = "".join(json.dumps(e, ensure_ascii=False) + "\n" for e in events)
    out = subprocess.run([build / "src/cli/ward", "scan", "--all", "--json", "--packs",
                          ROOT / "packs", "-"], input=text.encode(), stdout=subprocess.PIPE,
                         check=False).stdout
    verdicts = {}
    for line in out.decode().splitlines():
        verdict = json.loads(line)
        verdicts[verdict["id"]] = verdict  # the last one of an event stands
    return verdicts


def by_truth(rows, verdicts):
    """Levels and roles from the labels; facts stay those the scan read."""
    for row in rows:
        verdict, labels = verdicts[row["id"]], row["labels"]
        verdict.update(level="review" if labels["trade"] else "none",
                       score=0.9 if labels["trade"] else 0.02,
                       role=labels["role"] if labels["trade"] else "none")


def tokens(event, verdict):
    handles = {h["value"] for h in verdict.get("facts", {}).get("handles", [])}
    return handles, [int(m["phash"], 16) for m in event.get("media", []) if m.get("phash")]


def kept(events, verdicts):
    """What the store keeps of a scan."""
    groups = collections.defaultdict(list)
    for i, event in enumerate(events):
        groups[event.get("group")].append(i)
    keep = set()
    for members in groups.values():
        for at, i in enumerate(members):
            if verdicts[events[i]["id"]]["level"] != "none":
                keep.update(members[max(0, at - NEIGHBOURS):at + NEIGHBOURS + 1])
    flagged = {e["account"] for e in events if verdicts[e["id"]]["level"] != "none"}
    handles, hashes = set(), []
    for event in events:
        if event["account"] in flagged:
            more, pictures = tokens(event, verdicts[event["id"]])
            handles |= more
            hashes += pictures
    for i, event in enumerate(events):
        own, pictures = tokens(event, verdicts[event["id"]])
        if own & handles or any(bin(p ^ h).count("1") <= 6 for p in pictures for h in hashes):
            keep.add(i)
    return [events[i] for i in sorted(keep)]


def link(build, events, verdicts, everything):
    lines = [json.dumps({"event": e, "verdict": verdicts[e["id"]]}, ensure_ascii=False)
             for e in (everything if events is None else events)]
    counts = collections.Counter((e["platform"], e["group"]) for e in everything)
    lines += [json.dumps({"messages": {"platform": p, "group": g, "count": n}})
              for (p, g), n in sorted(counts.items())]
    out = subprocess.run([build / "tools/link-lines"], input="\n".join(lines).encode() + b"\n",
                         stdout=subprocess.PIPE, check=True).stdout
    found = collections.defaultdict(list)
    for line in out.decode().splitlines():
        item = json.loads(line)
        found[next(iter(item))].append(item)
    return found


def b_cubed(found, truth):
    """Precision, recall and F1 over the accounts of `truth`; accounts not found stand alone."""
    label = {a: found.get(a, ("alone", a)) for a in truth}
    precision = recall = 0
    for a in truth:
        together = [b for b in truth if label[b] == label[a]]
        same = [b for b in truth if truth[b] == truth[a]]
        both = sum(truth[b] == truth[a] for b in together)
        precision += both / len(together)
        recall += both / len(same)
    precision, recall = precision / len(truth), recall / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def figures(found, rows, actors):
    """What is measured, by name."""
    true_role = {a: actor for actor in actors for a in actor["accounts"]}
    truth = {a: actor["actor"] for a, actor in true_role.items() if actor["role"] != "none"}
    person = {a.split("/", 1)[1]: p["person"] for p in found["person"] for a in p["accounts"]}
    case = {a.split("/", 1)[1]: p["case"] for p in found["person"] for a in p["accounts"]}
    merged = [[a.split("/", 1)[1] for a in p["accounts"]] for p in found["person"]]
    label = {r["group"]: r["group_label"] for r in rows}
    score = {g["group"].split("/", 1)[1]: g["score"] for g in found["group"]}
    ranked = sorted(label, key=lambda g: -score.get(g, 0))
    worst = max((score.get(g, 0) for g in label if label[g] == "benign"), default=0)
    present = {a: t for a, t in truth.items() if a in person}
    return {
        "people": b_cubed(person, truth),
        "people_found": b_cubed(person, present) if present else (0.0, 0.0, 0.0),
        "accounts": (len(present), len(truth)),
        "missing": sorted(a for a in truth if a not in person),
        "accused": sorted(a for a in person if true_role[a]["role"] == "none"),
        "merged_wrongly": [names for names in merged
                           if len({true_role[n]["actor"] for n in names}) > 1],
        "groups": [(g, label[g], score.get(g, 0)) for g in ranked],
        "groups_below": [g for g in ranked if label[g] != "benign" and score.get(g, 0) <= worst],
        "cases": b_cubed(case, {a: actor["case"] for a, actor in true_role.items() if a in truth}),
        "cases_found": len(found["case"]),
    }


def report(made):
    print("people: precision %.3f recall %.3f F1 %.3f (accounts not found stand alone)" % made["people"])
    print("        precision %.3f recall %.3f F1 %.3f (among the %d of %d accounts found)" %
          (*made["people_found"], *made["accounts"]))
    print("        not found:", " ".join(made["missing"]) or "none")
    print("        bystanders accused:", " ".join(made["accused"]) or "none")
    for names in made["merged_wrongly"]:
        print("        WRONG MERGE:", names)
    print("groups:", " ".join(f"{g}:{label}:{score:.2f}" for g, label, score in made["groups"]))
    print("        not above every look-alike:", " ".join(made["groups_below"]) or "none")
    print("cases:  precision %.3f recall %.3f F1 %.3f, %d found" % (*made["cases"], made["cases_found"]))


def measure(build, truth=False, everything=False):
    """The figures of the development groups, judged by the scan or, with `truth`, by their labels."""
    rows, actors = read_lines(DATA / "dev_groups.jsonl"), read_lines(DATA / "dev_actors.jsonl")
    events = [as_event(row) for row in rows]
    verdicts = scan(build, events)
    if truth:
        by_truth(rows, verdicts)
    found = link(build, None if everything else kept(events, verdicts), verdicts, events)
    return figures(found, rows, actors)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--truth", action="store_true", help="labels instead of the scan")
    parser.add_argument("--everything", action="store_true", help="link all events, not the kept")
    args = parser.parse_args()
    report(measure(args.build.resolve(), args.truth, args.everything))


if __name__ == "__main__":
    main()
