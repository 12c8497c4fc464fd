#!/usr/bin/env python3
"""Fits the weights of the rules and says what they are worth on lines they have not seen.

usage: fit_weights.py [--ward PROGRAM] [--passages PROGRAM] [--packs A:B] [--ordinary FILE]... [--offsets FILE] [--write]

What ward fires on every labelled line and on ordinary text is taken from `ward scan --rules-all`;
fitting.py then finds the weights. A rule keeps the side it was written on: for the trade, or
against. What ordinary text says often is bounded by how often it does.

The rules that scale with the wording (`scaled: true`) keep the weight of their file. What the
wording said of a labelled line is taken from --offsets (fit_wording.py writes them, each from a
table that had not seen the line), so that the rules are fitted to what it will be worth on new
lines; without the file it is left out of the fit.

The passages that the engine judges beside the whole (src/verdict/passage.h) count likewise: those of
innocent lines are innocent; a line is worth what its strongest is.

Printed: per labelled file, figures when fitted on the other files (other authors), and for folds
over all files. With --write the weights fitted on everything go to weights.yaml of each pack folder.
Deterministic: the same packs, data and ward give the same files, byte for byte.
"""
import argparse
import pathlib
import sys

import numpy as np
import scipy.sparse
import yaml

import evaldata
import fitting

DEFAULTS = {"l2": 20.0, "l1": 0.05, "pull": 0.25, "lower": 4.0}
ORDINARY_WEIGHT = 1.0
PART_WEIGHT = 0.5  # of a passage, to that of its line
# Many of their lines are decided by what stands around them.
FILE_WEIGHTS = {"fit_c": 0.4, "fit_groups": 0.5, "fit_groups2": 0.5}
CONVERSATIONS = ("fit_groups", "fit_groups2")  # judged in their order, knowing what was said before
WEIGHT_MAX = 4.0
CALIBRATE = ("dev", "dev_c", "dev_d")
LOGIT_WATCH, LOGIT_REVIEW = np.log(0.2 / 0.8), 0.0


def read_packs(folders):
    """Rules (name -> weight, family, folder, scaled) and the caps of families, later folders win."""
    rules, caps = {}, {}
    for folder in folders:
        with open(folder / "pack.yaml", encoding="utf-8") as file:
            caps.update(yaml.safe_load(file).get("families") or {})
        for path in sorted((folder / "rules").glob("*.yaml")):
            with open(path, encoding="utf-8") as file:
                for name, rule in (yaml.safe_load(file).get("rules") or {}).items():
                    rules.pop(name, None)
                    if not rule.get("off"):
                        rules[name] = {"weight": float(rule["weight"]), "family": rule["family"],
                                       "folder": folder, "scaled": bool(rule.get("scaled")),
                                       "fixed": bool(rule.get("help")) and not rule["weight"]}
    return rules, caps


class Rows:
    """Fired rules, truth and offset of some texts; offset as heard, and from others' tables (unseen)."""

    def __init__(self, matrix, truth, offset, unseen):
        self.matrix, self.truth, self.offset, self.unseen = matrix, truth, offset, unseen


class Sources:
    """Every labelled file, the pairs and ordinary text: `lines` (Rows by name), and `parts`, Rows of
    the passages of their texts, `part_of` telling of which line each is, and `joins`, Rows of passages of
    innocent lines joined."""

    def __init__(self, options, design, scaled, wording):
        """scaled: names of the rules that scale with the wording; wording: their scale and cap."""
        self.wording = wording
        self.design, self.scaled = design, scaled
        self.trade = {name for name, hand in zip(design.names, design.hand) if hand > 0}
        self.lines, self.parts, self.part_of, self.joins = {}, {}, {}, {}
        offsets = read_offsets(options.offsets)
        for path in evaldata.fit_files():
            lines = evaldata.read_labelled(path)
            self._add(options, path.stem, [line.event for line in lines],
                      [float(line.labels["trade"]) for line in lines], offsets)
        pairs = evaldata.read_pairs(evaldata.TRADE / "pairs.tsv")
        self._add(options, "pairs", [{"text": text} for pair in pairs for text in pair],
                  [1.0, 0.0] * len(pairs), offsets)
        files = options.ordinary or sorted(evaldata.ORDINARY.glob("*.txt"))
        events = evaldata.read_ordinary(files)
        self._add(options, "ordinary", events, [0.0] * len(events), offsets)

    def _heard(self, offset, heard):
        """What the engine makes of the wording: nothing where no rule has told, scaled and capped."""
        scale, cap = self.wording
        return np.clip(np.where(heard, scale * offset, 0.0), -cap, cap)

    def _rows(self, options, name, kind, events, truth, offsets, context=False):
        verdicts = evaldata.scan(options.ward, options.packs, events, context, every_rule=True)
        matrix = self.design.matrix([verdict.rules for verdict in verdicts])
        heard = np.array([not self.scaled.isdisjoint(verdict.rules) and
                          not self.trade.isdisjoint(verdict.rules) for verdict in verdicts], bool)
        offset = np.zeros(len(events))
        given = offsets.get(name + (kind and f":{kind}"))
        if given is not None and len(given) != len(events):
            sys.exit(f"fit_weights: {name} {kind}: {len(given)} offsets for {len(events)} texts")
        if given is not None:
            offset = self._heard(given, heard)
        given = offsets.get(f"{name}:unseen" + (kind and f"-{kind}"))
        unseen = offset if given is None else self._heard(given, heard)
        return Rows(matrix, np.array(truth, float), offset, unseen)

    def _add(self, options, name, events, truth, offsets):
        """Conversations are judged in their order, their passages by themselves."""
        self.lines[name] = self._rows(options, name, "", events, truth, offsets, name in CONVERSATIONS)
        parts, part_of = evaldata.part_events(options.passages, events)
        self.part_of[name] = np.array(part_of, int)
        self.parts[name] = self._rows(options, name, "parts", parts,
                                      self.lines[name].truth[self.part_of[name]], offsets)
        joins = [] if name == "ordinary" else evaldata.join_events(options.passages, events, truth)[0]
        self.joins[name] = self._rows(options, name, "joins", joins, np.zeros(len(joins)), offsets)

    def labelled(self):
        return [name for name in self.lines if name not in ("pairs", "ordinary")]

    def told(self, rows):
        """Mask of the texts in which some rule for the trade fired: of the innocent, others teach nothing."""
        columns = np.flatnonzero(self.design.hand > 0)
        return np.asarray(rows.matrix[:, columns].sum(axis=1)).ravel() > 0

    def strongest(self, name, weights, base, unseen=False):
        """Log-odds of every line: its own or that of its strongest passage."""
        z = [fitting.log_odds(self.design, rows.matrix, weights, base) +
             (rows.unseen if unseen else rows.offset) for rows in (self.lines[name], self.parts[name])]
        best = z[0].copy()
        np.maximum.at(best, self.part_of[name], z[1])
        return best


def read_offsets(path):
    """name -> log-odds of the wording a line, as fit_wording.py --offsets writes them."""
    found = {}
    if path:
        with open(path, encoding="utf-8") as file:
            for line in file:
                name, _, value = line.split("\t")
                found.setdefault(name, []).append(float(value))
    return {name: np.array(values) for name, values in found.items()}


def training(sources, names):
    """Matrix, truth, weight and offset of the named sources, of ordinary text, and of the passages of
    what is innocent in them, alone and joined."""
    taken = [(sources.lines[name], np.ones(len(sources.lines[name].truth), bool),
              FILE_WEIGHTS.get(name, 1.0)) for name in names]
    ordinary = sources.lines["ordinary"]
    taken.append((ordinary, sources.told(ordinary), ORDINARY_WEIGHT))
    for name in names + ["ordinary"]:
        for rows in (sources.parts[name], sources.joins[name]):
            taken.append((rows, sources.told(rows) & (rows.truth == 0),
                          PART_WEIGHT * FILE_WEIGHTS.get(name, 1.0)))
    return (scipy.sparse.vstack([rows.matrix[kept] for rows, kept, _ in taken]).tocsr(),
            np.concatenate([rows.truth[kept] for rows, kept, _ in taken]),
            np.concatenate([np.full(kept.sum(), weight) for _, kept, weight in taken]),
            np.concatenate([rows.offset[kept] for rows, kept, _ in taken]))


def measure(truth, z):
    """Figures of one set of scores, as a dict."""
    order = np.argsort(-z, kind="stable")
    hits = np.cumsum(truth[order])
    precision, recall = hits / np.arange(1, len(truth) + 1), hits / max(truth.sum(), 1)
    found = {"f1_best": (2 * precision * recall / np.maximum(precision + recall, 1e-9)).max()}
    for least in (0.90, 0.95, 0.99):
        found[f"r@p{least:.2f}"] = recall[precision >= least].max(initial=0.0)
    for name, bar in (("watch", LOGIT_WATCH), ("review", LOGIT_REVIEW)):
        over = z >= bar
        found[f"p_{name}"] = truth[over].mean() if over.any() else 0.0
        found[f"r_{name}"] = over[truth > 0].mean()
    return found


def show(name, figures):
    print(f"{name:12}" + "".join(f" {key} {value:.3f}" for key, value in figures.items()), flush=True)


def settings(sources, options):
    upper = fitting.frequency_bounds(sources.design, sources.lines["ordinary"].matrix, WEIGHT_MAX)
    return {"l2": options.l2, "l1": options.l1, "pull": options.pull, "upper": upper,
            "lower": DEFAULTS["lower"], "base_bounds": (options.base_low, options.base_high)}


def leave_one_file_out(sources, how):
    """Figures per labelled file when fitted on all the others (pairs left out: they share authors).

    Returns the log-odds each file got, by name.
    """
    unseen = {}
    for left in sources.labelled():
        names = [name for name in sources.labelled() if name != left]
        weights, base = fitting.fit(sources.design, *training(sources, names), how)
        unseen[left] = sources.strongest(left, weights, base, unseen=True)
        show(left, measure(sources.lines[left].truth, unseen[left]))
        ordinary = sources.strongest("ordinary", weights, base)
        print(f"{'':12} base {base:.2f}; ordinary over watch {int((ordinary >= LOGIT_WATCH).sum())}, over review "
              f"{int((ordinary >= LOGIT_REVIEW).sum())} of {len(ordinary)}")
    return unseen


def bar_for_precision(sources, unseen, least):
    """Lowest log-odds above which unseen lines of the CALIBRATE files are trade with that precision.

    One trade line in three, as in these files, is far more than there is on a platform, so what the
    loss finds as base is too forward: the base is moved down until level review means `least`.
    """
    truth = np.concatenate([sources.lines[name].truth for name in CALIBRATE])
    z = np.concatenate([unseen[name] for name in CALIBRATE])
    order = np.argsort(-z, kind="stable")
    precision = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(precision >= least)
    bar = float(z[order[good[-1]]]) if len(good) else float(z.max())
    recall = truth[z >= bar].sum() / truth.sum()
    print(f"unseen lines of {', '.join(CALIBRATE)}: precision {least} at log-odds {bar:.2f}, "
          f"recall {recall:.3f}")
    return max(bar, 0.0)


def write_weights(sources, rules, weights, base):
    """weights.yaml of every pack folder, each with the base, so that a pack can stand alone."""
    by_folder = {}
    for name, weight in zip(sources.design.names, weights):
        by_folder.setdefault(rules[name]["folder"], {})[name] = weight
    for folder, named in sorted(by_folder.items()):
        lines = ["# Written by tools/fit_weights.py from the labelled lines; do not edit by hand.\n"]
        lines.append(f"base: {base:.2f}\nweights:\n")
        lines += [f"  {name}: {round(named[name], 2) + 0.0:.2f}\n" for name in sorted(named)]
        path = folder / "weights.yaml"
        path.write_text("".join(lines), encoding="utf-8")
        print(f"{path}: {len(named)} weights, {sum(abs(w) < 0.005 for w in named.values())} of them 0")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ward", default=str(evaldata.ROOT / "build/src/cli/ward"))
    parser.add_argument("--passages", default=str(evaldata.ROOT / "build/tools/text-passages"))
    parser.add_argument("--packs", default=evaldata.default_packs())
    parser.add_argument("--ordinary", action="append", help="ordinary text; default tests/data/ordinary")
    parser.add_argument("--offsets", help="out-of-fold log-odds of the wording")
    parser.add_argument("--base-low", type=float, default=-6.0, help="least log-odds without reasons")
    parser.add_argument("--base-high", type=float, default=-1.0, help="greatest")
    parser.add_argument("--precision", type=float, default=0.95,
                        help="precision of level review on unseen lines")
    for key in ("l2", "l1", "pull"):
        parser.add_argument(f"--{key}", type=float, default=DEFAULTS[key])
    parser.add_argument("--write", action="store_true", help="write weights.yaml of each pack")
    options = parser.parse_args()
    folders = [pathlib.Path(folder) for folder in options.packs.split(":")]
    rules, caps = read_packs(folders)
    fitted = {name: (rule["weight"], rule["family"]) for name, rule in rules.items()
              if not rule["scaled"] and not rule["fixed"]}
    scaled = {name for name, rule in rules.items() if rule["scaled"]}
    wording = (max(abs(rules[name]["weight"]) for name in scaled), float(caps["wording"]))
    sources = Sources(options, fitting.Design(fitted, caps), scaled, wording)
    how = settings(sources, options)
    bar = bar_for_precision(sources, leave_one_file_out(sources, how), options.precision)
    weights, base = fitting.fit(sources.design, *training(sources, sources.labelled() + ["pairs"]), how)
    base -= bar
    z = sources.strongest("pairs", weights, base)
    print(f"pairs        in order {np.mean(z[0::2] > z[1::2]):.3f} (fitted on them)")
    if options.write:
        write_weights(sources, rules, weights, base)


if __name__ == "__main__":
    main()
