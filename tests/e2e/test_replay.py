#!/usr/bin/env python3
"""`ward replay`: a change of packs shows on stored history, and nothing is written.

An overlay is laid over the project's packs; the conversation is that of the tests of casework.
"""
import hashlib
import json
import pathlib
import tempfile
import unittest

from ward_case import WardCase, event_lines
from test_cases import PACKS, two_groups

OVERLAY = {
    "pack.yaml": 'name: local\nversion: "1"\ndate: "2026-11-01"\n',
    "signals/s.yaml": "signals:\n  movie-word:\n    slot: scene\n    reading: news\n"
                      "    says: {zh: 提到电影, en: mentions a film}\n    source: a test\n"
                      "    terms: [这个电影不错]\n",
    "rules/r.yaml": "rules:\n  speaks-of-a-film:\n    when: movie-word\n    weight: 9.5\n"
                    "    family: act\n    role: offer\n"
                    "    says: {zh: 说到电影, en: Speaks of a film}\n    match: [这个电影不错]\n",
}


class Replay(WardCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.store = f"{self.folder}/case.db"
        events = self.folder / "e.jsonl"
        events.write_text(event_lines(*two_groups()), encoding="utf-8")
        self.ward("scan", "-q", "--store", self.store, str(events), packs=PACKS, status=1)
        for name, text in OVERLAY.items():
            path = self.folder / "overlay" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.both = f"{PACKS}:{self.folder}/overlay"

    def replay(self, *words, packs=PACKS, **options):
        done = self.ward("replay", "--store", self.store, "--json", *words, packs=packs,
                         status=options.pop("status", 0), **options)
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        return lines[:-1], lines[-1]

    def test_same_packs_differ_in_nothing(self):
        changes, totals = self.replay("--against", PACKS)
        self.assertEqual((changes, totals["changed"], totals["rules"]), ([], 0, []))
        self.assertGreater(totals["judged"], 20)
        self.assertEqual(totals["levels"]["before"], totals["levels"]["after"])
        self.assertGreater(sum(n for level, n in totals["levels"]["after"].items()
                               if level != "none"), 2)

    def test_stored_verdicts_are_met_again(self):
        """Three groups kept nearly whole: what was flagged is flagged again."""
        changes, totals = self.replay()
        self.assertEqual(totals["levels"]["before"], totals["levels"]["after"], changes)
        self.assertEqual([c for c in changes if c["before"]["level"] == "none"], [])

    def test_an_overlay_shows(self):
        before = hashlib.sha256(pathlib.Path(self.store).read_bytes()).hexdigest()
        changes, totals = self.replay("--against", PACKS, packs=self.both)
        self.assertGreater(len(changes), 0)
        self.assertEqual(totals["changed"], len(changes))
        film = [c for c in changes if "speaks-of-a-film" in c["rules"]["added"]]
        self.assertGreater(len(film), 0)
        for change in film:
            self.assertEqual(change["before"]["level"], "none")
            self.assertGreater(change["after"]["score"], change["before"]["score"])
        self.assertIn({"rule": "speaks-of-a-film", "added": len(film), "removed": 0},
                      totals["rules"])
        self.assertEqual([c["seq"] for c in changes], sorted(c["seq"] for c in changes))
        self.assertEqual(hashlib.sha256(pathlib.Path(self.store).read_bytes()).hexdigest(), before)
        back, _ = self.replay("--against", self.both)
        self.assertEqual([(c["seq"], c["rules"]["removed"]) for c in back],
                         [(c["seq"], c["rules"]["added"]) for c in changes])

    def test_limit_takes_the_newest(self):
        _, whole = self.replay("--against", PACKS, packs=self.both)
        changes, totals = self.replay("--against", PACKS, "--limit", "5", packs=self.both)
        self.assertEqual(totals["judged"], 5)
        for change in changes:
            self.assertGreater(change["seq"], whole["judged"] - 5)

    def test_text_for_people(self):
        done = self.ward("replay", "--store", self.store, "--against", PACKS, packs=self.both,
                         status=0)
        self.assertIn(b"+speaks-of-a-film", done.stdout)
        self.assertRegex(done.stdout.decode(), r"\d+ events judged, \d+ differ")

    def test_what_cannot_be_done(self):
        (self.folder / "overlay/rules/r.yaml").write_text("rules:\n  x:\n    when: nothing-known\n")
        done = self.ward("replay", "--store", self.store, packs=self.both, status=2)
        self.assertIn(b"overlay/rules/r.yaml:2:3", done.stderr)
        self.ward("replay", "--store", f"{self.folder}/none.db", packs=PACKS, status=2)
        self.ward("replay", "--limit", "0", packs=PACKS, status=2)
        self.ward("replay", "operand", packs=PACKS, status=2)


if __name__ == "__main__":
    unittest.main()
