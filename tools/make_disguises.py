#!/usr/bin/env python3
"""Writes tests/data/disguise/generated.tsv: ordinary words hidden in every way ward reads through.

usage: make_disguises.py > tests/data/disguise/generated.tsv

Columns: kind, term, text, hit. The words are harmless and everyday; the carriers are plain sentences;
the means are drawn at random with a fixed seed from the character data in src/text/data, not from the
matcher. Lines made by hand are in by_hand.tsv and near_misses.tsv.
"""
import collections
import os
import random

DATA = os.path.join(os.path.dirname(__file__), "..", "src", "text", "data")
PER_KIND = 30
WORDS = """图书馆 自行车 电影院 游泳池 幼儿园 照相机 洗衣机 羽毛球 乒乓球 巧克力 西红柿 公共汽车
高速公路 人工智能 北京大学 天气预报 运动会 笔记本 向日葵 冰淇淋 火车站 飞机场 动物园 博物馆
体育馆 矿泉水 方便面 牛仔裤 电冰箱 太阳能 手机 苹果 牛奶 面包 音乐 篮球""".split()
CARRIERS = ["今天想去{}看看", "你知道{}吗", "附近的{}怎么样", "{}多少钱", "他说{}很不错", "周末{}见",
            "我在等{}的消息", "这里有{}出", "求推荐{}", "昨天看到{}了"]
LATIN = ["library", "chocolate", "football", "umbrella", "breakfast", "computer", "holiday", "garden"]
LATIN_CARRIERS = ["I like {} today", "the {} is here", "where is my {}?", "{} for all", "new {} now"]


def table(name):
    with open(os.path.join(DATA, name), encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line[0] != "#" and line.strip()]


def load():
    t = collections.namedtuple("T", "sound by near alike split trad common")
    sound = {row[0]: row[1].split() for row in table("sounds.tsv")}
    common = {c: int(row[0]) for row in table("frequency.tsv") for c in row[1]}
    by = collections.defaultdict(list)
    for c, readings in sound.items():
        if common.get(c, 0) >= 2:
            by[readings[0]].append(c)
    near = {row[0]: row[1].split("|")[0].split() for row in table("near.tsv")}
    alike = {row[0]: [c for g in row[1].split(" ") if g[:2] in ("1:", "2:") for c in g[2:]]
             for row in table("alikes.tsv")}
    split = {row[0]: row[1].split(" ") for row in table("splits.tsv") + table("splits_by_hand.tsv")}
    trad = collections.defaultdict(list)
    for row in table("fold.tsv"):
        if "v" in row[2] and len(row[1]) == 1 and 0x4E00 <= int(row[0], 16) <= 0x9FFF:
            trad[row[1]].append(chr(int(row[0], 16)))
    return t(sound, by, near, alike, split, trad, common)


def some(draw, word, change):
    """Changes one position that can be changed; None if none can."""
    places = [i for i in range(len(word)) if change(word[i])]
    if not places:
        return None
    i = draw.choice(places)
    return word[:i] + draw.choice(change(word[i])) + word[i + 1:]


def kinds(t, draw):
    same = lambda c: [x for x in t.by[t.sound[c][0]] if x != c]
    near = lambda c: [x for n in t.near.get(t.sound[c][0], []) for x in t.by[n]]
    spell = lambda c: t.sound[c][0]
    every = lambda word, change: "".join(draw.choice(change(c) or [c]) for c in word)
    i_of = lambda word: draw.randrange(len(word))
    gaps = lambda word, what: "".join(c + (what() if k + 1 < len(word) else "") for k, c in enumerate(word))
    return {
        "variant": lambda w: every(w, lambda c: t.trad[c]),
        "invisible": lambda w: gaps(w, lambda: draw.choice("\u200b\u200c\u200d\u2060\ufeff\u00ad")),
        "separator": lambda w: gaps(w, lambda s=draw.choice(list(".*_-|~/+·、…") + ["--", " . "]): s),
        "space": lambda w: gaps(w, lambda: " ") if len(w) > 2 else None,
        "emoji-between": lambda w: gaps(w, lambda: draw.choice("😀🌟🔥💕🎈")),
        "filler": lambda w: gaps(w, lambda: draw.choice("abkxyz0179")),
        "repeat": lambda w: "".join(c * draw.choice((2, 3)) for c in w),
        "vertical": lambda w: "\n".join(w),
        "homophone": lambda w: every(w, same),
        "homophone-one": lambda w: some(draw, w, same),
        "near-homophone": lambda w: some(draw, w, near),
        "pinyin": lambda w: "".join(spell(c) for c in w),
        "pinyin-spaced": lambda w: " ".join(spell(c) for c in w),
        "mixed": lambda w: (lambda i: w[:i] + spell(w[i]) + w[i + 1:])(i_of(w)),
        "initials": lambda w: "".join(spell(c)[0] for c in w),
        "initial-one": lambda w: (lambda i: w[:i] + spell(w[i])[0] + w[i + 1:])(i_of(w)),
        "split": lambda w: some(draw, w, lambda c: t.split.get(c)),
        "shape": lambda w: some(draw, w, lambda c: t.alike.get(c)),
        "reversed": lambda w: w[::-1] if len(w) > 2 else None,
        "swapped": lambda w: (lambda i: w[:i] + w[i + 1] + w[i] + w[i + 2:])(draw.randrange(len(w) - 1))
        if len(w) > 2 else None,
        "two-at-once": lambda w: gaps(some(draw, w, same) or w, lambda s=draw.choice(".*_-"): s),
    }


def latin_kinds(draw):
    circled = lambda c: chr(0x24D0 + ord(c) - 97)
    bold = lambda c: chr(0x1D41A + ord(c) - 97)
    leet = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "l": "1", "b": "8", "t": "7"}
    look = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "i": "і"}
    return {
        "case": lambda w: "".join(draw.choice((c, c.upper())) for c in w[:-1]) + w[-1].upper(),
        "width": lambda w: "".join(chr(ord(c) + 0xFEE0) for c in w),
        "styled": lambda w: "".join(draw.choice((circled, bold))(c) for c in w),
        "leet": lambda w: "".join(draw.choice(leet[c]) if c in leet else c for c in w),
        "homoglyph": lambda w: "".join(look.get(c, c) for c in w),
        "latin-separator": lambda w: draw.choice(".-_*").join(w),
        "latin-repeat": lambda w: w[:2] + w[2] * 4 + w[3:],
    }


def acrostic(draw, word):
    tails = ["天气真好", "们都来了", "里有花开", "着说着就笑", "到很远的地方", "为什么不呢", "也不知道"]
    return "\\n".join(c + draw.choice(tails) for c in word)


def rows():
    draw = random.Random(7)
    t = load()
    for kind, hide in kinds(t, draw).items():
        yield from draw_lines(draw, kind, hide, WORDS, CARRIERS)
    for kind, hide in latin_kinds(draw).items():
        yield from draw_lines(draw, kind, hide, LATIN, LATIN_CARRIERS)
    long_words = [w for w in WORDS if len(w) >= 3]
    for _ in range(PER_KIND):
        word = draw.choice(long_words)
        yield "acrostic", word, acrostic(draw, word)


def draw_lines(draw, kind, hide, words, carriers):
    made = 0
    while made < PER_KIND:
        word = draw.choice(words)
        hidden = hide(word)
        if not hidden or hidden == word:
            continue
        yield kind, word, draw.choice(carriers).format(hidden).replace("\n", "\\n")
        made += 1


if __name__ == "__main__":
    print("# kind, term, text (\\n is a line end), hit; made by tools/make_disguises.py")
    for row in rows():
        print("\t".join(row + ("hit",)))
