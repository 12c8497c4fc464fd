#!/usr/bin/env python3
"""`ward report`: one page for people from a chat export, and nothing left behind."""
import os
import pathlib
import tempfile
import unittest

from ward_case import WardCase

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKS = str(ROOT / "packs")
CHAT = str(ROOT / "examples" / "groups.jsonl")


class Report(WardCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.work = pathlib.Path(self.folder.name, "work")
        self.work.mkdir()
        self.out = pathlib.Path(self.folder.name, "report.html")

    def report(self, *words, status, environment=None, **options):
        done = self.ward("report", "--out", str(self.out), *words, packs=PACKS, status=status,
                         environment={"TMPDIR": str(self.work), **(environment or {})}, **options)
        self.assertEqual(os.listdir(self.work), [], "nothing temporary stays")
        return done

    def test_a_page_in_each_language(self):
        for lang, words in (("en", ("test_xiao88", "qq/u1", "What is not known")),
                            ("zh", ("test_xiao88", "qq/u1", "线索报告"))):
            with self.subTest(lang=lang):
                self.report("--lang", lang, CHAT, status=1)
                page = self.out.read_text(encoding="utf-8")
                self.assertTrue(page.startswith("<!DOCTYPE html>"))
                self.assertNotIn("<script", page)
                for word in words:
                    self.assertIn(word, page)

    def test_the_law_is_named(self):
        self.report(CHAT, status=1)
        self.assertIn("CN/criminal-law/240", self.out.read_text(encoding="utf-8"))

    def test_nothing_found_is_said(self):
        self.report("-", status=0, data='{"id":"1","text":"今天天气不错"}\n')
        self.assertIn("0 cases", self.ward(
            "report", "--out", str(self.out), "-", packs=PACKS, status=0,
            data='{"id":"1","text":"今天天气不错"}\n').stdout.decode())
        self.assertTrue(self.out.exists())

    def test_wrong_use_is_told(self):
        self.assertIn("no file", self.report(status=2).stderr.decode())
        self.assertIn("/nonexistent", self.report("/nonexistent", status=2).stderr.decode())
        done = self.report("--out", f"{self.folder.name}/none/r.html", CHAT, status=2)
        self.assertIn("cannot be written", done.stderr.decode())

    def test_a_missing_helper_is_told(self):
        done = self.report(CHAT, status=2, environment={"PATH": str(self.work)})
        self.assertIn("dot", done.stderr.decode())
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
