"""Characters that look alike: by Unihan kSpoofingVariant, by hand, and by measured likeness.

Likeness of two characters, 0..1: how much of their Cangjie codes agrees (longest common
subsequence), how many of the four corners agree, and how great a part they share (from splits.py),
less a little for each stroke of difference. Distance 1 nearly the same picture, 2 alike, 3 alike at
a glance. Only characters of ordinary text; at most ALIKES_MAX each, nearest first; symmetric.
"""
import collections
import itertools

ALIKES_MAX = 16
NEAR, ALIKE, GLANCE = 0.80, 0.68, 0.58
NEAR_CODE = 0.74  # a great shared part alone makes nothing "nearly the same"
STROKES_APART = 4


def common(a, b):
    """Length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        last = 0
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], last + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


class Likeness:
    def __init__(self, shapes, ways):
        self.shapes = shapes
        self.parts = {c: [w for w in list_ if len(w) == 2] for c, list_ in ways.items()}

    def shared(self, a, b):
        """Strokes of the part both have in the same place (or that one is), as a share."""
        s = self.shapes.strokes
        best = 0
        for way, whole in ((w, b) for w in self.parts.get(a, [])):
            if whole in way:
                best = max(best, s.get(whole, 0))
        for way, whole in ((w, a) for w in self.parts.get(b, [])):
            if whole in way:
                best = max(best, s.get(whole, 0))
        for x, y in itertools.product(self.parts.get(a, []), self.parts.get(b, [])):
            for i in (0, 1):
                if x[i] == y[i]:
                    best = max(best, s.get(x[i], 0))
        return best / max(s[a], s[b])

    def of(self, a, b):
        s = self.shapes
        apart = abs(s.strokes[a] - s.strokes[b])
        if apart > STROKES_APART:
            return 0
        ca, cb = s.code.get(a, ""), s.code.get(b, "")
        code = common(ca, cb) / max(len(ca), len(cb), 1)
        corner = max((sum(x == y for x, y in zip(p[:4], q[:4])) / 4
                      for p in s.corner.get(a, []) for q in s.corner.get(b, [])), default=code)
        score = 0.35 * code + 0.25 * corner + 0.4 * self.shared(a, b) + 0.05 - 0.03 * apart
        return score if code >= NEAR_CODE else min(score, NEAR - 0.01)


def candidates(usual, shapes, ways):
    """Pairs worth measuring: a part, a code but for one letter, or four corners in common."""
    groups = collections.defaultdict(set)
    for c in usual:
        code = shapes.code.get(c, "")
        for i in range(len(code)):
            if len(code) >= 2:
                groups["code", code[:i] + "?" + code[i + 1:]].add(c)
                groups["code", code[:i] + code[i + 1:]].add(c)
        groups["code", code].add(c)
        for corner in shapes.corner.get(c, []):
            groups["corner", corner[:4]].add(c)
        for way in ways.get(c, []):
            if len(way) == 2:
                for i in (0, 1):
                    groups["part", way[i], i].add(c)
                    groups["is", way[i]].update((c, way[i]) if way[i] in usual else ())
    out = set()
    for key, group in groups.items():
        if len(group) <= 80 or key[0] == "is":
            whole = key[1] if key[0] == "is" else None
            for a, b in itertools.combinations(sorted(group), 2):
                if whole is None or whole in (a, b):
                    out.add((a, b))
    return out


def make(src, shapes, ways, by_hand, frequency, folds):
    """character -> list of (other, distance), nearest first."""
    usual = {c for c in frequency if frequency[c] >= 2 and c in shapes.strokes and ord(c) not in folds}
    likeness = Likeness(shapes, ways)
    distance, score = {}, {}
    for a, b in candidates(usual, shapes, ways):
        s = likeness.of(a, b)
        if s >= GLANCE:
            distance[a, b] = 1 if s >= NEAR else 2 if s >= ALIKE else 3
            score[a, b] = s
    sure = set()
    for code, value in src.unihan("Variants", "kSpoofingVariant").items():
        for item in value.split():
            other = chr(int(item.split("<")[0][2:], 16))
            if code not in folds and ord(other) not in folds:
                sure.add(tuple(sorted((chr(code), other))))
    for group in by_hand:
        sure.update(tuple(sorted(p)) for p in itertools.combinations(dict.fromkeys(group), 2))
    for pair in sure:
        distance[pair], score[pair] = 1, 2
    return pick(distance, score, frequency)


def pick(distance, score, frequency):
    lists = collections.defaultdict(list)
    for a, b in distance:
        lists[a].append(b)
        lists[b].append(a)

    def rank(a, b):
        pair = (min(a, b), max(a, b))
        return -score[pair] - 0.004 * frequency.get(b, 0), b

    kept = set()
    for a, others in lists.items():
        for b in sorted(others, key=lambda o: rank(a, o))[:ALIKES_MAX]:
            kept.add((min(a, b), max(a, b)))
    out = collections.defaultdict(list)
    for a, b in kept:
        out[a].append((b, distance[a, b]))
        out[b].append((a, distance[a, b]))
    for a, list_ in out.items():
        list_.sort(key=lambda item: (item[1], rank(a, item[0])))
    return out
