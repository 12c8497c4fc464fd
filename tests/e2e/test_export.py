#!/usr/bin/env python3
"""`ward export`: a package that verifies with other people's tools, or nothing at all."""
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

from ward_case import WardCase

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKS = str(ROOT / "packs")
CHAT = str(ROOT / "examples" / "groups.jsonl")


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Export(WardCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.base = pathlib.Path(cls.folder.name)
        cls.store = str(cls.base / "case.db")
        cls.ward(cls(), "scan", "-q", "--store", cls.store, CHAT, packs=PACKS, status=1)

    def export(self, case, path, status=0, **options):
        # Two PDFs with Chinese fonts take half a minute of an idle core.
        return self.ward("export", "--store", self.store, case, str(path), packs=PACKS,
                         status=status, timeout=500, **options)

    def packages(self):
        """What stands beside the store and its keys."""
        return sorted(name for name in os.listdir(self.base) if not name.startswith("case.db"))

    def check_manifest(self, bag, name, algorithm):
        listed = set()
        for line in (bag / name).read_text(encoding="utf-8").splitlines():
            digest, path = line.split(maxsplit=1)
            listed.add(path)
            self.assertEqual(hashlib.new(algorithm, (bag / path).read_bytes()).hexdigest(), digest, path)
        return listed

    def test_a_folder_that_verifies(self):
        bag = self.base / "package"
        self.export("C-", bag)
        payload = {str(path.relative_to(bag)) for path in (bag / "data").rglob("*") if path.is_file()}
        for algorithm in ("sha256", "sha512"):
            self.assertEqual(self.check_manifest(bag, f"manifest-{algorithm}.txt", algorithm), payload)
            self.check_manifest(bag, f"tagmanifest-{algorithm}.txt", algorithm)
        self.check_signature(bag)
        self.check_content(bag)
        before = self.packages()
        done = self.export("C-", bag, status=2)
        self.assertIn("exists", done.stderr.decode())
        self.assertEqual(self.packages(), before, "nothing is left of a refused export")

    def check_signature(self, bag):
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey",
             bag / "signature/public-key.pem", "-in", bag / "tagmanifest-sha256.txt", "-sigfile",
             bag / "signature/tagmanifest-sha256.txt.sig"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def check_content(self, bag):
        data = bag / "data"
        events = read_lines(data / "events.jsonl")
        verdicts = read_lines(data / "verdicts.jsonl")
        self.assertTrue(any("test_xiao88" in json.dumps(event, ensure_ascii=False) for event in events))
        self.assertTrue(verdicts)
        bundle = json.loads(next(data.rglob("bundle.json")).read_text(encoding="utf-8"))
        ids = {item["id"] for item in bundle["objects"]}
        self.assertEqual(len(ids), len(bundle["objects"]))
        for item in bundle["objects"]:
            for key, value in item.items():
                refs = value if key.endswith("_refs") else [value] if key.endswith("_ref") else []
                self.assertTrue(set(refs) <= ids, (item["id"], key))
        self.check_graph(json.loads((data / "case" / "graph.jsonld").read_text(encoding="utf-8")), events)
        for name in ("report-zh.pdf", "report-en.pdf"):
            self.assertTrue((data / "report" / name).read_bytes().startswith(b"%PDF-"))

    def check_graph(self, graph, events):
        """CASE/UCO: every message and every file it came from is there."""
        kinds = [node["@type"] for node in graph["@graph"]]
        self.assertEqual(kinds.count("uco-observable:Message"), len(events))
        self.assertEqual(kinds.count("uco-observable:File"), 1)
        known = graph["@context"]
        for kind in kinds:
            self.assertIn(kind.split(":")[0], known)

    def test_a_zip_file(self):
        path = self.base / "package.zip"
        self.export("C-", path)
        with zipfile.ZipFile(path) as archive:
            self.assertIsNone(archive.testzip())
            self.assertTrue(any(name.endswith("bagit.txt") for name in archive.namelist()))
        log = self.ward("audit", "show", "--store", self.store, packs=None, status=0).stdout.decode()
        self.assertIn("export", log)

    def test_what_cannot_be_exported_leaves_nothing(self):
        before = self.packages()
        self.assertIn("no case", self.export("C-ffff", self.base / "x", status=2).stderr.decode())
        self.export("C-", self.base / "none" / "x", status=2)
        self.export("C-", self.base / "y", status=2, environment={"PATH": "/nonexistent"})
        self.assertEqual(self.packages(), before)


if __name__ == "__main__":
    unittest.main()
