"""A server killed at random moments under load, and a full disk.

usage: test_serve_faults.py WARD [POWER_CUT [seconds of killing, default 15]]

POWER_CUT is the library of tests/fault/power_cut.c: with it the power is cut too, for a killed
process alone proves little: the kernel still writes its pages.

Whatever was answered with success must be there after the next start, sent again it must be known,
and the audit log must verify. More seconds, more kills.
"""
import http.client
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

POWER_CUT = os.path.abspath(sys.argv.pop(2)) if len(sys.argv) > 2 and sys.argv[2].endswith(".so") else None
SECONDS = float(sys.argv.pop(2)) if len(sys.argv) > 2 and sys.argv[2].isdigit() else 15.0

import power_cut  # noqa: E402
from ward_case import OFFER, WardCase, event_lines  # noqa: E402
from ward_server import Server  # noqa: E402


class Client(threading.Thread):
    """Sends bodies of flagged events until the server is gone; keeps what was acknowledged."""

    def __init__(self, server, number, begin):
        super().__init__()
        self.server, self.number, self.next = server, number, begin
        self.acknowledged = []

    def body(self):
        size = 1 + self.next % 40
        return [{"id": f"c{self.number}-{self.next + i}", "platform": "qq",
                 "group": f"g{self.number}", "account": f"u{i % 7}", "text": f"{OFFER} {i}"}
                for i in range(size)]

    def run(self):
        with self.server.connect_closing() as connection:
            self.send_on(connection)

    def send_on(self, connection):
        while True:
            events = self.body()
            try:
                reply = self.server.post("/v1/events", event_lines(*events), connection=connection)
            except (OSError, http.client.HTTPException):
                return
            if reply.status == 200 and reply.json["received"] == len(events):
                self.acknowledged += events
            self.next += len(events)


class Reporter(threading.Thread):
    """Sends reports until the server is gone."""

    def __init__(self, server, number):
        super().__init__()
        self.server, self.number, self.acknowledged = server, number, []

    def run(self):
        while True:
            self.number += 1
            body = {"reported": {"id": f"r{self.number}", "text": "明天一起吃饭", "group": "reports"},
                    "reason": str(self.number)}
            try:
                reply = self.server.post("/v1/reports", body)
            except (OSError, http.client.HTTPException):
                return
            if reply.status == 201:
                self.acknowledged.append((reply.json["report"], f"r{self.number}"))
            time.sleep(0.01)


class KillTest(WardCase):
    def test_killed_under_load(self):
        choice = random.Random(11)
        end = time.monotonic() + SECONDS
        acknowledged, reports, kills, begin, reported = [], [], 0, 0, 0
        with Server() as server:
            while time.monotonic() < end or kills < 3:
                clients = [Client(server, number, begin) for number in range(2)]
                clients.append(Reporter(server, reported))
                for client in clients:
                    client.start()
                time.sleep(choice.uniform(0.02, 1.2))
                server.process.kill()
                server.process.wait()
                for client in clients:
                    client.join()
                kills += 1
                begin = max(client.next for client in clients[:2]) + 1
                reported = clients[2].number
                acknowledged += clients[0].acknowledged + clients[1].acknowledged
                reports += clients[2].acknowledged
                server.start()
            self.check_all(server, acknowledged, reports)
        print(f"{kills} kills, {len(acknowledged)} events and {len(reports)} reports acknowledged",
              file=sys.stderr)

    def check_all(self, server, acknowledged, reports):
        self.assertGreater(len(acknowledged), 100)
        for at in range(0, len(acknowledged), 2000):
            part = acknowledged[at:at + 2000]
            reply = server.post("/v1/events", event_lines(*part)).json
            self.assertEqual((reply["received"], reply["stored"], reply["duplicate"]),
                             (len(part), 0, len(part)), "an acknowledged event was lost")
        for report, event in reports:
            row = server.get(f"/v1/reports/{report}")
            self.assertEqual(row.status, 200, "an acknowledged report was lost")
            self.assertEqual(row.json["reported"]["event"]["id"], event)
        done = self.ward("audit", "verify", "--store", server.store, packs=None, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


@unittest.skipUnless(POWER_CUT, "the library that remembers writes is not named")
class PowerCutTest(KillTest):
    """The same, and what was not synced is gone."""

    def cut(self, server, clients, log, choice):
        """Runs under the library, is killed, loses what was in the air; how many writes."""
        os.environ.update({"LD_PRELOAD": POWER_CUT, "WARD_POWER_CUT_LOG": str(log)})
        try:
            server.start()
        finally:
            del os.environ["LD_PRELOAD"], os.environ["WARD_POWER_CUT_LOG"]
        for client in clients:
            client.start()
        time.sleep(0.3 + 0.6 * random.Random(clients[0].next).random())
        server.process.kill()
        server.process.wait()
        for client in clients:
            client.join()
        lost = power_cut.take_back(log, choice) if log.exists() else 0
        (server.folder / "case.db-shm").unlink(missing_ok=True)  # memory, gone with the power
        return lost

    def test_killed_under_load(self):
        acknowledged, reports, lost, begin, reported = [], [], 0, 0, 0
        with Server() as server:
            server.stop()
            for turn in range(8):
                clients = [Client(server, number, begin) for number in range(2)]
                clients.append(Reporter(server, reported))
                choice = random.Random(turn) if turn % 2 else None
                lost += self.cut(server, clients, server.folder / "power.log", choice)
                begin = max(client.next for client in clients[:2]) + 1
                reported = clients[2].number
                acknowledged += clients[0].acknowledged + clients[1].acknowledged
                reports += clients[2].acknowledged
            server.start()
            self.check_all(server, acknowledged, reports)
        self.assertGreater(lost, 0, "no write was in the air: the test proves nothing")


class StopTest(WardCase):
    def test_a_stop_drains(self):
        """SIGTERM while clients send: no answer is lost, no acknowledged event either."""
        with Server() as server:
            clients = [Client(server, number, 0) for number in range(2)]
            for client in clients:
                client.start()
            time.sleep(0.5)
            self.assertEqual(server.stop(signal.SIGTERM), 0)
            for client in clients:
                client.join()
            server.start()
            for client in clients:
                reply = server.post("/v1/events", event_lines(*client.acknowledged)).json
                self.assertEqual(reply["stored"], 0)


@unittest.skipUnless(os.geteuid() == 0, "mounting a small disk takes root")
class FullDiskTest(WardCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ward-full-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", self.folder],
                                 capture_output=True)
        if mounted.returncode:
            self.skipTest("no small disk can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.folder])

    def test_full_disk_is_told_and_got_over(self):
        with Server(folder=self.folder) as server:
            client = Client(server, 0, 0)
            first = client.body()
            self.assertEqual(server.post("/v1/events", event_lines(*first)).status, 200)
            filler = self.folder / "filler"
            with open(filler, "wb") as file:
                try:
                    while True:
                        os.write(file.fileno(), b"x" * 4096)
                except OSError:
                    pass
            lost, refused = [], 0
            for _ in range(40):
                client.next += 40
                events = client.body()
                reply = server.post("/v1/events", event_lines(*events))
                self.assertIn(reply.status, (200, 503), reply)
                if reply.status == 503:
                    refused += 1
                    lost += events
                    self.assertIn("retry-after", reply.headers)
            self.assertGreater(refused, 0)
            self.assertEqual(server.post("/v1/check", {"id": "a", "text": OFFER}).status, 200)
            filler.unlink()
            reply = server.post("/v1/events", event_lines(*lost))
            self.assertEqual(reply.status, 200, reply)
            self.assertEqual(reply.json["received"], len(lost))
            again = server.post("/v1/events", event_lines(*lost)).json
            self.assertEqual((again["stored"], again["duplicate"]), (0, len(lost)))
            server.restart()
            again = server.post("/v1/events", event_lines(*lost, *first)).json
            self.assertEqual((again["stored"], again["duplicate"]), (0, len(lost) + len(first)))
            done = self.ward("audit", "verify", "--store", server.store, packs=None, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
