#!/usr/bin/env python3
"""Fits the wording table of a pack (wording.tsv) and says what it is worth on lines it has not seen.

usage: fit_wording.py [--pieces PROGRAM] [--passages PROGRAM] [--packs DIR] [--write FILE] [--offsets FILE] [--others]

Model: logistic regression over pieces of wording (src/verdict/wording.h), L2-regularised, fitted with
L-BFGS. Training lines: every labelled file of tests/data/trade, the minimal pairs, and a sample of
ordinary text as innocent lines of low weight. The passages that the engine judges of an
innocent line (src/verdict/passage.h) are innocent lines too; those of a trade line may be either and
teach nothing. So are the passages of innocent lines joined two by two. Pieces met in fewer than two lines are left out; then the pieces that move the lines least are dropped until at most PIECES_MAX remain.

Printed: for every labelled file, recall at precision 0.95 and 0.90 and the best F1 over five folds
of blocks of lines of all files, and with --others the same when the table was fitted on the other files (other
authors).
With --offsets the log-odds each labelled line got from a table that had not seen its fold are written
(file, line number, log-odds), for tools/fit_weights.py; NAME:parts are those of its passages, all in
order, NAME:joins those of the passages of joined innocent lines; NAME:unseen and NAME:unseen-parts are those from a table that had
seen nothing of the file (with --others). Deterministic: fixed folds, fixed order.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import scipy.optimize
import scipy.sparse

import evaldata

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRADE = ROOT / "tests" / "data" / "trade"
ORDINARY = ROOT / "tests" / "data" / "ordinary"
L2 = 0.1
ORDINARY_WEIGHT = 0.5
PART_WEIGHT = 0.5  # of a passage, to that of its line
WEIGHTS = {"fit_c": 0.4, "fit_groups": 0.4, "fit_groups2": 0.4}  # many of its lines are decided by what stands around them
PIECES_MAX = 30000
FOLDS = 5
ROW_KINDS = "123s"
ROLES = ("offer", "seek", "agent")
L2_ROLES = 0.2


def read_lines():
    """name -> (events, truth, weight) of every source, in a fixed order."""
    sources = {}
    for path in evaldata.fit_files():
        items = [json.loads(line) for line in path.open(encoding="utf-8")]
        truth = [item["labels"]["trade"] for item in items]
        sources[path.stem] = (items, truth, WEIGHTS.get(path.stem, 1.0))
    events, truth = [], []
    for line in (TRADE / "pairs.tsv").open(encoding="utf-8"):
        trade, innocent = line.rstrip("\n").split("\t")[:2]
        events += [{"text": trade}, {"text": innocent}]
        truth += [True, False]
    sources["pairs"] = (events, truth, 1.0)
    texts = [line.rstrip("\n") for path in sorted(ORDINARY.glob("*.txt"))
             for line in path.open(encoding="utf-8") if line.strip()]
    sources["ordinary"] = ([{"text": text} for text in texts], [False] * len(texts), ORDINARY_WEIGHT)
    return sources


def pieces_of(program, packs, events):
    """The set of pieces of every event, from the program that shares the engine's code."""
    keys = ("text", "kind", "alias", "group_name")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for number, event in enumerate(events):
            item = {key: event[key] for key in keys if event.get(key)}
            file.write(json.dumps({"id": str(number), **item}, ensure_ascii=False) + "\n")
        file.flush()
        done = subprocess.run([program, packs, file.name], capture_output=True, check=True)
    lines = done.stdout.decode("utf-8").split("\n")[:-1]
    if len(lines) != len(events):
        raise SystemExit(f"fit_wording: {len(events)} events gave {len(lines)} lines")
    return [sorted(set(line.split("\t"))) for line in lines]


def values_of(pieces):
    """Piece -> value in one event, scaled as the engine scales them."""
    row = sum(0.49 if piece[0] == "s" else 1.0 for piece in pieces if piece[0] in ROW_KINDS)
    chars = sum(piece[0] == "c" for piece in pieces)
    values = {}
    for piece in pieces:
        if piece[0] == "c":
            values[piece] = 1 / np.sqrt(chars)
        elif piece[0] in ROW_KINDS:
            values[piece] = (0.7 if piece[0] == "s" else 1.0) * 2 / np.sqrt(row)
        else:
            values[piece] = 0.5
    return values


def matrix_of(lines, columns):
    """Sparse values, one row a line; pieces without a column are left out but still scale the rest."""
    rows, cols, data = [], [], []
    for number, pieces in enumerate(lines):
        for piece, value in values_of(pieces).items():
            column = columns.get(piece)
            if column is not None:
                rows.append(number)
                cols.append(column)
                data.append(value)
    return scipy.sparse.csr_matrix((data, (rows, cols)), shape=(len(lines), len(columns)))


Source = collections.namedtuple("Source", "lines truth weight parts part_of joins join_of")
Source.__doc__ = """Pieces, truth and weight of lines; pieces of their passages, and of which line each is; the
same of passages of innocent lines joined (evaldata.joined_events), for training alone."""


def columns_of(lines):
    """Piece -> column for pieces met in at least two lines."""
    count = {}
    for pieces in lines:
        for piece in pieces:
            count[piece] = count.get(piece, 0) + 1
    return {piece: at for at, piece in enumerate(sorted(p for p in count if count[p] > 1))}


def fit(values, truth, weight):
    """Weights and base of the regression."""
    sign = np.where(truth, 1.0, -1.0)

    def loss(point):
        z = values @ point[:-1] + point[-1]
        value = (weight * np.logaddexp(0, -sign * z)).sum() + L2 / 2 * (point[:-1] ** 2).sum()
        slope = weight * -sign / (1 + np.exp(sign * z))
        return value, np.append(values.T @ slope + L2 * point[:-1], slope.sum())

    start = np.zeros(values.shape[1] + 1)
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B",
                                    options={"maxiter": 200}).x
    return found[:-1], found[-1]


def prune(values, weights):
    """Weights with the least moving pieces set to zero, at most PIECES_MAX left."""
    moved = np.abs(weights) * np.sqrt(np.asarray(values.multiply(values).sum(axis=0)).ravel())
    if len(moved) > PIECES_MAX:
        weights = np.where(moved >= np.sort(moved)[-PIECES_MAX], weights, 0)
    return np.round(weights, 3)


class Table:
    """A fitted table that can weigh lines."""

    def __init__(self, lines, truth, weight):
        self.columns = columns_of(lines)
        values = matrix_of(lines, self.columns)
        weights, self.base = fit(values, truth, weight)
        self.weights = prune(values, weights)

    def weigh(self, lines):
        return matrix_of(lines, self.columns) @ self.weights


def fit_roles(values, roles):
    """Leans of each piece to the roles, from trade lines only: multinomial regression."""
    count = values.shape[1]
    truth = np.eye(len(ROLES))[roles]

    def loss(point):
        leans = point.reshape(count, len(ROLES))
        z = values @ leans
        z = z - z.max(axis=1, keepdims=True)
        odds = np.exp(z)
        odds /= odds.sum(axis=1, keepdims=True)
        value = -(truth * np.log(odds + 1e-12)).sum() + L2_ROLES / 2 * (leans ** 2).sum()
        return value, (values.T @ (odds - truth) + L2_ROLES * leans).ravel()

    found = scipy.optimize.minimize(loss, np.zeros(count * len(ROLES)), jac=True,
                                    method="L-BFGS-B", options={"maxiter": 100}).x
    return np.round(found.reshape(count, len(ROLES)), 2)


def role_rows(roles):
    """Which lines of a source have a role, and its number."""
    rows = [at for at, role in enumerate(roles) if role in ROLES]
    return rows, np.array([ROLES.index(roles[at]) for at in rows], dtype=int)


def stack_roles(sources, roles, names):
    lines, truth = [], []
    for name in names:
        rows, numbers = role_rows(roles[name])
        lines += [sources[name].lines[at] for at in rows]
        truth.append(numbers)
    return lines, np.concatenate(truth)


def measure_roles(sources, roles, left):
    """Share of roles right on the lines of one file when fitted on the others."""
    lines, truth = stack_roles(sources, roles, [name for name in roles if name != left])
    columns = columns_of(lines)
    leans = fit_roles(matrix_of(lines, columns), truth)
    lines, truth = stack_roles(sources, roles, [left])
    return float(np.mean((matrix_of(lines, columns) @ leans).argmax(axis=1) == truth))


def measure(scores, truth):
    """Recall at precision 0.95 and 0.90, best F1, as one string."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    precision = hits / np.arange(1, len(truth) + 1)
    recall = hits / truth.sum()
    best = (2 * precision * recall / np.maximum(precision + recall, 1e-9)).max()
    at95 = recall[precision >= 0.95].max(initial=0)
    at90 = recall[precision >= 0.90].max(initial=0)
    return f"recall {at95:.3f} at precision 0.95, {at90:.3f} at 0.90, best F1 {best:.3f}"


def part_weights(source):
    """What each passage teaches: nothing if its line is trade."""
    return np.where(source.truth[source.part_of], 0.0, PART_WEIGHT * source.weight)


def stack(sources, names):
    """Lines and the passages of innocent ones, with truth and weight."""
    lines, truth, weight = [], [], []
    for name in names:
        source = sources[name]
        kept = np.flatnonzero(part_weights(source))
        lines += source.lines + [source.parts[at] for at in kept] + source.joins
        truth.append(np.append(source.truth, np.zeros(len(kept) + len(source.joins), bool)))
        weight += [np.full(len(source.lines), source.weight), part_weights(source)[kept],
                   np.full(len(source.joins), PART_WEIGHT * source.weight)]
    return lines, np.concatenate(truth), np.concatenate(weight)


def strongest(scores, part_scores, part_of):
    """The score of every line with its passages: the greatest."""
    best = scores.copy()
    np.maximum.at(best, part_of, part_scores)
    return best


def folds_of(sources, names):
    """The fold of every line. Lines that stand together are often by one author and on one scene,
    with their innocent twins beside them: they share a fold, so that none is told by its neighbour."""
    random = np.random.RandomState(7)
    folds = []
    for name in names:
        count = len(sources[name].truth)
        blocks = random.randint(0, FOLDS, -(-count // evaldata.BLOCK_LINES))
        folds.append(np.repeat(blocks, evaldata.BLOCK_LINES)[:count])
    return np.concatenate(folds)


def out_of_fold(sources):
    """name -> log-odds of every line, and of every passage, from a table that has not seen its fold."""
    names = list(sources)
    fold = dict(zip(names, np.split(folds_of(sources, names), np.cumsum(
        [len(sources[name].truth) for name in names])[:-1])))
    scores = {name: np.zeros(len(sources[name].lines)) for name in names}
    parts = {name: np.zeros(len(sources[name].parts)) for name in names}
    joins = {name: np.zeros(len(sources[name].joins)) for name in names}
    for number in range(FOLDS):
        table = Table(*stack({name: subset(sources[name], fold[name] != number) for name in names}, names))
        for name in names:
            left = np.flatnonzero(fold[name] == number)
            scores[name][left] = table.weigh([sources[name].lines[at] for at in left])
            left = np.flatnonzero(fold[name][sources[name].part_of] == number)
            parts[name][left] = table.weigh([sources[name].parts[at] for at in left])
            left = np.flatnonzero(fold[name][sources[name].join_of] == number)
            joins[name][left] = table.weigh([sources[name].joins[at] for at in left])
    return scores, parts, joins


def subset(source, keep):
    """The source with the lines of mask `keep` and their passages."""
    place = np.cumsum(keep) - 1
    parts = np.flatnonzero(keep[source.part_of])
    joins = np.flatnonzero(keep[source.join_of])
    return Source([source.lines[at] for at in np.flatnonzero(keep)], source.truth[keep], source.weight,
                  [source.parts[at] for at in parts], place[source.part_of[parts]],
                  [source.joins[at] for at in joins], place[source.join_of[joins]])


def write_table(path, table, leans):
    """leans: columns of `table` -> three numbers."""
    pieces = sorted(piece for piece, at in table.columns.items() if table.weights[at])
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Pieces of wording and what each says for (+) or against (-) the trade, in log-odds.\n")
        file.write("# Written by tools/fit_wording.py; format: src/pack/wording_table.h.\n")
        for piece in pieces:
            at = table.columns[piece]
            lean = "".join(f"\t{value + 0.0:g}" for value in leans[at]) if leans[at].any() else ""
            file.write(f"{piece}\t{table.weights[at]:g}{lean}\n")
    print(f"{path}: {len(pieces)} pieces")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pieces", default=str(ROOT / "build/tools/wording-pieces"))
    parser.add_argument("--passages", default=str(ROOT / "build/tools/text-passages"))
    parser.add_argument("--packs", default=str(ROOT / "packs"))
    parser.add_argument("--write", help="where to write the table fitted on everything")
    parser.add_argument("--others", action="store_true", help="measure each file on the others")
    parser.add_argument("--offsets", help="where to write out-of-fold log-odds")
    options = parser.parse_args()
    sources, roles = {}, {}
    for name, (events, truth, weight) in read_lines().items():
        if "labels" in events[0]:
            roles[name] = [event["labels"]["role"] for event in events]
        parts, part_of = evaldata.part_events(options.passages, events)
        joins, join_of = [], []
        if name != "ordinary":
            joins, join_of = evaldata.join_events(options.passages, events, truth)
        sources[name] = Source(pieces_of(options.pieces, options.packs, events), np.array(truth, bool),
                               weight, pieces_of(options.pieces, options.packs, parts),
                               np.array(part_of, int), pieces_of(options.pieces, options.packs, joins),
                               np.array(join_of, int))
    labelled = [name for name in sources if name not in ("ordinary", "pairs")]
    unseen = {}
    for name in labelled if options.others else []:
        table = Table(*stack(sources, [other for other in sources if other != name]))
        source = sources[name]
        whole, parts = table.weigh(source.lines), table.weigh(source.parts)
        unseen[f"{name}:unseen"], unseen[f"{name}:unseen-parts"] = whole, parts
        print(f"{name}, fitted on the others: "
              f"{measure(strongest(whole, parts, source.part_of), source.truth)}, role right "
              f"{measure_roles(sources, roles, name):.3f}", flush=True)
    scores, parts, joins = out_of_fold(sources)
    for name in labelled:
        best = strongest(scores[name], parts[name], sources[name].part_of)
        print(f"{name}, out of fold: {measure(best, sources[name].truth)}")
    if options.offsets:
        parts = {f"{name}:parts": values for name, values in parts.items()}
        joins = {f"{name}:joins": values for name, values in joins.items()}
        with open(options.offsets, "w", encoding="utf-8") as file:
            for name, values in {**scores, **parts, **joins, **unseen}.items():
                for number, value in enumerate(values, 1):
                    file.write(f"{name}\t{number}\t{value:.4f}\n")
    if options.write:
        table = Table(*stack(sources, list(sources)))
        lines, truth = stack_roles(sources, roles, list(roles))
        kept = scipy.sparse.diags((table.weights != 0).astype(float))
        write_table(options.write, table, fit_roles(matrix_of(lines, table.columns) @ kept, truth))


if __name__ == "__main__":
    main()
