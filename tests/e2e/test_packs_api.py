#!/usr/bin/env python3
"""Words and rules over HTTP: listing, the overlay's life from draft to rollback, dry runs,
statistics, the audit log, webhooks. The conversation is that of the tests of casework."""
import hashlib
import hmac
import http.server
import json
import pathlib
import signal
import threading
import time
import unittest

from ward_case import event_lines
from ward_server import Server
from test_cases import PACKS, two_groups
from test_replay import OVERLAY

FILM = "这个电影不错"


def wait_for(look, seconds=20):
    """The first true answer of `look`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


class Api(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.server = Server(packs=PACKS)
        self.addCleanup(self.server.close)

    def expect(self, status, method, path, body=None, **options):
        reply = self.server.ask(method, path, body, **options)
        self.assertEqual(reply.status, status, (method, path, reply.body[:500]))
        if reply.status >= 400:
            self.assertEqual(reply.headers["content-type"].split(";")[0],
                             "application/problem+json")
            problem = reply.json
            self.assertEqual(problem["status"], status)
            self.assertTrue(problem["type"].startswith("urn:ward:problem:"))
            self.assertNotIn(str(self.server.folder), reply.body.decode())
        return reply

    def ingest(self):
        self.expect(200, "POST", "/v1/events", event_lines(*two_groups()),
                    headers={"Content-Type": "application/x-ndjson"})

    def write(self, name, text, status=201, **options):
        return self.expect(status, "PUT", f"/v1/overlay/{name}", text, **options)

    def write_overlay(self):
        for name, text in OVERLAY.items():
            self.write(name, text)

    def level(self):
        return self.expect(200, "POST", "/v1/check", {"id": "f", "text": FILM}).json["level"]


class Listing(Api):
    def test_packs_with_their_files(self):
        listed = self.expect(200, "GET", "/v1/packs").json
        self.assertEqual([p["name"] for p in listed["packs"]],
                         ["en-trade", "sea-trade", "zh-trade"])
        for pack in listed["packs"]:
            self.assertGreater(min(pack["signals"], pack["rules"]), 3, pack["name"])
            self.assertGreater(len(pack["sources"]), 1)
            for file in pack["files"]:
                whole = pathlib.Path(PACKS, pack["name"], file["path"]).read_bytes()
                self.assertEqual(file["bytes"], len(whole))
        self.assertGreater(sum(p["law"] for p in listed["packs"]), 5)
        one = self.expect(200, "GET", "/v1/packs/zh-trade/files/rules/"
                          + next(f["path"] for p in listed["packs"] for f in p["files"]
                                 if p["name"] == "zh-trade" and f["path"].startswith("rules/"))
                          .split("/")[1])
        self.assertIn(b"rules:", one.body)
        self.assertIn("text/yaml", one.headers["content-type"])

    def test_no_path_leads_out(self):
        for path in ("../../../etc/passwd", "..%2F..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd",
                     "rules/..%2f..%2fpack.yaml", "rules%00.yaml", "./pack.yaml", "rules",
                     "....//pack.yaml", "", "pack.yaml%00"):
            self.expect(404, "GET", f"/v1/packs/zh-trade/files/{path}")
            for method in ("GET", "DELETE"):
                reply = self.server.ask(method, f"/v1/overlay/{path}")
                self.assertIn(reply.status, (400, 404), (method, path, reply))
            reply = self.server.ask("PUT", f"/v1/overlay/{path}", "x: 1")
            self.assertIn(reply.status, (400, 404, 405), (path, reply))
        self.expect(404, "GET", "/v1/packs/..%2Fpacks/files/pack.yaml")

    def test_terms_by_word_name_and_sentence(self):
        self.ingest()
        found = self.expect(200, "GET", "/v1/packs/terms?limit=200&query=%E5%A5%B3%E5%AE%9D").json
        kinds = {f["kind"] for f in found["found"]}
        self.assertEqual(kinds, {"signal", "rule"})
        self.assertTrue(found["counted"]["complete"])
        self.assertGreater(found["counted"]["events"], 20)
        self.assertTrue(any(f["hits"] for f in found["found"] if f["kind"] == "rule"))
        self.assertTrue(any(f["hits"] for f in found["found"] if f["kind"] == "signal"))
        for item in found["found"]:
            if item["kind"] == "rule":
                self.assertNotIn("/tmp", item["file"])
        everything, after = [], ""
        while True:
            page = self.expect(200, "GET", f"/v1/packs/terms?limit=100{after}").json
            everything += [(f["kind"], f["name"]) for f in page["found"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        self.assertEqual(len(everything), len(set(everything)))
        self.assertGreater(len(everything), 150)
        nothing = self.expect(200, "GET", "/v1/packs/terms?query=no-such-thing-anywhere").json
        self.assertEqual((nothing["found"], nothing["next"]), ([], None))

    def test_about_and_description(self):
        about = self.expect(200, "GET", "/v1/about").json
        self.assertGreater(len(about["sources"]), 20)
        reply = self.expect(200, "GET", "/v1/openapi.json")
        self.assertEqual(reply.json["openapi"], "3.1.0")
        self.expect(304, "GET", "/v1/openapi.json",
                    headers={"If-None-Match": reply.headers["etag"]})


class Overlay(Api):
    def test_from_draft_to_rollback(self):
        before = self.expect(200, "GET", "/v1/packs").json
        self.assertEqual((before["active"], before["overlay"]["files"]), (0, []))
        self.write_overlay()
        self.assertEqual(self.level(), "none")
        checked = self.expect(200, "POST", "/v1/packs/validate").json
        self.assertTrue(checked["ok"], checked)
        self.assertEqual(checked["tests"]["passed"], before["examples"] + 1)
        put = self.expect(200, "POST", "/v1/packs/activate", {"note": "films, 试一试"}).json
        self.assertEqual(put["active"], 1)
        self.assertTrue(any(name.startswith("local@1+") for name in put["packs"]))
        self.assertNotEqual(self.level(), "none")
        self.write("rules/r.yaml", OVERLAY["rules/r.yaml"].replace("9.5", "0.1"), status=200)
        self.assertEqual(self.expect(200, "POST", "/v1/packs/activate",
                                     {"note": "less"}).json["active"], 2)
        self.assertEqual(self.level(), "none")
        self.expect(200, "POST", "/v1/packs/rollback", {"to": 1})
        self.assertNotEqual(self.level(), "none")
        self.expect(200, "POST", "/v1/packs/rollback", {"to": 0})
        self.assertEqual(self.level(), "none")
        self.expect(404, "POST", "/v1/packs/rollback", {"to": 9})
        versions = self.expect(200, "GET", "/v1/packs/versions").json
        self.assertEqual([v["version"] for v in versions["versions"]], [2, 1])
        self.assertEqual(versions["versions"][1]["note"], "films, 试一试")
        self.assertEqual(versions["active"], 0)
        page = self.expect(200, "GET", "/v1/packs/versions?limit=1").json
        self.assertEqual(page["next"], "2")
        page = self.expect(200, "GET", "/v1/packs/versions?limit=1&after=2").json
        self.assertEqual(([v["version"] for v in page["versions"]], page["next"]), ([1], None))
        entries = self.expect(200, "GET", "/v1/audit?kind=pack-activate").json["entries"]
        self.assertEqual([e["body"]["to"] for e in entries], [2, 1])
        self.assertEqual(len(self.expect(200, "GET", "/v1/audit?kind=pack-rollback")
                             .json["entries"]), 2)

    def test_a_broken_draft_never_comes_into_force(self):
        self.write_overlay()
        self.expect(200, "POST", "/v1/packs/activate", {"note": "good"})
        self.write("rules/r.yaml", OVERLAY["rules/r.yaml"].replace("movie-word", "movie-wort"),
                   status=200)
        checked = self.expect(200, "POST", "/v1/packs/validate").json
        self.assertFalse(checked["ok"])
        error = checked["errors"][0]
        self.assertEqual((error["file"], error["line"], error["column"]),
                         ("overlay/rules/r.yaml", 3, 11))
        self.assertIn("movie-word", error["message"])
        self.assertEqual(error["text"], "    when: movie-wort")
        self.expect(409, "POST", "/v1/packs/activate", {"note": "broken"})
        self.assertNotEqual(self.level(), "none")
        self.write("rules/r.yaml",
                   OVERLAY["rules/r.yaml"].replace(f"match: [{FILM}]", "match: [今天下雨了]"),
                   status=200)
        checked = self.expect(200, "POST", "/v1/packs/validate").json
        self.assertEqual((checked["ok"], checked["errors"], checked["tests"]["failed"]),
                         (False, [], 1))
        failure = checked["tests"]["failures"][0]
        self.assertEqual((failure["file"], failure["text"], failure["wanted"]),
                         ("overlay/rules/r.yaml", "今天下雨了", True))
        self.expect(409, "POST", "/v1/packs/activate", {"note": "an example fails"})
        self.assertEqual([v["version"] for v in
                          self.expect(200, "GET", "/v1/packs/versions").json["versions"]], [1])

    def test_drafts_meet_conditions(self):
        made = self.write("signals/s.yaml", OVERLAY["signals/s.yaml"],
                          headers={"If-None-Match": "*"})
        etag = made.headers["etag"]
        self.assertEqual(etag.strip('"'), made.json["etag"])
        self.write("signals/s.yaml", "signals: {}\n", status=412, headers={"If-None-Match": "*"})
        self.write("signals/s.yaml", "signals: {}\n", status=412, headers={"If-Match": '"0"'})
        self.expect(304, "GET", "/v1/overlay/signals/s.yaml", headers={"If-None-Match": etag})
        changed = self.write("signals/s.yaml", "signals: {}\n", status=200,
                             headers={"If-Match": etag})
        self.expect(412, "DELETE", "/v1/overlay/signals/s.yaml", headers={"If-Match": etag})
        self.expect(409, "DELETE", "/v1/overlay/pack.yaml")
        self.expect(204, "DELETE", "/v1/overlay/signals/s.yaml",
                    headers={"If-Match": changed.headers["etag"]})
        self.expect(404, "GET", "/v1/overlay/signals/s.yaml")
        self.write("signals/big.yaml", "#" * (1 << 20) + "#", status=413)

    def test_in_force_after_restart_reload_and_a_kill(self):
        self.write_overlay()
        self.expect(200, "POST", "/v1/packs/activate", {"note": "films"})
        self.server.restart()
        self.assertNotEqual(self.level(), "none")
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_log("reloaded")
        self.assertNotEqual(self.level(), "none")
        self.server.stop(signal.SIGKILL)
        for left in ("versions/.new/pack/rules", ".draft/signals"):
            (self.server.folder / "overlay" / left).mkdir(parents=True, exist_ok=True)
        self.server.start()
        self.assertNotEqual(self.level(), "none")
        self.assertEqual(self.expect(200, "GET", "/v1/packs").json["active"], 1)
        self.expect(200, "POST", "/v1/packs/activate", {"note": "again"})

    def test_other_packs_after_a_reload(self):
        """What settings name is read anew; the overlay stays on top, before and after."""
        conf = self.server.folder / "ward.conf"
        conf.write_text(f"packs = {PACKS}\n")
        self.server.stop()
        command = self.server.command

        def without_packs():
            words = command()
            at = words.index("--packs")
            return words[:at] + ["--config", str(conf)] + words[at + 2:]
        self.server.command = without_packs
        self.server.start()
        self.write_overlay()
        self.expect(200, "POST", "/v1/packs/activate", {"note": "films"})
        conf.write_text(f"packs = {PACKS}/zh-trade\n")
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_log("reloaded")

        def names():
            return [p["name"] for p in self.expect(200, "GET", "/v1/packs").json["packs"]]
        self.assertEqual(names(), ["zh-trade", "local"])
        self.assertNotEqual(self.level(), "none")
        self.expect(200, "POST", "/v1/packs/rollback", {"to": 0})
        self.assertEqual(names(), ["zh-trade"])

    def test_what_is_not_well_formed(self):
        for body in ("", "[]", "{", '{"note":""}', '{"note":7}', '{}'):
            self.expect(400, "POST", "/v1/packs/activate", body)
        for body in ("", '{"to":-1}', '{"to":"1"}', '{"to":1e30}', '{}'):
            self.expect(400, "POST", "/v1/packs/rollback", body)
        self.expect(409, "POST", "/v1/packs/activate", {"note": "no draft"})
        for query in ("limit=0", "limit=201", "limit=x", "limit=", "after=-1", "after=x"):
            self.expect(400, "GET", f"/v1/packs/versions?{query}")


class DryRuns(Api):
    def run_dry(self, body=None):
        run = self.expect(202, "POST", "/v1/packs/dry-run", body).json["run"]

        def ended():
            reply = self.expect(200, "GET", f"/v1/packs/dry-run/{run}").json
            return reply if reply["state"] in ("done", "failed") else None
        return wait_for(ended)

    def test_differences_on_stored_history(self):
        self.ingest()
        same = self.run_dry()
        self.assertEqual((same["differ"], same["changed"], same["next"]), (0, [], None))
        self.write_overlay()
        found = self.run_dry({"limit": 1000})
        self.assertEqual(found["state"], "done")
        self.assertEqual(found["judged"], same["judged"])
        film = [c for c in found["changed"] if "speaks-of-a-film" in c["rules"]["added"]]
        self.assertGreater(len(film), 0)
        self.assertEqual({c["before"]["level"] for c in film}, {"none"})
        self.assertGreater(found["levels"]["before"]["none"], found["levels"]["after"]["none"])
        self.assertEqual(self.level(), "none")
        pages, after = [], "0"
        while after is not None:
            page = self.expect(200, "GET", f"/v1/packs/dry-run/{found['run']}?limit=1"
                               f"&after={after}").json
            pages += page["changed"]
            after = page["next"]
        self.assertEqual(pages, found["changed"])

    def test_a_broken_draft_is_told(self):
        self.write("rules/r.yaml", "rules:\n  x: {when: nothing-known, weight: 1}\n")
        failed = self.run_dry()
        self.assertEqual(failed["state"], "failed")
        self.assertTrue(failed["detail"])
        self.expect(404, "GET", "/v1/packs/dry-run/0123456789abcdef")
        self.expect(400, "POST", "/v1/packs/dry-run", {"limit": 0})
        self.expect(400, "POST", "/v1/packs/dry-run", "[")


class Figures(Api):
    def test_statistics(self):
        self.ingest()
        told = self.expect(200, "GET", "/v1/statistics").json
        self.assertTrue(told["counted"]["complete"])
        self.assertEqual([v["day"] for v in told["volumes"]], ["2026-03-01"])
        flagged = sum(sum(v[level] for level in ("watch", "review", "urgent"))
                      for v in told["volumes"])
        self.assertEqual(flagged, sum(told["roles"].values()))
        self.assertGreaterEqual(flagged, 3)
        self.assertGreater(told["roles"]["offer"], 0)
        fen = {p["median_fen"] for p in told["prices"]}
        self.assertTrue(fen & {9000000, 10000000, 9500000}, told["prices"])
        self.assertEqual({p["month"] for p in told["prices"]}, {"2026-03"})
        for query in ("from=2026-03-02", "to=2026-02-28"):
            self.assertEqual(self.expect(200, "GET", f"/v1/statistics?{query}").json["volumes"], [])
        inside = self.expect(200, "GET", "/v1/statistics?from=2026-03-01&to=2026-03-01").json
        self.assertEqual(inside["volumes"], told["volumes"])
        for query in ("from=2026-02-30", "to=x", "from=2026-03-02&to=2026-03-01"):
            self.expect(400, "GET", f"/v1/statistics?{query}")

    def test_the_log_is_read_backwards_and_verified(self):
        self.ingest()
        everything, after = [], ""
        while True:
            page = self.expect(200, "GET", f"/v1/audit?limit=2{after}").json
            everything += page["entries"]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        numbers = [e["seq"] for e in everything]
        self.assertEqual(numbers, list(range(numbers[0], 0, -1)))
        kinds = {e["kind"] for e in everything}
        self.assertIn("ingest", kinds)
        only = self.expect(200, "GET", "/v1/audit?kind=ingest").json["entries"]
        self.assertEqual({e["kind"] for e in only}, {"ingest"})
        self.assertEqual(self.expect(200, "GET", "/v1/audit?who=no-such-one").json["entries"], [])
        report = self.expect(200, "POST", "/v1/audit/verify").json
        self.assertTrue(report["good"], report)
        self.assertGreater(report["rows"], 20)


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes webhooks; answers as the server's `answers` say, one by one, then 200."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Webhooks(Api):
    def setUp(self):
        super().setUp()
        self.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.receiver.got, self.receiver.answers = [], []
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()
        self.addCleanup(self.receiver.server_close)
        self.addCleanup(self.receiver.shutdown)
        self.url = f"http://127.0.0.1:{self.receiver.server_port}/hook"

    def case(self):
        self.ingest()

        def found():
            return self.expect(200, "GET", "/v1/cases").json["cases"]
        return wait_for(found)[0]["case"]

    def decide(self, case, **decision):
        return self.expect(201, "POST", f"/v1/cases/{case}/decisions", decision).json

    def receipts(self, hook):
        return self.expect(200, "GET", f"/v1/webhooks/{hook['id']}/deliveries").json["deliveries"]

    def test_signed_and_told_once(self):
        case = self.case()
        self.decide(case, kind="note", note="before the webhook")
        hook = self.expect(201, "POST", "/v1/webhooks",
                           {"url": self.url, "kinds": ["decision", "referral"]}).json
        self.assertNotIn("secret", self.expect(200, "GET", "/v1/webhooks").json["webhooks"][0])
        self.decide(case, kind="confirm", note="secret words of a reviewer")
        self.decide(case, kind="refer", reason="police of Guangzhou")
        wait_for(lambda: len(self.receiver.got) >= 3)
        time.sleep(1.5)
        self.assertEqual(len(self.receiver.got), 3)
        told = []
        for path, headers, body in self.receiver.got:
            self.assertEqual(path, "/hook")
            parts = dict(part.split("=", 1) for part in headers["Ward-Signature"].split(","))
            self.assertLess(abs(int(parts["t"]) - time.time()), 60)
            self.assertEqual(parts["v1"], hmac.new(
                hook["secret"].encode(), f"{parts['t']}.".encode() + body,
                hashlib.sha256).hexdigest())
            self.assertNotIn(b"secret words", body)
            message = json.loads(body)
            self.assertEqual(message["delivery"], headers["Ward-Delivery"])
            told.append((message["kind"], message["decision"]["kind"],
                         message["decision"]["case"]))
        self.assertEqual(sorted(told), [("decision", "confirm", case), ("decision", "refer", case),
                                        ("referral", "refer", case)])
        receipts = wait_for(lambda: all(r["state"] == "delivered" for r in self.receipts(hook))
                            and self.receipts(hook))
        self.assertEqual([r["status"] for r in receipts], [200] * 3)
        self.server.restart()
        time.sleep(2.5)
        self.assertEqual(len(self.receiver.got), 3)
        self.expect(204, "DELETE", f"/v1/webhooks/{hook['id']}")
        self.expect(404, "DELETE", f"/v1/webhooks/{hook['id']}")
        self.expect(404, "GET", f"/v1/webhooks/{hook['id']}/deliveries")
        log = self.server.log_path.read_text()
        self.assertNotIn(hook["secret"], log)

    def test_tried_again_and_never_redirected(self):
        case = self.case()
        hook = self.expect(201, "POST", "/v1/webhooks", {"url": self.url, "kinds": ["decision"]}).json
        self.receiver.answers += [302]
        self.decide(case, kind="confirm")
        first = wait_for(lambda: [r for r in self.receipts(hook) if r["attempts"] == 1])[0]
        self.assertEqual((first["state"], first["status"]), ("waiting", 302))
        self.assertIn("next", first)
        second = wait_for(lambda: [r for r in self.receipts(hook) if r["attempts"] == 2])[0]
        self.assertEqual((second["state"], second["status"]), ("delivered", 200))
        self.assertEqual({path for path, _, _ in self.receiver.got}, {"/hook"})
        self.assertEqual(len({body for _, _, body in self.receiver.got}), 1)

    def test_a_case_is_opened(self):
        hook = self.expect(201, "POST", "/v1/webhooks",
                           {"url": self.url, "kinds": ["case-opened"]}).json
        case = self.case()
        wait_for(lambda: self.receiver.got)
        message = json.loads(self.receiver.got[0][2])
        self.assertEqual((message["kind"], message["case"]["case"]), ("case-opened", case))
        self.assertTrue(wait_for(lambda: self.receipts(hook)))

    def test_addresses_that_may_be_registered(self):
        for url in ("http://example.org/", "ftp://example.org/", "https://", "https://a b/",
                    "https://user@example.org/", "file:///etc/passwd", "http://127.evil.example/",
                    "https://example.org/#x", "http://[::1", "gopher://127.0.0.1/",
                    "http://localhost.evil.example/", "https://example.org:x/"):
            self.expect(400, "POST", "/v1/webhooks", {"url": url, "kinds": ["decision"]})
        for kinds in ([], ["x"], [1], "decision", None):
            self.expect(400, "POST", "/v1/webhooks", {"url": self.url, "kinds": kinds})
        self.expect(404, "GET", "/v1/webhooks/zz/deliveries")


if __name__ == "__main__":
    unittest.main()
