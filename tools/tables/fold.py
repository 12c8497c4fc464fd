"""Folding: what each code point becomes, which disguise that undoes, and its kind.

Order for one code point, repeated until nothing changes: NFKC, case folding, enclosed and styled
letters by name, radicals, traditional and variant ideographs, Latin look-alikes, accents. The
result of every entry is itself folded, so folding is idempotent by construction (and asserted).
"""
import re
import unicodedata

WIDTH, CASE, STYLED, VARIANT, LEET = "w", "c", "s", "v", "l"
LONGEST = 8  # longer expansions (two Arabic ligatures) are left as they are

# Usual in writing to or about women, animals, gods; one word in simplified text (Taiwan usage).
HAN_EXTRA = {"妳": "你", "牠": "它", "祂": "他", "孃": "娘", "姊": "姐", "囍": "喜", "喆": "哲",
             "堃": "坤", "〡": "一", "〢": "二", "〣": "三", "〤": "四", "〥": "五",
             "〦": "六", "〧": "七", "〨": "八", "〩": "九", "〸": "十", "〹": "廿", "〺": "卅"}
LATIN_EXTRA = {"æ": "ae", "œ": "oe", "ı": "i", "ȷ": "j", "ß": "ss", "ĸ": "k", "ŋ": "n", "ð": "d"}
CONFUSABLE_SCRIPTS = ("CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU", "LATIN")
NUMBER_NAMES = {n: str(i) for i, n in enumerate(
    "ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN "
    "SIXTEEN SEVENTEEN EIGHTEEN NINETEEN TWENTY".split())}
# Ends or parts a sentence. The ASCII ones do so only before space: decided while decoding.
MARKS = "。、，！？；：﹗︒︑､｡‼⁇⁈⁉¿¡؟،؛।॥။၊។"


class Folder:
    def __init__(self, src):
        self.src = src
        self.data = src.unicode_data()
        self.case = self._case()
        self.han = self._han()
        self.latin = self._latin()
        self.memo = {}

    def _case(self):
        out = {}
        for line in self.src.lines("CaseFolding.txt"):
            code, status, target, *_ = [x.strip() for x in line.split(";")]
            if status in "CF":
                out[chr(int(code, 16))] = "".join(chr(int(x, 16)) for x in target.split())
        return out

    def _han(self):
        """One step: radical, traditional, variant -> usual simplified character."""
        usual = self.src.standard_chars()
        out = {}
        for name in ("TSCharacters",):
            for key, values in self.src.opencc(name).items():
                if len(key) == 1 and values[0] != key and len(values[0]) == 1:
                    out[key] = values[0]
        self._unihan_variants(out, usual)
        for name in ("TWVariantsRev", "HKVariantsRev", "JPShinjitaiCharacters"):
            for key, values in self.src.opencc(name).items():
                if len(key) == 1 and ord(key) not in usual and key not in out and values[0] != key:
                    out[key] = values[0]
        for line in self.src.lines("EquivalentUnifiedIdeograph.txt"):
            codes, target = [x.strip() for x in line.split(";")]
            a, _, b = codes.partition("..")
            for c in range(int(a, 16), int(b or a, 16) + 1):
                out[chr(c)] = chr(int(target, 16))
        out.update({k: v for k, v in HAN_EXTRA.items() if k != v})
        return self._without_circles(out)

    @staticmethod
    def _without_circles(table):
        """Drops the entry that closes a circle of variants (a -> b -> a)."""
        out = {}
        for key, value in table.items():
            at = value
            while at in out and at != key:
                at = out[at]
            if at != key:
                out[key] = value
        return out

    def _unihan_variants(self, out, usual):
        """Rare -> standard: only where the source is no standard character and the target is.

        Radical forms (亻, 厶) stay what they are: writers put them for parts of characters.
        """
        parts = {int(line.split(";")[1], 16)
                 for line in self.src.lines("EquivalentUnifiedIdeograph.txt")}
        strokes = self.src.unihan("IRGSources", "kTotalStrokes")
        for field in ("kSimplifiedVariant", "kZVariant", "kSemanticVariant"):
            for code, value in sorted(self.src.unihan("Variants", field).items()):
                key = chr(code)
                few = int(strokes.get(code, "9").split()[0]) <= 3
                if key in out or code in usual or code in parts or few:
                    continue
                targets = []
                for item in value.split():
                    target = chr(int(item.split("<")[0][2:], 16))
                    target = out.get(target, target)
                    if target != key and ord(target) in usual and target not in targets:
                        targets.append(target)
                if len(targets) == 1 or (targets and field == "kZVariant"):
                    out[key] = targets[0]

    def _latin(self):
        """One step for letters and digits of other shapes: char -> (text, bit)."""
        out = {k: (v, VARIANT) for k, v in LATIN_EXTRA.items()}
        for code, (name, category, _, number) in self.data.items():
            char = chr(code)
            if char in out or code < 0x80:
                continue
            found = self._by_name(name, category, number)
            if found:
                out[char] = found
        for key, target in self.src.confusables().items():
            if len(key) != 1 or key in out or ord(key) < 0x80 or len(target) != 1:
                continue
            info = self.data.get(ord(key))
            if not info or not info[1].startswith("L") or not info[0].startswith(CONFUSABLE_SCRIPTS):
                continue
            if target.isascii() and target.isalpha():
                out[key] = (target.lower(), LEET)
        return out

    @staticmethod
    def _by_name(name, category, number):
        m = re.match(r"LATIN (SMALL|CAPITAL) LETTER (?:DOTLESS )?([A-Z]) WITH ", name)
        if m:
            return m.group(2) if m.group(1) == "CAPITAL" else m.group(2).lower(), VARIANT
        m = re.match(r"(?:LATIN LETTER SMALL CAPITAL|LATIN SMALL LETTER SCRIPT|"
                     r"(?:CROSSED )?NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER|"
                     r"REGIONAL INDICATOR SYMBOL LETTER|SQUARED LATIN CAPITAL LETTER|"
                     r"OUTLINED LATIN CAPITAL LETTER) ([A-Z])$", name)
        if m and not name.startswith("REGIONAL"):
            return m.group(1).lower(), STYLED
        if name in ("NEGATIVE SQUARED AB", "NEGATIVE SQUARED WC", "NEGATIVE SQUARED CL"):
            return name[-2:].lower(), STYLED
        m = re.match(r"(?:NEGATIVE CIRCLED|DINGBAT NEGATIVE CIRCLED|DINGBAT CIRCLED SANS-SERIF|"
                     r"DINGBAT NEGATIVE CIRCLED SANS-SERIF|DOUBLE CIRCLED) (?:DIGIT|NUMBER) (\w+)$",
                     name)
        if m and m.group(1) in NUMBER_NAMES:
            return NUMBER_NAMES[m.group(1)], STYLED
        if category == "Nd" and number.isdigit():
            return number, STYLED
        return None

    def _nfkc(self, char):
        text = unicodedata.normalize("NFKC", char)
        info = self.data.get(ord(char))
        if text == char and info and info[2] and not info[2].startswith("<noBreak"):
            parts = info[2].split()
            if parts[0].startswith("<"):  # newer than this Python's tables
                text = "".join(chr(int(x, 16)) for x in parts[1:])
        if info and info[2].startswith(("<compat>", "<circle>")) and text[:1] == "(" and text[-1:] == ")":
            text = text[1:-1]  # U+2474 (1), U+3220 (一): the brackets are the drawing
        if re.fullmatch(r"[0-9]+\.", text):
            text = text[:-1]   # U+2488 1.
        return text

    def _nfkc_bit(self, char):
        decomposition = self.data[ord(char)][2]
        if decomposition.startswith(("<wide>", "<narrow>")):
            return WIDTH
        if not decomposition.startswith("<"):
            return VARIANT  # canonical: compatibility ideographs, accents
        return STYLED

    def _step(self, char):
        """One change of one character, (text, bit), or None."""
        if char in "…‥":
            return None  # one mark as drawn, not three stops
        text = self._nfkc(char)
        if text != char and len(text) <= LONGEST:
            return text, self._nfkc_bit(char)
        if char in self.han:
            return self.han[char], VARIANT
        if char in self.latin and self.latin[char][0] != char:
            return self.latin[char]
        if char in self.case:
            return self.case[char], CASE
        info = self.data.get(ord(char))
        if info and info[2] and not info[2].startswith("<") and self._is_latin(char):
            base = unicodedata.normalize("NFD", char)[0]
            if base != char:
                return base, VARIANT
        if info and info[1] == "Zs" and char != " ":
            return " ", None
        if char in "\t\u2800":
            return " ", None
        if char in "\x0b\x0c\x85\u2028\u2029":
            return "\n", None
        return None

    def _is_latin(self, char):
        return self.data[ord(char)][0].startswith("LATIN ")

    def fold(self, char):
        """(folded text, sorted bits) of one character."""
        if char in self.memo:
            return self.memo[char]
        text, bits = char, set()
        for _ in range(8):
            out = []
            changed = False
            for c in text:
                step = self._step(c)
                if step:
                    changed = True
                    out.append(step[0])
                    if step[1]:
                        bits.add(step[1])
                else:
                    out.append(c)
            text = "".join(out)
            if not changed:
                break
        else:
            raise AssertionError(f"folding of U+{ord(char):04X} does not settle")
        if len(text) > LONGEST:
            text = char
        self.memo[char] = (text, "".join(sorted(bits)))
        return self.memo[char]


class Kinds:
    """Kind letter of a folded code point; formats in make_tables.py."""

    def __init__(self, src):
        self.data = src.unicode_data()
        self.ignorable = src.ranges("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point")
        self.unified = src.ranges("PropList.txt", "Unified_Ideograph")
        self.pictograph = src.ranges("emoji/emoji-data.txt", "Extended_Pictographic")
        self.skin = src.ranges("emoji/emoji-data.txt", "Emoji_Modifier")
        self.inherited = src.ranges("Scripts.txt", "Inherited")
        self.optional = {c for s in ("Arabic", "Hebrew", "Syriac", "Cyrillic", "Latin", "Greek")
                         for c in src.ranges("Scripts.txt", s)}
        self.latin = src.ranges("Scripts.txt", "Latin")
        self.accents = self._accents()

    def _accents(self):
        """Marks that compose with a Latin letter: spelling, not decoration."""
        out = set()
        for code, (name, _, decomposition, _) in self.data.items():
            if name.startswith("LATIN ") and decomposition and not decomposition.startswith("<"):
                out.update(int(x, 16) for x in decomposition.split()[1:])
        return {c for c in out if self.data[c][1] == "Mn"}

    def kind(self, code):
        if code in self.skin or code in (0x200D, 0xFE0E, 0xFE0F, 0x20E3):
            return "j"
        info = self.data.get(code)
        if code in self.ignorable:
            return "z"
        if info is None or info[1] in ("Co", "Cs", "Cn") or code == 0xFFFD:
            return "I"
        category = info[1]
        if code in (0x0A, 0x0D):
            return "N" if code == 0x0A else "r"
        if category in ("Cc", "Cf"):
            return "z"
        if category in ("Mn", "Me", "Mc"):
            if code in self.accents:
                return "a"
            if category == "Me" or code in self.inherited or code in self.optional:
                return "z"
            return "m"
        return self._visible(code, category)

    def _visible(self, code, category):
        char = chr(code)
        if code in self.unified or char == "〇":
            return "H"
        if category[0] == "L" or category == "Nl":
            return "L" if code in self.latin else "O"
        if char in "0123456789":
            return "D"
        if category == "Zs":
            return "S"
        if 0x1F1E6 <= code <= 0x1F1FF:
            return "f"
        if char in ",.!?;:":
            return "p"
        if char in MARKS:
            return "M"
        if code in self.pictograph and code > 0xFF and category[0] == "S":
            return "E"
        if category == "Nd" or category == "No":
            return "O"
        return "Y"


def rows(src):
    """(fold rows, kind rows) for every code point."""
    folder, kinds = Folder(src), Kinds(src)
    folds, kind_of = [], {}
    for code in range(0x110000):
        if 0xD800 <= code <= 0xDFFF:
            kind_of[code] = "I"
            continue
        char = chr(code)
        kind = kinds.kind(code)
        kind_of[code] = kind
        if kind in "zjamI" or code not in folder.data:
            continue
        text, bits = folder.fold(char)
        if text != char:
            # marks that a decomposition leaves behind mean nothing by themselves
            if kinds.kind(ord(text[0])) == "m":
                continue  # Thai and Lao AM: a vowel, kept as written
            dropped = "zja" if kinds.kind(ord(text[0])) == "O" else "zjam"
            kept = "".join(c for c in text if kinds.kind(ord(c)) not in dropped) or char
            if kept != char:
                folds.append((code, kept, bits))
    check(folder, kinds, folds)
    return folds, kind_of


def check(folder, kinds, folds):
    table = {code: text for code, text, _ in folds}
    for code, text, _ in folds:
        for c in text:
            if ord(c) in table:
                raise AssertionError(f"U+{code:04X} folds to {text!r}, which folds on")
