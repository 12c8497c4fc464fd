"""How common Han characters and neighbouring pairs of them are in ordinary writing.

A pair is ordinary when it stands inside a word of the jieba dictionary or is met at least
SEEN_MIN times in the ordinary text. Occurrences are per million characters, the greater of the
two sources (dictionary frequencies are scaled by their sum); pairs and characters are given in
classes 1..15, one a doubling: class c begins at 2^(c-3) per million, class 15 at 4,096.
"""
import collections
import math

SEEN_MIN = 2
WORD_FREQUENCY_MIN = 3


def class_of(per_million):
    return max(1, min(15, math.floor(math.log2(per_million)) + 3)) if per_million > 0 else 1


def count(lines, is_han):
    chars, pairs = collections.Counter(), collections.Counter()
    for line, weight in lines:
        chars.update({c: n * weight for c, n in collections.Counter(line).items() if is_han(c)})
        for a, b in zip(line, line[1:]):
            if is_han(a) and is_han(b):
                pairs[a + b] += weight
    return chars, pairs


def classes(src, folds, kind_of, held_out=False):
    """(char -> class, pair -> class). With held_out, lines 7, 17, 27 ... are left out."""
    def is_han(c):
        return kind_of[ord(c)] == "H"

    text = [(line.translate(folds), 1) for i, line in enumerate(src.ordinary())
            if not (held_out and i % 10 == 7)]
    words = [(w.translate(folds), n) for w, n in src.jieba() if n >= WORD_FREQUENCY_MIN]
    text_chars, text_pairs = count(text, is_han)
    word_chars, word_pairs = count(words, is_han)
    text_scale = 1e6 / sum(text_chars.values())
    word_scale = 1e6 / sum(word_chars.values())

    def merge(a, b, seen_min):
        out = {}
        for key in a.keys() | b.keys():
            if key in b or a[key] >= seen_min:
                out[key] = class_of(max(a[key] * text_scale, b[key] * word_scale))
        return out

    return merge(text_chars, word_chars, 1), merge(text_pairs, word_pairs, SEEN_MIN)


def coverage(src, folds, kind_of):
    """Share of pair occurrences in the held-out tenth that the other nine tenths know."""
    known = classes(src, folds, kind_of, held_out=True)[1]
    tenth = [(line.translate(folds), 1) for i, line in enumerate(src.ordinary()) if i % 10 == 7]
    pairs = count(tenth, lambda c: kind_of[ord(c)] == "H")[1]
    return sum(n for p, n in pairs.items() if p in known) / sum(pairs.values())
