#!/usr/bin/env python3
"""Writes a list of rare words for the matcher's benchmark, one a line.

usage: quiet_terms.py COUNT TEXT... > terms.txt

Words come from the dictionary of the Debian package python3-jieba (MIT): rare ones that occur in few
of the given texts' lines, in the length mix of real ban lists (2: 9 %, 3: 16 %, 4: 24 %, 5: 17 %, 6 and
more: 34 %). Long words are joined from two short ones where the dictionary has too few. The choice is
seeded: the same arguments give the same list.
"""
import random
import sys

import jieba

MIX = {2: 0.09, 3: 0.16, 4: 0.24, 5: 0.17, 6: 0.34}
RARE_MAX = 60  # dictionary frequency of a rare word at most


def is_han(word):
    return all("\u4e00" <= c <= "\u9fff" for c in word)


def read_words():
    words = {}
    with jieba.get_module_res("dict.txt") as f:
        for line in f.read().decode("utf-8").splitlines():
            word, frequency, _ = line.split(" ")
            if 2 <= len(word) <= 9 and is_han(word) and int(frequency) <= RARE_MAX:
                words.setdefault(min(len(word), 6), []).append(word)
    return words


def main():
    count = int(sys.argv[1])
    text = "\n".join(open(path, encoding="utf-8", errors="replace").read() for path in sys.argv[2:])
    draw = random.Random(1)
    words = read_words()
    pairs = set(zip(text, text[1:]))
    out = []
    for length, share in MIX.items():
        pool = words.get(length, [])
        draw.shuffle(pool)
        want = round(count * share)
        quiet = [w for w in pool if (w[0], w[1]) not in pairs or w not in text] if len(pool) < 200000 else pool
        picked = quiet[:want]
        while len(picked) < want:
            a, b = draw.choice(words[2]), draw.choice(words[3 if length == 5 else 4])
            picked.append((a + b)[:length] if length < 6 else a + b)
        out += picked
    draw.shuffle(out)
    print("\n".join(out))


if __name__ == "__main__":
    main()
