"""`ward serve`: nobody gets in, and nobody further than they may.

Every operation of the API description is asked without credentials, by every role and by a key of
every single scope; then what an attacker would try.
"""
import contextlib
import datetime
import json
import os
import pty
import re
import select
import sqlite3
import subprocess
import time
import unittest
import urllib.parse

from ward_case import OFFER, WARD, WardCase
from ward_server import ADMIN, PASSWORD, SCOPES, Server

ROLES = {
    "viewer": {"check", "read"},
    "reviewer": {"check", "read", "report", "decide"},
    "lead": {"check", "read", "report", "decide", "export", "packs", "audit"},
    "administrator": set(SCOPES),
}
REFUSALS = {"unauthenticated", "forbidden", "foreign"}
METHODS = ("get", "post", "put", "patch", "delete")


def slug(reply):
    """Of a problem document, else ""."""
    if reply.headers.get("content-type") != "application/problem+json":
        return ""
    return reply.json["type"].rsplit(":", 1)[1]


class Session:
    """A signed-in browser."""

    def __init__(self, server, user, password, cookie=None):
        self.server = server
        headers = {"Cookie": cookie} if cookie else {"Cookie": "x=y"}
        self.reply = server.post("/v1/session", {"user": user, "password": password},
                                 headers=headers)
        assert self.reply.status == 200, self.reply
        self.set_cookie = self.reply.headers["set-cookie"]
        self.cookie = self.set_cookie.split(";")[0]
        self.csrf = self.reply.json["csrf"]

    def headers(self, **changes):
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf,
                   "Origin": f"http://127.0.0.1:{self.server.port}", **changes}
        return {name: value for name, value in headers.items() if value is not None}

    def ask(self, method, path, body=None, **changes):
        return self.server.ask(method, path, body, headers=self.headers(**changes))

    def is_in(self):
        return self.ask("GET", "/v1/session").status == 200


class AccessCase(WardCase):
    """A server for the whole class, with a user of each role."""

    settings = {"log_requests": "all"}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(settings=cls.settings)
        cls.addClassCleanup(cls.server.close)
        for role in ROLES:
            made = cls.server.post("/v1/users", {"user": f"u.{role}", "name": role.title(),
                                                 "role": role, "password": PASSWORD})
            assert made.status == 201, made

    def sign_in(self, user, password=PASSWORD, **options):
        return Session(self.server, user, password, **options)

    def make_key(self, scopes, **more):
        made = self.server.post("/v1/keys", {"name": "k", "scopes": scopes, **more})
        self.assertEqual(made.status, 201, made)
        return made.json

    def bare(self, method, path, body=None, **headers):
        """Without credentials but those given."""
        return self.server.ask(method, path, body, headers={"Cookie": "x=y", **headers})

    def operations(self):
        """(method, path with something in its gaps, scope, open to this machine)."""
        found = []
        for path, item in self.server.get("/v1/openapi.json").json["paths"].items():
            asked = re.sub(r"\{[^}]*\}", "no-such-thing", path)
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    found.append((method.upper(), asked, operation["x-scope"],
                                  operation.get("x-local", False)))
        self.assertGreater(len(found), 50)
        return found

    def within(self, seconds, condition):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.1)
        return condition()

    def at_once_for_all(self):
        """A user of his own, so that no other test is locked out with him."""
        name = f"user{time.monotonic_ns()}"
        made = self.server.post("/v1/users", {"user": name, "role": "reviewer",
                                              "password": PASSWORD})
        self.assertEqual(made.status, 201, made)
        return name


class EveryRouteTest(AccessCase):
    def test_without_credentials(self):
        for method, path, scope, is_local in self.operations():
            if scope == "public" or is_local:
                continue
            with self.subTest(method=method, path=path):
                reply = self.bare(method, path, b"{}" if method != "GET" else None)
                self.assertEqual((reply.status, slug(reply)), (401, "unauthenticated"), reply)
                self.assertIn("Bearer", reply.headers["www-authenticate"])
                self.assertNotIn("set-cookie", reply.headers)

    def asked(self, method, path, headers):
        """A request that nothing can come of, if it is let through."""
        target = path if method != "GET" else f"{path}?limit=none&after=%00"
        return self.server.ask(method, target, b"[" if method != "GET" else None, headers=headers)

    def check_all(self, scopes, headers, leave=()):
        for method, path, scope, is_local in self.operations():
            if scope == "public" or is_local or (method, path) in leave:
                continue
            with self.subTest(method=method, path=path, scope=scope):
                reply = self.asked(method, path, headers)
                if scope == "self" or scope in scopes:
                    self.assertNotIn(slug(reply), REFUSALS, reply)
                    self.assertLess(reply.status, 500, reply)
                else:
                    self.assertEqual((reply.status, slug(reply)), (403, "forbidden"), reply)

    def test_every_role(self):
        for role, scopes in ROLES.items():
            session = self.sign_in(f"u.{role}")
            with self.subTest(role=role):
                self.assertEqual(set(session.reply.json["scopes"]), scopes)
                self.check_all(scopes, session.headers(), leave={("DELETE", "/v1/session")})
                self.assertTrue(session.is_in())

    def test_a_key_of_every_single_scope(self):
        for scope in SCOPES:
            secret = self.make_key([scope])["secret"]
            with self.subTest(key=scope):
                self.check_all({scope}, {"Authorization": f"Bearer {secret}"})

    def test_every_write_from_another_site(self):
        session = self.sign_in("u.administrator")
        for method, path, scope, is_local in self.operations():
            if method == "GET":
                continue
            with self.subTest(method=method, path=path):
                reply = session.ask(method, path, b"[", Origin="http://evil.example")
                self.assertEqual((reply.status, slug(reply)), (403, "foreign"), reply)
                if scope != "public" and not is_local:
                    reply = session.ask(method, path, b"[", **{"X-CSRF-Token": None})
                    self.assertEqual((reply.status, slug(reply)), (403, "foreign"), reply)
        self.assertTrue(session.is_in())

    def test_head_is_no_way_around(self):
        for path in ("/v1/cases", "/v1/users", "/v1/audit"):
            self.assertEqual(self.bare("HEAD", path).status, 401)
        for method in ("OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"):
            self.assertNotEqual(self.bare(method, "/v1/users").status, 200)
        for path in ("/v1/users/", "//v1/users", "/v1/./users", "/v1/x/../users", "/V1/users",
                     "/v1/users%2f", "/v1%2fusers", "/v1/users;x", "/console/../v1/users"):
            self.assertIn(self.bare("GET", path).status, (400, 401, 404), path)


class SessionTest(AccessCase):
    def test_cookie_is_for_this_site_alone(self):
        session = self.sign_in("u.viewer")
        flags = {flag.strip() for flag in session.set_cookie.split(";")[1:]}
        self.assertLessEqual({"Path=/", "HttpOnly", "SameSite=Strict"}, flags)
        self.assertNotIn("Secure", flags)
        self.assertFalse(any(flag.startswith("Domain") for flag in flags))
        self.assertRegex(session.cookie, r"^ward_session=[A-Za-z0-9_-]{43}$")
        self.assertNotIn(session.cookie.split("=")[1], session.reply.body.decode())
        self.assertEqual(session.reply.headers["cache-control"], "no-store")

    def test_it_says_who_it_is(self):
        session = self.sign_in("U.Reviewer")
        told = session.ask("GET", "/v1/session").json
        self.assertEqual((told["user"], told["role"], told["name"]),
                         ("u.reviewer", "reviewer", "Reviewer"))
        self.assertEqual(told["csrf"], session.csrf)
        ends = datetime.datetime.fromisoformat(told["expires"])
        left = ends - datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual(left.total_seconds(), 12 * 3600, delta=60)

    def test_forged_cookies(self):
        session = self.sign_in("u.viewer")
        token = session.cookie.split("=")[1]
        other = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
        for value in (other, token[:-1], token + "A", token.lower(), "", "a" * 2000, "%00",
                      "' OR 1=1 --", "null", "u.viewer"):
            reply = self.bare("GET", "/v1/session", Cookie=f"ward_session={value}")
            self.assertEqual(reply.status, 401, value[:50])
        with sqlite3.connect(self.server.store) as store: # what is kept does not let in
            for (name,) in store.execute("SELECT id FROM ward_record WHERE kind = 'session'"):
                reply = self.bare("GET", "/v1/session", Cookie=f"ward_session={name}")
                self.assertEqual(reply.status, 401)

    def test_replay_after_signing_out(self):
        session = self.sign_in("u.viewer")
        gone = session.ask("DELETE", "/v1/session")
        self.assertEqual(gone.status, 204, gone)
        self.assertIn("ward_session=;", gone.headers["set-cookie"])
        self.assertIn("Max-Age=0", gone.headers["set-cookie"])
        for _ in range(2):
            self.assertEqual(session.ask("GET", "/v1/session").status, 401)
        self.assertEqual(session.ask("GET", "/v1/cases").status, 401)
        self.server.restart()
        self.assertEqual(session.ask("GET", "/v1/session").status, 401)

    def test_a_session_outlives_a_restart(self):
        session = self.sign_in("u.viewer")
        self.server.restart()
        self.assertTrue(session.is_in())

    def test_an_expired_session(self):
        session = self.sign_in("u.viewer")
        self.assertTrue(session.is_in())
        self.server.stop() # as if the hours had passed
        with contextlib.closing(sqlite3.connect(self.server.store)) as store:
            store.execute("UPDATE ward_record SET expires_ms = ? WHERE kind = 'session'",
                          (int(time.time() * 1000) - 1,))
            store.commit()
        self.server.start()
        self.assertEqual(session.ask("GET", "/v1/session").status, 401)

    def test_a_given_cookie_is_never_adopted(self):
        planted = "ward_session=" + "A" * 43
        session = self.sign_in("u.viewer", cookie=planted)
        self.assertNotEqual(session.cookie, planted)
        self.assertEqual(self.bare("GET", "/v1/session", Cookie=planted).status, 401)
        first = self.sign_in("u.viewer")
        second = self.sign_in("u.reviewer", cookie=first.cookie)
        self.assertNotEqual(first.cookie, second.cookie)
        self.assertFalse(first.is_in())
        self.assertTrue(second.is_in())

    def test_other_sites(self):
        viewer = self.sign_in("u.viewer")
        session = self.sign_in("u.reviewer")
        event = {"id": "a", "text": "x"}
        own = session.ask("POST", "/v1/check", event)
        self.assertEqual(own.status, 200, own)
        self.assertEqual(session.ask("POST", "/v1/check", event, Origin=None).status, 200)
        port = self.server.port
        for origin in ("http://evil.example", "null", f"http://127.0.0.1:{port + 1}",
                       f"http://127.0.0.1:{port}.evil.example", "http://localhost", "file://",
                       f"127.0.0.1:{port}"):
            reply = session.ask("POST", "/v1/check", event, Origin=origin)
            self.assertEqual((reply.status, slug(reply)), (403, "foreign"), origin)
        for csrf in (None, "", "x", viewer.csrf, session.csrf[:-1], session.cookie.split("=")[1]):
            reply = session.ask("POST", "/v1/check", event, **{"X-CSRF-Token": csrf})
            self.assertEqual((reply.status, slug(reply)), (403, "foreign"), csrf)
        reply = self.bare("POST", "/v1/session", {"user": "u.viewer", "password": PASSWORD},
                          Origin="http://evil.example")
        self.assertEqual(reply.status, 403, reply)
        self.assertNotIn("access-control-allow-origin", own.headers)

    def test_the_own_password(self):
        user = self.at_once_for_all()
        elsewhere = self.sign_in(user)
        session = self.sign_in(user)
        fresh = "a phrase quite new"
        wrong = session.ask("POST", "/v1/session/password", {"old": "not it, sorry", "new": fresh})
        self.assertEqual((wrong.status, slug(wrong)), (401, "wrong-credentials"))
        weak = session.ask("POST", "/v1/session/password", {"old": PASSWORD, "new": "short"})
        self.assertEqual(weak.status, 400)
        done = session.ask("POST", "/v1/session/password", {"old": PASSWORD, "new": fresh})
        self.assertEqual(done.status, 200, done)
        self.assertFalse(session.is_in())
        self.assertFalse(elsewhere.is_in())
        cookie = done.headers["set-cookie"].split(";")[0]
        self.assertEqual(self.bare("GET", "/v1/session", Cookie=cookie).json["csrf"],
                         done.json["csrf"])
        self.assertEqual(self.bare("POST", "/v1/session",
                                   {"user": user, "password": PASSWORD}).status, 401)
        self.sign_in(user, fresh)

    def test_bodies_that_make_no_sense(self):
        for body in (b"", b"{}", b"[]", b"{", b'{"user":1,"password":2}', b'{"user":"a"}',
                     b'{"user":{"$ne":null},"password":{"$ne":null}}', b"\xff\xfe",
                     json.dumps({"user": "a" * 5000, "password": "b"}).encode()):
            for path in ("/v1/session", "/v1/session/link"):
                reply = self.bare("POST", path, body)
                self.assertIn(reply.status, (400, 413), (path, body[:40], reply))


class GuessTest(AccessCase):
    def guess(self, user, password):
        return self.bare("POST", "/v1/session", {"user": user, "password": password})

    def test_guessing_locks_out(self):
        user = self.at_once_for_all()
        signed_in = self.sign_in(user)
        for name in (user, "nobody.of.that.name"):
            answers = [self.guess(name, f"wrong guess {number}") for number in range(5)]
            self.assertEqual({(reply.status, slug(reply)) for reply in answers},
                             {(401, "wrong-credentials")})
            locked = self.guess(name, "wrong again, sorry")
            self.assertEqual((locked.status, slug(locked)), (429, "locked-out"))
            self.assertLessEqual(int(locked.headers["retry-after"]), 30)
            self.assertGreater(int(locked.headers["retry-after"]), 20)
        self.assertEqual(self.guess(user, PASSWORD).status, 429)
        self.assertTrue(signed_in.is_in())
        self.sign_in("u.viewer") # others are not shut out

    def test_a_failed_sign_in_outlives_a_kill(self):
        user = self.at_once_for_all()
        self.guess(user, "a wrong guess")

        def noted():
            lines = self.ward("audit", "show", "--json", "--store", self.server.store,
                              packs=None).stdout.decode().splitlines()
            return [line for line in lines if "login-failed" in line and user in line]
        end = time.monotonic() + 30  # well before the minute of the tidying
        while not noted():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)
        self.server.process.kill()
        self.server.process.wait()
        self.assertEqual(len(noted()), 1)
        self.server.start()

    def test_the_answer_does_not_tell_who_exists(self):
        disabled = self.at_once_for_all()
        self.server.ask("PATCH", f"/v1/users/{disabled}", {"disabled": True})
        answers = []
        for name, password in (("u.lead", "wrong guess"), ("no.such.user", "wrong guess"),
                               (disabled, PASSWORD), ("../../etc", "x")):
            reply = self.guess(name, password)
            problem = reply.json
            problem.pop("instance", None)
            problem.pop("request", None)
            answers.append((reply.status, json.dumps(problem, sort_keys=True)))
        self.assertEqual(len(set(answers)), 1, answers)
        self.assertEqual(answers[0][0], 401)


class UsersTest(AccessCase):
    def cli(self, *words, data=None, status=0):
        return self.ward(*words, "--store", self.server.store, data=data, packs=None,
                         status=status)

    def test_a_disabled_user_is_out_at_once(self):
        user = self.at_once_for_all()
        session = self.sign_in(user)
        reply = self.server.ask("PATCH", f"/v1/users/{user}", {"disabled": True})
        self.assertEqual((reply.status, reply.json["disabled"]), (200, True))
        self.assertEqual(session.ask("GET", "/v1/cases").status, 401)
        self.assertEqual(self.bare("POST", "/v1/session",
                                   {"user": user, "password": PASSWORD}).status, 401)
        self.server.ask("PATCH", f"/v1/users/{user}", {"disabled": False})
        self.assertFalse(session.is_in())
        self.sign_in(user)

    def test_a_change_from_the_command_line_is_followed(self):
        user = self.at_once_for_all()
        session = self.sign_in(user)
        self.cli("user", "disable", user)
        self.assertTrue(self.within(5, lambda: not session.is_in()))
        self.cli("user", "enable", user)
        self.cli("user", "role", user, "lead")
        self.cli("user", "password", user, data="quite another phrase\n")
        time.sleep(3)
        again = self.sign_in(user, "quite another phrase")
        self.assertEqual(again.reply.json["role"], "lead")
        self.cli("user", "role", user, "viewer")
        self.assertTrue(self.within(5, lambda: not again.is_in()))
        listed = self.cli("user", "list", "--json").stdout.decode().splitlines()
        roles = {row["user"]: row["role"] for row in map(json.loads, listed)}
        self.assertEqual(roles[user], "viewer")

    def test_a_changed_role_holds_at_once(self):
        user = self.at_once_for_all()
        session = self.sign_in(user)
        self.server.ask("PATCH", f"/v1/users/{user}", {"role": "viewer"})
        self.assertFalse(session.is_in())
        session = self.sign_in(user)
        self.assertEqual(session.ask("POST", "/v1/cases/x/decisions", {}).status, 403)

    def test_the_last_administrator_stays(self):
        with Server() as server:
            for change in ({"disabled": True}, {"role": "lead"}):
                reply = server.ask("PATCH", f"/v1/users/{ADMIN}", change)
                self.assertEqual(reply.status, 409, reply)

    def test_changes_for_another_state_are_refused(self):
        user = self.at_once_for_all()
        changed = self.server.ask("PATCH", f"/v1/users/{user}", {"role": "lead"})
        etag = changed.headers["etag"]
        again = self.server.ask("PATCH", f"/v1/users/{user}", {"role": "viewer"},
                                headers={"If-Match": etag})
        self.assertEqual(again.status, 200, again)
        lost = self.server.ask("PATCH", f"/v1/users/{user}", {"role": "administrator"},
                               headers={"If-Match": etag})
        self.assertEqual(lost.status, 412, lost)

    def test_users_are_listed_in_pages(self):
        first = self.server.get("/v1/users?limit=2").json
        self.assertEqual(len(first["users"]), 2)
        rest = self.server.get(f"/v1/users?limit=200&after={first['next']}").json
        names = [user["user"] for user in first["users"] + rest["users"]]
        self.assertEqual(names, sorted(set(names)))
        self.assertIn("u.lead", names)
        self.assertIsNone(rest["next"])
        self.assertNotIn(b"argon2", self.server.get("/v1/users").body)

    def test_names_and_passwords_are_looked_at(self):
        for user in ("", "a b", "key:K-1", "-x", "女", "a/b", "a" * 65):
            reply = self.server.post("/v1/users", {"user": user, "role": "viewer",
                                                   "password": PASSWORD})
            self.assertEqual(reply.status, 400, (user, reply))
        for password in ("", "short", "a" * 20, "my boris pass", "b" * 2000):
            reply = self.server.post("/v1/users", {"user": "boris", "role": "viewer",
                                                   "password": password})
            self.assertIn(reply.status, (400, 413), reply)
        for role in ("", "root", "ADMINISTRATOR", None, 4):
            reply = self.server.post("/v1/users", {"user": "boris", "role": role,
                                                   "password": PASSWORD})
            self.assertEqual(reply.status, 400, reply)
        self.assertEqual(self.server.post("/v1/users", {"user": "U.Lead", "role": "viewer",
                                                        "password": PASSWORD}).status, 409)

    def test_the_password_is_asked_without_echo(self):
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [os.path.abspath(WARD), "user", "add", "typed.in", "--store", self.server.store],
            stdin=slave, stderr=slave, stdout=slave)
        os.close(slave)
        seen = b""
        for prompt in (b"password for typed.in: ", b"once more: "):
            while prompt not in seen:
                self.assertTrue(select.select([master], [], [], 20)[0], seen)
                seen += os.read(master, 1000)
            os.write(master, b"typed unseen words\n")
        self.assertEqual(process.wait(20), 0)
        with contextlib.suppress(OSError):
            while select.select([master], [], [], 0.2)[0]:
                seen += os.read(master, 1000) or b""
        os.close(master)
        self.assertNotIn(b"typed unseen", seen)
        time.sleep(3)
        self.sign_in("typed.in", "typed unseen words")

    def test_wrong_use_of_the_commands(self):
        for words in (("user",), ("user", "add"), ("user", "drop", "x"), ("user", "role", "x"),
                      ("user", "role", ADMIN, "king"), ("user", "list", "x"), ("key",),
                      ("key", "add", "x"), ("key", "add", "x", "--scope", "all"),
                      ("key", "add", "x", "--scope", "check", "--expires", "2001-01-01"),
                      ("key", "revoke"), ("key", "revoke", "K-none"), ("user", "disable", "nope"),
                      ("user", "add", "x", "--password", "correct horse battery")):
            self.cli(*words, data="\n", status=2)


class KeyTest(AccessCase):
    def use(self, key, path="/v1/check", body=None):
        return self.bare("POST", path, body or {"id": "a", "text": "x"},
                         Authorization=f"Bearer {key}")

    def test_forms_of_a_key(self):
        key = self.make_key(["check"])["secret"]
        event = {"id": "a", "text": "x"}
        self.assertEqual(self.use(key).status, 200)
        self.assertEqual(self.bare("POST", "/v1/check", event, **{"X-API-KEY": key}).status, 200)
        for bad in (key[:-1], key + "A", key.upper(), key[3:], "", "wk_", "\x7f", "a" * 3000):
            self.assertEqual(self.bare("POST", "/v1/check", event,
                                       **{"X-API-KEY": bad}).status, 401)
            self.assertEqual(self.use(bad).status, 401)
        query = urllib.parse.urlencode({"api_key": key, "access_token": key})
        self.assertEqual(self.bare("POST", f"/v1/check?{query}", event).status, 401)
        self.assertEqual(self.bare("GET", "/v1/session", Cookie=f"ward_session={key}").status, 401)

    def test_a_revoked_key(self):
        made = self.make_key(["check"])
        self.assertEqual(self.use(made["secret"]).status, 200)
        gone = self.server.ask("DELETE", f"/v1/keys/{made['id']}")
        self.assertEqual(gone.status, 204, gone)
        self.assertEqual(self.use(made["secret"]).status, 401)
        self.assertEqual(self.server.ask("DELETE", f"/v1/keys/{made['id']}").status, 404)

    def test_keys_of_the_command_line(self):
        done = self.ward("key", "add", "feeder", "--scope", "check,ingest", "--store",
                         self.server.store, "--json", packs=None, status=0)
        made = json.loads(done.stdout)
        self.assertTrue(self.within(5, lambda: self.use(made["secret"]).status == 200))
        self.assertEqual(self.bare("GET", "/v1/cases",
                                   Authorization=f"Bearer {made['secret']}").status, 403)
        listed = self.ward("key", "list", "--store", self.server.store, packs=None).stdout
        self.assertIn(made["id"].encode(), listed)
        self.assertNotIn(made["secret"].encode(), listed)
        self.ward("key", "revoke", made["id"], "--store", self.server.store, packs=None, status=0)
        self.assertTrue(self.within(5, lambda: self.use(made["secret"]).status == 401))

    def test_an_expired_key(self):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
        made = self.make_key(["check"], expires=soon.strftime("%Y-%m-%dT%H:%M:%S.%fZ")[:-4] + "Z")
        self.assertEqual(self.use(made["secret"]).status, 200)
        time.sleep(2.2)
        self.assertEqual(self.use(made["secret"]).status, 401)

    def test_the_secret_is_shown_once(self):
        made = self.make_key(["check"])
        listed = self.server.get("/v1/keys?limit=200")
        self.assertIn(made["id"].encode(), listed.body)
        self.assertNotIn(made["secret"].encode(), listed.body)
        self.assertNotIn(b"hash", listed.body)
        for body in ({"name": "x"}, {"name": "x", "scopes": []}, {"scopes": ["check"]},
                     {"name": "x", "scopes": ["all"]}, {"name": "x", "scopes": "check"},
                     {"name": "x", "scopes": [1]},
                     {"name": "x", "scopes": ["check"], "expires": "2001-01-01T00:00:00Z"},
                     {"name": "x", "scopes": ["check"], "expires": "soon"}):
            self.assertEqual(self.server.post("/v1/keys", body).status, 400, body)


class ProxyTest(WardCase):
    def ask(self, server, *headers, method="GET", path="/v1/session"):
        """Sends headers as they are, also twice."""
        connection = server.connect()
        connection.putrequest(method, path)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    def test_without_a_proxy_its_header_means_nothing(self):
        with Server() as server:
            for name in ("X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Auth-User"):
                self.assertEqual(self.ask(server, (name, ADMIN))[0], 401)

    def test_from_elsewhere_it_means_nothing(self):
        settings = {"proxy_header": "X-Remote-User", "proxy_peers": "10.9.9.9,192.0.2.0/24"}
        with Server(settings=settings) as server:
            self.assertEqual(self.ask(server, ("X-Remote-User", ADMIN))[0], 401)
            self.assertEqual(self.ask(server, ("X-Remote-User", ADMIN),
                                      ("X-Forwarded-For", "10.9.9.9"))[0], 401)

    def test_a_named_proxy_is_believed(self):
        settings = {"proxy_header": "X-Remote-User", "proxy_peers": "127.0.0.0/8",
                    "public_origin": "https://ward.example"}
        with Server(settings=settings) as server:
            status, body = self.ask(server, ("X-Remote-User", ADMIN))
            self.assertEqual(status, 200, body)
            told = json.loads(body)
            self.assertEqual((told["user"], told["role"]), (ADMIN, "administrator"))
            self.assertEqual(self.ask(server, ("X-Remote-User", ADMIN),
                                      ("X-Remote-User", ADMIN))[0], 401)
            self.assertEqual(self.ask(server, ("X-Remote-User", "nobody"))[0], 401)
            self.assertEqual(self.ask(server, ("X-Remote_User", ADMIN))[0], 401)
            self.assertEqual(self.ask(server)[0], 401)
            def delete(*more):
                return self.ask(server, ("X-Remote-User", ADMIN), *more, method="DELETE",
                                path="/v1/keys/K-none")[0]
            self.assertEqual(delete(), 403)
            token = ("X-CSRF-Token", told["csrf"])
            self.assertEqual(delete(token), 404)
            self.assertEqual(delete(token, ("Origin", "https://ward.example")), 404)
            self.assertEqual(delete(token, ("Origin", "https://evil.example")), 403)
            signed = Session(server, ADMIN, PASSWORD)
            self.assertIn("; Secure", signed.set_cookie)


class FirstLinkTest(WardCase):
    def redeem(self, server, token, user="first", password=PASSWORD):
        return server.post("/v1/session/link", {"token": token, "user": user,
                                                "password": password, "name": "First"})

    def test_the_link_works_once(self):
        with Server(lets_in=False) as server:
            self.assertRegex(server.link, r"^[A-Za-z0-9_-]{43}$")
            old = server.link
            server.restart()
            self.assertNotEqual(server.link, old)
            for token in (old, "", "A" * 43, server.link[:-1]):
                self.assertIn(self.redeem(server, token).status, (400, 401), token)
            self.assertEqual(self.redeem(server, server.link, password="short").status, 400)
            made = self.redeem(server, server.link)
            self.assertEqual((made.status, made.json["role"]), (200, "administrator"))
            self.assertEqual(self.redeem(server, server.link, user="second").status, 401)
            link = server.link
            server.restart()
            self.assertIsNone(server.link)
            self.assertEqual(self.redeem(server, link, user="second").status, 401)

    def test_there_is_none_when_there_are_users(self):
        with Server(lets_in=False) as server:
            self.ward("user", "add", "early", "--store", server.store, data=PASSWORD + "\n",
                      packs=None, status=0)
            self.assertEqual(self.redeem(server, server.link).status, 401)


class TwoPeopleTest(AccessCase):
    """Who acts is who signed in, whatever a request says."""

    def test_nobody_is_two_people(self):
        lines = "".join(json.dumps({"id": f"m{number}", "platform": "qq", "group": "g",
                                    "account": f"u{number}", "text": OFFER},
                                   ensure_ascii=False) + "\n" for number in range(4))
        self.ward("scan", "--store", self.server.store, "-", data=lines, status=1)
        case = self.server.get("/v1/cases").json["cases"][0]["case"]
        anna = self.sign_in("u.reviewer")
        other = self.sign_in(self.at_once_for_all())
        key = self.make_key(["decide"])["secret"]
        self.assertEqual(self.sign_in("u.administrator").ask(
            "PUT", "/v1/settings", {"refer_needs_two": True}).status, 200)
        path = f"/v1/cases/{case}/decisions"
        body = {"kind": "refer", "reason": "police", "who": "u.lead", "user": "u.lead"}
        asked = anna.ask("POST", path, body)
        self.assertEqual((asked.status, asked.json["outcome"]), (201, "requested"), asked)
        for headers in ({}, {"X-Remote-User": "u.lead"}, {"X-Ward-User": "u.lead"}):
            again = anna.ask("POST", path, {**body, "who": "u.lead"}, **headers)
            self.assertEqual(again.status, 409, again)
        again = self.sign_in("U.REVIEWER").ask("POST", path, body)
        self.assertEqual(again.status, 409, again)
        service = self.bare("POST", path, body, Authorization=f"Bearer {key}")
        self.assertIn(service.status, (403, 409), service)
        done = other.ask("POST", path, body)
        self.assertEqual((done.status, done.json["outcome"]), (201, "done"), done)
        whole = self.server.get(f"/v1/cases/{case}").json["decisions"]
        who = [row["who"] for row in whole if row["kind"] == "refer"]
        self.assertEqual(who, ["u.reviewer", other.reply.json["user"]])


class SecretsTest(AccessCase):
    """What must not be found in the log, the audit log, or (but for texts) the store."""

    def test_no_secret_is_written_anywhere(self):
        mistyped = "typed-in-the-wrong-field"
        session = self.sign_in("u.reviewer")
        key = self.make_key(["check", "ingest"])["secret"]
        headers = {"Authorization": f"Bearer {key}", "Cookie": "x=y"}
        text = OFFER + " 暗号七七四九"
        secrets = [PASSWORD, mistyped, key, session.cookie.split("=")[1], session.csrf,
                   self.server.key]
        line = json.dumps({"id": "s1", "text": text, "platform": "qq", "group": "g",
                           "account": "u"}, ensure_ascii=False)
        for path in ("/v1/check", "/v1/events", "/v1/check?explain=1", "/v1/nowhere"):
            self.server.post(path, line, headers=headers)
        self.bare("POST", "/v1/session", {"user": mistyped, "password": mistyped})
        self.bare("POST", "/v1/session", b'{"user":"' + mistyped.encode() + b'"')
        self.bare("GET", f"/v1/session?token={key}&password={PASSWORD}".replace(" ", "%20"))
        self.bare("GET", f"/v1/cases/{key}", Authorization=f"Bearer {key}x")
        self.bare("POST", "/v1/check", b"{" + text.encode(), Authorization=f"Bearer {key}")
        session.ask("POST", "/v1/session/password", {"old": mistyped, "new": "x"})
        session.ask("DELETE", "/v1/session")
        self.server.stop()
        log = "".join(path.read_text() for path in self.server.folder.glob("log-*"))
        audit = self.ward("audit", "show", "--json", "--store", self.server.store,
                          packs=None).stdout.decode()
        self.assertIn('"login"', audit)
        self.assertIn('"path":"/v1/session"', log)
        for found in (log, audit):
            for secret in [*secrets, "暗号七七四九", "argon2"]:
                self.assertNotIn(secret, found)
        kept = b"".join(path.read_bytes() for path in self.server.folder.rglob("*")
                        if path.is_file())
        for secret in secrets:
            self.assertNotIn(secret.encode(), kept)
        self.ward("audit", "verify", "--store", self.server.store, packs=None, status=0)
        self.server.start()

    def test_refusals_are_logged(self):
        self.bare("GET", "/v1/audit")
        viewer = self.sign_in("u.viewer")
        viewer.ask("GET", "/v1/audit")
        viewer.ask("POST", "/v1/check", {"id": "a"}, Origin="http://evil.example")
        lines = [(line.get("path"), line.get("status"), line.get("who", ""))
                 for line in self.server.log() if line["event"] == "request"]
        self.assertIn(("/v1/audit", 401, ""), lines)
        self.assertIn(("/v1/audit", 403, "u.viewer"), lines)
        self.assertIn(("/v1/check", 403, "u.viewer"), lines)


if __name__ == "__main__":
    unittest.main()
