#!/usr/bin/env python3
"""Faults under the store: killed at random moments, disk full, read-only, locked, server restarted.

usage: test_store_faults.py DRIVER POWER_CUT [kills]

What was acknowledged must be there afterwards, whole batches only, and the audit log must verify.
The PostgreSQL part runs when WARD_TEST_POSTGRES is set (tests/unit/store/with_postgres.py sets it).
"""
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import power_cut

DRIVER = sys.argv[1]
POWER_CUT = sys.argv[2]  # the library of tests/fault/power_cut.c
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 200
POWER_CUTS = KILLS // 5
BATCH = 20


class Bench:
    """One store and what it acknowledged."""

    def __init__(self, url, key):
        self.url, self.key = url, key
        self.next, self.acked = 0, 0

    def command(self, *words):
        return [DRIVER, self.url, self.key, *map(str, words)]

    def take(self, output):
        """Counts acknowledged batches; the next run starts at the first that is not."""
        for line in output.splitlines():
            words = line.split()
            if len(words) == 3 and words[0] == "ack" and line:
                self.acked += 1
                self.next = int(words[1]) + BATCH

    def check(self, test):
        done = subprocess.run(self.command("check"), capture_output=True, text=True, check=False)
        test.assertEqual(done.returncode, 0, done.stderr)
        words = done.stdout.split()
        test.assertEqual(words[4], "good", done.stdout)
        events, decisions = int(words[1]), int(words[3])
        test.assertEqual(events % BATCH, 0, "half a batch is there")
        test.assertGreaterEqual(events, self.acked * BATCH, "an acknowledged batch is lost")
        test.assertGreaterEqual(decisions, self.acked, "an acknowledged decision is lost")


class StoreFaults(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ward-faults-"))
        self.bench = Bench(f"sqlite:{self.folder}/case.db", str(self.folder / "key"))

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_driver(self, *words, **options):
        done = subprocess.run(self.bench.command(*words), capture_output=True, text=True, check=False,
                              **options)
        self.bench.take(done.stdout)
        return done

    def kill_at_random(self, bench, times):
        choice = random.Random(7)
        for turn in range(times):
            with subprocess.Popen(bench.command("ingest", bench.next, 100000), text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
                # Half of them while it starts, half while it writes, however busy the machine.
                first = child.stdout.readline() if turn % 2 else ""
                time.sleep(choice.uniform(0.0, 0.08))
                child.kill()
                bench.take(first + child.communicate()[0])
            if turn % 20 == 19:
                bench.check(self)
        self.assertGreater(bench.acked, times // 4, "hardly anything was written before the kills")
        bench.check(self)

    def test_killed_at_random_moments(self):
        self.kill_at_random(self.bench, KILLS)

    def cut_power(self, times, choice, environment):
        """Kills while writing, then takes back what was not synced; returns the writes lost."""
        log, lost = self.folder / "unsynced", 0
        clock = random.Random(11)
        for _ in range(times):
            with subprocess.Popen(self.bench.command("ingest", self.bench.next, 100000), text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  env={**os.environ, "LD_PRELOAD": POWER_CUT,
                                       "WARD_POWER_CUT_LOG": str(log), **environment}) as child:
                first = child.stdout.readline()  # it writes by now, however busy the machine
                time.sleep(clock.uniform(0.0, 0.1))
                child.kill()
                self.bench.take(first + child.communicate()[0])
            lost += power_cut.take_back(log, choice) if log.exists() else 0
            (self.folder / "case.db-shm").unlink(missing_ok=True)  # memory, gone with the power
        return lost

    def test_power_cut(self):
        self.assertEqual(self.run_driver("ingest", 0, 1).returncode, 0)
        for choice in (None, random.Random(5)):
            acked = self.bench.acked
            lost = sum(self.cut_power(1, choice, {}) for _ in range(POWER_CUTS))
            self.bench.check(self)
            self.assertGreater(lost, 0, "no write was in the air: the test proves nothing")
            self.assertGreater(self.bench.acked, acked)

    def test_a_disk_that_lies_is_noticed_by_the_test(self):
        """The control: without syncs the same cuts must lose what was acknowledged."""
        self.assertEqual(self.run_driver("ingest", 0, 1).returncode, 0)
        self.cut_power(5, None, {"WARD_POWER_CUT_DEAF": "1"})
        with self.assertRaises(AssertionError):
            self.bench.check(self)

    def test_disk_full_then_room_again(self):
        self.assertEqual(self.run_driver("ingest", 0, 5).returncode, 0)
        limit = 400 * 1024
        done = self.run_driver("ingest", self.bench.next, 1000, preexec_fn=lambda: (
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            __import__("signal").signal(__import__("signal").SIGXFSZ, __import__("signal").SIG_IGN)))
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("full", done.stderr)
        self.bench.check(self)
        self.assertEqual(self.run_driver("ingest", self.bench.next, 5).returncode, 0)
        self.bench.check(self)

    def test_locked_by_another_process(self):
        self.assertEqual(self.run_driver("ingest", 0, 2).returncode, 0)
        with subprocess.Popen(self.bench.command("hold", 2), stdout=subprocess.PIPE, text=True) as holder:
            self.assertEqual(holder.stdout.readline(), "held\n")
            done = self.run_driver("ingest", self.bench.next, 1, "hasty")
            self.assertEqual(done.returncode, 8, done.stderr)
            self.assertIn("another process", done.stderr)
            self.assertEqual(self.run_driver("ingest", self.bench.next, 1).returncode, 0)
        self.bench.check(self)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become another user")
    def test_read_only(self):
        self.assertEqual(self.run_driver("ingest", 0, 2).returncode, 0)
        for path in (self.folder, *self.folder.iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        (self.folder / "key").chmod(0o600)
        os.chown(self.folder / "key", 65534, 65534)
        done = self.run_driver("ingest", 40, 1, user=65534, group=65534, extra_groups=[])
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("read-only", done.stderr)
        done = self.run_driver("check", user=65534, group=65534, extra_groups=[])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("events 40 decisions 2 good", done.stdout)

    @unittest.skipUnless(os.environ.get("WARD_TEST_POSTGRES"), "no PostgreSQL")
    def test_server_stopped_and_restarted(self):
        bench = Bench(os.environ["WARD_TEST_POSTGRES"], str(self.folder / "key"))
        control = os.environ["WARD_TEST_POSTGRES_CONTROL"].split()
        with subprocess.Popen(bench.command("ingest", 0, 600), text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as child:
            first = child.stdout.readline()  # it is writing: opening is not what is tested
            for _ in range(3):
                time.sleep(0.2)
                subprocess.run([*control, "stop"], check=True)
                time.sleep(0.2)
                subprocess.run([*control, "start"], check=True)
            output, error = child.communicate()
            bench.take(first + output)
            self.assertEqual(child.returncode, 0, error)
        self.assertEqual(bench.acked, 600)
        bench.check(self)
        self.kill_at_random(bench, KILLS // 10)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
