#!/usr/bin/env python3
"""How good the packs are: recall, precision, roles, disguises, false alarms. `make eval` runs this.

usage: eval.py [--ward PROGRAM] [--packs A:B] [--ordinary FILE]... [--json FILE] [--errors FILE]

Lines are judged one by one (--no-context): the labelled files mix groups and times at random. The
labelled files hold one trade line in three, and innocent lines chosen to be hard; ordinary text is
counted in flagged lines per 100,000. Figures come at the levels watch and review and along the score.
Table and weights are fitted on the dev files too: "unseen" (tests/data/unseen) alone tells how good they
are on new lines. --errors names the lines of the files open to rule writers that went wrong; of the
others only counts are ever printed.
"""
import argparse
import collections
import json
import sys

import evaldata

OPEN_FILES = ("dev", "dev_c")
LABELLED = ("dev", "dev_c", "dev_d", "unseen", "unseen2")
POINTS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
WATCH, REVIEW = 1, 2


def share(part, whole):
    """part / whole rounded to four decimals, None when there is nothing to count."""
    return round(part / whole, 4) if whole else None


def at_level(lines, verdicts, level):
    """Recall, precision and F1 when every line at `level` or above counts as found."""
    found = [verdict.level >= level for verdict in verdicts]
    truth = [line.labels["trade"] for line in lines]
    return figures(found, truth)


def figures(found, truth):
    hit = sum(f and t for f, t in zip(found, truth))
    recall, precision = share(hit, sum(truth)), share(hit, sum(found))
    f1 = round(2 * recall * precision / (recall + precision), 4) if recall and precision else 0.0
    return {"recall": recall, "precision": precision, "f1": f1, "found": sum(found), "hit": hit,
            "trade": sum(truth), "lines": len(truth)}


def by_class(lines, verdicts, level, keys_of, trade):
    """Class -> (lines at `level` and above, lines, share) over trade or innocent lines."""
    found, total = collections.Counter(), collections.Counter()
    for line, verdict in zip(lines, verdicts):
        if line.labels["trade"] != trade:
            continue
        for key in keys_of(line.labels):
            total[key] += 1
            found[key] += verdict.level >= level
    return {key: (found[key], total[key], share(found[key], total[key])) for key in sorted(total)}


def along_scores(lines, verdicts):
    """Recall and precision with the bar at several scores, and recall at fixed precision."""
    truth = [line.labels["trade"] for line in lines]
    points = {str(point): figures([v.score >= point for v in verdicts], truth) for point in POINTS}
    ranked = sorted(zip((-v.score for v in verdicts), truth))
    hits, best, f1_best = 0, {0.9: 0.0, 0.95: 0.0, 0.99: 0.0}, 0.0
    for count, (_, is_trade) in enumerate(ranked, 1):
        hits += is_trade
        if count < len(ranked) and ranked[count][0] == ranked[count - 1][0]:
            continue  # lines with one score stand or fall together
        recall, precision = hits / max(sum(truth), 1), hits / count
        f1_best = max(f1_best, 2 * recall * precision / max(recall + precision, 1e-9))
        for least in best:
            if precision >= least:
                best[least] = max(best[least], recall)
    return {"points": points, "f1_best": round(f1_best, 4),
            "recall_at_precision": {str(key): round(value, 4) for key, value in best.items()}}


def role_accuracy(lines, verdicts):
    """Share of the trade lines at watch and above whose role is right (lines without role aside)."""
    pairs = [(line.labels["role"], verdict.role) for line, verdict in zip(lines, verdicts)
             if line.labels["trade"] and line.labels["role"] != "none" and verdict.level >= WATCH]
    return {"right": sum(a == b for a, b in pairs), "of": len(pairs),
            "share": share(sum(a == b for a, b in pairs), len(pairs)),
            "confusion": dict(sorted(collections.Counter(f"{a}>{b}" for a, b in pairs).items()))}


def judge_file(options, name):
    lines = evaldata.read_labelled(evaldata.labelled_path(name))
    verdicts = evaldata.scan(options.ward, options.packs, [line.event for line in lines])
    return lines, verdicts


def report_of(lines, verdicts):
    report = {"watch": at_level(lines, verdicts, WATCH), "review": at_level(lines, verdicts, REVIEW),
              "role": role_accuracy(lines, verdicts), **along_scores(lines, verdicts)}
    # A search never makes a case, however it is written: it is shown the lawful way.
    written = [at for at, line in enumerate(lines) if line.event.get("kind") != "query"]
    report["evasion"] = by_class([lines[at] for at in written], [verdicts[at] for at in written], WATCH,
                                 lambda l: l.get("evasion") or ["none"], True)
    report["signal"] = by_class(lines, verdicts, WATCH, lambda l: l.get("signals") or ["none"], True)
    report["by_role"] = by_class(lines, verdicts, WATCH, lambda l: [l["role"]], True)
    report["benign"] = {level: by_class(lines, verdicts, bar, lambda l: [l["benign_class"]], False)
                        for level, bar in (("watch", WATCH), ("review", REVIEW))}
    foreign = [at for at, line in enumerate(lines)
               if not any("\u3400" <= char <= "\u9fff" for char in line.event.get("text", ""))]
    report["without_han"] = {
        level: at_level([lines[at] for at in foreign], [verdicts[at] for at in foreign], bar)
        for level, bar in (("watch", WATCH), ("review", REVIEW))}
    return report


def pairs_report(options):
    """How often the trade text of a minimal pair scores above the innocent one."""
    pairs = evaldata.read_pairs(evaldata.TRADE / "pairs.tsv")
    events = [{"text": text} for pair in pairs for text in pair]
    verdicts = evaldata.scan(options.ward, options.packs, events)
    trade, innocent = verdicts[0::2], verdicts[1::2]
    return {"pairs": len(pairs),
            "above": share(sum(a.score > b.score for a, b in zip(trade, innocent)), len(pairs)),
            "equal": share(sum(a.score == b.score for a, b in zip(trade, innocent)), len(pairs)),
            "split_at_watch": share(sum(a.level >= WATCH > b.level for a, b in zip(trade, innocent)),
                                    len(pairs))}


def ordinary_report(options):
    files = options.ordinary or sorted(evaldata.ORDINARY.glob("*.txt"))
    events = evaldata.read_ordinary(files)
    verdicts = evaldata.scan(options.ward, options.packs, events)
    report = {"lines": len(events)}
    for name, bar in (("watch", WATCH), ("review", REVIEW)):
        over = sum(verdict.level >= bar for verdict in verdicts)
        report[name] = {"flagged": over, "per_100000": round(over * 1e5 / max(len(events), 1), 2)}
    return report


def show_level(name, level, it):
    print(f"{name:12} {level:7} recall {it['recall']:.3f}  precision {it['precision'] or 0:.3f}  "
          f"f1 {it['f1']:.3f}  ({it['hit']} of {it['trade']}, {it['found']} flagged of {it['lines']})")


def show_classes(title, classes, out):
    print(title, file=out)
    for key, (found, total, rate) in sorted(classes.items(), key=lambda item: str(item[0])):
        print(f"    {str(key):22} {found:4} of {total:4}  {rate:.3f}", file=out)


def show(reports, out=sys.stdout):
    for name in LABELLED:
        for level in ("watch", "review"):
            show_level(name, level, reports[name][level])
            show_level("", "no Han", reports[name]["without_han"][level])
        it = reports[name]
        at = it["recall_at_precision"]
        print(f"{'':12} best f1 {it['f1_best']:.3f}, recall {at['0.9']:.3f} at precision 0.90, "
              f"{at['0.95']:.3f} at 0.95, {at['0.99']:.3f} at 0.99; role right "
              f"{it['role']['right']} of {it['role']['of']}", file=out)
    it = reports["ordinary"]
    print(f"ordinary     {it['lines']} lines: {it['watch']['flagged']} at watch, "
          f"{it['review']['flagged']} at review ({it['review']['per_100000']} in 100,000)", file=out)
    it = reports["pairs"]
    print(f"pairs        {it['pairs']}: trade above innocent {it['above']:.3f}, equal {it['equal']:.3f}, "
          f"parted by watch {it['split_at_watch']:.3f}", file=out)


def write_errors(path, judged, reports):
    """Counts per class of every file, and the ids and texts of errors in the open files."""
    with open(path, "w", encoding="utf-8") as out:
        for name, (lines, verdicts) in judged.items():
            report = reports[name]
            show_classes(f"== {name}: innocent lines at watch, by class", report["benign"]["watch"], out)
            show_classes(f"== {name}: trade lines found at watch, by signal", report["signal"], out)
            show_classes(f"== {name}: by disguise", report["evasion"], out)
            if name not in OPEN_FILES:
                continue
            for line, verdict in zip(lines, verdicts):
                if line.labels["trade"] == (verdict.level >= WATCH):
                    continue
                kind = "MISSED" if line.labels["trade"] else "ALARM"
                rules = " ".join(f"{rule}:{weight:+.1f}" for rule, weight in verdict.rules.items())
                what = line.labels["role"] if line.labels["trade"] else line.labels["benign_class"]
                text = line.event.get("text", "").replace("\n", "\\n")
                print(f"{kind} {line.id} {verdict.score:.2f} {what} [{line.event.get('alias', '')}] "
                      f"{text} | {rules}", file=out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ward", default=str(evaldata.ROOT / "build/src/cli/ward"))
    parser.add_argument("--packs", default=evaldata.default_packs())
    parser.add_argument("--ordinary", action="append", help="ordinary text; default tests/data/ordinary")
    parser.add_argument("--json", help="also write everything measured as JSON to this file")
    parser.add_argument("--errors", help="write errors of the open files and counts of all to this file")
    options = parser.parse_args()
    judged = {name: judge_file(options, name) for name in LABELLED}
    reports = {name: report_of(*pair) for name, pair in judged.items()}
    reports["pairs"] = pairs_report(options)
    reports["ordinary"] = ordinary_report(options)
    show(reports)
    if options.errors:
        write_errors(options.errors, judged, reports)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(reports, file, ensure_ascii=False, indent=1, sort_keys=True)
            file.write("\n")


if __name__ == "__main__":
    main()
