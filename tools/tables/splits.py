"""Characters taken apart: 好 = 女 子, derived from Cangjie codes, radicals and strokes.

Cangjie writes a divided character as its head (first and last letter of the head's own code) and
its body (first, second and last letter of the body's). So A and B are the parts of C when
    code(C) = head(A) + body(B)    and    strokes(C) = strokes(A) + strokes(B)
and one of them is the radical of C (kRSUnicode) or has its sound series (kPhonetic). Radicals that
change their form inside a character come from radicals.tsv. What the codes cannot tell (a part
with the same code, a form that has no code) is chosen by sound series, then frequency; a short
list by hand (splits_by_hand.tsv) adds usual ones that this misses. Parts of parts give three.
"""
import collections

TWO_PART_MAX = 8
WAYS_MAX = 16
EVIDENCE = 0.5  # a corner on its side, the sound, or more: fewer wrong ways, few right ones lost


class Shapes:
    """Codes, strokes and radicals of characters, by character."""

    def __init__(self, src):
        dictionary = "DictionaryLikeData"
        self.code = {chr(c): v.split()[0] for c, v in src.unihan(dictionary, "kCangjie").items()}
        self.phonetic = {chr(c): {p.rstrip("*AX") for p in v.split()}
                         for c, v in src.unihan(dictionary, "kPhonetic").items()}
        self.corner = {chr(c): [x.replace(".", "") for x in v.split()]
                       for c, v in src.unihan(dictionary, "kFourCornerCode").items()}
        self.strokes = {chr(c): int(v.split()[0])
                        for c, v in src.unihan("IRGSources", "kTotalStrokes").items()}
        self.radical = {chr(c): v.split()[0].split(".")[0]
                        for c, v in src.unihan("IRGSources", "kRSUnicode").items()}
        self.residue = {chr(c): int(v.split()[0].split(".")[1])
                        for c, v in src.unihan("IRGSources", "kRSUnicode").items()}
        self.radical_char = self._radical_chars(src)

    @staticmethod
    def _radical_chars(src):
        out = {}
        for line in src.lines("CJKRadicals.txt"):
            number, _, char = [x.strip() for x in line.split(";")]
            out.setdefault(number, chr(int(char, 16)))
        return out


def head(code):
    return code if len(code) <= 2 else code[0] + code[-1]


def body(code):
    return code if len(code) <= 3 else code[:2] + code[-1]


class Splitter:
    def __init__(self, src, radicals, frequency, readings):
        self.shapes = Shapes(src)
        self.frequency = frequency
        self.readings = readings
        self.radicals = radicals
        standard = src.standard_chars()
        known = [c for c in self.shapes.code if c in self.shapes.strokes and len(c.encode()) == 3]
        self.parts = [c for c in known if ord(c) in standard and frequency.get(c, 0) >= 1]
        self.usual = set(self.parts)
        # Forms that by_radical writes; as full characters they do not stand in that place.
        self.changed = {forms[1] for _, _, _, _, forms in radicals if len(forms) > 1} - set("月王口")
        self.heads = collections.defaultdict(list)
        self.bodies = collections.defaultdict(list)
        for c in known:
            self.heads[head(self.shapes.code[c])].append(c)
            self.bodies[body(self.shapes.code[c])].append(c)
        self.productive = self.count_productive()

    def same_series(self, part, whole):
        p = self.shapes.phonetic
        return bool(p.get(part, set()) & p.get(whole, set()))

    def same_sound(self, part, whole):
        ours, theirs = self.readings.get(ord(part), []), self.readings.get(ord(whole), [])
        return any(a == b or a[-2:] == b[-2:] for a in ours for b in theirs)

    def corners(self, part, whole, place):
        """How many of the whole's two corners on this side the part has (four-corner code)."""
        side = {"L": (0, 2), "R": (1, 3), "T": (0, 1), "B": (2, 3)}[place]
        best = 0
        for w in self.shapes.corner.get(whole, []):
            for p in self.shapes.corner.get(part, []):
                best = max(best, sum(w[i] in (p[i], p[i ^ 1]) for i in side))
        return best

    def kin(self, part, whole, place):
        """How well a part fits into the whole, for choosing among parts with one code."""
        placed = max(self.corners(part, whole, p) for p in ("LT" if place == "L" else "RB"))
        series = self.same_series(part, whole)
        return (series + placed / 2 + self.same_sound(part, whole) / 2, self.productive[part],
                self.frequency.get(part, 0))

    def count_productive(self):
        """In how many characters a part fits and has the sound series: it is a usual part."""
        out = collections.Counter()
        for whole in self.parts:
            code = self.shapes.code[whole]
            for cut in (1, 2):
                for part in set(self.heads.get(code[:cut], []) + self.bodies.get(code[cut:], [])):
                    out[part] += self.same_series(part, whole)
        return out

    def best(self, candidates, whole, strokes, place):
        found = [c for c in candidates if self.shapes.strokes[c] == strokes and c != whole
                 and (c in self.usual or self.same_series(c, whole))]
        found.sort(key=lambda c: self.kin(c, whole, place), reverse=True)
        score = self.kin(found[0], whole, place)[0] if found else 0
        if found and score < EVIDENCE and found[0] in self.shapes.corner and whole in self.shapes.corner:
            return []  # the codes agree, the picture does not
        return [c for c in found[:2] if self.kin(c, whole, place)[0] == score]

    def by_radical(self, whole):
        """Splits into a radical (in its form inside characters) and the rest."""
        code, number = self.shapes.code[whole], self.shapes.radical.get(whole, "").rstrip("'")
        own_radical = self.shapes.radical_char.get(number)
        for radical, place, codes, strokes, forms in self.radicals:
            rest_strokes = self.shapes.strokes[whole] - int(strokes)
            is_own = radical.rstrip("'") == number and rest_strokes == self.shapes.residue.get(whole)
            for own in codes.split():
                rest = []
                if place in "LE" and code.startswith(own):
                    rest = self.best(self.bodies[code[len(own):]], whole, rest_strokes, "R")
                elif place == "R" and code.endswith(own) and len(code) > len(own):
                    rest = self.best(self.heads[code[:-len(own)]], whole, rest_strokes, "L")
                for r in rest:
                    if is_own or r == own_radical or self.same_series(r, whole):
                        yield from self.written(place, forms, r)

    @staticmethod
    def written(place, forms, rest):
        for form in forms:
            if place != "R":
                yield form, rest
            if place in "RE":
                yield rest, form

    def by_code(self, whole):
        """Splits into two full characters."""
        code, strokes = self.shapes.code[whole], self.shapes.strokes[whole]
        radical = self.shapes.radical_char.get(self.shapes.radical.get(whole))
        found = []
        for cut in range(1, min(2, len(code) - 1) + 1):
            for a in self.heads[code[:cut]]:
                for b in self.bodies[code[cut:]]:
                    if self.shapes.strokes[a] + self.shapes.strokes[b] != strokes:
                        continue
                    if a in self.changed or not {a, b} <= self.usual:
                        continue
                    series = self.same_series(a, whole) or self.same_series(b, whole)
                    if radical in (a, b) or series:  # else chance
                        fit = [x + y for x, y in zip(self.kin(a, whole, "L"), self.kin(b, whole, "R"))]
                        found.append((((radical in (a, b)) + fit[0], *fit[1:]), a, b))
        found.sort(reverse=True)
        return [(a, b) for _, a, b in found[:1]]

    def two(self, whole):
        if whole not in self.shapes.code or whole not in self.shapes.strokes:
            return []
        if len(self.shapes.code[whole]) < 2:
            return []
        pairs = list(self.by_radical(whole))[:TWO_PART_MAX]
        if not pairs:
            pairs = self.by_code(whole)
        return list(dict.fromkeys(pairs))


def make(src, radicals, by_hand, frequency, readings, folds):
    """character -> list of part tuples, two parts first."""
    splitter = Splitter(src, radicals, frequency, readings)
    two = {}
    for whole in splitter.parts:
        if ord(whole) in folds:
            continue
        two[whole] = [p for p in splitter.two(whole)]
    for whole, ways in by_hand:
        if ord(whole) not in folds:
            two[whole] = ways + [p for p in two.get(whole, []) if p not in ways]
    out, forms = {}, set("".join(r[4] for r in radicals))
    hand = dict(by_hand)

    def sure(whole, pair):
        """Good enough to take a part apart again: has the radical, or is by hand."""
        number = splitter.shapes.radical.get(whole, "").rstrip("'")
        own = {form for r in radicals if r[0].rstrip("'") == number for form in r[4]}
        own.add(splitter.shapes.radical_char.get(number))
        return pair in hand.get(whole, []) or bool(own & set(pair))

    for whole, pairs in two.items():
        ways = list(pairs)
        for pair in [p for p in pairs if len(p) == 2]:
            a, b = pair
            if b not in forms:
                ways += [(a, *p) for p in two.get(b, [])[:2] if len(p) == 2 and sure(b, p)]
            if a not in forms:
                ways += [(*p, b) for p in two.get(a, [])[:2] if len(p) == 2 and sure(a, p)]
        if ways:
            ways = [tuple("".join(way).translate(folds)) for way in ways]  # as units are read
            out[whole] = list(dict.fromkeys(ways))[:WAYS_MAX]
    return out
