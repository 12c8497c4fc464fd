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
        """`name` may carry the size of its elements: "rows[26]" is an array of arrays of 26."""
        name, bracket, rest = name.partition("[")
        self.f.write(f"\nconst {ctype} {name}[]{bracket}{rest} = {{\n")
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


def syllable_ids(data):
    return {fields[0]: i for i, fields in enumerate(rows(data, "syllables.tsv"), 1)}


def by_code(out, name, value_of, ctype="uint16_t", page=64):
    """Two-stage table NAME_index / NAME_page over planes 0..3; codes not in value_of hold 0."""
    values = [0] * 0x40000
    for code, value in value_of.items():
        values[code] = value
    index, pages = two_stage(values, page)
    out.array("uint16_t", f"{name}_index", index)
    out.array(ctype, f"{name}_page", pages)


def letter_trie(words):
    """Nodes of 26 next nodes each, root is node 1; returns (nodes, node of each word)."""
    nodes, ends = [[0] * 26, [0] * 26], {}
    for word in words:
        at = 1
        for c in word:
            k = ord(c) - ord("a")
            if not nodes[at][k]:
                nodes.append([0] * 26)
                nodes[at][k] = len(nodes) - 1
            at = nodes[at][k]
        ends[word] = at
    return nodes, ends


# Spellings besides the official one: u-umlaut typed as u after n and l is loose, the others exact.
ALIASES = {"nu": "nv", "lu": "lv", "nue": "nve", "lue": "lve"}
EXACT_ALIASES = {"lyu": "lv", "nyu": "nv", "lyue": "lve", "nyue": "nve", "jv": "ju", "qv": "qu",
                 "xv": "xu", "yv": "yu", "jve": "jue", "qve": "que", "xve": "xue", "jvan": "juan",
                 "qvan": "quan", "xvan": "xuan", "jvn": "jun", "qvn": "qun", "xvn": "xun"}


def sounds(data, out):
    ids = syllable_ids(data)
    table = list(rows(data, "syllables.tsv"))
    out.number("table_syllable_count", len(table))
    out.array("char", "table_syllable_name[8]", ['""'] + [f'"{name}"' for name, _ in table])
    out.array("uint16_t", "table_syllable_class", [0] + [int(c) for _, c in table])
    matrix = [[0xFF] * 128 for _ in range(len(table) + 1)]
    pairs = [(i, i, 0) for i in range(len(table) + 1)]
    for name, lists in rows(data, "near.tsv"):
        for distance, part in enumerate(lists.split("|"), 1):
            pairs += [(ids[name], ids[other], distance) for other in part.split()]
    for a, b, distance in pairs:
        shift = b % 4 * 2
        matrix[a][b // 4] = matrix[a][b // 4] & ~(3 << shift) | distance << shift
    out.array("uint8_t", "table_syllable_distance", [v for row in matrix for v in row])
    pool, place, value_of = [0], {}, {}
    for char, names in rows(data, "sounds.tsv"):
        key = tuple(ids[n] for n in names.split())
        if key not in place:
            place[key] = len(pool)
            pool += [len(key), *key]
        value_of[ord(char)] = place[key]
    by_code(out, "table_sound", value_of)
    out.array("uint16_t", "table_sound_pool", pool)
    pinyin(ids, out)
    uses(data, ids, out)


def pinyin(ids, out):
    nodes, ends = letter_trie([*ids, *ALIASES, *EXACT_ALIASES])
    exact, loose = [0] * len(nodes), [0] * len(nodes)
    for name, at in ends.items():
        exact[at] = ids.get(EXACT_ALIASES.get(name, name), 0)
        loose[at] = ids[ALIASES[name]] if name in ALIASES else 0
    out.array("uint16_t", "table_pinyin_next[26]", ["{" + ",".join(map(str, n)) + "}" for n in nodes])
    out.array("uint16_t", "table_pinyin_exact", exact)
    out.array("uint16_t", "table_pinyin_loose", loose)


def uses(data, ids, out):
    """Sounds of digits and letters, and leet letters, by ASCII code."""
    pool, place = [], [(0, 0)] * 128
    for char, names in rows(data, "sound_uses.tsv"):
        exact, _, loose = names.partition("~")
        items = [(ids[n], 0) for n in exact.split()] + [(ids[n], 1) for n in loose.split()]
        place[ord(char)] = (len(pool), len(items))
        pool += items
    out.array("struct chars_sound_use", "table_sound_use", [f"{{{a},{b}}}" for a, b in pool])
    out.array("struct table_span", "table_sound_use_span", [f"{{{a},{b}}}" for a, b in place])
    leet = {ord(char): letters for char, letters in rows(data, "leet.tsv")}
    sparse = sorted(leet)
    out.array("uint32_t", "table_leet_code", sparse + [0])
    out.array("char", "table_leet_letters[4]", [f'"{leet[c]}"' for c in sparse] + ['""'])


# Grammatical characters: beside them nearly anything is ordinary.
FUNCTION_CHARS = "的了是在我你他她它们不就也都和很吗呢吧啊这那个得地着过没有么"
USUAL_CLASS_LEAST = 3  # 113,000 pairs, 85 % of those met; 0.6 % of other pairs pass by chance
USUAL_WORD_BITS = 15   # CHARS_USUAL_SHIFT is 64 less this


def pairs(data, out):
    """Rank of characters; for each first, its followers' ranks ascending and their classes."""
    class_of = {c: int(k) for k, chars in rows(data, "frequency.tsv") for c in chars}
    chars = sorted(class_of)
    rank = {c: i + 1 for i, c in enumerate(chars)}
    function = set(FUNCTION_CHARS)
    by_code(out, "table_rank", {ord(c): r for c, r in rank.items()})
    out.array("uint8_t", "table_frequency",
              [0] + [class_of[c] | (0x80 if c in function else 0) for c in chars])
    first, second, classes = [0] * (len(chars) + 2), [], []
    lists = {rank[a]: parts for a, parts in rows(data, "pairs.tsv")}
    for r in range(1, len(chars) + 1):
        first[r] = len(second)
        items = []
        for part in lists.get(r, "").split():
            c, _, followers = part.partition(":")
            items += [(rank[b], int(c)) for b in followers]
        for b, c in sorted(items):
            second.append(b)
            classes.append(c)
    first[len(chars) + 1] = len(second)
    out.array("uint32_t", "table_pair_first", first)
    out.array("uint16_t", "table_pair_second", second)
    classes.append(0)
    out.array("uint8_t", "table_pair_class",
              [classes[i] | classes[i + 1] << 4 for i in range(0, len(second), 2)])
    out.array("uint64_t", "table_pair_usual",
              [f"{word:#x}u" for word in usual_filter(data)])


def usual_filter(data):
    """Words of a blocked Bloom filter of the usual pairs; hash and bits as in chars_pair_hash."""
    words = [0] * (1 << USUAL_WORD_BITS)
    for a, parts in rows(data, "pairs.tsv"):
        for part in parts.split():
            c, _, followers = part.partition(":")
            if int(c) < USUAL_CLASS_LEAST:
                continue
            for b in followers:
                h = ((ord(a) << 21 | ord(b)) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
                h ^= h >> 32
                words[h >> (64 - USUAL_WORD_BITS)] |= (
                    1 << (h & 63) | 1 << (h >> 6 & 63) | 1 << (h >> 12 & 63))
    return words


class Trie:
    """Nodes from 1 (the root); edges of a node sorted by code point."""

    def __init__(self):
        self.next = [{}, {}]

    def add(self, codes):
        at = 1
        for code in codes:
            if code not in self.next[at]:
                self.next.append({})
                self.next[at][code] = len(self.next) - 1
            at = self.next[at][code]
        return at

    def write(self, out, name):
        first, edges = [], []
        for node in self.next:
            first.append(len(edges))
            edges += sorted(node.items())
        first.append(len(edges))
        out.array("uint32_t", f"{name}_first", first)
        out.array("uint32_t", f"{name}_code", [code for code, _ in edges] + [0])
        out.array("uint16_t", f"{name}_next", [node for _, node in edges] + [0])


def lists_by(keys, lists):
    """(place of each key's list in the pool, pool); a list is its length and its items."""
    pool, place = [0], {}
    for key in keys:
        place[key] = len(pool)
        pool += [len(lists[key]), *lists[key]]
    return place, pool


def shapes(data, out):
    alike = {}
    for char, groups in rows(data, "alikes.tsv"):
        items = [(ord(c), int(group[0])) for group in groups.split() for c in group[2:]]
        alike[ord(char)] = [f"{{{c},{d}}}" for c, d in items]
    place, pool = lists_by(sorted(alike), alike)
    pool = [f"{{{x},0}}" if isinstance(x, int) else x for x in pool]
    by_code(out, "table_alike", {k: v + 1 for k, v in place.items()})
    out.array("struct chars_alike", "table_alike_pool", pool)
    trie, wholes, ways_of = Trie(), {}, {}
    for char, ways in rows(data, "splits.tsv"):
        ways = ways.split()
        ways_of[ord(char)] = [x for way in ways for x in (len(way), *map(ord, way))]
        for way in ways:
            wholes.setdefault(trie.add([ord(c) for c in way]), []).append(ord(char))
    trie.write(out, "table_split")
    by_code(out, "table_split_root", trie.next[1])
    place, pool = lists_by(sorted(wholes), wholes)
    out.array("uint16_t", "table_split_whole", [place.get(n, 0) for n in range(len(trie.next))])
    out.array("uint32_t", "table_split_whole_pool", pool)
    place, pool = lists_by(sorted(ways_of), ways_of)
    by_code(out, "table_way", place, "uint32_t")
    out.array("uint32_t", "table_way_pool", pool)


def emoji(data, out):
    words, trie, of_node, pool = {}, Trie(), {}, [0]
    for key, list_ in rows(data, "emoji.tsv"):
        for word in list_.split():
            words.setdefault(word, len(words) + 1)
        of_node[trie.add([ord(c) for c in key])] = len(pool)
        pool += [len(list_.split()), *(words[w] for w in list_.split())]
    trie.write(out, "table_emoji")
    out.array("uint16_t", "table_emoji_words", [of_node.get(n, 0) for n in range(len(trie.next))])
    out.array("uint16_t", "table_emoji_pool", pool)
    codes, first = [], [0]
    for word in words:
        first.append(len(codes))
        codes += [ord(c) for c in word]
    first.append(len(codes))
    out.number("table_word_count", len(words))
    out.number("table_emoji_node_count", len(trie.next))
    out.array("uint32_t", "table_word_first", first)
    out.array("uint32_t", "table_word_code", codes)


MAKERS = {"fold": fold, "sounds": sounds, "pairs": pairs, "shapes": shapes, "emoji": emoji}


def main():
    name, data, path = sys.argv[1:4]
    out = Out(path)
    MAKERS[name](data, out)
    out.f.close()


if __name__ == "__main__":
    main()
