"""Runs `ward serve` for a test and talks to it with Python's own HTTP client.

    with Server() as server:
        reply = server.post("/v1/check", {"id": "a", "text": "..."})
        reply.status, reply.json, reply.headers

Every server has a folder of its own (`server.folder`) with store, state and log, and a free port.
On a new store the first administrator is made from the link (ADMIN, PASSWORD), and requests carry a
key with every scope; `lets_in=False` leaves the link alone.
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from ward_case import CACHE, PACK, WARD

ADMIN = "root.admin"
PASSWORD = "correct horse battery"
SCOPES = ["check", "ingest", "report", "read", "decide", "export", "packs", "audit", "admin"]


class Reply:
    """Status, headers and body of one answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:200]!r}>"


class Server:
    """A running `ward serve`."""

    def __init__(self, packs=PACK, folder=None, settings=None, words=(), key=None, wait=True,
                 lets_in=True):
        self.owns_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="ward-serve-"))
        self.store = str(self.folder / "case.db")
        self.settings = dict(settings or {})
        self.packs = packs
        self.words = list(words)
        self.key = key
        self.lets_in = lets_in
        self.process = None
        self.port = None
        self.link = None
        self.start(wait)

    def command(self):
        settings = {"listen": "127.0.0.1:0", "store": self.store, **self.settings}
        words = [os.path.abspath(WARD), "serve", "--packs", self.packs, *self.words]
        for name, value in settings.items():
            words += ["--set", f"{name}={value}"]
        return words

    def start(self, wait=True):
        self.log_path = self.folder / f"log-{time.monotonic_ns()}"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                self.command(), stderr=log, stdout=subprocess.DEVNULL, cwd=self.folder,
                env={**os.environ, "XDG_CACHE_HOME": CACHE, "WARD_STORE": ""})
        if wait:
            self.wait_ready()
            if self.link and self.lets_in:
                self.let_in()

    def let_in(self):
        """Makes the first administrator, and a key that may do everything."""
        reply = self.post("/v1/session/link", {"token": self.link, "user": ADMIN, "password": PASSWORD})
        assert reply.status == 200, reply
        cookie = reply.headers["set-cookie"].split(";")[0]
        made = self.post("/v1/keys", {"name": "tests", "scopes": SCOPES},
                         headers={"Cookie": cookie, "X-CSRF-Token": reply.json["csrf"]})
        assert made.status == 201, made
        self.key = made.json["secret"]

    def wait_ready(self, timeout=20):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            text = self.log_path.read_text()
            found = re.search(r"listening on https?://[^ ]*:(\d+)/\n", text)
            if found and '"started"' in text:
                self.port = int(found.group(1))
                link = re.search(r"#link=(\S+)", text)
                self.link = link and link.group(1)
                return
            if self.process.poll() is not None:
                raise AssertionError(f"ward serve ended: {self.log_path.read_text()}")
            time.sleep(0.01)
        raise AssertionError(f"ward serve is not ready: {self.log_path.read_text()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.stop()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self, number=signal.SIGTERM, timeout=60):
        """Sends a signal and waits; the exit status."""
        self.process.send_signal(number)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def restart(self):
        """Starts anew over the same folder, on another port."""
        if self.process.poll() is None:
            self.stop()
        self.start()

    def log(self):
        """The JSON lines of the log."""
        return [json.loads(line) for line in self.log_path.read_text().splitlines()
                if line.startswith("{")]

    def wait_log(self, event, timeout=10):
        """The first line of that event, waited for."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for line in self.log():
                if line["event"] == event:
                    return line
            time.sleep(0.02)
        raise AssertionError(f"no {event} in the log: {self.log_path.read_text()}")

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def connect_closing(self):
        return contextlib.closing(self.connect())

    def ask(self, method, path, body=None, headers=None, connection=None):
        """One request. A dict or list goes as JSON. With `connection` it stays open."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        elif isinstance(body, str):
            body = body.encode()
        if self.key and "Authorization" not in headers and "Cookie" not in headers:
            headers["Authorization"] = f"Bearer {self.key}"
        used = connection or self.connect()
        try:
            used.request(method, path, body=body, headers=headers)
            return Reply(used.getresponse())
        finally:
            if not connection:
                used.close()

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, body=body, **options)

    @contextlib.contextmanager
    def raw(self, timeout=30):
        """A bare socket to the server."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as bare:
            yield bare

    def memory_kb(self):
        """Memory held now."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1))
