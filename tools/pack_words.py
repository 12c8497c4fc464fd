#!/usr/bin/env python3
"""Packs the Latin words that the readers know into a bit set of their hashes. Build step.

    tools/pack_words.py PLACES.tsv OUT.c SOURCE.c...

Words are collected from the string literals of the sources (lists of lower-case words parted by
spaces) and from the first words of Latin places, so no list is kept twice. A word whose bit is not set
is known to no reader (src/signal/token.h); the other way round there may be a few false friends.
"""
import re
import sys

BITS = 14


def hash_of(word):
    h = 2166136261
    for c in word.encode():
        h = ((h ^ c) * 16777619) & 0xFFFFFFFF
    return h >> (32 - BITS)


def literals(path):
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    text = re.sub(r"#include.*", "", text)
    for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', text):
        yield from re.findall(r"[a-z]+", literal)


def place_words(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            kind, name = (line.rstrip("\n").split("\t") + [""])[:2]
            if kind == "L":
                yield name.split(" ")[0]


def main():
    places, out, *sources = sys.argv[1:]
    words = set(place_words(places))
    for source in sources:
        words.update(literals(source))
    bits = [0] * (1 << BITS - 3)
    for word in words:
        h = hash_of(word)
        bits[h >> 3] |= 1 << (h & 7)
    with open(out, "w", encoding="ascii", newline="\n") as f:
        f.write('/* Made by tools/pack_words.py. */\n#include "signal/token.h"\n')
        f.write(f"\nconst uint8_t token_known_words[1 << {BITS - 3}] = {{\n")
        for i in range(0, len(bits), 16):
            f.write(",".join(map(str, bits[i:i + 16])) + ",\n")
        f.write("};\n")


if __name__ == "__main__":
    main()
