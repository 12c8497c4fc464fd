"""Driving the real binary: shared by the tests of the command line.

Each test script gets the path of `ward` as its first argument and then unittest's own.
"""
import atexit
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PACK = str(pathlib.Path(__file__).resolve().parent / "packs" / "toy")
WARD = sys.argv.pop(1) if len(sys.argv) > 1 and __name__ != "__main__" else "ward"

CACHE = tempfile.mkdtemp(prefix="ward-test-cache-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)

OFFER = "女宝宝送养出去，给点营养费"


class WardCase(unittest.TestCase):
    """Runs `ward` with the small pack and looks at status, output and errors."""

    maxDiff = None

    def ward(self, *words, data=None, status=None, packs=PACK, environment=None, timeout=60):
        command = [WARD, words[0], *(["--packs", packs] if packs else []), *words[1:]]
        if isinstance(data, str):
            data = data.encode()
        done = subprocess.run(command, input=data, capture_output=True, timeout=timeout,
                              env={**os.environ, "TERM": "xterm", "XDG_CACHE_HOME": CACHE,
                                   **(environment or {})})
        if status is not None:
            self.assertEqual(done.returncode, status, (command, done.stdout[-500:], done.stderr))
        return done

    def verdicts(self, *words, **options):
        """The JSON lines of `ward scan --json` with the sums checked."""
        done = self.ward("scan", "--json", *words, **options)
        found = [json.loads(line) for line in done.stdout.decode().splitlines()]
        for verdict in found:
            self.check_sum(verdict)
        return found

    def check_sum(self, verdict):
        log_odds = verdict["base"] + sum(reason["weight"] for reason in verdict["reasons"])
        self.assertAlmostEqual(1 / (1 + math.exp(-log_odds)), verdict["score"], delta=0.0005)


def event_lines(*events):
    """JSON lines; an event is a text or a dict; missing ids are numbered."""
    lines = []
    for number, event in enumerate(events):
        event = {"text": event} if isinstance(event, str) else dict(event)
        event.setdefault("id", f"m{number}")
        lines.append(json.dumps(event, ensure_ascii=False))
    return "\n".join(lines) + "\n"
