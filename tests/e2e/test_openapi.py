#!/usr/bin/env python3
"""Real answers against the API's description, and every operation under made-up requests.

`FUZZ_SECONDS` (default 20) bounds the second; `FUZZ_SEED` repeats a run.
"""
import http.client
import json
import os
import socket
import time
import unittest
import urllib.parse

import jsonschema

from openapi_client import METHODS, NASTY, Description, Maker
from ward_case import OFFER, event_lines
from ward_server import Reply, Server
from test_cases import PACKS, two_groups
from test_packs_api import wait_for
from test_replay import OVERLAY

NDJSON = {"Content-Type": "application/x-ndjson"}
YAML = {"Content-Type": "text/yaml"}
# Operations that cost a good part of a second each: asked now and then.
HEAVY = {"signIn": 0.02, "firstAdministrator": 0.1, "changePassword": 0.05, "addUser": 0.05,
         "changeUser": 0.05, "validate": 0.03, "activate": 0.03, "rollback": 0.03, "dryRun": 0.05,
         "export": 0.02, "changes": 0.1, "verify": 0.1, "merge": 0.2, "split": 0.2, "packs": 0.3,
         "packFile": 0.3}
# A wait for news; what waits behind an export under way.
WAITS = ("/v1/changes", "/v1/audit/verify")


class Described(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(packs=PACKS)
        cls.addClassCleanup(cls.shut)
        cls.description = Description(cls.server.get("/v1/openapi.json").json)

    @classmethod
    def shut(cls):
        """Exports that were asked for are left; nothing is waited for."""
        status = cls.server.stop()
        cls.server.close()
        assert status == 0, status

    def ask(self, method, path, body=None, **options):
        """One request whose answer must be as described."""
        reply = self.server.ask(method, path, body, **options)
        fault = self.description.check(method, path, reply)
        self.assertIsNone(fault, (method, path, reply))
        self.asked.add(self.description.find(method, path)["operationId"])
        return reply

    asked = set()


class Answers(Described):
    def test_the_description_is_sound(self):
        document = self.description.document
        for name, schema in document["components"]["schemas"].items():
            jsonschema.Draft202012Validator.check_schema(schema)
            self.assertRegex(name, r"^[A-Z]")

        def walk(node):
            if isinstance(node, dict):
                if "$ref" in node:
                    self.description.resolve(node)
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)
        walk(document)
        for path, item in document["paths"].items():
            self.assertEqual(set(item) - set(METHODS), set(), path)

    def test_real_answers_are_as_described(self):
        """One visit to every operation, as programs and people make them."""
        ask = self.ask
        event = {"id": "e1", "text": OFFER, "platform": "qq", "group": "g", "account": "u"}
        for path in ("/healthz", "/readyz", "/metrics", "/v1/about", "/v1/session", "/v1/users",
                     "/v1/keys", "/v1/openapi.json"):
            ask("GET", path)
        for query in ("", "?explain=1"):
            self.assertEqual(ask("POST", f"/v1/check{query}", event).status, 200)
        ask("POST", "/v1/check", {**event, "context": [event]})
        ask("POST", "/v1/check/batch", {"events": [event, {"id": "2", "text": "你好"}]})
        ask("POST", "/v1/check/batch", event_lines(event), headers=NDJSON)
        ask("POST", "/v1/check/query", {"text": "领养 女宝"})
        ask("POST", "/v1/check/name", {"text": "送养群", "kind": "group_name"})
        ingested = ask("POST", "/v1/events", event_lines(*two_groups()) + "{\n", headers=NDJSON)
        self.assertGreater(ingested.json["flagged"], 2)
        self.assertEqual(len(ingested.json["errors"]), 1)
        item = {"id": "c1", "typeId": "message", "data": {"text": OFFER}}
        self.assertEqual(ask("POST", "/api/v1/items/async/", {"items": [item]}).status, 202)
        self.assertEqual(ask("POST", "/api/v1/items/async", {"items": [item]}).status, 202)
        ask("POST", "/api/v1/report", {
            "reporter": {"kind": "user", "typeId": "user", "id": "r"}, "reportedItem": item,
            "reportedAt": "2026-03-01T08:00:00Z",
            "reportedForReason": {"policyId": "p", "reason": "sells a child"}})
        report = ask("POST", "/v1/reports", {
            "reported": {**event, "id": "r1"}, "thread": [{**event, "id": "r0", "text": "在吗"}],
            "reporter": {"account": "u3", "note": "sells"}, "reason": "child"}).json["report"]
        ask("GET", "/v1/reports")
        ask("GET", f"/v1/reports/{report}")
        case = wait_for(lambda: ask("GET", "/v1/cases").json["cases"])[0]["case"]
        self.cases(case)
        self.packs()
        self.administration(case)
        ask("POST", f"/v1/reports/{report}/close", {"outcome": "seen", "note": "done"})
        settings = ask("GET", "/v1/settings").json
        self.assertEqual(ask("PUT", "/v1/settings", settings).status, 200)
        export = ask("POST", f"/v1/cases/{case}/exports").json["export"]
        ask("GET", f"/v1/exports/{export}")
        ask("GET", f"/v1/exports/{export}/package")
        self.assertEqual(ask("DELETE", f"/v1/exports/{export}").json["state"], "cancelled")
        ask("GET", f"/v1/exports/{export}")
        known = {o[3]["operationId"] for o in self.description.operations}
        self.assertEqual(known - self.asked, set())

    def cases(self, case):
        ask = self.ask
        for query in ("limit=1", "state=open", "unassigned=1", "urgency=high", "assignee=nobody"):
            ask("GET", f"/v1/cases?{query}")
        whole = ask("GET", f"/v1/cases/{case}")
        self.assertTrue(whole.json["people"])
        ask("GET", f"/v1/cases/{case}/events?limit=2")
        person = ask("GET", f"/v1/people?case={case}").json["people"][0]["person"]
        ask("GET", f"/v1/people/{person}")
        group = ask("GET", "/v1/groups").json["groups"][0]["group"]
        ask("GET", "/v1/groups/" + urllib.parse.quote(group, safe=""))
        ask("GET", "/v1/events/1")
        ask("GET", "/v1/changes?after=0")
        ask("POST", f"/v1/cases/{case}/claim")
        ask("DELETE", f"/v1/cases/{case}/claim")
        for kind in ("note", "confirm", "hold", "release", "escalate", "reopen"):
            self.assertEqual(ask("POST", f"/v1/cases/{case}/decisions",
                                 {"kind": kind, "note": "n"}).status, 201, kind)
        ask("POST", f"/v1/cases/{case}/decisions", {"kind": "refer", "reason": "police"})
        ask("GET", "/v1/referrals")
        ask("PUT", "/v1/settings", ask("GET", "/v1/settings").json)
        ask("POST", f"/v1/cases/{case}/media", {"event": 1, "index": 0})
        ask("POST", f"/v1/cases/{case}/merge", {"with": case})
        ask("POST", f"/v1/cases/{case}/split", {"person": "P-none"})
        ask("GET", f"/v1/cases/{case}")

    def packs(self):
        ask = self.ask
        ask("GET", "/v1/packs")
        ask("GET", "/v1/packs/zh-trade/files/pack.yaml")
        ask("GET", "/v1/packs/terms?query=%E5%A5%B3%E5%AE%9D")
        for name, text in OVERLAY.items():
            self.assertEqual(ask("PUT", f"/v1/overlay/{name}", text, headers=YAML).status, 201)
        ask("GET", "/v1/overlay/rules/r.yaml")
        self.assertTrue(ask("POST", "/v1/packs/validate").json["ok"])
        run = ask("POST", "/v1/packs/dry-run", {"limit": 100}).json["run"]
        wait_for(lambda: ask("GET", f"/v1/packs/dry-run/{run}").json["state"] == "done",
                 90)
        ask("POST", "/v1/packs/activate", {"note": "n"})
        ask("GET", "/v1/packs/versions")
        ask("POST", "/v1/packs/rollback", {"to": 0})
        ask("DELETE", "/v1/overlay/rules/r.yaml")

    def administration(self, case):
        ask = self.ask
        hook = ask("POST", "/v1/webhooks", {"url": "http://127.0.0.1:9/", "kinds": ["decision"]}).json
        ask("GET", "/v1/webhooks")
        ask("POST", f"/v1/cases/{case}/decisions", {"kind": "note", "note": "told"})
        wait_for(lambda: ask("GET", f"/v1/webhooks/{hook['id']}/deliveries").json["deliveries"])
        ask("DELETE", f"/v1/webhooks/{hook['id']}")
        ask("GET", "/v1/statistics")
        ask("GET", "/v1/audit?limit=200")
        ask("POST", "/v1/audit/verify")
        password = "a long enough password 7"
        ask("POST", "/v1/users", {"user": "eve", "name": "Eve", "role": "viewer",
                                  "password": password})
        ask("PATCH", "/v1/users/eve", {"role": "reviewer"})
        key = ask("POST", "/v1/keys", {"name": "k", "scopes": ["check"]}).json
        ask("DELETE", f"/v1/keys/{key['id']}")
        nobody = {"Authorization": ""}
        session = ask("POST", "/v1/session", {"user": "eve", "password": password}, headers=nobody)
        self.assertEqual(session.status, 200, session)
        signed = {"Cookie": session.headers["set-cookie"].split(";")[0],
                  "X-CSRF-Token": session.json["csrf"]}
        ask("GET", "/v1/session", headers=signed)
        changed = ask("POST", "/v1/session/password",
                      {"old": password, "new": password + "8"}, headers=signed)
        self.assertLess(changed.status, 300, changed)
        signed["Cookie"] = changed.headers.get("set-cookie", signed["Cookie"]).split(";")[0]
        if changed.body:
            signed["X-CSRF-Token"] = changed.json["csrf"]
        self.assertLess(ask("DELETE", "/v1/session", headers=signed).status, 300)
        ask("POST", "/v1/session/link", {"token": "x", "user": "y", "password": password},
            headers=nobody)


class Fuzzed(Described):
    """Never a fault of the server, never an answer that is not described, whatever is asked."""

    def setUp(self):
        self.server.post("/v1/events", event_lines(*two_groups()), headers=NDJSON)
        cases = wait_for(lambda: self.server.get("/v1/cases").json["cases"])
        people = self.server.get("/v1/people").json["people"]
        groups = self.server.get("/v1/groups").json["groups"]
        ids = [c["case"] for c in cases] + [p["person"] for p in people]
        self.pools = {"id": ids, "case": ids[:1], "with": ids, "person": ids,
                      "key": [g["group"] for g in groups], "seq": [1, 2, 3], "event": [1, 2],
                      "name": ["zh-trade", "en-trade"], "user": ["eve", "admin"],
                      "path": ["pack.yaml", "rules/a.yaml", "signals/b.yaml", "weights.yaml",
                               "../active", "rules/../../x"],
                      "url": ["https://[::1]:1/", "http://127.0.0.1:1/"], "kinds": [["decision"]],
                      "text": [OFFER, "你好", "女 宝 送 养"], "platform": ["qq"], "group": ["1"],
                      "after": ["0", "1", "5"], "to": [0, 1]}
        self.seed = int(os.environ.get("FUZZ_SEED", "0")) or int(time.time())
        self.maker = Maker(self.description, self.seed, self.pools)
        self.random = self.maker.random
        self.connection = None
        self.counts, self.spent = {}, {}

    def tearDown(self):
        if self.connection:
            self.connection.close()

    def value(self, parameter):
        """A parameter's value as text: mostly one that fits."""
        if self.random.random() < 0.3:
            return self.random.choice(NASTY)
        made = self.maker.make(parameter.get("schema", {}), parameter["name"])
        return made if isinstance(made, str) else json.dumps(made)

    def path_of(self, template, operation):
        query, headers, path = [], {}, template
        for parameter in operation.get("parameters", []):
            parameter = self.description.resolve(parameter)
            value = self.value(parameter)
            if parameter["in"] == "path":
                safe = "/" if parameter["name"] == "path" else ""
                path = path.replace("{%s}" % parameter["name"],
                                    urllib.parse.quote(value, safe=safe))
            elif self.random.random() < 0.4:
                if parameter["in"] == "query":
                    query.append((parameter["name"], value))
                else:
                    headers[parameter["name"]] = urllib.parse.quote(value)[:200]
        if self.random.random() < 0.05:
            query.append((self.maker.text(), self.maker.text()))
        return path + ("?" + urllib.parse.urlencode(query) if query else ""), headers

    def body_of(self, operation, headers):
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return self.random.choice([None, None, None, b"{}", b"x" * 100])
        kind = self.random.choice(list(content))
        headers["Content-Type"] = kind
        schema = content[kind].get("schema", {})
        pick = self.random.random()
        if kind == "text/yaml":
            return self.random.choice([*OVERLAY.values(), self.maker.text(), "- a: [", "&a [*a]",
                                       "a: b\n" * 3000]).encode()
        if pick < 0.05:
            return self.random.randbytes(self.random.randint(0, 2000))
        if pick < 0.08:
            return b"[" * 100000
        if schema.get("type") == "string" or "ndjson" in kind:
            lines = [self.maker.make({"$ref": "#/components/schemas/Event"}) for _ in range(3)]
            lines[0] = lines[0] if pick < 0.5 else self.maker.spoil(lines[0])
            return "\n".join(json.dumps(line) for line in lines).encode()
        made = self.maker.make(schema)
        if pick > 0.6:
            made = self.maker.spoil(made)
        whole = json.dumps(made).encode()
        return whole[:self.random.randint(0, len(whole))] if pick < 0.15 else whole

    def send(self, method, path, body, headers):
        """One request over the connection kept; None when the server waits for news."""
        if not self.connection:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        may_wait = any(path.startswith(waits) for waits in WAITS)
        self.connection.timeout = 1 if may_wait else 30
        if self.connection.sock:
            self.connection.sock.settimeout(self.connection.timeout)
        try:
            self.connection.request(method, path, body=body, headers=headers)
            reply = Reply(self.connection.getresponse())
            if reply.headers.get("connection", "").lower() == "close":
                self.connection.close()
            return reply
        except socket.timeout:
            self.connection.close()
            self.connection = None
            self.assertTrue(may_wait, (method, path, body))
            return None
        except (ConnectionError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return None

    def test_every_operation_under_fire(self):
        end = time.monotonic() + float(os.environ.get("FUZZ_SECONDS", "20"))
        refused, faults = 0, {}
        while time.monotonic() < end:
            method, template, _, operation = self.random.choice(self.description.operations)
            name = operation["operationId"]
            if self.random.random() > HEAVY.get(name, 1):
                continue
            path, headers = self.path_of(template, operation)
            if name == "export" and self.counts.get(name, 0) > 1 and "/C-" in path:
                continue  # one takes seconds, and every one that is asked for is made
            body = self.body_of(operation, headers)
            if self.random.random() < 0.95:
                headers["Authorization"] = f"Bearer {self.server.key}"
            began = time.monotonic()
            reply = self.send(method, path, body, headers)
            self.spent[name] = self.spent.get(name, 0) + time.monotonic() - began
            said = (self.seed, method, path, (body or b"")[:300], headers, reply)
            self.assertIsNone(self.server.process.poll(), said)
            if reply is None:
                refused += not path.startswith(WAITS)
                continue
            self.counts[name] = self.counts.get(name, 0) + 1
            if reply.status >= 500 and reply.status != 503:
                faults[name, str(reply.status)] = said
            described = self.description.find(method, path.split("?")[0])
            if described is None or described["operationId"] != name:
                continue  # an odd value made it another path
            fault = self.description.check(method, path, reply)
            if fault:
                faults[name, fault] = said
        self.assertEqual(faults, {})
        self.assertEqual(self.server.get("/healthz").status, 200)
        self.tell(refused)
        self.assertGreater(sum(self.counts.values()), 200)
        self.assertLess(refused, sum(self.counts.values()) // 20 + 10)

    def tell(self, refused):
        never = {o[3]["operationId"] for o in self.description.operations} - set(self.counts)
        if "FUZZ_SECONDS" in os.environ:
            slow = sorted(self.spent.items(), key=lambda item: -item[1])[:8]
            print("\n", [(n, self.counts.get(n, 0), round(t, 2)) for n, t in slow])
            print(f"\n{sum(self.counts.values())} requests, seed {self.seed}, "
                  f"{refused} ended without an answer, never asked: {sorted(never)}")


if __name__ == "__main__":
    unittest.main()
