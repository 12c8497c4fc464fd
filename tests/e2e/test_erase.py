"""`ward purge` and `ward erase`: a trial first, a legal hold above all, nothing left behind."""
import json
import pathlib
import shutil
import tempfile
import unittest

from ward_case import OFFER, WardCase, event_lines


class EraseTest(WardCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ward-erase-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.store = str(self.folder / "case.db")
        events = [{"id": f"m{number}", "platform": "qq", "group": "g1", "account": account,
                   "text": f"{OFFER} 联系微信 test_code{account}{number}"}
                  for number, account in enumerate(["u1", "u1", "u2", "u3"])]
        self.ward("scan", "--store", self.store, "-", data=event_lines(*events), status=1)

    def store_has(self, text):
        return any(text.encode() in path.read_bytes() for path in self.folder.rglob("*")
                   if path.is_file())

    def erase(self, *words, status=0):
        done = self.ward(*words, "--store", self.store, "--json", packs=None, status=status)
        return json.loads(done.stdout) if status == 0 else done.stderr.decode()

    def audit_kinds(self):
        shown = self.ward("audit", "show", "--json", "--store", self.store, packs=None).stdout
        return [json.loads(line)["kind"] for line in shown.splitlines()]

    def verify(self):
        self.ward("audit", "verify", "--store", self.store, packs=None, status=0)

    def case(self):
        listed = self.ward("cases", "--json", "--store", self.store, packs=None).stdout
        return json.loads(listed.splitlines()[0])["case"]

    def test_a_trial_changes_nothing(self):
        entries = self.audit_kinds()
        for words in (("erase", "account", "qq", "u1"), ("erase", "event", "qq", "g1", "m2"),
                      ("purge", "--keep", "watch=0", "--keep", "review=0", "--keep", "urgent=0",
                       "--keep", "neighbour=0", "--cases", "open")):
            told = self.erase(*words)
            self.assertFalse(told["done"])
            self.assertGreater(told["events"], 0, words)
        self.assertEqual(self.audit_kinds(), entries)
        self.assertTrue(self.store_has("test_codeu10"))
        shown = self.ward("erase", "account", "qq", "u1", "--store", self.store, packs=None).stdout
        self.assertIn(b"--yes", shown)

    def test_an_account(self):
        told = self.erase("erase", "account", "qq", "u1", "--yes", "-m", "asked for")
        self.assertEqual((told["done"], told["events"]), (True, 2))
        for text in ("test_codeu10", "test_codeu11"):
            self.assertFalse(self.store_has(text))
        self.assertTrue(self.store_has("test_codeu22"))
        self.assertIn("erase", self.audit_kinds())
        self.verify()
        self.assertIn("no such", self.erase("erase", "account", "qq", "u1", "--yes", status=2))

    def test_an_event(self):
        self.assertEqual(self.erase("erase", "event", "qq", "g1", "m2", "--yes")["events"], 1)
        self.assertFalse(self.store_has("test_codeu22"))
        self.assertTrue(self.store_has("test_codeu33"))
        self.verify()

    def test_a_person(self):
        people = self.ward("people", "--json", "--store", self.store, packs=None).stdout
        person = json.loads(people.splitlines()[0])
        told = self.erase("erase", "person", person["person"], "--yes")
        self.assertGreater(told["events"], 0)
        left = self.ward("people", "--json", "--store", self.store, packs=None).stdout
        self.assertNotIn(person["accounts"][0].encode() + b'"', left)
        self.verify()

    def test_a_legal_hold_stops_both(self):
        case = self.case()
        self.ward("cases", "hold", case, "--store", self.store, packs=None, status=0)
        self.assertIn("legal hold", self.erase("erase", "account", "qq", "u1", "--yes", status=2))
        self.assertIn("legal hold", self.erase("erase", "event", "qq", "g1", "m0", status=2))
        keep = [word for level in ("neighbour", "watch", "review", "urgent")
                for word in ("--keep", f"{level}=0")]
        told = self.erase("purge", *keep, "--cases", "open,confirmed,escalated,referred", "--yes")
        self.assertEqual(told["events"], 0)
        self.assertGreater(told["kept"], 0)
        self.ward("cases", "release", case, "--store", self.store, packs=None, status=0)
        told = self.erase("purge", *keep, "--cases", "open", "--yes")
        self.assertEqual(told["events"], 4)
        self.assertFalse(self.store_has("test_code"))
        self.verify()

    def test_what_is_young_or_of_a_case_is_kept(self):
        levels = ("watch", "review", "urgent")
        days = [word for level in levels for word in ("--keep", f"{level}=1")]
        told = self.erase("purge", *days, "--cases", "open", "--yes")
        self.assertEqual((told["events"], told["kept"]), (0, 0))
        none = [word for level in levels for word in ("--keep", f"{level}=0")]
        told = self.erase("purge", *none, "--yes")
        self.assertEqual((told["events"], told["kept"]), (0, 4))
        self.assertTrue(self.store_has("test_codeu10"))

    def test_wrong_use(self):
        for words in (("purge",), ("purge", "--yes"), ("purge", "--keep", "all=1"),
                      ("purge", "--keep", "watch"), ("purge", "--keep", "watch=-1"),
                      ("purge", "--keep", "watch=1", "x"), ("purge", "--cases", "x"), ("erase",),
                      ("erase", "all"), ("erase", "event", "qq"), ("erase", "person", ""),
                      ("erase", "account", "qq", ""), ("erase", "person", "P-none")):
            self.erase(*words, status=2)
        self.assertTrue(self.store_has("test_codeu10"))


if __name__ == "__main__":
    unittest.main()
