#!/usr/bin/python3
"""How well clusters agree with the truth: adjusted Rand index, precision and recall of pairs.

usage: eval_cluster.py TRUTH FOUND: one number a line in each; equal numbers, one cluster.
"""
import sys

import numpy as np


def pairs(counts):
    counts = counts.astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def agreement(truth, found):
    """(adjusted Rand index, pair precision, pair recall) of two labellings."""
    _, truth = np.unique(truth, return_inverse=True)
    _, found = np.unique(found, return_inverse=True)
    both = pairs(np.unique(truth.astype(np.int64) * (found.max() + 1) + found, return_counts=True)[1])
    in_truth, in_found = pairs(np.bincount(truth)), pairs(np.bincount(found))
    expected = in_truth * in_found / max(1.0, len(truth) * (len(truth) - 1) / 2)
    most = (in_truth + in_found) / 2
    index = (both - expected) / (most - expected) if most != expected else 1.0
    return index, both / in_found if in_found else 1.0, both / in_truth if in_truth else 1.0


def main():
    truth, found = (np.loadtxt(path, dtype=np.int64) for path in sys.argv[1:3])
    if truth.shape != found.shape:
        sys.exit(f"{truth.size} numbers in {sys.argv[1]}, {found.size} in {sys.argv[2]}")
    print("ARI %.4f  pair precision %.4f  recall %.4f" % agreement(truth, found))


if __name__ == "__main__":
    main()
