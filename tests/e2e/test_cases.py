#!/usr/bin/env python3
"""Casework from the command line: what is stored, who is linked, how decisions move a case.

The conversation is made up; the packs are the project's own, so that what is found is what a user
would find.
"""
import datetime
import json
import pathlib
import sqlite3
import tempfile
import unittest

from ward_case import WardCase, event_lines

PACKS = str(pathlib.Path(__file__).resolve().parents[2] / "packs")
START = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.timezone.utc)

OFFER = "女宝三个月，自己生的养不了，九万补偿，诚心领养的私我 微信test_xiao88"
REPOST = "女宝三个月，自己生的养不了，九万补偿，诚心领养的私我 微信test_xiao88，急"
SEEK = "想领养一个男宝宝，刚出生的最好，补偿十万，有的私聊 微信test_lao66"
CHATTER = ("早上好", "今天下雨了", "吃饭了吗", "周末去爬山", "作业写完了没", "哈哈哈", "快递到了",
           "晚安", "这个电影不错", "明天降温", "菜价又涨了", "地铁好挤", "孩子放学了", "加班中")


def talk(platform, group, lines, start=0):
    """Events of one group, a minute apart; a line is (account, text) or (account, text, more)."""
    for number, (account, text, *more) in enumerate(lines, start):
        time = START + datetime.timedelta(minutes=number)
        yield {"id": f"{group}-{number}", "platform": platform, "group": group,
               "group_name": f"群{group}", "account": account, "alias": f"名{account}",
               "time": time.isoformat(), "text": text, **(more[0] if more else {})}


def chatter(count, offset=0):
    return [(f"c{(i + offset) % 5}", CHATTER[(i + offset) % len(CHATTER)]) for i in range(count)]


def two_groups():
    """A seller under two accounts, a seeker, and people who only chat; once the seller's handle
    stands in a group where nothing is flagged."""
    yield from talk("qq", "1", [*chatter(14), ("u1", OFFER), *chatter(12), ("u2", SEEK),
                                *chatter(30)])
    yield from talk("wechat", "2", [*chatter(8, 3), ("u7", REPOST), *chatter(20)])
    yield from talk("qq", "3", [*chatter(30), ("u9", "有事找我 微信test_xiao88"), *chatter(15)])


class Cases(WardCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.store = f"{self.folder.name}/case.db"

    def write(self, name, events):
        path = pathlib.Path(self.folder.name, name)
        path.write_text(event_lines(*events), encoding="utf-8")
        return str(path)

    def scan(self, *words, status=1, **options):
        return self.ward("scan", "-q", "--store", self.store, "--who", "ann", *words, packs=PACKS,
                         status=status, **options)

    def run_cases(self, *words, status=0, who="ann"):
        done = self.ward("cases", "--store", self.store, "--who", who, *words, packs=None,
                         status=status)
        return done.stdout.decode()

    def lines(self, command, *words):
        done = self.ward(command, "--store", self.store, "--json", *words, packs=None, status=0)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def row_count(self, where="1"):
        with sqlite3.connect(self.store) as database:
            query = f"select count(*) from ward_event where {where}"
            return database.execute(query).fetchone()[0]

    def test_people_groups_and_cases_are_found(self):
        self.scan(self.write("a.jsonl", two_groups()))
        people = self.lines("people")
        accounts = {account: person for person in people for account in person["accounts"]}
        self.assertIn("qq/u1", accounts)
        self.assertIs(accounts["qq/u1"], accounts["wechat/u7"])
        self.assertEqual(accounts["qq/u1"]["role"], "offer")
        self.assertEqual(accounts["qq/u2"]["role"], "seek")
        self.assertFalse(any("/c" in account for account in accounts), "bystanders are on nobody")
        ties = accounts["qq/u1"]["ties"]
        self.assertTrue(any(tie["kind"] == "handle" for tie in ties), ties)
        groups = {group["group"]: group for group in self.lines("groups")}
        self.assertEqual(groups["qq/1"]["messages"], 58)
        self.assertEqual(groups["qq/1"]["flagged"], 2)
        cases = self.lines("cases")
        self.assertEqual({accounts["qq/u1"]["case"]}, {cases[0]["case"]})
        self.assertEqual(cases[0]["state"], "open")

    def test_only_what_matters_is_stored(self):
        self.scan(self.write("a.jsonl", two_groups()))
        shown = self.run_cases("show", "1")
        self.assertIn("test_xiao88", shown)
        total = sum(1 for _ in two_groups())
        stored = self.row_count()
        self.assertLess(stored, total - 30)
        self.assertGreaterEqual(stored, 3 + 8 + 10)
        none = self.row_count("event_json like '%\"c0\"%' and group_name = '群3'")
        self.assertEqual(none, 0, "a group in which nothing is flagged keeps no chatter")
        self.assertEqual(self.row_count("account = 'u9'"), 1, "what ties is kept")

    def test_replays_and_batches_change_nothing(self):
        path = self.write("a.jsonl", two_groups())
        self.scan(path)
        before = [self.lines(command) for command in ("cases", "people", "groups")]
        rows = self.row_count()
        self.scan(path)
        copy = self.write("copy.jsonl", two_groups())
        self.scan(copy)
        self.assertEqual(self.row_count(), rows)
        self.assertEqual([self.lines(command) for command in ("cases", "people", "groups")], before)

    def test_a_case_keeps_its_id_as_it_grows(self):
        self.scan(self.write("a.jsonl", two_groups()))
        first = self.lines("cases")[0]["case"]
        more = list(talk("qq", "1", [("u1", "男宝也有，一个月，八万"), ("u2", "私你了")], start=100))
        self.scan(self.write("b.jsonl", more))
        self.assertIn(first, [case["case"] for case in self.lines("cases")])

    def test_decisions_move_the_case_and_stay(self):
        self.scan(self.write("a.jsonl", two_groups()))
        case = self.lines("cases")[0]["case"]
        self.run_cases("note", case, "打过电话")
        self.run_cases("assign", case, "bob")
        self.assertIn("confirmed", self.run_cases("confirm", case, "-m", "两处核实"))
        shown = self.run_cases("show", case)
        for words in ("打过电话", "assign bob", "confirm", "两处核实", "ann"):
            self.assertIn(words, shown)
        self.assertEqual(self.lines("cases", "--state", "confirmed")[0]["assignee"], "bob")
        self.run_cases("dismiss", case, "--as", "doll")
        self.assertNotIn(case, [c["case"] for c in self.lines("cases")])
        self.assertIn(case, [c["case"] for c in self.lines("cases", "--state", "all")])

    def test_a_person_can_be_parted_and_joined(self):
        self.scan(self.write("a.jsonl", two_groups()))
        person = next(p for p in self.lines("people") if len(p["accounts"]) == 2)
        self.run_cases("split", person["person"], "wechat/u7")
        self.assertTrue(all(len(p["accounts"]) == 1 for p in self.lines("people")))
        ids = {account: p["person"] for p in self.lines("people") for account in p["accounts"]}
        self.run_cases("merge", ids["qq/u1"], ids["qq/u2"])
        self.assertIn(["qq/u1", "qq/u2"], [sorted(p["accounts"]) for p in self.lines("people")])

    def test_everything_is_in_the_audit_log(self):
        self.scan(self.write("a.jsonl", two_groups()))
        self.run_cases("show", "1")
        self.run_cases("confirm", self.lines("cases")[0]["case"], who="bob")
        done = self.ward("audit", "show", "--store", self.store, packs=None, status=0)
        log = done.stdout.decode()
        for words in ("ingest", "read-case", "confirm", "ann", "bob"):
            self.assertIn(words, log)
        self.ward("audit", "verify", "--store", self.store, packs=None, status=0)

    def test_wrong_use_is_told(self):
        cases = (
            (("cases", "--store", f"{self.folder.name}/none.db"), {}, "none.db"),
            (("cases", "--store", self.store, "show", "C-000"), {}, "no case C-000"),
            (("cases", "--store", self.store, "frobnicate", "C-0"), {}, "frobnicate"),
            (("cases", "--store", self.store, "dismiss", "C-0"), {}, "look-alike"),
            (("cases", "--state", "odd"), {}, "--state"),
            (("people", "extra"), {}, "not expected"),
        )
        self.scan(self.write("a.jsonl", two_groups()))
        for words, options, message in cases:
            done = self.ward(*words, packs=None, status=2, **options)
            self.assertIn(message, done.stderr.decode(), words)

    def test_a_file_that_is_no_store_is_refused(self):
        path = pathlib.Path(self.folder.name, "case.db")
        path.write_bytes(b"not a store" * 100)
        done = self.scan(self.write("a.jsonl", two_groups()), status=2)
        self.assertIn("case.db", done.stderr.decode())
        self.assertTrue(path.read_bytes().startswith(b"not a store"), "it is left alone")


if __name__ == "__main__":
    unittest.main()
