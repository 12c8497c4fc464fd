#!/usr/bin/env python3
"""`ward pack test|build|show`, and the pack of ward-pack(5): the manual's own examples are loaded and run."""
import json
import pathlib
import re
import tempfile
import unittest

from ward_case import PACK, WardCase, event_lines

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MANUAL = (ROOT / "docs" / "ward-pack.5.scd").read_text(encoding="utf-8")


def manual_files():
    """{path: text} of the blocks of the manual that name a file in their first line."""
    blocks = re.findall(r"^```\n(.*?)^```$", MANUAL, flags=re.S | re.M)
    files = {}
    for block in blocks:
        head, _, body = block.partition("\n")
        match = re.fullmatch(r"# ([\w/.]+)", head)
        if match:
            files[match.group(1)] = body
    return files


def write_pack(folder, files):
    for name, text in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class Shipped(WardCase):
    def test_every_rule_has_an_example_for_and_against_and_they_hold(self):
        """All packs as one, and each by itself, since either may be what somebody runs."""
        folders = [ROOT / "packs", *sorted(path.parent for path in (ROOT / "packs").glob("*/pack.yaml"))]
        self.assertGreater(len(folders), 3)
        for folder in folders:
            done = self.ward("pack", "test", str(folder), packs=None)
            self.assertEqual(done.returncode, 0, done.stdout.decode()[-2000:])
            self.assertRegex(done.stdout.decode(), r"\A\d+ examples of \d+ rules, 0 failed\n\Z")


class Manual(WardCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.files = manual_files()
        self.conditions = self.files.pop("conditions").splitlines()
        write_pack(self.folder.name, self.files)

    def test_the_pack_of_the_manual_passes_its_own_tests(self):
        self.assertEqual(len(self.files), 7)
        done = self.ward("pack", "test", self.folder.name, packs=None)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        self.assertIn(b"8 examples of 4 rules, 0 failed", done.stdout)

    def test_every_condition_of_the_manual_compiles(self):
        self.assertGreater(len(self.conditions), 4)
        for number, condition in enumerate(self.conditions):
            rule = f"rules:\n  r{number}: {{when: '{condition}', weight: 1, family: act, says: x}}\n"
            write_pack(self.folder.name, {"rules/one.yaml": rule})
            done = self.ward("pack", "show", self.folder.name, packs=None)
            self.assertEqual(done.returncode, 0, done.stderr.decode())

    def allowed(self, file, text, pattern):
        """The words that an error about a wrong one lists."""
        write_pack(self.folder.name, {file: text})
        error = self.ward("pack", "show", self.folder.name, packs=None, status=1).stderr.decode()
        (pathlib.Path(self.folder.name) / file).unlink()
        return re.search(pattern, error).group(1).split(", ")

    def test_every_fixed_word_is_in_the_manual(self):
        signal = "signals: {{zz: {{slot: none, terms: [x], {}: zzzz}}}}\n"
        for key in ("slot", "reader", "read", "words"):
            text = signal.format(key).replace("slot: none, ", "" if key == "slot" else "slot: none, ")
            for word in self.allowed("signals/z.yaml", text, r'"zzzz" is none of ([\w, -]+?)( \(|\n)'):
                self.assertIn(f"*{word}*" if word != "none" else word, MANUAL, key)
        rule = "rules: {z: {when: price, weight: 1, family: act, says: x, role: zzzz}}\n"
        for word in self.allowed("rules/z.yaml", rule, r'is none of ([\w, -]+)'):
            self.assertIn(f"*{word}*", MANUAL)

    def test_every_fact_is_in_the_manual(self):
        names = (ROOT / "src" / "pack" / "pack_names.c").read_text(encoding="utf-8")
        table = re.search(r"facts\[\] = \{(.*?)\};", names, flags=re.S).group(1)
        facts = re.findall(r'"([^"]+)"', table)
        self.assertGreater(len(facts), 12)
        for fact in facts:
            self.assertRegex(MANUAL, rf"\|  {re.escape(fact)}\n")


class Pack(WardCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        write_pack(self.folder.name, {name: text for name, text in manual_files().items()
                                      if name != "conditions"})

    def broken(self, name, text):
        write_pack(self.folder.name, {name: text})

    def test_a_failing_example_is_named(self):
        self.broken("rules/more.yaml",
                    "rules:\n  r:\n    when: price\n    weight: 1\n    family: act\n    says: x\n"
                    "    match:\n      - 女宝送养 9万\n      - 没有价钱\n    pass:\n      - 要价 9万\n")
        done = self.ward("pack", "test", self.folder.name, packs=None, status=1)
        text = done.stdout.decode()
        self.assertIn("rules/more.yaml:9: FAILED r should fire on \"没有价钱\"", text)
        self.assertIn("rules/more.yaml:11: FAILED r should not fire on \"要价 9万\"", text)
        self.assertIn("2 failed", text)
        lines = self.ward("pack", "test", "--json", self.folder.name, packs=None, status=1).stdout
        results = [json.loads(line) for line in lines.splitlines()]
        self.assertEqual([r["line"] for r in results if not r["good"]], [9, 11])

    def test_a_rule_that_nothing_makes_fire_fails(self):
        self.broken("rules/more.yaml", "rules:\n  r:\n    when: price\n    weight: 1\n    family: act\n"
                    "    says: x\n    pass: [没有价钱]\n")
        done = self.ward("pack", "test", self.folder.name, packs=None, status=1)
        text = done.stdout.decode()
        self.assertIn("rules/more.yaml:2: FAILED r has no match example", text)
        self.assertIn("1 rules have no match example", text)
        last = self.ward("pack", "test", "--json", self.folder.name, packs=None, status=1).stdout.splitlines()[-1]
        self.assertEqual({k: json.loads(last)[k] for k in ("line", "rule", "good", "missing")},
                         {"line": 2, "rule": "r", "good": False, "missing": "match"})

    def test_a_conversation_of_an_example_is_bounded(self):
        rule = ("rules:\n  r:\n    when: price and group.child-word\n    weight: 1\n    family: act\n"
                "    says: x\n    match: [{text: 9万, before: [有个女宝%s]}]\n")
        self.broken("rules/more.yaml", rule % (", 你好" * 63))
        self.ward("pack", "test", self.folder.name, packs=None, status=0)
        self.broken("rules/more.yaml", rule % (", 你好" * 64))
        done = self.ward("pack", "test", self.folder.name, packs=None, status=1)
        self.assertIn(b"at most 64 events before an example", done.stderr)

    def test_the_law_of_a_day_is_that_of_the_place(self):
        """Half past midnight in Beijing is the new day, though UTC and the writer may be behind."""
        def article(time):
            lines = event_lines({"text": "女宝送养 9万", "time": time})
            verdict, = self.verdicts("-", data=lines, packs=self.folder.name)
            return [law for reason in verdict["reasons"] for law in reason["law"]]
        for time in ("2021-01-01T00:30:00+08:00", "2020-12-31T16:30:00Z", "2020-12-31T11:30:00-05:00"):
            self.assertEqual(article(time), ["CN/civil-code/1044"], time)
        self.assertEqual(article("2020-12-31T23:30:00+08:00"), [])

    def test_a_broken_pack_is_shown_with_its_line(self):
        self.broken("rules/more.yaml", "rules:\n  r: {when: prise, weight: 1, family: act, says: x}\n")
        for verb in ("test", "build", "show"):
            done = self.ward("pack", verb, self.folder.name, packs=None, status=1)
            error = done.stderr.decode().splitlines()
            self.assertTrue(error[0].endswith('rules/more.yaml:2:13: unknown signal "prise" '
                                              '(did you mean "price"?)'), error)
            self.assertEqual(error[2].index("^"), error[1].index("prise"))

    def test_what_cannot_be_checked(self):
        done = self.ward("pack", "test", "/nowhere", packs=None, status=2)
        self.assertIn(b"/nowhere: no such folder", done.stderr)
        self.ward("pack", "paint", PACK, packs=None, status=2)
        self.ward("pack", packs=None, status=2)

    def test_before_events_are_heard(self):
        self.broken("rules/more.yaml",
                    "rules:\n  r:\n    when: price and group.child-word\n    weight: 1\n"
                    "    family: act\n    says: x\n"
                    "    match: [{text: 9万, before: [有个女宝]}]\n    pass: [{text: 9万, before: [你好]}]\n")
        done = self.ward("pack", "test", self.folder.name, packs=None)
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def test_show(self):
        shown = json.loads(self.ward("pack", "show", "--json", self.folder.name, packs=None,
                                     status=0).stdout)
        names = [rule["name"] for rule in shown["rules"]]
        self.assertEqual(names, ["child-for-money", "pet-reading", "lawful-question", "asked-before"])
        self.assertEqual(shown["rules"][0]["weight"], 3.25)
        self.assertEqual(shown["base"], -4.2)
        child = next(s for s in shown["signals"] if s["name"] == "child-word")
        self.assertEqual(child["terms"],
                         ["男宝", "男娃", "男婴", "女宝", "女娃", "女婴", "baby boy"])
        self.assertEqual(child["allow"], ["女宝衣服"])
        self.assertEqual(len(shown["law"]), 3)
        self.assertEqual(shown["procedures"][0]["steps"][0]["days"], 60)
        text = self.ward("pack", "show", "-v", self.folder.name, packs=None, status=0).stdout.decode()
        self.assertIn("child-for-money", text)
        self.assertIn("女宝", text)

    def test_build_writes_once(self):
        with tempfile.TemporaryDirectory() as cache:
            variables = {"XDG_CACHE_HOME": cache}
            first = self.ward("pack", "build", self.folder.name, packs=None, status=0,
                              environment=variables)
            second = self.ward("pack", "build", self.folder.name, packs=None, status=0,
                               environment=variables)
            self.assertIn(b".wardc", first.stdout)
            self.assertIn(b"was up to date", second.stdout)
            self.assertEqual(len(list(pathlib.Path(cache, "ward").iterdir())), 1)

    def test_a_start_keeps_the_compiled_form_unless_told_not_to(self):
        with tempfile.TemporaryDirectory() as home:
            variables = {"XDG_CACHE_HOME": home}
            check = ("check", "女宝送养 9万", "--json")
            plain = self.ward(*check, "--no-cache", packs=self.folder.name, environment=variables)
            self.assertEqual(list(pathlib.Path(home).iterdir()), [])
            first = self.ward(*check, packs=self.folder.name, environment=variables)
            self.assertEqual(len(list(pathlib.Path(home, "ward").glob("*.wardc"))), 1)
            second = self.ward(*check, packs=self.folder.name, environment=variables)
            file = pathlib.Path(home, "mine.wardc")
            third = self.ward(*check, "--cache", str(file), packs=self.folder.name,
                              environment=variables)
            self.assertTrue(file.exists())
            self.assertEqual(plain.returncode, 1)
            for done in (first, second, third):
                self.assertEqual((done.stdout, done.returncode), (plain.stdout, plain.returncode))

    def test_two_folders_overlay(self):
        with tempfile.TemporaryDirectory() as local:
            write_pack(local, {"pack.yaml": "name: local\nversion: \"1\"\ndate: 2026-11-02\n",
                               "rules/off.yaml": "rules: {pet-reading: {off: true}}\n"})
            shown = json.loads(self.ward("pack", "show", "--json", self.folder.name, local,
                                         packs=None, status=0).stdout)
            self.assertEqual([p["name"] for p in shown["packs"]], ["sample", "local"])
            self.assertNotIn("pet-reading", [rule["name"] for rule in shown["rules"]])


if __name__ == "__main__":
    unittest.main()
