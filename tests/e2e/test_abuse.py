"""`ward serve` under clients that mean harm or break down: it stays up, answers the others, and
holds bounded memory."""
import gzip
import json
import os
import random
import resource
import socket
import struct
import threading
import time
import unittest

from ward_case import OFFER, WardCase
from ward_server import Server

SLOW = {"idle_seconds": 2, "request_seconds": 2, "limit_connections": 3000, "limit_streams": 4}


def auth(server):
    return f"Authorization: Bearer {server.key}\r\n" if server.key else ""


def read_all(bare):
    """Everything until the server closes."""
    data = b""
    try:
        while piece := bare.recv(65536):
            data += piece
    except OSError:
        pass
    return data


class AbuseCase(WardCase):
    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.server = Server(settings=SLOW)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def tearDown(self):
        self.assertIsNone(self.server.process.poll(), "the server is gone")
        reply = self.server.post("/v1/check", {"id": "after", "text": OFFER})
        self.assertEqual(reply.status, 200, reply)

    def send(self, data):
        """Sends bytes, ends its side, and reads to the end."""
        with self.server.raw() as bare:
            try:
                bare.sendall(data)
                bare.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            return read_all(bare)

    def status_of(self, data):
        answer = self.send(data)
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else None


class MalformedTest(AbuseCase):
    def test_no_http(self):
        for data in (b"", b"\r\n\r\n", b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 300,
                     b"GET /healthz HTTP/1.1\r\n\r\n", b"A" * 100000,
                     b"GET /healthz HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n"):
            status = self.status_of(data)
            self.assertNotEqual(status, 500, data[:60])

    def test_what_the_library_refuses_itself(self):
        """As ward.conf(5) lists it: HTML and an end of the connection; all else is a document."""
        head = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
        post = (b"POST /v1/check HTTP/1.1\r\nHost: a\r\n" + auth(self.server).encode())
        for data, status in ((b"GET /" + b"a" * 30000 + b" HTTP/1.1\r\n\r\n", 414),
                             (head + b"X-A: " + b"a" * 20000 + b"\r\n\r\n", 431),
                             (head + b"No colon\r\n\r\n", 400),
                             (post + b"Content-Length: 1e3\r\n\r\n", 400),
                             (post + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", 413),
                             (post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
                             (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505)):
            answer = self.send(data)
            self.assertIn(b" %d " % status, answer[:13], data[:60])
            self.assertIn(b"<html>", answer, data[:60])
        for data in (post + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                     b"GET /" + b"a" * 6000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                     b"BREW / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"):
            self.assertIn(b"application/problem+json", self.send(data), data[:60])

    def test_paths_do_not_climb_out(self):
        for path in (b"/../../etc/passwd", b"/console/../../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd",
                     b"/console/..%2f..%2f..%2fetc%2fpasswd", b"/console/%00", b"//etc/passwd"):
            answer = self.send(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertNotIn(b"root:", answer)
            self.assertNotIn(b" 500 ", answer[:20])

    def test_lengths_that_disagree(self):
        head = "POST /v1/check HTTP/1.1\r\nHost: a\r\n" + auth(self.server)
        for extra in ("Content-Length: 2\r\nContent-Length: 20\r\n",
                      "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                      "Content-Length: -1\r\n", "Content-Length: 99999999999999999999999\r\n",
                      "Content-Length: 1e3\r\n"):
            status = self.status_of((head + extra + "\r\n{}").encode())
            self.assertIn(status, (400, 413, None), extra)

    def test_chunks_that_lie(self):
        head = ("POST /v1/check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" +
                auth(self.server) + "\r\n").encode()
        for body in (b"zz\r\n", b"ffffffffffffffffff\r\nx", b"5\r\nab", b"-1\r\n\r\n", b"0\r\n"):
            self.assertNotEqual(self.status_of(head + body), 200)

    def test_split_requests_do_not_smuggle(self):
        """What follows a refused request on the connection is not taken for another one."""
        smuggled = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
        answer = self.send(b"POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled)
        self.assertNotIn(b"ward_build_info", answer)

    def test_random_bytes(self):
        chance = random.Random(20261124)
        pieces = [b"GET ", b"POST ", b"/v1/check", b"/healthz", b" HTTP/1.1\r\n", b"Host: a\r\n",
                  b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"\r\n\r\n", b"{", b"}",
                  b"\0", b"\xff\xfe", b"%", b"?a=%zz&", b"Cookie: ", b"=;", b"5", b"\r", b"\n"]
        for _ in range(150):
            data = b"".join(chance.choice(pieces) for _ in range(chance.randrange(1, 40)))
            self.assertNotEqual(self.status_of(data), 500, data)


class SizeTest(AbuseCase):
    def test_header_floods(self):
        for headers in ("X-A: " + "a" * 20000 + "\r\n",
                        "".join(f"X-{i}: a\r\n" for i in range(300)),
                        "".join(f"X-{i}: {'b' * 60}\r\n" for i in range(100)),
                        "Cookie: " + "a=b; " * 4000 + "\r\n"):
            data = f"GET /healthz HTTP/1.1\r\nHost: a\r\n{headers}\r\n".encode()
            self.assertIn(self.status_of(data), (400, 431, 413, None))

    def test_many_small_headers_are_no_harm(self):
        headers = "".join(f"X-{i}: a\r\n" for i in range(20))
        data = f"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n".encode()
        self.assertEqual(self.status_of(data), 200)

    def test_a_long_target(self):
        data = b"GET /" + b"a" * 30000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        self.assertIn(self.status_of(data), (400, 414, 431, None))

    def test_announced_body_too_large(self):
        head = ("POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n" +
                auth(self.server) + "\r\n").encode()
        self.assertEqual(self.status_of(head), 413)

    def test_chunked_body_too_large(self):
        before = self.server.memory_kb()
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        head = ("POST /v1/check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" +
                auth(self.server) + "\r\n").encode()
        answers = [self.send(head + chunk * 40 + b"0\r\n\r\n") for _ in range(3)]
        self.assertTrue(all(answer.startswith(b"HTTP/1.1 413") for answer in answers), answers)
        self.send(head + chunk * 400)
        self.assertLess(self.server.memory_kb() - before, 20000)

    def test_unknown_callers_cannot_send_bodies(self):
        """Refused before the body is read."""
        head = (b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n"
                b"Authorization: Bearer wrong\r\n\r\n")
        with self.server.raw() as bare:
            bare.sendall(head)
            answer = read_all(bare)
        self.assertIn(answer.split(b" ", 2)[1], (b"401", b"404"))

    def test_deep_json(self):
        for body in ("[" * 100000, '{"id":"a","x":' + "[" * 100000, '{"a":' * 50000,
                     '{"events":' + "[" * 100000 + "}"):
            for path in ("/v1/check", "/v1/check/batch"):
                self.assertEqual(self.server.post(path, body).status, 400, body[:30])

    def test_compressed_bodies_are_bounded(self):
        """A bomb of line ends: 1 GB that is 1 MB on the wire. Its unpacking is left soon."""
        bomb = gzip.compress(b"\n" * (64 << 20), 9) * 16
        before = self.server.memory_kb()
        reply = self.server.post("/v1/events", bomb, headers={
            "Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"})
        self.assertEqual((reply.status, reply.json["type"]), (413, "urn:ward:problem:too-large"))
        self.assertEqual(reply.headers["content-type"], "application/problem+json")
        self.assertIn("unpacks to too much", reply.json["detail"])
        lines = "".join(json.dumps({"id": f"z{i}", "text": "你好"}) + "\n" for i in range(20000))
        plain = self.server.post("/v1/events", gzip.compress(lines.encode()),
                                 headers={"Content-Encoding": "gzip"})
        self.assertEqual((plain.status, plain.json["received"]), (200, 20000))
        self.assertLess(self.server.memory_kb() - before, 200000)


class SlowTest(AbuseCase):
    def test_slow_headers_are_cut_off(self):
        begin = time.monotonic()
        with self.server.raw() as bare:
            try:
                for byte in b"GET /healthz HTTP/1.1\r\nHost: " + b"a" * 1000:
                    bare.sendall(bytes([byte]))
                    time.sleep(0.05)
                    if time.monotonic() - begin > 15:
                        break
            except OSError:
                pass
        self.assertLess(time.monotonic() - begin, 10)

    def test_slow_bodies_are_cut_off(self):
        head = ("POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n" +
                auth(self.server) + "\r\n").encode()
        begin = time.monotonic()
        with self.server.raw() as bare:
            try:
                bare.sendall(head)
                for _ in range(1000):
                    bare.sendall(b" ")
                    time.sleep(0.05)
                    if time.monotonic() - begin > 15:
                        break
            except OSError:
                pass
        self.assertLess(time.monotonic() - begin, 10)

    def test_slow_readers_are_cut_off(self):
        body = json.dumps({"events": [{"id": str(i), "text": OFFER} for i in range(9000)]}).encode()
        begin = time.monotonic()
        with socket.socket() as bare:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            bare.settimeout(60)
            bare.connect(("127.0.0.1", self.server.port))
            bare.sendall((f"POST /v1/check/batch HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}"
                          f"\r\n{auth(self.server)}\r\n").encode() + body)
            end = self.wait_cut(begin)
        self.assertLess(end, 30)

    def wait_cut(self, begin):
        """Until the server counts one more connection as cut off; checks go on meanwhile."""
        def cut():
            text = self.server.get("/metrics").body.decode()
            return int([line for line in text.splitlines()
                        if line.startswith("ward_connections_cut_total ")][0].split()[1])
        first = cut()
        while cut() == first and time.monotonic() - begin < 40:
            self.assertEqual(self.server.post("/v1/check", {"text": "x"}).status, 200)
            time.sleep(0.2)
        return time.monotonic() - begin

    def test_half_open_and_reset_connections(self):
        for i in range(300):
            bare = socket.create_connection(("127.0.0.1", self.server.port))
            if i % 3 == 0:
                bare.sendall(b"POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{")
            if i % 3 == 1:
                bare.sendall(("POST /v1/check/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n" +
                              auth(self.server) + "\r\n{\"events\":[]}").encode())
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            bare.close()

    def test_slow_streams_do_not_stop_others(self):
        """Bodies that drip into /v1/events; checks and other ingests go on."""
        slow = []
        head = ("POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                "Content-Type: application/x-ndjson\r\n" + auth(self.server) + "\r\n").encode()
        try:
            for _ in range(3):
                bare = socket.create_connection(("127.0.0.1", self.server.port))
                bare.sendall(head + b"9\r\n{\"id\":\"a\"\r\n")
                slow.append(bare)
            begin = time.monotonic()
            reply = self.server.post("/v1/events", '{"id":"q","text":"x"}\n',
                                     headers={"Content-Type": "application/x-ndjson"})
            self.assertIn(reply.status, (200, 404), reply)
            self.assertLess(time.monotonic() - begin, 2)
        finally:
            for bare in slow:
                bare.close()


class CrowdTest(WardCase):
    def test_thousands_of_idle_connections(self):
        """10,000 connections held open, memory bounded, the others answered."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = min(10000, hard // 2 - 500)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        with Server(settings={"limit_connections": 12000, "idle_seconds": 600}) as server:
            server.post("/v1/check", {"text": OFFER})
            before = server.memory_kb()
            held = []
            try:
                for number in range(count):
                    # 127.0.0.1 alone has too few ports to spare beside other tests.
                    bare = socket.socket()
                    bare.bind((f"127.0.0.{1 + number % 4}", 0))
                    bare.connect(("127.0.0.1", server.port))
                    bare.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                    held.append(bare)
                for bare in held:
                    self.assertTrue(bare.recv(4096).startswith(b"HTTP/1.1 200"))
                grown = server.memory_kb() - before
                begin = time.monotonic()
                for _ in range(100):
                    self.assertEqual(server.post("/v1/check", {"text": OFFER}).status, 200)
                self.assertLess(time.monotonic() - begin, 10)
                self.assertLess(grown / count, 16, "KB a connection")
                # Used again, they take no more.
                for bare in held:
                    bare.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                for bare in held:
                    self.assertTrue(bare.recv(4096).startswith(b"HTTP/1.1 200"))
                self.assertLess(server.memory_kb() - before, grown + 8000)
            finally:
                for bare in held:
                    bare.close()
            self.assertEqual(server.stop(), 0)

    def test_more_connections_than_allowed(self):
        """Idle ones make room for new ones."""
        with Server(settings={"limit_connections": 64, "idle_seconds": 600,
                              "threads_event": 1}) as server:
            held = []
            try:
                for _ in range(200):
                    held.append(socket.create_connection(("127.0.0.1", server.port)))
                begin = time.monotonic()
                self.assertEqual(server.post("/v1/check", {"text": OFFER}).status, 200)
                self.assertLess(time.monotonic() - begin, 20)
            finally:
                for bare in held:
                    bare.close()


class RateTest(WardCase):
    def test_too_many_requests(self):
        with Server() as server:
            server.settings.update({"limit_rate": 5, "limit_burst": 20})
            server.restart()
            replies = [server.post("/v1/check", {"text": "x"}) for _ in range(40)]
            codes = [reply.status for reply in replies]
            self.assertEqual(codes[:15], [200] * 15)
            self.assertIn(429, codes)
            refused = replies[codes.index(429)]
            self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
            self.assertIn("too-many-requests", refused.json["type"])
            time.sleep(1.2)
            self.assertEqual(server.post("/v1/check", {"text": "x"}).status, 200)

    def test_full_lanes_say_when_to_come_again(self):
        with Server(settings={"limit_queue": 1, "threads_read": 1}) as server:
            body = {"events": [{"id": str(i), "text": OFFER * 20} for i in range(2000)]}
            replies = []
            threads = [threading.Thread(
                target=lambda: replies.append(server.post("/v1/check/batch", body)))
                for _ in range(12)]
            for thread in threads:
                thread.start()
            # Checks do not wait behind them.
            begin = time.monotonic()
            self.assertEqual(server.post("/v1/check", {"text": "x"}).status, 200)
            self.assertLess(time.monotonic() - begin, 2)
            for thread in threads:
                thread.join()
            codes = {reply.status for reply in replies}
            self.assertEqual(codes, {200, 503})
            busy = next(reply for reply in replies if reply.status == 503)
            self.assertEqual(busy.headers["retry-after"], "1")


if __name__ == "__main__":
    unittest.main()
