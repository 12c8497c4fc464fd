#!/usr/bin/env python3
"""Linking may not get worse: figures of tools/eval_cases.py on the development groups against floors.

With true labels linking stands alone; with the scan's own verdicts the whole way is measured (the
wording was fitted on these groups too, so the second guards against regress and measures nothing
new). Floors rise when linking gets better; they are lowered only with a reason in the commit.
"""
import os
import pathlib
import sys
import tempfile
import unittest

WARD = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/src/cli/ward").resolve()
BUILD = WARD.parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import eval_cases  # noqa: E402


class Gate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cache = tempfile.TemporaryDirectory(prefix="ward-gate-")
        cls.addClassCleanup(cache.cleanup)
        os.environ["XDG_CACHE_HOME"] = cache.name
        cls.linked = eval_cases.measure(BUILD, truth=True)
        cls.scanned = eval_cases.measure(BUILD)

    def test_linking_alone(self):
        self.assertGreaterEqual(self.linked["people"][2], 0.95)
        self.assertGreaterEqual(self.linked["cases"][2], 0.92)
        self.assertEqual(self.linked["groups_below"], [])
        self.assertEqual(self.linked["missing"], [])

    def test_the_whole_way(self):
        self.assertGreaterEqual(self.scanned["people"][2], 0.90)
        self.assertGreaterEqual(self.scanned["accounts"][0], 20)
        self.assertLessEqual(len(self.scanned["groups_below"]), 1)

    def test_nobody_is_wronged(self):
        for made in (self.linked, self.scanned):
            self.assertEqual(made["accused"], [])
            self.assertEqual(made["merged_wrongly"], [])


if __name__ == "__main__":
    unittest.main()
