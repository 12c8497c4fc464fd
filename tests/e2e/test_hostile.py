"""Input that no one prepared, through the real binary: it ends with 0, 1 or 2 in time, never by a signal.

Naughty strings as events with a good line after each; random bytes in every format; a cut gzip; the
same bytes out for one and eight threads; every line of output is JSON whose spans lie in the text.
"""
import gzip
import json
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import unittest

WARD = sys.argv.pop(1) if len(sys.argv) > 1 else "build/src/cli/ward"
TRADE = str(pathlib.Path(__file__).resolve().parents[2] / "packs" / "zh-trade")
PACKS = __file__.rsplit("/", 1)[0] + "/packs/toy"
NAUGHTY = [chr(code) for code in range(32)] + [
    "\u202e女宝\u202c九万", "\u2066女\u2069宝", "女" + "\u0301" * 500 + "宝", "\ufeff女宝", "\u200b" * 1000,
    "A\u030a\u0323" * 200, "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50, "\U000e0041" * 40, "\uffff",
    "\U0010ffff", "\u0378", "'; DROP TABLE events;--", "<script>alert(1)</script>", "$(reboot)", "`id`",
    "%s%n%x", "../../etc/passwd", "\\", "\"", "9" * 5000, "女" * 20000, "1" * 300 + "万", "nv" * 5000,
    "-" * 10000, "女 " * 5000 + "宝", "\r\n\r\n", "\u2028\u2029", "ﷺ" * 100, "٩万", "🐑" * 3000, "",
]
GOOD = "女宝 9个月 八万 诚心的私"


def ward(arguments, data, limit=60):
    done = subprocess.run([WARD, *arguments], input=data, capture_output=True, timeout=limit, check=False)
    if done.returncode not in (0, 1, 2):
        raise AssertionError(f"{arguments}: exit {done.returncode}: {done.stderr[-300:]!r}")
    return done


def scan(data, *more):
    return ward(["scan", "--packs", PACKS, "--all", "--json", "--no-context", *more, "-"], data)


class Hostile(unittest.TestCase):
    def test_naughty_strings(self):
        texts = [text for naughty in NAUGHTY for text in (naughty, GOOD)]
        data = "".join(json.dumps({"id": str(at), "text": text}) + "\n" for at, text in enumerate(texts))
        one = scan(data.encode(), "--threads", "1")
        self.assertEqual(one.stdout, scan(data.encode(), "--threads", "8").stdout)
        verdicts = {int(v["id"]): v for v in map(json.loads, one.stdout.decode().splitlines())}
        for at, text in enumerate(texts):
            if text == GOOD:
                self.assertIn(at, verdicts)
            raw = text.encode()
            for reason in verdicts.get(at, {"reasons": []})["reasons"]:
                for span in reason["spans"]:
                    self.assertTrue(0 <= span["begin"] < span["end"] <= len(raw))
                    raw[span["begin"]:span["end"]].decode()

    def test_random_bytes_in_every_format(self):
        draw = random.Random(5)
        for name in ("auto", "jsonl", "telegram", "qq", "csv", "plain"):
            for size in (1, 100, 20000):
                noise = draw.randbytes(size)
                for line in scan(noise, "--format", name).stdout.decode().splitlines():
                    json.loads(line)
                ward(["grep", "-e", "女宝", "--json", "-"], noise)
        ward(["check", "--packs", PACKS, "-"], draw.randbytes(5000))

    def test_good_lines_around_bad_ones(self):
        good = json.dumps({"id": "g", "text": GOOD}).encode()
        for bad in (b"{", b"[1]", b"\xff\xfe\xfd", b'{"id":1}', b'{"text":"\\ud800"}', b'{"id":"x","text":5}'):
            out = scan(b"\n".join([good, bad, good]) + b"\n", "--format", "jsonl")
            self.assertEqual(out.stdout.count(b'"id":"g"'), 2, bad)

    def test_cut_gzip(self):
        lines = (json.dumps({"id": "g", "text": GOOD}) + "\n").encode() * 2000
        packed = gzip.compress(lines)
        out = scan(packed[:len(packed) // 2])
        self.assertEqual(out.returncode, 2)
        self.assertTrue(out.stderr)

    def test_a_long_text_of_offers_costs_in_proportion(self):
        def seconds(count):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            text = "\n".join(f"{GOOD} 第{at}个" for at in range(count))
            ward(["scan", "--packs", TRADE, "--no-context", "-t", "1", "-"],
                 json.dumps({"id": "1", "text": text}).encode())
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime - before.ru_utime
        once = min(seconds(8000) for _ in range(2))
        self.assertLess(min(seconds(32000) for _ in range(2)), 8 * once)

    def test_no_file(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(ward(["scan", "--packs", PACKS, folder], b"").returncode, 2)
        self.assertEqual(ward(["scan", "--packs", PACKS, "/nowhere"], b"").returncode, 2)
        self.assertEqual(scan(b"").returncode, 0)


if __name__ == "__main__":
    unittest.main()
