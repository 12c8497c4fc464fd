#!/usr/bin/env python3
"""Casework over HTTP: lists, cases whole, decisions, claims, referrals, exports, waiting for changes.

The store is SQLite, or, where WARD_TEST_POSTGRES names a server, a new database on it. The
conversations are made up; the packs are the project's own.
"""
import concurrent.futures
import contextlib
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import zipfile

from test_cases import OFFER, PACKS, chatter, talk, two_groups
from ward_case import WardCase, event_lines
from ward_server import Server

POSTGRES = os.environ.get("WARD_TEST_POSTGRES")
# Each in words of its own, so that wording ties nobody.
LINES = (
    "汕头男宝刚满月，未婚生的没法养，要八万营养费，真心想要的加微信{}",
    "有没有家庭愿意收我女儿，五个月大，给十二万就抱走，薇 {}",
    "急送健康男婴，出生证可办，费用面议十万左右，联系{}",
    "学生意外怀孕下月生，宝宝想找人家，补偿6万，v信 {}",
    "双胞胎女孩两岁，养不起转给别人，一共十五万，细节私聊{}",
    "男孩四个月，会笑会翻身，彩礼钱不够才送人，9.8万，{} 微信",
    "代朋友问谁家想要个闺女，半岁，手续齐，辛苦费七万，找我 {}",
    "预产期十二月，性别男，生下来就可以领走，定金两万总价十一万，wx {}",
    "宝妈自己养不了，新生女婴找领养，营养费五万八，非诚勿扰 {}",
    "送养一岁男童，上过户口，要求补偿13万，电话微信同号 {}",
    "单亲妈妈求好心人抱养小女儿，只收十万抚养费，联系方式 {}",
    "想把肚子里的孩子送人，已经八个月，对方出住院费加九万，QQ {}",
)


def sellers(count, start=0):
    """Each in a group, with a handle and in words of its own: as many cases, of up to 12."""
    for number in range(start, start + count):
        text = LINES[number % len(LINES)].format(f"test_own{number}x")
        yield from talk("qq", f"s{number}", [*chatter(3, number), (f"seller{number}", text),
                                            *chatter(3, number)])


def new_database(name):
    """A new database on the server; its URL."""
    url = urllib.parse.urlsplit(POSTGRES)
    query = urllib.parse.parse_qs(url.query)
    psql = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1]
    subprocess.run([psql, "-q", "-h", query["host"][0], "-U", query["user"][0], "postgres", "-c",
                    f"create database {name}"], check=True, timeout=60)
    return f"postgresql:///{name}?{url.query}"


class Person:
    """One who is signed in."""

    def __init__(self, server, user, password):
        self.server, self.user = server, user
        reply = server.post("/v1/session", {"user": user, "password": password},
                            headers={"Cookie": "none=1"})
        assert reply.status in (200, 201), reply
        self.headers = {"Cookie": reply.headers["set-cookie"].split(";")[0],
                        "X-CSRF-Token": reply.json["csrf"]}

    def ask(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.ask(method, path, body, headers={**self.headers, **named})

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, body, **headers)


class CaseApi(WardCase):
    """A store with cases in it, and a server over it, for each class of tests."""

    events = staticmethod(two_groups)
    count = 0

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="ward-case-api-")
        cls.key_file = f"{cls.folder.name}/store.key"
        CaseApi.count += 1
        if POSTGRES:
            cls.store = new_database(f"cases{CaseApi.count}")
        else:
            cls.store = f"{cls.folder.name}/case.db"
        cls.scan_events(cls.events())
        cls.server = Server(packs=PACKS, folder=cls.folder.name,
                            settings={"store": cls.store, "store_key": cls.key_file,
                                      "state_dir": f"{cls.folder.name}/state"})
        cls.people = {}

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.folder.cleanup()

    @classmethod
    def command(cls, *words, status=0, data=None):
        self = cls("ward")
        packs = PACKS if words[0] == "scan" else None
        return self.ward(words[0], "--store", cls.store, "--key", cls.key_file, *words[1:],
                         packs=packs, status=status, data=data, timeout=300)

    @classmethod
    def scan_events(cls, events):
        cls.command("scan", "-q", "--who", "ann", "-", status=1, data=event_lines(*events))

    @classmethod
    def lines(cls, command, *words):
        done = cls.command(command, "--json", *words)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def person(self, user, role="reviewer"):
        """A user of that role, made when first asked for."""
        if user not in self.people:
            password = f"{user} has a long password"
            reply = self.server.post("/v1/users", {"user": user, "name": user.title(), "role": role,
                                                   "password": password})
            self.assertEqual(reply.status, 201, reply)
            type(self).people[user] = Person(self.server, user, password)
        return self.people[user]

    def get(self, path, status=200, **options):
        reply = self.server.get(path, **options)
        self.assertEqual(reply.status, status, (path, reply))
        return reply

    def post(self, path, body=None, status=201, **options):
        reply = self.server.post(path, body, **options)
        self.assertEqual(reply.status, status, (path, reply))
        return reply

    def pages(self, path, things, limit):
        """All of a list, read page by page; and the number of pages."""
        found, after, count = [], None, 0
        mark = "&" if "?" in path else "?"
        while True:
            cursor = f"&after={after}" if after else ""
            page = self.get(f"{path}{mark}limit={limit}{cursor}").json
            self.assertLessEqual(len(page[things]), limit)
            found += page[things]
            count += 1
            after = page["next"]
            if not after:
                return found, count

    def case(self):
        return self.get("/v1/cases?state=all").json["cases"][0]["case"]

    def decide(self, kind, status=201, case=None, **fields):
        return self.post(f"/v1/cases/{case or self.case()}/decisions", {"kind": kind, **fields},
                         status=status)

    def audit(self):
        """The entries of the audit log, by its own command."""
        reply = self.server.get("/v1/audit?limit=200")
        return reply.json["entries"] if reply.status == 200 else []

    def verify(self):
        done = self.command("audit", "verify")
        self.assertEqual(done.returncode, 0, done)


class Shapes(CaseApi):
    """What is shown is what the command line shows, and more."""

    def test_cases_are_those_of_the_command_line(self):
        shown = self.get("/v1/cases?lang=en").json
        self.assertIsNone(shown["next"])
        printed = self.lines("cases")
        self.assertEqual(len(shown["cases"]), len(printed))
        for one, line in zip(shown["cases"], printed):
            self.assertEqual({**line, **one}, one, "nothing is lost")
            self.assertLessEqual({"assignee", "held", "points", "events"}, set(one))
            self.assertIsNone(one["assignee"])
        both = self.get("/v1/cases").json["cases"][0]["says"]
        self.assertEqual(set(both), {"zh", "en"})

    def test_people_and_groups_are_those_of_the_command_line(self):
        people = self.get("/v1/people?lang=en").json["people"]
        printed = sorted(self.lines("people"), key=lambda person: person["person"])
        self.assertEqual(people, printed)
        self.assertEqual(self.get("/v1/groups").json["groups"], self.lines("groups"))
        case = people[0]["case"]
        of_case = self.get(f"/v1/people?case={case}&lang=en").json["people"]
        self.assertEqual(sorted(person["person"] for person in of_case),
                         sorted(person["person"] for person in people if person["case"] == case))
        one = self.get(f"/v1/people/{people[0]['person']}?lang=en").json
        self.assertEqual(one, people[0])
        group = self.get("/v1/groups/qq%2F1").json
        self.assertEqual(group["group"], "qq/1")

    def test_one_case_whole(self):
        case = self.case()
        reply = self.get(f"/v1/cases/{case}")
        whole = reply.json
        self.assertLessEqual({"case", "people", "groups", "ties", "decisions", "law", "lawful"},
                             set(whole))
        self.assertEqual(whole["case"]["case"], case)
        self.assertEqual({person["person"] for person in whole["people"]},
                         set(whole["case"]["people"]))
        tie = next(tie for tie in whole["ties"] if tie["kind"] == "handle")
        self.assertLessEqual({"a", "b", "kind", "says", "weight", "events", "first", "last"},
                             set(tie))
        cited = {law["id"]: law for law in whole["law"]}
        self.assertIn("CN/civil-code/1044", cited)
        self.assertTrue(cited["CN/civil-code/1044"]["text"]["zh"])
        self.assertTrue(any(way["id"] == "CN/adopt/steps" for way in whole["lawful"]))
        self.assertFalse(any(way["id"].startswith("UN/") for way in whole["lawful"]))

    def test_events_with_custody_and_people(self):
        case = self.case()
        events = self.get(f"/v1/cases/{case}/events?limit=200").json["events"]
        flagged = [event for event in events if not event["neighbour"]]
        self.assertEqual(len(flagged), 3)
        self.assertTrue(all(event["person"] for event in flagged))
        self.assertTrue(all(event["person"] is None for event in events if event["neighbour"]))
        times = [event["event"]["time"] for event in events]
        self.assertEqual(times, sorted(times))
        one = flagged[0]
        self.assertEqual(one["verdict"]["id"], one["event"]["id"])
        self.assertEqual(len(one["custody"]["sha256"]), 64)
        self.assertEqual(self.get(f"/v1/events/{one['seq']}").json, one)

    def test_what_is_not_there(self):
        for path in ("/v1/cases/C-0", "/v1/cases/%00", "/v1/cases/" + "x" * 4000,
                     "/v1/cases/C-0/events", "/v1/people/P-0", "/v1/people?case=C-0",
                     "/v1/groups/qq%2F0", "/v1/events/0", "/v1/events/999999", "/v1/events/-1",
                     "/v1/events/abc", "/v1/exports/0", "/v1/exports/" + "0" * 32,
                     "/v1/exports/..%2f..%2fetc%2fpasswd/package"):
            reply = self.get(path, status=404)
            self.assertTrue(reply.json["type"].startswith("urn:ward:problem:"), reply)
        for path in ("/v1/cases?limit=0", "/v1/cases?limit=201", "/v1/cases?limit=x",
                     "/v1/cases?after=x", "/v1/cases?state=bad", "/v1/cases?urgency=bad",
                     "/v1/cases?lang=xx", "/v1/people?after=AAAA", "/v1/groups?after=%00",
                     "/v1/changes?after=x"):
            self.get(path, status=400)

    def test_filters(self):
        total = len(self.get("/v1/cases").json["cases"])
        urgencies = {case["urgency"] for case in self.get("/v1/cases").json["cases"]}
        split = sum(len(self.get(f"/v1/cases?urgency={name}").json["cases"]) for name in urgencies)
        self.assertEqual(split, total)
        others = ",".join({"low", "medium", "high", "critical"} - urgencies)
        self.assertEqual(self.get(f"/v1/cases?urgency={others}").json["cases"], [])
        self.assertEqual(len(self.get("/v1/cases?unassigned=1").json["cases"]), total)
        self.assertEqual(self.get("/v1/cases?assignee=somebody").json["cases"], [])
        self.assertEqual(self.get("/v1/cases?state=referred").json["cases"], [])

    def test_what_is_known_is_not_sent_again(self):
        for path in ("/v1/cases", "/v1/groups", "/v1/referrals", f"/v1/cases/{self.case()}"):
            tag = self.get(path).headers["etag"]
            reply = self.get(path, status=304, headers={"If-None-Match": tag})
            self.assertEqual(reply.body, b"")
            self.get(path, headers={"If-None-Match": '"other"'})


class Decisions(CaseApi):
    """What people decide, and what is refused."""

    def test_decisions_move_the_case(self):
        case = self.case()
        for kind, state, fields in (("confirm", "confirmed", {}), ("escalate", "escalated", {}),
                                    ("dismiss", "dismissed", {"reason": "pet", "note": "狗"}),
                                    ("reopen", "open", {}), ("note", "open", {"note": "看过了"}),
                                    ("refer", "referred", {"reason": "公安机关"}),
                                    ("reopen", "open", {})):
            reply = self.decide(kind, case=case, **fields)
            self.assertEqual(reply.json["outcome"], "done")
            whole = self.get(f"/v1/cases/{case}")
            self.assertEqual(whole.json["case"]["state"], state)
            self.assertEqual(whole.headers["etag"], reply.headers["etag"])
            last = whole.json["decisions"][-1]
            self.assertEqual((last["seq"], last["kind"]), (reply.json["seq"], kind))
            self.assertEqual(last["note"], fields.get("note", ""))
        self.decide("hold", case=case)
        events = self.get(f"/v1/cases/{case}/events").json["events"]
        self.assertTrue(all(event["held"] for event in events))
        self.decide("release", case=case)
        self.assertFalse(self.get(f"/v1/cases/{case}").json["case"]["held"])
        self.verify()

    def test_what_makes_no_decision(self):
        case = self.case()
        before = self.get(f"/v1/cases/{case}").json["decisions"]
        path = f"/v1/cases/{case}/decisions"
        for body in ({}, {"kind": "assign"}, {"kind": "export"}, {"kind": "nothing"}, {"kind": 7},
                     {"kind": "dismiss"}, {"kind": "dismiss", "reason": "trade"},
                     {"kind": "dismiss", "reason": "Not A Name"}, {"kind": "refer"},
                     {"kind": "refer", "reason": "  "}, {"kind": "refer", "reason": "a\nb"},
                     {"kind": "note"}, {"kind": "note", "note": ["x"]}, [], "x", "{", '{"kind":"note",'):
            self.post(path, body, status=400)
        self.post(path, {"kind": "note", "note": "x" * 20001}, status=413)
        self.post("/v1/cases/C-0/decisions", {"kind": "confirm"}, status=404)
        self.assertEqual(self.get(f"/v1/cases/{case}").json["decisions"], before)

    def test_a_lost_update_is_refused(self):
        case = self.case()
        path = f"/v1/cases/{case}/decisions"
        read = self.get(f"/v1/cases/{case}").headers["etag"]
        first = self.post(path, {"kind": "note", "note": "eins"}, headers={"If-Match": read})
        self.post(path, {"kind": "note", "note": "zwei"}, status=412, headers={"If-Match": read})
        self.post(path, {"kind": "note", "note": "zwei"}, headers={"If-Match": first.headers["etag"]})
        self.post(path, {"kind": "note", "note": "drei"}, status=412, headers={"If-Match": "W/x"})
        self.post(path, {"kind": "note", "note": "drei"}, headers={"If-Match": "*"})

    def test_messages_of_others_do_not_disturb(self):
        """Linking anew changes the tag of a case only when it finds something else in it."""
        case = self.case()
        tag = self.get(f"/v1/cases/{case}").headers["etag"]
        self.scan_events(sellers(1, start=3))
        self.assertEqual(self.get(f"/v1/cases/{case}").headers["etag"], tag)

    def test_media(self):
        case = self.case()
        event = self.get(f"/v1/cases/{case}/events").json["events"][0]["seq"]
        path = f"/v1/cases/{case}/media"
        for body in ({}, {"event": event}, {"event": "1", "index": 0}, {"event": event, "index": -1}):
            self.post(path, body, status=400)
        self.post(path, {"event": event, "index": 0}, status=404)
        self.post(path, {"event": 999999, "index": 0}, status=404)


class Media(CaseApi):
    @staticmethod
    def events():
        yield from talk("qq", "m", [("u1", OFFER, {"media": [{"kind": "image", "sha256": "ab" * 32,
                                                             "text": "微信同号"}]})])

    def test_asking_is_audited(self):
        case = self.case()
        event = self.get(f"/v1/cases/{case}/events").json["events"][0]
        asked = self.post(f"/v1/cases/{case}/media", {"event": event["seq"], "index": 0}, status=200)
        self.assertEqual(asked.json["media"]["sha256"], "ab" * 32)
        entries = self.audit()
        if entries:
            self.assertTrue(any("media-0" in json.dumps(entry) for entry in entries))


class Paging(CaseApi):
    """Lists in pages, while the store changes."""

    @staticmethod
    def events():
        yield from sellers(10)

    def test_pages_add_up(self):
        for path, things in (("/v1/cases", "cases"), ("/v1/people", "people"),
                             ("/v1/groups", "groups")):
            whole = self.get(f"{path}?limit=200").json[things]
            self.assertGreaterEqual(len(whole), 8, path)
            for limit in (1, 4, len(whole)):
                found, count = self.pages(path, things, limit)
                self.assertEqual(found, whole, (path, limit))
                self.assertEqual(count, -(-len(whole) // limit), (path, limit))

    def test_what_comes_in_between_moves_nothing(self):
        before = [case["case"] for case in self.get("/v1/cases?limit=200").json["cases"]]
        first = self.get("/v1/cases?limit=5").json
        self.scan_events(sellers(2, start=10))
        self.scan_events(two_groups())
        seen = [case["case"] for case in first["cases"]]
        after = first["next"]
        while after:
            page = self.get(f"/v1/cases?limit=5&after={after}").json
            seen += [case["case"] for case in page["cases"]]
            after = page["next"]
        self.assertEqual(len(seen), len(set(seen)), "nothing is shown twice")
        self.assertLessEqual(set(before), set(seen), "nothing is missed")

    def test_a_cursor_is_of_its_list(self):
        cursor = self.get("/v1/cases?limit=1").json["next"]
        self.get(f"/v1/people?after={cursor}", status=400)


class Large(CaseApi):
    """A case of 10,000 messages."""

    @staticmethod
    def events():
        lines = [("big1" if i % 2 else "big2",
                  f"第{i}条 女宝三个月，自己生的养不了，九万补偿，诚心领养的私我 微信test_big77")
                 for i in range(10000)]
        yield from talk("qq", "big", lines)

    def round_trip(self):
        """Seconds of an answer that costs nothing: how busy the machine is."""
        taken = []
        for _ in range(21):
            start = time.monotonic()
            self.get("/healthz")
            taken.append(time.monotonic() - start)
        return sorted(taken)[10]

    def test_pages_of_a_large_case_are_quick(self):
        case = self.get("/v1/cases").json["cases"][0]
        self.assertGreaterEqual(case["events"], 9000)
        path, after, taken, seqs = f"/v1/cases/{case['case']}/events?limit=50", None, [], []
        while True:
            start = time.monotonic()
            page = self.get(path + (f"&after={after}" if after else "")).json
            taken.append(time.monotonic() - start)
            seqs += [event["seq"] for event in page["events"]]
            after = page["next"]
            if not after:
                break
        self.assertEqual(len(seqs), len(set(seqs)))
        self.assertEqual(len(seqs), 10000)
        taken.sort()
        print(f"pages of 50 of {len(seqs)} messages: median {taken[len(taken) // 2] * 1000:.1f} ms, "
              f"slowest {taken[-1] * 1000:.1f} ms", file=sys.stderr)
        # The quickest tenth, with room for a machine on which even an empty answer waits its turn.
        self.assertLess(taken[len(taken) // 10], 0.1 + 20 * self.round_trip())
        start = time.monotonic()
        self.get(f"/v1/cases/{case['case']}")
        print(f"the case whole: {(time.monotonic() - start) * 1000:.1f} ms", file=sys.stderr)


class Moves(CaseApi):
    """Joining and parting, with linking in the background."""

    @staticmethod
    def events():
        yield from two_groups()
        yield from sellers(2)

    def wait_for(self, what, timeout=120):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            cases = self.get("/v1/cases?state=all").json["cases"]
            if what(cases):
                return cases
            time.sleep(0.1)
        raise AssertionError(f"it did not come: {cases}")

    def test_merge_then_split(self):
        cases = self.get("/v1/cases").json["cases"]
        self.assertEqual(len(cases), 3)
        one, other = cases[0]["case"], cases[1]["case"]
        self.post(f"/v1/cases/{one}/merge", {}, status=400)
        self.post(f"/v1/cases/{one}/merge", {"with": one}, status=400)
        self.post(f"/v1/cases/{one}/merge", {"with": "C-0"}, status=404)
        stale = {"If-Match": '"0000"'}
        self.post(f"/v1/cases/{one}/merge", {"with": other}, status=412, headers=stale)
        reply = self.post(f"/v1/cases/{one}/merge", {"with": other}, status=202)
        self.assertTrue(reply.json["seq"])
        joined = self.wait_for(lambda cases: len(cases) == 2)
        whole = next(case for case in joined if len(case["people"]) == 3)["case"]
        for former in (one, other):
            self.assertEqual(self.get(f"/v1/cases/{former}").json["case"]["case"], whole)
        person = cases[1]["people"][0]
        elsewhere = next(case["case"] for case in joined if case["case"] != whole)
        self.post(f"/v1/cases/{elsewhere}/split", {"person": person}, status=404)
        self.post(f"/v1/cases/{whole}/split", {"person": "P-0"}, status=404)
        self.post(f"/v1/cases/{whole}/split", {}, status=400)
        self.post(f"/v1/cases/{whole}/split", {"person": person}, status=202)
        self.wait_for(lambda cases: len(cases) == 3)
        self.split_account()
        self.verify()

    def split_account(self):
        person = next(person for person in self.get("/v1/people").json["people"]
                      if len(person["accounts"]) == 2)
        path = f"/v1/cases/{person['case']}/split"
        self.post(path, {"person": person["person"], "account": "qq/nobody"}, status=404)
        self.post(path, {"person": person["person"], "account": person["accounts"][1]}, status=202)
        end = time.monotonic() + 120  # linking anew beside other work
        while time.monotonic() < end:
            people = self.get("/v1/people").json["people"]
            if all(len(person["accounts"]) == 1 for person in people):
                return
            time.sleep(0.1)
        self.fail("the account was not parted")


class Changes(CaseApi):
    """Waiting for something to change."""

    def test_who_waits_holds_no_thread(self):
        case = self.case()
        serial = self.get("/v1/changes").json["serial"]
        with contextlib.ExitStack() as stack:
            waiting = []
            for _ in range(40):
                connection = stack.enter_context(self.server.connect_closing())
                connection.request("GET", f"/v1/changes?after={serial}", headers=self.own_headers())
                waiting.append(connection)
            time.sleep(0.3)
            start = time.monotonic()
            self.get("/v1/cases")
            self.assertLess(time.monotonic() - start, 5, "others are served meanwhile")
            note = self.decide("note", case=case, note="x").json["seq"]
            for connection in waiting:
                reply = json.loads(connection.getresponse().read())
                self.assertGreaterEqual(reply["serial"], note)

    def own_headers(self):
        return {"Authorization": f"Bearer {self.server.key}"} if self.server.key else {}

    def test_another_process_is_noticed(self):
        serial = self.get("/v1/changes").json["serial"]
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.get, f"/v1/changes?after={serial}")
            time.sleep(0.2)
            self.command("cases", "--who", "bob", "note", self.case(), "von anderswo")
            wrote = time.monotonic()
            self.assertGreater(waiting.result().json["serial"], serial)
            self.assertLess(time.monotonic() - wrote, 15)

    def test_reading_wakes_nobody(self):
        serial = self.get("/v1/changes").json["serial"]
        self.get(f"/v1/cases/{self.case()}")
        self.assertEqual(self.get("/v1/changes").json["serial"], serial)

    def test_a_foreign_serial_is_answered_at_once(self):
        self.assertGreater(self.get("/v1/changes?after=99999999").json["serial"], 0)


class Teams(CaseApi):
    """Several people at once."""

    @staticmethod
    def events():
        yield from sellers(8)

    def cases(self):
        return [case["case"] for case in self.get("/v1/cases").json["cases"]]

    def test_one_of_two_gets_the_case(self):
        ann, bob = self.person("ann"), self.person("bob")
        case = self.cases()[0]
        path = f"/v1/cases/{case}/claim"
        claimed = ann.post(path)
        self.assertEqual(claimed.status, 200, claimed)
        self.assertEqual(claimed.json["assignee"], "ann")
        refused = bob.post(path)
        self.assertEqual(refused.status, 409)
        self.assertEqual(refused.json["holder"], "ann")
        self.assertEqual(refused.json["type"], "urn:ward:problem:held")
        self.assertEqual(bob.ask("DELETE", path).status, 409)
        decision = f"/v1/cases/{case}/decisions"
        self.assertEqual(bob.post(decision, {"kind": "confirm"}).status, 409)
        self.assertEqual(bob.post(decision, {"kind": "note", "note": "I saw it too"}).status, 201)
        self.assertEqual(ann.post(path).status, 200, "claiming again is no harm")
        whole = self.get(f"/v1/cases/{case}").json
        self.assertEqual(whole["claim"]["who"], "ann")
        self.assertEqual(ann.get("/v1/cases?assignee=me").json["cases"][0]["case"], case)
        self.assertEqual(ann.ask("DELETE", path).json["assignee"], None)
        self.assertEqual(bob.post(path).status, 200)

    def test_of_many_at_once_exactly_one(self):
        people = [self.person(user) for user in ("ann", "bob", "cem", "dai")]
        for case in self.cases()[1:5]:
            with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
                replies = list(pool.map(lambda who, case=case: who.post(f"/v1/cases/{case}/claim"),
                                        people))
            self.assertEqual(sorted(reply.status for reply in replies), [200, 409, 409, 409])
            winner = people[[reply.status for reply in replies].index(200)].user
            self.assertEqual({reply.json["holder"] for reply in replies if reply.status == 409},
                             {winner})

    def test_a_lead_releases_and_gives(self):
        ann, lea = self.person("ann"), self.person("lea", "lead")
        path = f"/v1/cases/{self.cases()[5]}/claim"
        self.assertEqual(ann.post(path).status, 200)
        self.assertEqual(ann.post(path, {"to": "bob"}).status, 403)
        self.assertEqual(lea.ask("DELETE", path).status, 200)
        self.assertEqual(lea.post(path, {"to": "bob"}).json["assignee"], "bob")
        self.assertEqual(ann.post(path).status, 409)

    def test_a_viewer_decides_nothing(self):
        viewer = self.person("vic", "viewer")
        case = self.cases()[6]
        self.assertEqual(viewer.get(f"/v1/cases/{case}").status, 200)
        self.assertEqual(viewer.post(f"/v1/cases/{case}/claim").status, 403)
        self.assertEqual(viewer.post(f"/v1/cases/{case}/decisions", {"kind": "confirm"}).status, 403)
        self.assertEqual(viewer.post(f"/v1/cases/{case}/exports").status, 403)

    def test_a_reader_is_in_the_audit_log(self):
        vic = self.person("vic", "viewer")
        case = self.cases()[6]
        vic.get(f"/v1/cases/{case}")
        vic.get(f"/v1/cases/{case}/events")
        entries = [entry for entry in self.audit() if entry["kind"] == "case-read"]
        read = [json.dumps(entry) for entry in entries if entry["who"] == "vic"]
        self.assertTrue(any('events' in entry and case in entry for entry in read), read)

    def test_a_referral_takes_two(self):
        ann, bob = self.person("ann"), self.person("bob")
        case = self.cases()[7]
        path = f"/v1/cases/{case}/decisions"
        asked = {"kind": "refer", "reason": "市公安局", "note": "请尽快"}
        self.assertFalse(self.get("/v1/settings").json["refer_needs_two"])
        self.assertEqual(ann.ask("PUT", "/v1/settings", {"refer_needs_two": True}).status, 403)
        reply = self.server.ask("PUT", "/v1/settings", {"refer_needs_two": True})
        self.assertEqual(reply.json, {"refer_needs_two": True})
        try:
            first = ann.post(path, asked)
            self.assertEqual((first.status, first.json["outcome"]), (201, "requested"))
            again = ann.post(path, asked)
            self.assertEqual(again.status, 409)
            self.assertEqual(again.json["type"], "urn:ward:problem:second-person-needed")
            waiting = self.get("/v1/referrals?state=requested").json["referrals"]
            self.assertEqual([(one["case"], one["asked_by"]) for one in waiting], [(case, "ann")])
            self.assertEqual(self.get(f"/v1/cases/{case}").json["case"]["state"], "open")
            service = self.server.post(path, asked)
            self.assertEqual(service.status, 403, "a key is nobody's second person")
            done = bob.post(path, asked)
            self.assertEqual((done.status, done.json["outcome"]), (201, "done"))
            listed = self.get("/v1/referrals").json["referrals"]
            self.assertEqual(len(listed), 1)
            self.assertEqual((listed[0]["state"], listed[0]["completed_by"]), ("referred", "bob"))
        finally:
            self.server.ask("PUT", "/v1/settings", {"refer_needs_two": False})
        self.verify()


class Exports(CaseApi):
    """Packages made in the background."""

    def wait_export(self, export, timeout=400):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            state = self.get(f"/v1/exports/{export}").json
            if state["state"] in ("ready", "failed"):
                return state
            time.sleep(0.3)
        raise AssertionError(f"it is still {state}")

    def test_a_package_is_made_and_fetched(self):
        case = self.case()
        asked = self.post(f"/v1/cases/{case}/exports", status=202)
        export = asked.json["export"]
        self.assertEqual(asked.headers["location"], f"/v1/exports/{export}")
        start = time.monotonic()
        self.get("/v1/cases")
        self.assertLess(time.monotonic() - start, 10, "others are served meanwhile")
        state = self.wait_export(export)
        self.assertEqual(state["state"], "ready", state)
        package = self.get(f"/v1/exports/{export}/package")
        self.assertEqual(package.headers["content-type"], "application/zip")
        self.assertEqual(hashlib.sha256(package.body).hexdigest(), state["sha256"])
        names = zipfile.ZipFile(io.BytesIO(package.body)).namelist()
        self.assertTrue(any(name.endswith("bagit.txt") for name in names), names)
        last = self.get(f"/v1/cases/{case}").json["decisions"][-1]
        self.assertEqual((last["kind"], last["reason"]), ("export", state["tagmanifest_sha256"]))
        files = pathlib.Path(self.folder.name, "state", "exports")
        self.assertEqual([path.name for path in files.iterdir()], [f"{export}.zip"])
        self.assertEqual(files.stat().st_mode & 0o077, 0)
        self.server.restart()
        self.assertEqual(self.get(f"/v1/exports/{export}/package").body, package.body)
        self.post("/v1/cases/C-0/exports", status=404)


class LeftExports(CaseApi):
    """What makes the PDF never ends here: an export comes to an end only by being left."""

    def slow(self):
        tools = pathlib.Path(self.folder.name, "tools")
        tools.mkdir(exist_ok=True)
        slow = tools / "weasyprint"
        slow.write_text(f"#!/bin/sh\necho $$ >{tools}/pid.new && mv {tools}/pid.new {tools}/pid\n"
                        "exec sleep 1000\n")
        slow.chmod(0o755)
        path = os.environ["PATH"]
        os.environ["PATH"] = f"{tools}:{path}"
        try:
            self.server.restart()
        finally:
            os.environ["PATH"] = path
        return tools / "pid"

    def wait(self, what):
        end = time.monotonic() + 60
        while not (found := what()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        return found

    def ask_for_one(self, pid):
        pid.unlink(missing_ok=True)
        export = self.post(f"/v1/cases/{self.case()}/exports", status=202).json["export"]
        self.wait(pid.exists)
        self.assertEqual(self.get(f"/v1/exports/{export}").json["state"], "working")
        return export, pathlib.Path("/proc", pid.read_text().strip())

    def delete(self, export, status=200):
        reply = self.server.ask("DELETE", f"/v1/exports/{export}")
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def test_one_under_way_is_cancelled_and_stopping_leaves_one(self):
        pid = self.slow()
        files = pathlib.Path(self.folder.name, "state", "exports")
        export, tool = self.ask_for_one(pid)
        behind = self.post(f"/v1/cases/{self.case()}/exports", status=202).json["export"]
        self.assertEqual(self.delete(behind)["state"], "cancelled")
        self.assertTrue(tool.exists(), "only the one that was named is left")
        viewer = self.person("vi", "viewer")
        self.assertEqual(viewer.ask("DELETE", f"/v1/exports/{export}").status, 403)
        self.assertEqual(self.delete(export)["state"], "cancelled")
        self.wait(lambda: not tool.exists() and not list(files.iterdir()))
        self.assertEqual(self.delete(export)["state"], "cancelled")
        self.get(f"/v1/exports/{export}/package", status=409)
        self.delete("0" * 32, status=404)

        cut, tool = self.ask_for_one(pid)
        self.assertEqual(self.server.stop(), 0)
        self.assertFalse(tool.exists())
        self.assertEqual(list(files.iterdir()), [])
        self.server.start()
        state = self.get(f"/v1/exports/{cut}").json
        self.assertEqual(state["state"], "failed")
        self.assertIn("stopped", state["detail"])
        self.assertEqual(self.get(f"/v1/exports/{behind}").json["state"], "cancelled")
        kinds = [decision["kind"] for decision in self.get(f"/v1/cases/{self.case()}").json["decisions"]]
        self.assertNotIn("export", kinds)
        self.verify()


class FailingExports(CaseApi):
    def test_failure_says_why_and_leaves_nothing(self):
        path = os.environ["PATH"]
        os.environ["PATH"] = "/nowhere"
        try:
            self.server.restart()
        finally:
            os.environ["PATH"] = path
        export = self.post(f"/v1/cases/{self.case()}/exports", status=202).json["export"]
        end = time.monotonic() + 120
        while (state := self.get(f"/v1/exports/{export}").json)["state"] in ("waiting", "working"):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)
        self.assertEqual(state["state"], "failed")
        self.assertTrue(state["detail"])
        self.assertNotIn(self.folder.name, state["detail"])
        self.get(f"/v1/exports/{export}/package", status=409)
        files = pathlib.Path(self.folder.name, "state", "exports")
        self.assertEqual(list(files.iterdir()), [])
        kinds = [decision["kind"] for decision in self.get(f"/v1/cases/{self.case()}").json["decisions"]]
        self.assertNotIn("export", kinds)


if __name__ == "__main__":
    unittest.main()
