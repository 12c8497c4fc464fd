#!/usr/bin/env python3
"""`ward check`: one text, one explained verdict."""
import json
import os
import pathlib
import pty
import subprocess
import unittest

from ward_case import OFFER, PACK, WARD, WardCase

PACKS = str(pathlib.Path(__file__).resolve().parents[2] / "packs")


class Check(WardCase):
    def test_offer(self):
        done = self.ward("check", OFFER, status=1)
        text = done.stdout.decode()
        self.assertIn("URGENT", text)
        self.assertIn("[女宝宝][送养出去]，给点[营养费]", text)
        self.assertIn("+3.00  Offers a child  (CN/toy/1)", text)
        self.assertEqual(done.stderr, b"")

    def test_nothing(self):
        done = self.ward("check", "今天天气不错", status=0)
        self.assertTrue(done.stdout.decode().startswith("none"))

    def test_disguise_is_shown(self):
        text = self.ward("check", "女 宝 宝送*养*出去", status=1).stdout.decode()
        self.assertIn("[女 宝 宝 → 女宝宝]", text)
        self.assertIn("[送*养*出去 → 送养出去]", text)

    def test_standard_input(self):
        done = self.ward("check", "-", data=OFFER + "\n", status=1)
        self.assertIn("URGENT", done.stdout.decode())

    def test_the_passage_that_stands_is_told(self):
        around = "今天天气真好，去公园走了走，人真多。", "#美食 #今日份快乐 #旅行日记 #好物分享 我家猫咪今天吃了两罐猫粮，小狗也绝育了"
        text = f"{around[0]}两岁男宝，家里养不起了，诚心抱走给八万，当面交接 {around[1]}"
        done = subprocess.run([WARD, "check", "--packs", PACKS, "-"], input=text, capture_output=True, text=True)
        self.assertIn("judged by this passage: 人真多。两岁男宝，家里养不起了，诚心抱走给八万，当面交接", done.stdout)
        done = subprocess.run([WARD, "check", "--packs", PACKS, "--json", "-"], input=text, capture_output=True,
                              text=True)
        verdict = json.loads(done.stdout)
        begin, end = verdict["passage"]["begin"], verdict["passage"]["end"]
        self.assertIn("诚心抱走给八万", text.encode()[begin:end].decode())
        for reason in verdict["reasons"]:
            for span in reason["spans"]:
                self.assertTrue(begin <= span["begin"] < span["end"] <= end or span["field"] != "text")
        whole = subprocess.run([WARD, "check", "--packs", PACKS, "--json", "--whole", "-"], input=text,
                               capture_output=True, text=True)
        self.assertNotIn("passage", json.loads(whole.stdout))
        self.assertLess(json.loads(whole.stdout)["score"], verdict["score"])

    def test_json(self):
        verdict = json.loads(self.ward("check", "--json", OFFER, status=1).stdout)
        self.check_sum(verdict)
        self.assertEqual(verdict["level"], "urgent")
        self.assertEqual(verdict["role"], "offer")
        raw = OFFER.encode()
        for reason in verdict["reasons"]:
            for span in reason["spans"]:
                self.assertEqual(raw[span["begin"]:span["end"]].decode(), span["written"])
        self.assertRegex(verdict["packs"][0], r"^toy@1\.0\+[0-9a-f]{12}$")
        self.assertEqual(verdict["law_as_of"], "2026-11-01")

    def test_the_wording_names_its_words(self):
        """The reason for the wording as a whole says, in both languages, which words spoke for it, and marks them."""
        lines = ("男宝三个月了养不起，想找个好人家，补偿六万，有意向的私我看照片", "求一个刚出生的男孩，我们出十二万",
                 "牵线对接生母和领方，成了收两万", "女 宝 9个月，八.万，诚心的私", "newborn girl, 9,000 USD, pm me for details")
        for line in lines:
            done = self.ward("check", "--json", "--lang", "both", line, packs=PACKS, status=1)
            verdict = json.loads(done.stdout)
            self.check_sum(verdict)
            reason, = [r for r in verdict["reasons"] if r["rule"] in
                       ("wording-of-trade", "wording-of-seekers", "wording-of-agents")]
            spans = [span for span in reason["spans"] if span["signal"] == "wording"]
            self.assertIn(len(spans), (1, 2, 3, 4), line)
            places = sorted((span["begin"], span["end"]) for span in spans)
            self.assertTrue(all(a[1] <= b[0] for a, b in zip(places, places[1:])), places)
            for span in spans:
                self.assertEqual(line.encode()[span["begin"]:span["end"]].decode(), span["written"])
                self.assertNotIn("read", span)
                for lang in ("zh", "en"):
                    self.assertIn(f"“{span['written']}”", reason["says"][lang])
        shown = self.ward("check", "女 宝 9个月，八.万，诚心的私", packs=PACKS).stdout.decode()
        self.assertIn("[女 宝 → 女宝]", shown)

    def test_languages(self):
        self.assertIn("送出孩子", self.ward("check", "--lang", "zh", OFFER).stdout.decode())
        both = json.loads(self.ward("check", "--json", "--lang=both", OFFER).stdout)
        self.assertEqual(both["reasons"][0]["says"],
                         {"zh": "送出孩子", "en": "Offers a child"})

    def test_help_seeker(self):
        verdict = json.loads(self.ward("check", "--json", "走投无路，" + OFFER, status=0).stdout)
        self.assertEqual(verdict["level"], "none")
        self.assertEqual(verdict["help"], [{"rule": "in-distress", "says": "Help is at hand"}])

    def test_kind_and_context_fields(self):
        self.ward("check", "--kind", "alias", "--quoted", "送养出去", OFFER, status=1)
        self.ward("check", "--kind", "poem", OFFER, status=2)

    def test_thresholds(self):
        self.ward("check", "--watch", "0.95", OFFER, status=0)
        self.ward("check", "--fail-level", "urgent", "女宝宝送养出去", status=0)
        self.ward("check", "--watch", "0.9", "--review", "0.5", OFFER, status=2)
        for bad in ("2", "x", "-1", "0", "", "0.5x"):
            self.ward("check", "--review", bad, OFFER, status=2)

    def test_rules_all(self):
        plain = json.loads(self.ward("check", "--json", OFFER).stdout)
        every = json.loads(self.ward("check", "--json", "--rules-all", OFFER).stdout)
        names = [{reason["rule"] for reason in verdict["reasons"]} for verdict in (plain, every)]
        self.assertNotIn("counted", names[0])
        self.assertIn("counted", names[1])

    def test_terminal_is_safe(self):
        hostile = "女宝宝\x1b[2J送养出去\x07\u202e反\x9b31m\nnext"
        shown = self.ward("check", "--", hostile).stdout.decode()
        for bad in ("\x1b", "\x07", "\u202e", "\x9b"):
            self.assertNotIn(bad, shown)
        self.assertIn("反", shown)

    def test_invalid_bytes(self):
        done = self.ward("check", "--json", "-", data=b"\xff\xfe" + OFFER.encode(), status=1)
        verdict = json.loads(done.stdout)
        self.assertEqual(verdict["reasons"][0]["spans"][0]["begin"], 2)

    def test_long_text_is_cut_around_hits(self):
        text = "很长的话" * 400 + OFFER + "还有很多" * 400
        shown = self.ward("check", text, status=1).stdout.decode()
        self.assertLess(len(shown), 1500)
        self.assertIn("[女宝宝]", shown)
        self.assertIn("…", shown)

    def test_usage_errors(self):
        for words, hint in ((["--jsn", "x"], "did you mean --json?"), ([], "no text is given"),
                            (["a", "b"], "one text at a time"), (["--lang", "fr", "x"], "en, zh"),
                            (["--lang"], "needs LANG"), (["--json=1", "x"], "takes no value")):
            done = self.ward("check", *words, status=2)
            self.assertIn(hint, done.stderr.decode())
            self.assertEqual(done.stdout, b"")

    def test_broken_pack(self):
        done = self.ward("check", "x", packs="/nowhere", status=2)
        self.assertIn("/nowhere", done.stderr.decode())


class Colours(unittest.TestCase):
    """Escapes go to terminals only, and never with NO_COLOR."""

    def on_terminal(self, **environment):
        master, slave = pty.openpty()
        child = subprocess.Popen([WARD, "check", "--packs", PACK, OFFER], stdout=slave,
                                 env={**os.environ, "TERM": "xterm", **environment})
        child.wait(timeout=20)
        os.close(slave)
        shown = os.read(master, 65536).decode()
        os.close(master)
        return shown

    def test_terminal(self):
        self.assertIn("\x1b[", self.on_terminal(NO_COLOR=""))

    def test_no_color(self):
        self.assertNotIn("\x1b", self.on_terminal(NO_COLOR="1"))

    def test_dumb(self):
        self.assertNotIn("\x1b", self.on_terminal(TERM="dumb"))

    def test_pipe(self):
        done = subprocess.run([WARD, "check", "--packs", PACK, OFFER], capture_output=True)
        self.assertNotIn(b"\x1b", done.stdout)


class FrontDoor(WardCase):
    def run_plain(self, *words):
        done = subprocess.run([WARD, *words], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout, done.stderr

    def test_version(self):
        status, out, _ = self.run_plain("--version")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^ward \d+\.\d+\.\d+\n$")

    def test_help(self):
        for words in (["help"], ["--help"], ["help", "scan"], ["scan", "--help"],
                      ["check", "-h"], ["help", "check"]):
            status, out, err = self.run_plain(*words)
            self.assertEqual((status, err), (0, ""), words)
            self.assertIn("usage: ward", out)

    def test_unknown_command(self):
        status, out, err = self.run_plain("scna")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("did you mean scan?", err)
        self.assertEqual(self.run_plain()[0], 2)


if __name__ == "__main__":
    unittest.main()
