"""Words an emoji stands for: by hand first (emoji_by_hand.tsv), then CLDR names and keywords.

An emoji is written as its folded units: joiners, variation selectors and skin tones are dropped.
Chinese words are folded and kept if they are 1..4 Han characters; English ones if one word of 3..10
letters. Simplified Chinese before traditional, both before English.
"""
import collections
import re

CHINESE_MAX = 14
ENGLISH_MAX = 6
GENERIC = 20
DROPPED = re.compile("[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")


def make(src, by_hand, folds, kind_of):
    """folded emoji -> list of words."""
    def key_of(emoji):
        return DROPPED.sub("", emoji)

    def is_emoji(text):
        return text and all(kind_of[ord(c)] in "Ef" and ord(c) not in folds for c in text)

    out = {}
    for emoji, words in by_hand:
        out[key_of(emoji)] = list(words)
    gather(out, src.annotations("zh"), key_of, is_emoji, lambda w: chinese(w, folds, kind_of))
    gather(out, src.annotations("zh-Hant"), key_of, is_emoji, lambda w: chinese(w, folds, kind_of))
    drop_generic(out, dict(by_hand), key_of)
    short = {k: v[:CHINESE_MAX + len(dict(by_hand).get(k, []))] for k, v in out.items()}
    counts = {k: len(v) for k, v in short.items()}
    gather(short, src.annotations("en"), key_of, is_emoji, english)
    drop_generic(short, dict(by_hand), key_of)
    return {k: v[:counts.get(k, 0) + ENGLISH_MAX] for k, v in short.items() if v}


def drop_generic(out, hand, key_of):
    """Words of a great many emoji ("face", "animal") say nothing of one."""
    count = collections.Counter(w for words in out.values() for w in words)
    sure = {key_of(k): v for k, v in hand.items()}
    for key, words in out.items():
        out[key] = [w for w in words if count[w] <= GENERIC or w in sure.get(key, [])]


def gather(out, table, key_of, is_emoji, word_of):
    for emoji, names in table.items():
        key = key_of(emoji)
        if not is_emoji(key):
            continue
        list_ = out.setdefault(key, [])
        for name in names:
            word = word_of(name)
            if word and word not in list_:
                list_.append(word)


def chinese(name, folds, kind_of):
    word = name.translate(folds)
    return word if 1 <= len(word) <= 4 and all(kind_of[ord(c)] == "H" for c in word) else None


def english(name):
    word = name.lower()
    return word if re.fullmatch("[a-z]{3,10}", word) else None
