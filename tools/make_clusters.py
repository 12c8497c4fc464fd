#!/usr/bin/python3
"""Makes texts in near-duplicate clusters, with the truth, to measure `ward cluster`.

A cluster is a template: a sentence with one to three slots (price, age, sex, place, handle, number,
free words), each member with fillings of its own. Some texts stand alone. Then noise: every token (a
Chinese character, an English word) is changed, dropped or doubled by another with the given rate;
a share of the texts is disguised (full width, strewn-in separators, emoji, sound-alike characters,
spaced letters, capitals); a share of the sentences ends in one of a few phrases that many use.

Sentences are lines of the repository's samples, as far as they reach; then chains of pieces of
these lines. The same arguments give the same texts. Output: FILE (a text a line) and FILE.truth (a
number a line; equal numbers, one cluster).
"""
import argparse
import json
import pathlib
import re

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLLOW = 0.6  # share of steps of a chain that follow a pair seen in the samples
SINGLES = 0.3  # share of texts that stand alone
CROWD = 0.15  # share of sentences that end in a phrase of the crowd
LENGTHS = {"zh": (12, 48), "en": (8, 32)}
RUN = 5  # a line that shares a row of so many tokens with one before it is not used as a sentence
SLOT_KINDS = ["price", "age", "sex", "place", "handle", "number", "text", "text"]
PLACES = {"zh": "广东汕头 福建莆田 河北邯郸 四川成都 云南昆明 山东菏泽 湖南邵阳 贵州毕节 江西赣州 陕西西安 上海 北京 郑州 "
                "南宁 合肥 揭阳 杭州".split(),
          "en": "manila;cebu city;davao;surabaya;jakarta;quezon city;hanoi;da nang;medan;iloilo".split(";")}
CROWD_TEXTS = {"zh": "有意者加微信详聊非诚勿扰 诚心的私我中介勿扰 需要的朋友联系我随时在线 转发一下让更多人看到谢谢 "
                     "以上内容仅供参考请自行判断 本群禁止广告违者踢出 感兴趣的可以留言或者私信 点赞关注不迷路下次还来看".split(),
               "en": ["please send me a private message if interested", "no time wasters only serious people",
                      "share this post so that more people see it", "contact me any time day or night",
                      "read the rules of this group before you post"]}
SOUNDS = ["女钕", "男难楠", "送宋颂", "养氧痒样", "宝饱保", "孩还", "收手受", "领岭", "你妮", "我窝", "的得地", "是事市", "有友又",
          "在再", "一医依", "人仁", "个各", "家加佳", "心新欣", "要药耀", "看砍", "会汇", "不布步", "说硕", "天添", "上尚", "来莱"]
EMOJI = "😀🔥✨👍🌸💰📣❤"


def words_of(text, language):
    """Tokens of one line."""
    if language == "zh":
        return [c for c in text if not c.isspace()]
    return re.findall(r"[A-Za-z0-9']+", text.lower())


def sample_lines(language):
    """Lines of the repository in one language."""
    lines = []
    if language == "zh":
        for path in sorted((ROOT / "tests/data/ordinary").glob("*.txt")):
            lines += path.read_text(encoding="utf-8").splitlines()
    else:
        for path in [*sorted((ROOT / "docs").glob("*.scd")), *sorted(ROOT.glob("*.md"))]:
            lines += re.split(r"[.:;]\s|\n\n", path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tests/data/trade").glob("*.jsonl")):
        for row in path.read_text(encoding="utf-8").splitlines():
            lines.append(json.loads(row).get("text") or "")
    def is_han(line):
        return len(re.findall("[\u4e00-\u9fff]", line)) * 2 > len(line)
    return list(dict.fromkeys(x for x in lines if x and is_han(x) == (language == "zh")))


class Maker:
    def __init__(self, language, seed, noise, disguised):
        self.language = language
        self.rng = np.random.default_rng([seed, 7 if language == "zh" else 11])
        self.noise = noise
        self.disguised = disguised
        self.ids = {}
        self.words = []
        self.lines = [self.encode(words_of(line, language)) for line in sample_lines(language)]
        self.rng.shuffle(self.lines)
        self.flat = np.concatenate(self.lines)
        self.pool = []  # pieces of text, as arrays of ids
        self.starts = []
        self.size = 0

    def encode(self, words):
        for word in words:
            if word not in self.ids:
                self.ids[word] = len(self.words)
                self.words.append(word)
        return np.array([self.ids[word] for word in words], dtype=np.int32)

    def add(self, ids):
        """Puts a piece into the pool; its (start, length)."""
        self.pool.append(ids)
        self.size += len(ids)
        return self.size - len(ids), len(ids)

    def unlike(self):
        """The lines that have no long run of tokens in common: the samples hold templates of their
        own, which would be clusters that the truth does not know."""
        seen = set()
        for line in self.lines:
            runs = {tuple(line[i:i + RUN]) for i in range(len(line) - RUN + 1)}
            if runs.isdisjoint(seen):
                yield line
            seen |= runs

    def chains(self, count, length):
        """`count` rows of `length` ids: steps along pairs of the samples, or anywhere."""
        order = np.argsort(self.flat[:-1], kind="stable")
        first = np.searchsorted(self.flat[:-1][order], np.arange(len(self.words) + 1))
        after = self.flat[1:][order]
        rows = np.empty((count, length), dtype=np.int32)
        now = self.flat[self.rng.integers(0, len(self.flat), count)]
        for column in range(length):
            rows[:, column] = now
            degree = first[now + 1] - first[now]
            step = after[np.minimum(first[now] + (self.rng.random(count) * degree).astype(np.int64), len(after) - 1)]
            jump = self.flat[self.rng.integers(0, len(self.flat), count)]
            now = np.where((degree > 0) & (self.rng.random(count) < FOLLOW), step, jump)
        return rows

    def sentences(self, count):
        """(start, length) of `count` sentences, real ones first."""
        low, high = LENGTHS[self.language]
        spans = []
        held = np.empty(0, dtype=np.int32)
        for line in self.unlike():
            if len(spans) == count:
                break
            held = np.concatenate([held, line])
            if len(held) >= low:
                spans.append(self.add(held[:high + high // 2]))
                held = np.empty(0, dtype=np.int32)
        missing = count - len(spans)
        if missing > 0:
            rows = self.chains(missing, high)
            start, _ = self.add(rows.reshape(-1))
            lengths = self.rng.integers(low, high + 1, missing)
            spans += [(start + i * high, int(n)) for i, n in enumerate(lengths)]
        order = self.rng.permutation(count)
        return [spans[i] for i in order]

    def filling(self, kind):
        rng, zh = self.rng, self.language == "zh"
        number = int(rng.integers(1, 100))
        if kind == "price":
            text = rng.choice([f"{number}万", f"{number}w", f"{number}00元"] if zh else [f"{number}k", f"{number}00 pesos", f"{number} thousand"])
        elif kind == "age":
            text = rng.choice([f"{number}个月", f"{number}天", f"{number % 9 + 1}岁"] if zh else [f"{number} months", f"{number} days", f"{number % 9 + 1} years"])
        elif kind == "sex":
            text = rng.choice(["男孩", "女孩", "男宝", "女宝"] if zh else ["boy", "girl", "baby boy", "baby girl"])
        elif kind == "place":
            text = rng.choice(PLACES[self.language])
        elif kind == "handle":
            text = rng.choice([f"1{int(rng.integers(0, 10**10)):010d}", f"wx{int(rng.integers(0, 10**6)):06d}"])
        elif kind == "number":
            text = str(int(rng.integers(0, 10000)))
        else:
            at = int(rng.integers(0, len(self.flat) - 5))
            return self.flat[at:at + int(rng.integers(1, 6 if zh else 4))]
        return self.encode(re.findall(r"[A-Za-z0-9]+|.", text) if zh else text.split())

    def cluster_sizes(self, total):
        wanted = int(total * (1 - SINGLES))
        sizes = np.arange(2, 101)
        chance = sizes ** -1.8
        drawn = self.rng.choice(sizes, size=wanted, p=chance / chance.sum())
        return drawn[:int(np.searchsorted(np.cumsum(drawn), wanted))]

    def pieces(self, total):
        """Truth, and for each text its pieces of the pool (starts and lengths, 0 for none)."""
        rng = self.rng
        sizes = self.cluster_sizes(total)
        sizes = np.concatenate([sizes, np.ones(total - sizes.sum(), dtype=sizes.dtype)])
        spans = np.array(self.sentences(len(sizes)), dtype=np.int64)
        crowd = [self.add(self.encode(words_of(x, self.language))) for x in CROWD_TEXTS[self.language]]
        fillings = {kind: np.array([self.add(self.filling(kind)) for _ in range(3000)]) for kind in set(SLOT_KINDS)}
        truth = np.repeat(np.arange(len(sizes)), sizes)
        starts = np.zeros((total, 8), dtype=np.int64)
        lengths = np.zeros((total, 8), dtype=np.int64)
        slots = np.where(sizes > 1, rng.integers(1, 4, len(sizes)), 0)
        cuts = np.sort(rng.random((len(sizes), 3)), axis=1)
        cuts = np.where(np.arange(3) < slots[:, None], cuts, 1.0)
        cuts = np.sort((cuts * spans[:, 1:2]).astype(np.int64), axis=1)
        edges = np.concatenate([np.zeros((len(sizes), 1), np.int64), cuts, spans[:, 1:2]], axis=1)
        kinds = rng.integers(0, len(SLOT_KINDS), (len(sizes), 3))
        for part in range(4):
            starts[:, 2 * part] = (spans[:, 0] + edges[:, part])[truth]
            lengths[:, 2 * part] = (edges[:, part + 1] - edges[:, part])[truth]
        for slot in range(3):
            for k, kind in enumerate(SLOT_KINDS):
                mine = np.flatnonzero((kinds[:, slot] == k)[truth] & (slots > slot)[truth])
                chosen = fillings[kind][rng.integers(0, 3000, len(mine))]
                starts[mine, 2 * slot + 1], lengths[mine, 2 * slot + 1] = chosen[:, 0], chosen[:, 1]
        ends = np.flatnonzero((rng.random(len(sizes)) < CROWD)[truth])
        which = np.array(crowd)[rng.integers(0, len(crowd), len(sizes))[truth[ends]]]
        starts[ends, 7], lengths[ends, 7] = which[:, 0], which[:, 1]
        order = rng.permutation(total)
        return truth[order], starts[order], lengths[order]

    def flatten(self, starts, lengths):
        """The ids of all texts in a row, and the length of each text."""
        pool = np.concatenate(self.pool)
        flat_starts, flat_lengths = starts.reshape(-1), lengths.reshape(-1)
        ends = np.cumsum(flat_lengths)
        where = np.repeat(flat_starts - (ends - flat_lengths), flat_lengths) + np.arange(ends[-1])
        return pool[where], lengths.sum(axis=1)

    def spoil(self, ids, lengths):
        """Changes, drops or doubles tokens at the rate of the noise."""
        if not self.noise:
            return ids, lengths
        rng = self.rng
        owner = np.repeat(np.arange(len(lengths)), lengths)
        hit = rng.random(len(ids)) < self.noise
        act = rng.integers(0, 3, len(ids))
        other = self.flat[rng.integers(0, len(self.flat), len(ids))]
        ids = np.where(hit & (act == 0), other, ids)
        copies = np.where(hit, np.array([1, 0, 2])[act], 1)
        spoiled = np.repeat(ids, copies)
        last = np.cumsum(copies) - 1
        doubled = hit & (act == 2)
        spoiled[last[doubled]] = other[doubled]
        return spoiled, np.bincount(np.repeat(owner, copies), minlength=len(lengths))

    def disguise(self, text):
        rng, zh = self.rng, self.language == "zh"
        kind = int(rng.integers(0, 5))
        if kind == 0:
            return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
        if kind == 1:
            mark = str(rng.choice(list(".*-·")))
            return "".join(c + mark if rng.random() < 0.4 and c != " " else c for c in text)
        if kind == 2:
            return "".join(c + str(rng.choice(list(EMOJI))) if rng.random() < 0.2 and (zh or c == " ") else c for c in text)
        if kind == 3 and zh:
            return "".join(self.sound(c) for c in text)
        if kind == 3:
            return re.sub(r"\b(\w{4,})\b", lambda m: " ".join(m[0]) if rng.random() < 0.15 else m[0], text)
        return text.upper() if not zh else "\u200b".join(text)

    def sound(self, c):
        for group in SOUNDS:
            if c in group and self.rng.random() < 0.7:
                return group[int(self.rng.integers(0, len(group)))]
        return c

    def make(self, total):
        truth, starts, lengths = self.pieces(total)
        ids, lengths = self.spoil(*self.flatten(starts, lengths))
        words = np.array(self.words, dtype=object)[ids]
        ends = np.cumsum(lengths)
        glue = "" if self.language == "zh" else " "
        texts = [glue.join(words[end - n:end]) for end, n in zip(ends, lengths)]
        for at in np.flatnonzero(self.rng.random(total) < self.disguised):
            texts[at] = self.disguise(texts[at])
        return texts, truth


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--texts", type=int, default=10000)
    parser.add_argument("--language", choices=["zh", "en"], default="zh")
    parser.add_argument("--noise", type=float, default=0.1, help="share of tokens spoiled")
    parser.add_argument("--disguised", type=float, default=0.1, help="share of texts disguised")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("file", type=pathlib.Path)
    options = parser.parse_args()
    maker = Maker(options.language, options.seed, options.noise, options.disguised)
    texts, truth = maker.make(options.texts)
    options.file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    pathlib.Path(f"{options.file}.truth").write_text("\n".join(map(str, truth)) + "\n")


if __name__ == "__main__":
    main()
