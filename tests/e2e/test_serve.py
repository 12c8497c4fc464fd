"""`ward serve`: starting, checking, reloading, stopping."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import warnings

from ward_case import OFFER, PACK, WARD, WardCase
from ward_server import Server

HARMLESS = "明天一起吃饭"


class ServeCase(WardCase):
    """A server for the whole class."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(settings=cls.settings)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()


class CheckTest(ServeCase):
    def test_verdict_is_that_of_the_command_line(self):
        event = {"id": "a", "text": OFFER, "platform": "qq", "group": "g", "account": "u"}
        reply = self.server.post("/v1/check?lang=en", event)
        self.assertEqual(reply.status, 200, reply)
        self.check_sum(reply.json)
        line = json.dumps(event, ensure_ascii=False) + "\n"
        scanned = self.ward("scan", "--json", "--all", "--no-context", "-", data=line).stdout
        self.assertEqual(reply.body, scanned.splitlines(keepends=True)[0])

    def test_languages(self):
        def says(lang):
            path = f"/v1/check{lang}"
            return self.server.post(path, {"id": "a", "text": OFFER}).json["reasons"][0]["says"]
        both = says("")
        self.assertEqual(set(both), {"zh", "en"})
        self.assertEqual(says("?lang=en"), both["en"])
        self.assertEqual(says("?lang=zh"), both["zh"])
        self.assertEqual(self.server.post("/v1/check?lang=xx", {"text": "a"}).status, 400)

    def test_explain_reads_through_disguise(self):
        plain = self.server.post("/v1/check?explain=1", {"id": "a", "text": OFFER}).json
        self.assertEqual(plain["verdict"]["level"],
                         self.server.post("/v1/check", {"id": "a", "text": OFFER}).json["level"])
        hidden = self.server.post("/v1/check?explain=1", {"id": "a", "text": "送\u200b养"}).json
        self.assertEqual(hidden["canonical"]["text"], "送养")

    def test_pretty_json_is_read(self):
        body = json.dumps({"id": "a", "text": OFFER}, indent=4, ensure_ascii=False)
        self.assertEqual(self.server.post("/v1/check", body).json["id"], "a")

    def test_a_line_break_inside_a_string_is_no_json(self):
        self.assertEqual(self.server.post("/v1/check", '{"id":"a","text":"x\ny"}').status, 400)

    def test_context_of_the_request_counts_and_is_forgotten(self):
        event = {"id": "b", "text": "多少钱", "group": "g", "platform": "qq", "account": "u2"}
        context = [{"id": "a", "text": OFFER, "group": "g", "platform": "qq", "account": "u1"}]
        alone = self.server.post("/v1/check", event)
        told = self.server.post("/v1/check", {**event, "context": context})
        self.assertEqual(told.status, 200, told)
        again = self.server.post("/v1/check", event)
        self.assertEqual(again.body, alone.body)
        self.assertEqual(self.server.post("/v1/check", {**event, "context": 7}).status, 400)
        self.assertEqual(self.server.post("/v1/check", {**event, "context": [7]}).status, 400)
        many = [{"id": str(i), "text": "a"} for i in range(257)]
        self.assertEqual(self.server.post("/v1/check", {**event, "context": many}).status, 413)

    def test_bad_bodies_are_told_apart(self):
        for body in ("", "[]", "7", "null", "{", '{"id":', '{"id":"a"}{"id":"b"}',
                     '{"id":"a","text":7}', '{"kind":"x"}', "\0", "{}\n{}"):
            reply = self.server.post("/v1/check", body)
            self.assertEqual(reply.status, 400, (body, reply))
            self.assertEqual(reply.headers["content-type"], "application/problem+json")
            self.assertEqual(reply.json["status"], 400)
            self.assertTrue(reply.json["type"].startswith("urn:ward:problem:"))

    def test_a_problem_does_not_repeat_the_text(self):
        reply = self.server.post("/v1/check", '{"id":"a","text":"机密内容" x}')
        self.assertEqual(reply.status, 400)
        self.assertNotIn("机密", reply.body.decode())

    def test_batch(self):
        events = [{"id": "a", "text": OFFER}, {"id": "b", "kind": "??"}, {"id": "c", "text": "x"}]
        reply = self.server.post("/v1/check/batch", {"events": events})
        self.assertEqual(reply.status, 200, reply)
        first, second, third = reply.json["verdicts"]
        self.assertEqual(first, self.server.post("/v1/check", events[0]).json)
        self.assertIsNone(second)
        self.assertEqual(third["id"], "c")
        self.assertEqual([e["index"] for e in reply.json["errors"]], [1])
        for body in ("{}", "[]", '{"events":{}}', '{"events":[}', '{"events":[]', "",
                     '{"events":[1,]}'):
            self.assertEqual(self.server.post("/v1/check/batch", body).status, 400, body)
        self.assertEqual(self.server.post("/v1/check/batch", {"events": []}).json,
                         {"verdicts": [], "errors": []})

    def test_batch_of_lines(self):
        lines = b'{"id":"a","text":"x"}\n\nnot json\n{"id":"b","text":"y"}\n'
        reply = self.server.post("/v1/check/batch", lines,
                                 headers={"Content-Type": "application/x-ndjson"})
        self.assertEqual(reply.headers["content-type"], "application/x-ndjson")
        found = [json.loads(line) for line in reply.body.splitlines()]
        self.assertEqual([line.get("id") for line in found], ["a", None, "b"])
        self.assertEqual(found[1]["error"]["line"], 3)

    def test_batch_has_a_limit(self):
        events = [{"id": str(i)} for i in range(10001)]
        self.assertEqual(self.server.post("/v1/check/batch", {"events": events}).status, 413)

    def test_many_threads_get_their_own_answers(self):
        def work(number):
            with self.server.connect_closing() as connection:
                for i in range(100):
                    name = f"{number}-{i}"
                    text = OFFER if i % 2 else HARMLESS
                    reply = self.server.ask("POST", "/v1/check", {"id": name, "text": text},
                                            connection=connection)
                    if reply.json["id"] != name or (reply.json["score"] > 0.5) != bool(i % 2):
                        return reply
            return None
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual([r for r in pool.map(work, range(16)) if r], [])


class HttpTest(ServeCase):
    def test_paths_and_methods(self):
        self.assertEqual(self.server.get("/nowhere").status, 404)
        reply = self.server.get("/v1/check")
        self.assertEqual(reply.status, 405)
        self.assertEqual(reply.headers["allow"], "POST")
        self.assertEqual(self.server.ask("PROPFIND", "/healthz").status, 405)
        head = self.server.ask("HEAD", "/healthz")
        self.assertEqual((head.status, head.body), (200, b""))

    def test_headers_that_protect(self):
        reply = self.server.get("/healthz")
        self.assertEqual(reply.headers["x-content-type-options"], "nosniff")
        self.assertEqual(reply.headers["cache-control"], "no-store")
        self.assertIn("frame-ancestors 'none'", reply.headers["content-security-policy"])

    def test_a_refused_request_keeps_its_connection(self):
        connection = self.server.connect()
        for _ in range(3):
            self.assertEqual(self.server.ask("POST", "/nowhere", b"x" * 1000,
                                             connection=connection).status, 404)
        self.assertEqual(self.server.ask("GET", "/healthz", connection=connection).status, 200)
        connection.close()

    def test_health_and_figures(self):
        self.assertEqual(self.server.get("/healthz").json, {"status": "alive"})
        self.assertEqual(self.server.get("/readyz").json, {"status": "ready"})
        self.server.post("/v1/check", {"id": "a", "text": OFFER})
        text = self.server.get("/metrics").body.decode()
        for name in ("ward_build_info", "ward_verdicts_total", "ward_queue_depth",
                     "ward_http_request_duration_seconds_bucket", "process_start_time_seconds"):
            self.assertIn(name, text)
        self.check_exposition(text)

    def check_exposition(self, text):
        """Prometheus' text form: HELP, TYPE, then samples; histograms cumulative."""
        types = {}
        last = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                self.assertNotIn(name, types)
                types[name] = kind
            elif not line.startswith("#"):
                sample, value = line.rsplit(" ", 1)
                name = sample.split("{")[0]
                family = name
                for suffix in ("_bucket", "_sum", "_count"):
                    if name.endswith(suffix) and name[:-len(suffix)] in types:
                        family = name[:-len(suffix)]
                self.assertIn(family, types, line)
                self.assertGreaterEqual(float(value), 0)
                if name.endswith("_bucket"):
                    series = sample.split(',le="')[0]
                    self.assertGreaterEqual(float(value), last.get(series, 0))
                    last[series] = float(value)

    def test_the_log_holds_no_text(self):
        secret = "绝密文字"
        self.server.post("/v1/check", {"id": secret, "text": secret, "kind": secret})
        self.server.get(f"/{'%E7%BB%9D'}?q=%E7%BB%9D",
                        headers={"Authorization": "Bearer sesame-open", "Cookie": "a=sesame-open"})
        self.server.wait_log("request")
        time.sleep(0.2)
        text = self.server.log_path.read_text()
        for word in (secret, "sesame-open", "%E7%BB%9D", "绝"):
            self.assertNotIn(word, text)


class LifeTest(WardCase):
    def test_start_is_fast(self):
        with Server() as server:
            server.stop()
            best = 9
            for _ in range(5):
                begin = time.monotonic()
                server.start()
                best = min(best, time.monotonic() - begin)
                server.stop()
            self.assertLess(best, 0.6)

    def test_bad_settings_name_file_and_line(self):
        with Server() as server:
            path = server.folder / "ward.conf"
            for text, want in (("\nlisten 1\n", "ward.conf:2: expected \"key = value\""),
                               ("# x\nlimit_rate = many\n", "ward.conf:2: limit_rate is a number"),
                               ("limit_rat = 1\n", "ward.conf:1: there is no key \"limit_rat\"; "
                                                   "\"limit_rate\" is meant?"),
                               ("watch = 0.9\nreview = 0.5\n", "watch <= review"),
                               ("tls_key = x\n", "tls_certificate and tls_key go together"),
                               ("listen = example\n", "is not an address and port")):
                path.write_text(text)
                done = subprocess.run(
                    [WARD, "serve", "--packs", PACK, "--config", path, "--store",
                     str(server.folder / "other.db")], capture_output=True, timeout=20)
                self.assertEqual(done.returncode, 2)
                self.assertIn(want, done.stderr.decode())

    def test_an_address_in_use_is_refused(self):
        with Server() as server:
            done = subprocess.run(
                [WARD, "serve", "--packs", PACK, "--listen", f"127.0.0.1:{server.port}", "--store",
                 str(server.folder / "other.db")], capture_output=True, timeout=20)
            self.assertEqual(done.returncode, 2)
            self.assertIn("in use", done.stderr.decode())

    def test_only_a_signal_ends_it_and_the_log_says_whose(self):
        with Server(lets_in=False) as server:
            for number in (signal.SIGHUP, signal.SIGPIPE):
                server.process.send_signal(number)
            server.wait_log("reloaded")
            self.assertEqual(server.get("/healthz").status, 200)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.wait_log("stopping")["detail"],
                             f"SIGTERM from process {os.getpid()} of user {os.getuid()}")

    def test_stop_answers_what_has_begun(self):
        with Server() as server:
            failures = []
            answered = []
            begun = threading.Event()

            def work(number):
                for i in range(100000):
                    try:
                        connection = server.connect()
                        connection.connect()
                    except ConnectionRefusedError:
                        return
                    try:
                        reply = server.ask("POST", "/v1/check/batch",
                                           {"events": [{"id": str(n), "text": OFFER}
                                                       for n in range(200)]},
                                           connection=connection)
                        answered.append(len(reply.json["verdicts"]))
                        begun.set()
                    except (ConnectionResetError, BrokenPipeError) as error:
                        # Taken by the system, but not yet by the server, when it closed its door.
                        if server.process.poll() is None and i < 3:
                            failures.append(error)
                    except Exception as error:  # an answer cut short is what must not be
                        failures.append(error)
                    finally:
                        connection.close()

            threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
            for thread in threads:
                thread.start()
            begun.wait(10)
            time.sleep(0.3)
            self.assertEqual(server.stop(), 0)
            for thread in threads:
                thread.join()
            self.assertEqual(set(answered), {200})
            bad = [f for f in failures if not isinstance(f, ConnectionError)
                   and type(f).__name__ != "RemoteDisconnected"]
            self.assertEqual(bad, [])


class TlsTest(WardCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ward-tls-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.certificate, self.key = self.folder / "tls.pem", self.folder / "tls.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out",
                        self.certificate], check=True, capture_output=True)

    def test_checks_over_tls(self):
        settings = {"tls_certificate": self.certificate, "tls_key": self.key}
        with Server(settings=settings, lets_in=False) as server:
            trust = ssl.create_default_context(cafile=self.certificate)
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=trust,
                                                     timeout=20)
            with contextlib.closing(connection):
                made = server.ask("POST", "/v1/session/link",
                                  {"token": server.link, "user": "chief",
                                   "password": "correct horse battery"}, connection=connection)
                self.assertEqual(made.status, 200, made)
                self.assertIn("Secure", made.headers["set-cookie"])
                self.assertIn("max-age", made.headers["strict-transport-security"])
                who = {"Cookie": made.headers["set-cookie"].split(";")[0],
                       "X-CSRF-Token": made.json["csrf"]}
                for number in range(50):
                    reply = server.ask("POST", "/v1/check", {"id": str(number), "text": OFFER},
                                       headers=who, connection=connection)
                    self.assertEqual((reply.status, reply.json["id"]), (200, str(number)))
                many = {"events": [{"id": str(i), "text": OFFER} for i in range(2000)]}
                reply = server.ask("POST", "/v1/check/batch", many, headers=who,
                                   connection=connection)
                self.assertEqual(len(reply.json["verdicts"]), 2000)
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.load_verify_locations(self.certificate)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                with server.raw() as bare:
                    old.wrap_socket(bare, server_hostname="127.0.0.1")
            with server.raw() as bare:  # plain HTTP on a TLS port
                bare.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertNotIn(b"alive", bare.recv(1000))

    def test_a_renewed_certificate_needs_a_restart_and_the_log_says_so(self):
        settings = {"tls_certificate": self.certificate, "tls_key": self.key}
        with Server(settings=settings, lets_in=False) as server:
            server.process.send_signal(signal.SIGHUP)
            server.wait_log("reloaded")
            self.assertNotIn("restart-needed", [line["event"] for line in server.log()])
            self.certificate.write_text(self.certificate.read_text() + "\n")
            server.process.send_signal(signal.SIGHUP)
            self.assertIn("tls_certificate", server.wait_log("restart-needed")["detail"])

    def test_a_key_that_does_not_fit(self):
        self.key.write_text("not a key")
        done = subprocess.run(
            [WARD, "serve", "--packs", PACK, "--listen", "127.0.0.1:0", "--store",
             str(self.folder / "case.db"), "--set", f"tls_certificate={self.certificate}", "--set",
             f"tls_key={self.key}"], capture_output=True, timeout=30)
        self.assertEqual(done.returncode, 2)
        self.assertIn("do not fit or cannot be read", done.stderr.decode())


class ReloadTest(WardCase):
    def make(self):
        server = Server(wait=False, packs="unset")
        server.process.wait()
        server.packs = str(server.folder / "pack")
        shutil.copytree(PACK, server.packs)
        server.start()
        return server

    def generation(self, server):
        return server.get("/v1/check") and int(
            [line for line in server.get("/metrics").body.decode().splitlines()
             if line.startswith("ward_packs_generation ")][0].split()[1])

    def test_reload_swaps_packs_and_refuses_broken_ones(self):
        with self.make() as server:
            before = server.post("/v1/check", {"id": "a", "text": "x"}).json["packs"]
            rules = next(pathlib.Path(server.packs).glob("signals/*.yaml"))
            good = rules.read_text()
            rules.write_text(good + "\n  broken: [\n")
            server.process.send_signal(signal.SIGHUP)
            line = server.wait_log("reload-failed")
            self.assertIn(rules.name, line["file"])
            self.assertGreater(line["line"], 0)
            self.assertEqual(server.post("/v1/check", {"id": "a", "text": "x"}).json["packs"],
                             before)
            rules.write_text(good + "\n# another\n")
            server.process.send_signal(signal.SIGHUP)
            server.wait_log("reloaded")
            after = server.post("/v1/check", {"id": "a", "text": "x"}).json["packs"]
            self.assertNotEqual(after, before)

    def test_no_request_is_dropped_while_reloading(self):
        with self.make() as server:
            failures = []
            counts = []
            over = threading.Event()

            def work():
                connection = server.connect()
                self.addCleanup(connection.close)
                count = 0
                while not over.is_set():
                    try:
                        reply = server.ask("POST", "/v1/check", {"id": "a", "text": OFFER},
                                           connection=connection)
                        if reply.status != 200:
                            failures.append(reply)
                        count += 1
                    except Exception as error:
                        failures.append(error)
                        return
                counts.append(count)

            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            note = next(pathlib.Path(server.packs).glob("signals/*.yaml"))
            for i in range(10):
                note.write_text(note.read_text() + f"\n# {i}\n")
                server.process.send_signal(signal.SIGHUP)
                time.sleep(0.15)
            over.set()
            for thread in threads:
                thread.join()
            self.assertEqual(failures, [])
            self.assertGreater(min(counts), 10)
            self.assertGreater(self.generation(server), 3)

    def test_live_keys_change_and_others_are_named(self):
        with Server() as server:
            config = server.folder / "ward.conf"
            server.stop()
            config.write_text("lang = en\n")
            server.words = ["--config", str(config)]
            server.start()
            says = server.post("/v1/check", {"id": "a", "text": OFFER}).json["reasons"][0]["says"]
            self.assertIsInstance(says, str)
            config.write_text("lang = both\nidle_seconds = 7\n")
            server.process.send_signal(signal.SIGHUP)
            self.assertEqual(server.wait_log("restart-needed")["detail"], "idle_seconds")
            says = server.post("/v1/check", {"id": "a", "text": OFFER}).json["reasons"][0]["says"]
            self.assertIsInstance(says, dict)


if __name__ == "__main__":
    unittest.main()
