"""Events, items and reports into a running server: counts, replays, faults, restarts, linking."""
import gzip
import json
import pathlib
import socket
import subprocess
import threading
import time
import unittest

from ward_case import OFFER, WARD, WardCase, event_lines
from ward_server import Server

HARMLESS = "明天一起吃饭"


TURN = [0]


def event(number, text=HARMLESS, **more):
    """An event of the running test's own group and accounts."""
    return {"id": f"m{number}", "platform": "qq", "group": f"g{TURN[0]}",
            "account": f"u{TURN[0]}-{number % 5}", "time": 1790000000 + number, "text": text,
            **more}


def wait_for(what, timeout=15):
    """The first true answer of what(), asked again and again."""
    end = time.monotonic() + timeout
    while True:
        found = what()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.05)


class IngestCase(WardCase):
    """One server for the class; every test has a group of its own."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        TURN[0] += 1

    def send(self, *events, **options):
        return self.server.post("/v1/events", event_lines(*events), **options)

    def rows(self):
        """Events in the store by id, as `ward audit` and the cases never show them: by API."""
        seen = {}
        for seq in range(1, 2000):
            reply = self.server.get(f"/v1/events/{seq}")
            if reply.status == 404:
                break
            row = reply.json
            seen[row["event"]["id"]] = row
        return seen

    def credentials(self):
        key = getattr(self.server, "key", None)
        return f"Authorization: Bearer {key}\r\n".encode() if key else b""

    def audit_is_good(self):
        done = self.ward("audit", "verify", "--store", self.server.store, packs=None)
        return done.returncode == 0


class CountsTest(IngestCase):
    def test_counts_and_replay(self):
        events = [event(i) for i in range(30)] + [event(30, OFFER)] + [
            event(i) for i in range(31, 60)]
        first = self.send(*events)
        self.assertEqual(first.status, 200, first)
        self.assertEqual(first.json, {"received": 60, "flagged": 1, "stored": 21, "duplicate": 0,
                                      "errors": [], "errors_left_out": 0})
        again = self.send(*events).json
        self.assertEqual((again["received"], again["flagged"], again["stored"],
                          again["duplicate"]), (60, 0, 0, 60))
        self.server.restart()
        later = self.send(*events).json
        self.assertEqual((later["received"], later["stored"], later["duplicate"]), (60, 0, 21))
        self.assertTrue(self.audit_is_good())

    def test_neighbours_come_from_other_bodies(self):
        for i in range(10):
            self.send(event(i))
        self.assertEqual(self.send(event(10, OFFER)).json["stored"], 11)
        self.assertEqual(self.send(event(11)).json["stored"], 1)

    def test_edited_text_is_kept_beside(self):
        self.assertEqual(self.send(event(1, OFFER)).json["stored"], 1)
        self.assertEqual(self.send(event(1, OFFER + "！")).json["stored"], 1)

    def test_context_reaches_over_bodies_and_raises(self):
        self.send(event(1, "感谢费"))
        both = self.send(event(2, "男宝宝")).json
        self.assertEqual(both["received"], 1)
        thread = self.send(event(3, "感谢费")).json
        self.assertEqual(thread["flagged"], 1)

    def test_without_id_the_content_is_the_name(self):
        line = json.dumps({"platform": "qq", "group": "g", "text": OFFER}, ensure_ascii=False)
        first = self.server.post("/v1/events", "\n\n" + line + "\n").json
        again = self.server.post("/v1/events", line).json
        self.assertEqual((first["stored"], again["stored"], again["duplicate"]), (1, 0, 1))

    def test_osprey_envelope(self):
        line = json.dumps({"send_time": "2026-11-01T08:00:00Z",
                           "data": {"action_id": 7, "action_name": "send_message",
                                    "data": {"content": OFFER, "user_id": "u1"}}})
        self.assertEqual(self.server.post("/v1/events", line).json["flagged"], 1)

    def test_empty_body(self):
        self.assertEqual(self.server.post("/v1/events", b"").json["received"], 0)


class FaultTest(IngestCase):
    def test_lines_at_fault_are_named(self):
        body = (json.dumps(event(1, OFFER)) + "\n{\"id\":\n" + json.dumps(event(2)) +
                "\n[1]\n" + json.dumps({"id": "x", "text": 5}) + "\n")
        reply = self.server.post("/v1/events", body).json
        self.assertEqual((reply["received"], reply["flagged"], reply["stored"]), (2, 1, 2))
        self.assertEqual([fault["line"] for fault in reply["errors"]], [2, 4, 5])
        self.assertTrue(all(fault["detail"] for fault in reply["errors"]))

    def test_faults_are_bounded(self):
        reply = self.server.post("/v1/events", "{\n" * 5000).json
        self.assertEqual(len(reply["errors"]), 100)
        self.assertEqual(reply["errors_left_out"], 4900)

    def test_gzip_and_zstd(self):
        lines = event_lines(*[event(i) for i in range(2000)], event(5000, OFFER)).encode()
        reply = self.server.post("/v1/events", gzip.compress(lines),
                                 headers={"Content-Encoding": "gzip"})
        self.assertEqual((reply.status, reply.json["received"], reply.json["flagged"]),
                         (200, 2001, 1), reply)
        packed = subprocess.run(["zstd", "-q", "-c"], input=lines, capture_output=True)
        if packed.returncode == 0:
            reply = self.server.post("/v1/events", packed.stdout,
                                     headers={"Content-Encoding": "zstd"}).json
            self.assertEqual(reply["duplicate"], 2001)
        self.assertEqual(self.server.post("/v1/events", lines,
                                          headers={"Content-Encoding": "br"}).status, 415)

    def test_damaged_gzip_keeps_its_begin(self):
        lines = event_lines(*[event(i, OFFER + str(i)) for i in range(3000)]).encode()
        packed = gzip.compress(lines)
        reply = self.server.post("/v1/events", packed[:len(packed) // 2])
        self.assertEqual(reply.status, 400, reply)
        whole = self.server.post("/v1/events", lines).json
        self.assertEqual(whole["received"], 3000)
        self.assertEqual(whole["stored"] + whole["duplicate"], 3000)
        self.assertTrue(self.audit_is_good())

    def test_body_cut_off(self):
        """A small body is taken when it is whole; of a large one the begin is stored already."""
        for count in (50, 12000):
            lines = event_lines(*[event(i, (OFFER if i % 40 == 0 else HARMLESS) + str(i),
                                        group=f"g{count}") for i in range(count)]).encode()
            cut = lines[:len(lines) * 3 // 4]
            with self.server.raw() as bare:
                bare.sendall(b"POST /v1/events HTTP/1.1\r\nHost: ward\r\n" + self.credentials() +
                             b"Content-Length: %d\r\n\r\n" % len(lines) + cut)
                time.sleep(0.5)
                bare.shutdown(socket.SHUT_RDWR)
            time.sleep(0.5)
            whole = self.server.post("/v1/events", lines).json
            self.assertEqual(whole["received"], count)
            if count > 50:
                self.assertGreaterEqual(whole["duplicate"], 1000)
                self.assertGreaterEqual(whole["stored"], 1)
            again = self.server.post("/v1/events", lines).json
            self.assertEqual((again["stored"], again["duplicate"]), (0, count))
        self.assertTrue(self.audit_is_good())


class ClientsTest(IngestCase):
    def test_two_clients_at_once(self):
        counts = [None, None]

        def client(number):
            events = [event(i, OFFER + str(i) if i % 50 == 0 else HARMLESS, group=f"two-{number}")
                      for i in range(4000)]
            counts[number] = [self.send(*events[at:at + 500]).json for at in range(0, 4000, 500)]
        threads = [threading.Thread(target=client, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for replies in counts:
            self.assertEqual(sum(reply["received"] for reply in replies), 4000)
            self.assertEqual(sum(reply["flagged"] for reply in replies), 80)
            self.assertEqual(sum(reply["duplicate"] for reply in replies), 0)
        self.assertTrue(self.audit_is_good())

    def test_slow_client_holds_up_nobody(self):
        head = (b"POST /v1/events HTTP/1.1\r\nHost: ward\r\n" + self.credentials() +
                b"Content-Length: 5000000\r\n\r\n")
        with self.server.raw() as slow:
            begin = event_lines(*[event(i, group="slow") for i in range(5000)]).encode()
            slow.sendall(head + begin + b'{"id":"half')  # enough to be at work on
            time.sleep(0.3)
            began = time.monotonic()
            for i in range(5):
                self.assertEqual(self.send(event(i)).status, 200)
            self.assertLess(time.monotonic() - began, 10)


class LinkTest(IngestCase):
    def is_linked(self):
        cases = self.server.get("/v1/cases").json["cases"]
        return any(f"qq/g{TURN[0]}" in case["groups"] for case in cases)

    def trade(self, at=0):
        return [event(at + i, OFFER + f" 加微信 trade_x{TURN[0]}",
                      account=f"seller{TURN[0]}")
                for i in range(3)]

    def test_cases_appear_by_themselves(self):
        self.send(*self.trade())
        self.assertTrue(wait_for(self.is_linked))

    def test_linking_is_made_up_for_after_a_kill(self):
        self.send(*self.trade())
        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        self.assertTrue(wait_for(self.is_linked))


class ItemsTest(IngestCase):
    def test_items_as_coop_sends_them(self):
        items = {"items": [{"id": "i1", "typeId": "DIRECT_MESSAGE",
                            "data": {"text": OFFER, "creator": {"id": "u1", "typeId": "USER"}}},
                           {"id": "i2", "typeId": "POST", "data": {"title": HARMLESS}}]}
        reply = self.server.post("/api/v1/items/async/", items)
        self.assertEqual((reply.status, reply.body), (202, b""), reply)
        rows = self.rows()
        self.assertEqual(rows["i1"]["event"]["account"], "u1")
        self.assertEqual(self.server.post("/api/v1/items/async/", items).status, 202)

    def test_bad_items_in_coops_form(self):
        for body in ({}, {"items": 5}, {"items": [{"id": 5}]}, {"items": [{"id": "a"}]}):
            reply = self.server.post("/api/v1/items/async/", body)
            self.assertEqual(reply.status, 400, body)
            fault = reply.json["errors"][0]
            self.assertEqual(fault["status"], 400)
            self.assertTrue(fault["detail"] and fault["title"])
        self.assertEqual(self.server.post("/api/v1/items/async/", "{").status, 400)

    def test_own_names(self):
        items = {"items": [{"id": "i9", "typeId": "x", "data": {"slogan": OFFER}}]}
        self.server.post("/api/v1/items/async/?fields=text=slogan&platform=app", items)
        self.assertEqual(self.rows()["i9"]["event"]["platform"], "app")

    def test_report_as_coop_sends_it(self):
        message = {"typeId": "DIRECT_MESSAGE", "data": {"text": HARMLESS}}
        body = {"reporter": {"kind": "user", "typeId": "USER", "id": "r1"},
                "reportedAt": "2026-11-01T08:00:00Z",
                "reportedForReason": {"policyId": "p1", "reason": "sells a child"},
                "reportedItem": {"id": "i5", **message},
                "reportedItemThread": [{"id": "i4", **message}, {"id": "i6", "typeId": "X"}]}
        reply = self.server.post("/api/v1/report", body)
        self.assertEqual(reply.status, 201, reply)
        report = self.server.get("/v1/reports/" + reply.json["reportId"]).json
        self.assertEqual(report["reporter"], {"account": "r1"})
        self.assertEqual(report["reason"], "sells a child (policy p1)")
        self.assertEqual(report["reported"]["event"]["id"], "i5")
        self.assertEqual([row["event"]["id"] for row in report["thread"]], ["i4"])


class ReportTest(IngestCase):
    def setUp(self):
        super().setUp()
        self.body = {"reported": event(5), "thread": [event(i) for i in range(5)],
                     "reporter": {"account": "r1", "note": "他说要送孩子"}, "reason": "trade"}

    def listed(self, query=""):
        """Reports of this test's group."""
        rows = self.server.get("/v1/reports" + query).json["reports"]
        return [row for row in rows if row["reported"]["group"] == f"g{TURN[0]}"]

    def test_report_keeps_an_event_of_level_none(self):
        reply = self.server.post("/v1/reports", self.body)
        self.assertEqual(reply.status, 201, reply)
        self.assertEqual(reply.json["level"], "none")
        listed = self.listed()
        self.assertEqual([row["report"] for row in listed], [reply.json["report"]])
        self.assertEqual(listed[0]["thread_events"], 5)
        self.assertNotIn(HARMLESS, json.dumps(listed, ensure_ascii=False))
        whole = self.server.get("/v1/reports/" + reply.json["report"]).json
        self.assertEqual(whole["reported"]["event"]["text"], HARMLESS)
        self.assertEqual(whole["reported"]["verdict"]["level"], "none")
        self.assertEqual(len(whole["thread"]), 5)
        self.assertTrue(self.audit_is_good())

    def test_thread_is_context(self):
        body = {**self.body, "reported": event(5, "感谢费"),
                "thread": [event(4, "男宝宝", account=event(5)["account"])]}
        alone = self.server.post("/v1/check", body["reported"]).json
        reply = self.server.post("/v1/reports", body).json
        self.assertEqual(alone["level"], "none")
        self.assertEqual(reply["level"], "review")

    def test_same_report_is_one(self):
        first = self.server.post("/v1/reports", self.body).json
        again = self.server.post("/v1/reports", self.body).json
        self.assertEqual(first["report"], again["report"])
        self.assertTrue(again["repeated"])
        self.assertEqual(len(self.listed()), 1)

    def test_closing(self):
        report = self.server.post("/v1/reports", self.body).json["report"]
        closed = self.server.post(f"/v1/reports/{report}/close", {"note": "聊天而已"})
        self.assertEqual(closed.status, 200, closed)
        self.assertEqual(self.server.post(f"/v1/reports/{report}/close", {}).status, 409)
        self.assertEqual(self.listed(), [])
        rows = self.listed("?state=closed")
        self.assertEqual((rows[0]["report"], rows[0]["note"]), (report, "聊天而已"))
        self.assertEqual(self.server.get("/v1/reports/R-0000").status, 404)

    def test_pages(self):
        for number in range(5):
            self.server.post("/v1/reports", {**self.body, "reason": str(number)})
            time.sleep(0.002)
        seen, after = [], ""
        while True:
            page = self.server.get(f"/v1/reports?limit=2{after}").json
            seen += [row["reason"] for row in page["reports"]
                     if row["reported"]["group"] == f"g{TURN[0]}"]
            if not page["next"]:
                break
            after = "&after=" + page["next"].replace(" ", "%20")
        self.assertEqual(sorted(seen), list("01234"))
        self.assertEqual(len(seen), 5)

    def erase(self, *words):
        self.ward("erase", "--yes", "--who", "tests", "--store", self.server.store, *words,
                  packs=None, status=0)

    def test_erasing_reaches_what_was_reported(self):
        """The reporter's words go with the event, its key too; so do those of an erased reporter."""
        note, reason, closing = "报告人写的七九四二话", "原因五一八零", "审核备注三三六一"
        body = {**self.body, "reporter": {"account": "r7942", "note": note}, "reason": reason}
        report = self.server.post("/v1/reports", body).json["report"]
        self.server.post(f"/v1/reports/{report}/close", {"note": closing})
        other = self.server.post("/v1/reports", {
            **self.body, "reported": event(4), "thread": [event(5), event(3)],
            "reporter": {"account": "r5180", "note": note}, "reason": reason}).json["report"]
        key = ("qq", f"g{TURN[0]}", "m5")
        self.erase("event", *key)
        gone = self.server.get(f"/v1/reports/{report}").json
        self.assertEqual((gone["reporter"], gone["reason"], gone["state"]), ({}, "", "closed"))
        self.assertNotIn("note", gone)
        self.assertEqual(gone["reported"], {"erased": True})
        self.assertEqual([row["event"]["id"] for row in gone["thread"]], [f"m{i}" for i in range(5)])
        kept = self.server.get(f"/v1/reports/{other}").json
        self.assertEqual((kept["reporter"]["note"], kept["reason"]), (note, reason))
        self.assertEqual(kept["thread"][0], {"erased": True})
        self.erase("account", "qq", f"u{TURN[0]}-4")
        gone = self.server.get(f"/v1/reports/{other}").json
        self.assertEqual((gone["reporter"], gone["reason"]), ({}, ""))
        third = self.server.post("/v1/reports", {
            **self.body, "reported": event(8), "reporter": {"account": f"u{TURN[0]}-2", "note": note},
            "reason": reason}).json["report"]
        self.erase("account", "qq", f"u{TURN[0]}-2")
        gone = self.server.get(f"/v1/reports/{third}").json
        self.assertEqual((gone["reporter"], gone["reason"]), ({}, ""))
        self.assertEqual(gone["reported"]["event"]["id"], "m8")
        self.assertTrue(self.audit_is_good())
        for path in filter(pathlib.Path.is_file, self.server.folder.glob("case.db*")):
            for words in (note, reason, closing, "r7942", "r5180"):
                self.assertNotIn(words.encode(), path.read_bytes(), (path, words))

    def test_bad_reports(self):
        for body in ({}, {"reported": 5}, {"reported": {"text": "x"}},
                     {"reported": event(1), "thread": 5},
                     {"reported": event(1), "thread": [5]},
                     {"reported": event(1), "reason": "x" * 5000}):
            self.assertEqual(self.server.post("/v1/reports", body).status, 400, body)


class QueryTest(WardCase):
    @classmethod
    def setUpClass(cls):
        packs = str(__import__("pathlib").Path(__file__).resolve().parents[2] / "packs")
        cls.server = Server(packs=packs)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_query_is_shown_the_lawful_way(self):
        reply = self.server.post("/v1/check/query", {"text": "领养男孩"}).json
        self.assertEqual(reply["level"], "none")
        rules = [row["rule"] for row in reply["show"]]
        self.assertIn("CN/adopt/steps", rules)
        self.assertIn("CN/report", rules)
        for row in reply["show"]:
            self.assertTrue(row["says"]["zh"] and row["says"]["en"], row)
        self.assertTrue(any("12345" in step["zh"] for row in reply["show"]
                            for step in row.get("steps", [])))

    def test_ordinary_query_is_shown_nothing(self):
        reply = self.server.post("/v1/check/query", {"text": "今天天气"}).json
        self.assertEqual((reply["level"], reply["show"]), ("none", []))

    def test_names(self):
        reply = self.server.post("/v1/check/name", {"text": "送养女宝 女婴", "kind": "group_name"})
        self.assertIn(reply.json["level"], ("watch", "review", "urgent"))
        self.assertTrue(reply.json["show"])
        reply = self.server.post("/v1/check/name", {"text": "同城羽毛球", "kind": "group_name"})
        self.assertEqual((reply.json["level"], reply.json["show"]), ("none", []))
        reply = self.server.post("/v1/check/name", {"text": "阿明", "kind": "alias"}).json
        self.assertEqual(reply["level"], "none")

    def test_bad_requests(self):
        for path, body in (("query", {}), ("query", {"text": 5}), ("query", {"text": ""}),
                           ("name", {"text": "x", "kind": "message"}), ("query", "[]"),
                           ("query", "{")):
            self.assertEqual(self.server.post(f"/v1/check/{path}", body).status, 400, body)
        self.assertEqual(self.server.post("/v1/check/query", {"text": "x" * 5000}).status, 413)


if __name__ == "__main__":
    unittest.main()
