#!/usr/bin/env python3
"""Packs src/signal/data/places.tsv into C arrays. Build step; python3 alone, no network.

    tools/pack_places.py PLACES.tsv OUT.c

Layout (src/signal/place_table.h): Han names sorted by first two characters, longer first, in one pool
of UTF-16 units; an open hash over the first two characters leads to the first name of a group.
"""
import sys

HASH_BITS = 14
PAIR_BITS = 15


def slot_of(a, b, bits=HASH_BITS):
    return (((a << 16 | b) * 0x9E3779B1) & 0xFFFFFFFF) >> (32 - bits)


def write_array(f, ctype, name, values):
    f.write(f"\nconst {ctype} {name}[] = {{\n")
    for i in range(0, len(values), 16):
        f.write(",".join(str(v) for v in values[i:i + 16]) + ",\n")
    f.write("};\n")


def read(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                kind, name, *code = line.rstrip("\n").split("\t")
                yield kind, name, code[0] if code else ""


def pack_han(f, names, codes):
    names.sort(key=lambda n: (n[0][:2], -len(n[0]), n[0]))
    pool, entries, table = [], [], [0] * (1 << HASH_BITS)
    pairs = [0] * (1 << PAIR_BITS - 3)
    for i, (name, code) in enumerate(names):
        entries.append((len(pool), len(name), codes[code]))
        pool += [ord(c) for c in name]
        cell = slot_of(ord(name[0]), ord(name[1]), PAIR_BITS)
        pairs[cell >> 3] |= 1 << (cell & 7)
        if i == 0 or names[i - 1][0][:2] != name[:2]:
            slot = slot_of(ord(name[0]), ord(name[1]))
            while table[slot]:
                slot = (slot + 1) % len(table)
            table[slot] = i + 1
    write_array(f, "uint16_t", "place_pool", pool)
    write_array(f, "struct place_entry", "place_entries", [f"{{{a},{n},{c}}}" for a, n, c in entries])
    write_array(f, "struct place_slot", "place_hash",
                [f"{{{ord(names[e - 1][0][0]) << 16 | ord(names[e - 1][0][1]) if e else 0},{e}}}"
                 for e in table])
    write_array(f, "uint8_t", "place_pairs", pairs)
    f.write(f"\nconst uint32_t place_entry_count = {len(entries)};\n")


def main():
    rows = list(read(sys.argv[1]))
    codes = {"": 0}
    for _, _, code in rows:
        codes.setdefault(code, len(codes))
    with open(sys.argv[2], "w", encoding="ascii", newline="\n") as f:
        f.write('/* Made by tools/pack_places.py. */\n#include "signal/place_table.h"\n')
        write_array(f, "place_code", "place_codes", [f'"{c}"' for c in codes])
        pack_han(f, [(n, c) for k, n, c in rows if k in "HB"], codes)
        single = sorted((ord(n), codes[c]) for k, n, c in rows if k == "A")
        write_array(f, "struct place_single", "place_singles", [f"{{{a},{c}}}" for a, c in single])
        f.write(f"\nconst uint32_t place_single_count = {len(single)};\n")
        latin = sorted((n, codes[c]) for k, n, c in rows if k == "L")
        write_array(f, "struct place_latin", "place_latins", [f'{{"{n}",{c}}}' for n, c in latin])
        f.write(f"\nconst uint32_t place_latin_count = {len(latin)};\n")


if __name__ == "__main__":
    main()
