#!/usr/bin/env python3
"""Packs the readable tables of src/text/data into C arrays. Build step; python3 alone, no network.

    tools/pack_tables.py NAME DATA_DIR OUT.c

NAME is one of the functions below. Formats of the data: tools/make_tables.py; layout of the
arrays: src/text/tables.h.
"""
import sys

KINDS = {"H": 0, "L": 1, "D": 2, "O": 3, "S": 4, "N": 5, "M": 6, "Y": 7, "E": 8, "I": 9}
CONTEXT = {"p": 7, "r": 5, "f": 8, "m": 3}  # kind it has when the context does not decide otherwise
DROPPED = {"z": 0, "a": 1, "j": 2}
BITS = {"w": 1, "c": 2, "s": 4, "v": 8, "l": 16}
PLAIN, MULTI, DROP, SPECIAL = 0, 1, 2, 3


def rows(data, name):
    with open(f"{data}/{name}", encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#") and line.strip():
                yield line.rstrip("\n").split("\t")


def unnamed(text):
    return {"SPACE": " ", "NEWLINE": "\n", "HASH": "#"}.get(text, text)


class Out:
    """Writes `const TYPE name[] = {...};` lines, 16 values a line."""

    def __init__(self, path):
        self.f = open(path, "w", encoding="ascii", newline="\n")
        self.f.write('/* Made by tools/pack_tables.py from src/text/data. */\n#include "text/tables.h"\n')

    def array(self, ctype, name, values):
        self.f.write(f"\nconst {ctype} {name}[] = {{\n")
        for i in range(0, len(values), 16):
            self.f.write(",".join(str(v) for v in values[i:i + 16]) + ",\n")
        self.f.write("};\n")

    def number(self, name, value):
        self.f.write(f"\nconst uint32_t {name} = {value};\n")


def two_stage(values, page):
    """(index of pages, pages) with equal pages shared."""
    index, pages, seen = [], [], {}
    for i in range(0, len(values), page):
        key = tuple(values[i:i + page])
        if key not in seen:
            seen[key] = len(pages) // page
            pages.extend(key)
        index.append(seen[key])
    return index, pages


def read_kinds(data):
    kind_of = [None] * 0x110000
    for span, kind in rows(data, "kinds.tsv"):
        first, last = (int(x, 16) for x in span.split(".."))
        kind_of[first:last + 1] = [kind] * (last + 1 - first)
    return kind_of


def fold(data, out):
    kind_of = read_kinds(data)
    entries = []
    for code, kind in enumerate(kind_of):
        if kind == "I":  # the decoder puts the code point in: all such pages are equal
            entries.append(KINDS[kind] << 21 | SPECIAL << 30)
        elif kind in KINDS:
            entries.append(code | KINDS[kind] << 21)
        elif kind in CONTEXT:
            entries.append(code | CONTEXT[kind] << 21 | SPECIAL << 30)
        else:
            entries.append(DROPPED[kind] << 21 | DROP << 30)
    multi = []
    for fields in rows(data, "fold.tsv"):
        code, text, bits = int(fields[0], 16), unnamed(fields[1]), fields[2]
        flags = sum(BITS[b] for b in bits if b in BITS) << 25
        if len(text) == 1:
            kind = kind_of[ord(text)]
            if kind == "p":  # a full-width stop is a sentence mark wherever it stands
                kind = "M"
            if KINDS.get(kind, 7) not in (0, 1, 2):
                flags = 0
            entries[code] = ord(text) | KINDS.get(kind, 3) << 21 | flags
        else:
            entries[code] = len(multi) | flags | MULTI << 30
            multi.append(len(text))
            multi += [ord(c) | KINDS.get(kind_of[ord(c)], 7) << 21 for c in text]
    index, pages = two_stage(entries[0x10000:], 128)
    out.array("uint32_t", "table_fold_bmp", entries[:0x10000])
    out.array("uint16_t", "table_fold_index", index)
    out.array("uint32_t", "table_fold_page", pages)
    out.array("uint32_t", "table_fold_multi", multi)


MAKERS = {"fold": fold}


def main():
    name, data, path = sys.argv[1:4]
    out = Out(path)
    MAKERS[name](data, out)
    out.f.close()


if __name__ == "__main__":
    main()
