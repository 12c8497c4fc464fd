#!/usr/bin/env python3
"""What is wrapped around an offer may not hide it: trade lines caught alone stay caught in padding.

Method: lines of the development files that reach review alone are judged again between texts that have
nothing to do with them; of each kind of padding a share must stay at watch or above. Ordinary lines
joined to long ones must stay silent. Floors are a little below the last measured.
"""
import pathlib
import random
import sys
import unittest

WARD = sys.argv.pop(1) if len(sys.argv) > 1 else "build/src/cli/ward"
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import evaldata  # noqa: E402

MARKUP = ('<div class="post"><p><a href="https://t.example/a?utm=12">click here</a> lorem ipsum dolor sit amet '
          "consectetur adipiscing elit sed do eiusmod tempor</p></div>")
TAGS = "#美食 #今日份快乐 #旅行日记 #好物分享 #穿搭 #健身打卡 #追剧 #生活记录"
PETS = "我家猫咪今天吃了两罐猫粮，小狗也绝育了，宠物店洗澡真贵"


def scan(texts):
    events = [{"text": text, "kind": "message"} for text in texts]
    return evaldata.scan(WARD, evaldata.default_packs(), events)


class Padding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lines = [line for part in evaldata.labelled_files(("dev", "dev_d")).values() for line in part
                 if line.labels["trade"] and line.event.get("kind", "message") == "message"]
        texts = [line.event["text"] for line in lines]
        cls.caught = [text for text, verdict in zip(texts, scan(texts)) if verdict.level >= 2]
        cls.ordinary = [event["text"] for event in evaldata.read_ordinary(
            sorted(evaldata.ORDINARY.glob("*-sample.txt")))]

    def kept(self, pad):
        """The share of caught lines that stay at watch or above."""
        found = scan([pad(text) for text in self.caught])
        return sum(verdict.level >= 1 for verdict in found) / len(found)

    def test_there_is_something_to_hide(self):
        self.assertGreater(len(self.caught), 300)

    def test_padding_hides_little(self):
        chosen = random.Random(7)
        some = lambda count: chosen.sample(self.ordinary, count)  # noqa: E731
        pads = {
            "markup behind": (lambda text: f"{text} {MARKUP}", 0.80),
            "markup before": (lambda text: f"{MARKUP} {text}", 0.80),
            "tags": (lambda text: f"{text} {TAGS}", 0.60),
            "pets": (lambda text: f"{text} {PETS}", 0.70),
            "lines on both sides": (lambda text: "\n".join(some(5) + [text] + some(5)), 0.80),
            "many lines before": (lambda text: "\n".join(some(30) + [text]), 0.80),
            "one run without marks": (lambda text: "".join(some(3)) + text, 0.50),
        }
        for name, (pad, floor) in pads.items():
            with self.subTest(padding=name):
                self.assertGreaterEqual(self.kept(pad), floor)

    def test_long_ordinary_text_is_silent(self):
        chosen = random.Random(11)
        texts = ["\n".join(chosen.sample(self.ordinary, 8)) for _ in range(2000)]
        found = scan(texts)
        self.assertEqual(sum(verdict.level >= 2 for verdict in found), 0)
        self.assertLessEqual(sum(verdict.level == 1 for verdict in found), 20)


if __name__ == "__main__":
    unittest.main()
