"""Toneless Mandarin readings of characters, and which syllables are run together in careless speech.

Readings: those of the General Standard dictionary (kTGHZ2013), the Modern Chinese frequency list
(kHanyuPinlu), Xiandai Hanyu Cidian (kXHC1983) and kMandarin. Where the frequency list knows the
character well, readings it never met are left out; so are those below one in two hundred. Archaic
readings (kHanyuPinyin) are used only, and only the first, for characters that nothing else knows.
"""
import re

from tables.sources import strip_tone

INITIALS = "zh ch sh b p m f d t n l g k h j q x r z c s y w".split()
FINALS = set("""a o e i u v ai ei ui ao ou iu ie ve ue er an en in un vn ang eng ing ong ia iao ian
iang iong ua uo uai uan uang io""".split())
# (a, b): sounds one change apart. Merges of southern Mandarin: Yuan Jiahua, Outline of Chinese
# Dialects; the fuzzy settings of every pinyin input method.
NEAR_INITIALS = [("n", "l"), ("l", "r"), ("z", "zh"), ("c", "ch"), ("s", "sh"), ("h", "f")]
NEAR_FINALS = [("an", "ang"), ("en", "eng"), ("in", "ing"), ("ian", "iang"), ("uan", "uang"),
               ("u", "v"), ("ue", "ve")]
# hu- before a vowel and f- are one sound in much of the south (Hui/Fei, Huang/Fang).
NEAR_WHOLE = [("hua", "fa"), ("huan", "fan"), ("huang", "fang"), ("hui", "fei"), ("hun", "fen"),
              ("hong", "feng"), ("huo", "fo")]
WELL_KNOWN = 1000   # occurrences in kHanyuPinlu (of about 1.8 million characters)
RARE_SHARE = 200    # a reading below 1/200 of the character's occurrences is left out
READINGS_MAX = 6


def parse(name):
    """(initial, final) of a spelled syllable, None if it is none."""
    for initial in INITIALS + [""]:
        if name.startswith(initial) and name[len(initial):] in FINALS:
            return initial, name[len(initial):]
    return None


def values(field, code, pattern):
    """Toneless readings of one Unihan field, in order."""
    out = []
    for item in re.findall(pattern, field.get(code, "")):
        name = strip_tone(item)
        if parse(name) and name not in out:
            out.append(name)
    return out


WORD = r"[^\s:,.()\d*]+"


def readings(src):
    """code -> list of syllable names, most usual first."""
    pinlu = src.unihan("Readings", "kHanyuPinlu")
    tghz = src.unihan("Readings", "kTGHZ2013")
    xhc = src.unihan("Readings", "kXHC1983")
    mandarin = src.unihan("Readings", "kMandarin")
    hanyu = src.unihan("Readings", "kHanyuPinyin")
    out = {}
    for code in sorted(set(pinlu) | set(tghz) | set(xhc) | set(mandarin) | set(hanyu)):
        counts = {}
        for name, n in re.findall(r"(\S+)\((\d+)\)", pinlu.get(code, "")):
            name = strip_tone(name)
            if parse(name):
                counts[name] = counts.get(name, 0) + int(n)
        total = sum(counts.values())
        first = values(mandarin, code, WORD)
        listed = values(tghz, code, WORD) or values(xhc, code, WORD) or first
        names = sorted(counts, key=lambda n: -counts[n])
        names = [n for n in names if counts[n] * RARE_SHARE >= total]
        names += [n for n in first[:1] + listed if n not in names and total < WELL_KNOWN]
        names = names or first or values(hanyu, code, WORD)[:1]
        names = list(dict.fromkeys(names))[:READINGS_MAX]
        if names:
            out[code] = names
    return out


def syllables(by_code, standard):
    """Names of all syllables that standard characters have, sorted."""
    names = {n for code, list_ in by_code.items() if code in standard for n in list_}
    return sorted(names)


def neighbours(node):
    """Spellings one change away, real syllables or not."""
    name = "".join(node)
    for a, b in NEAR_INITIALS:
        if node[0] in (a, b):
            yield (b if node[0] == a else a), node[1]
    for a, b in NEAR_FINALS:
        if a in ("u", "ue") and node[0] not in ("n", "l", "r"):
            continue
        if node[1] in (a, b):
            yield node[0], (b if node[1] == a else a)
    for a, b in NEAR_WHOLE:
        if name in (a, b):
            yield parse(b if name == a else a)


def distances(names):
    """(class of each name, list of (a, b, distance 1..2))."""
    nodes = {parse(n): i for i, n in enumerate(names)}
    near, group = [], {}
    for node, i in nodes.items():
        reach, at = {node: 0}, [node]
        while at:
            at = [(n, reach[x] + 1) for x in at for n in neighbours(x) if n not in reach]
            for n, d in at:
                reach[n] = min(d, reach.get(n, d))
            at = [n for n, _ in at]
        near += [(i, nodes[n], d) for n, d in reach.items() if n in nodes and 1 <= d <= 2]
        group[i] = min(nodes[n] for n in reach if n in nodes)
    order = {g: k + 1 for k, g in enumerate(sorted(set(group.values())))}
    return [order[group[i]] for i in range(len(names))], near
