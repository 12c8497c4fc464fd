#!/usr/bin/env python3
"""`ward scan`: order, context, revisions, threads, pipes, errors."""
import json
import os
import pathlib
import random
import select
import subprocess
import tempfile
import threading
import unittest

from ward_case import OFFER, PACK, WARD, WardCase, event_lines


class Scan(WardCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    # -- what is printed ------------------------------------------------------------------------

    def test_people(self):
        path = self.file("a.jsonl", event_lines(
            {"id": "x1", "platform": "qq", "group": "g", "account": "u", "text": OFFER,
             "time": "2020-04-01T12:39:40+08:00"}, "早上好"))
        shown = self.ward("scan", path, status=1).stdout.decode()
        self.assertIn("URGENT 0.92  offer  qq/g  u  2020-04-01T04:39:40Z  x1", shown)
        self.assertTrue(shown.endswith("2 events, 1 flagged (1 urgent, 0 review, 0 watch)\n"))
        self.assertNotIn("早上好", shown)

    def test_exit_status(self):
        quiet, loud = event_lines("早上好"), event_lines(OFFER)
        self.ward("scan", "-", data=quiet, status=0)
        self.ward("scan", "-", data=loud, status=1)
        self.ward("scan", "--fail-level", "urgent", "-", data=event_lines("女宝宝送养出去"),
                  status=0)
        self.ward("scan", "-", data="", status=0)
        self.ward("scan", status=2)
        self.ward("scan", str(self.folder / "missing"), status=2)
        self.ward("scan", str(self.folder), status=2)

    def test_json_fields(self):
        given = {"id": "x1", "platform": "qq", "group": "g", "account": "u", "text": OFFER,
                 "time": 1585715980123}
        verdict, = self.verdicts("-", data=event_lines(given))
        self.assertEqual([verdict[key] for key in ("id", "platform", "group", "account", "time")],
                         ["x1", "qq", "g", "u", "2020-04-01T04:39:40.123Z"])
        self.assertNotIn("law_as_of", verdict)
        self.assertNotIn("revision", verdict)
        self.assertEqual(list(verdict)[5:], ["level", "base", "score", "role", "reasons", "facts",
                                             "packs"])

    def test_all_in_order(self):
        texts = [random.Random(3).choice(["早", OFFER, "小猫", ""]) for _ in range(500)]
        found = self.verdicts("--all", "--no-context", "-", data=event_lines(*texts))
        self.assertEqual([verdict["id"] for verdict in found], [f"m{i}" for i in range(500)])
        for text, verdict in zip(texts, found):
            self.assertEqual(verdict["level"], "urgent" if text == OFFER else "none")

    def test_escapes_in_json(self):
        verdict, = self.verdicts("-", data=event_lines({"id": 'a"\\\n\u0001', "text": OFFER}))
        self.assertEqual(verdict["id"], 'a"\\\n\u0001')

    # -- context --------------------------------------------------------------------------------

    def test_context(self):
        talk = event_lines({"group": "1", "text": "女宝宝"}, {"group": "2", "text": "营养费多少"},
                           {"group": "1", "text": "营养费多少"})
        with_context = self.verdicts("--all", "-", data=talk)
        self.assertEqual([v["level"] for v in with_context], ["none", "none", "review"])
        alone = self.verdicts("--all", "--no-context", "-", data=talk)
        self.assertEqual([v["level"] for v in alone], ["none", "none", "none"])

    def test_revisions_come_last_in_order(self):
        talk = event_lines({"group": "1", "text": "营养费多少"}, {"group": "2", "text": "营养费"},
                           {"group": "2", "text": "女宝宝"}, {"group": "1", "text": "女宝宝"},
                           {"group": "1", "text": "早"})
        found = self.verdicts("--all", "-", data=talk)
        self.assertEqual([(v["id"], v["level"], v.get("revision", 0)) for v in found],
                         [("m0", "none", 0), ("m1", "none", 0), ("m2", "none", 0),
                          ("m3", "none", 0), ("m4", "none", 0), ("m0", "review", 1),
                          ("m1", "review", 1)])
        shown = self.ward("scan", "-", data=talk, status=1).stdout.decode()
        self.assertIn("5 events, 2 flagged", shown)

    def test_accounts_across_groups(self):
        """What an account said elsewhere counts from the next 4096th event on."""
        first = {"platform": "qq", "group": "1", "account": "u", "text": "女宝宝"}
        later = {"platform": "qq", "group": "2", "account": "u", "text": "送养出去"}
        other = {"platform": "qq", "group": "3", "account": "v", "text": "早"}
        soon = self.verdicts("-", data=event_lines(first, later))
        self.assertEqual(soon, [])
        found = self.verdicts("-", data=event_lines(first, *[other] * 4095, later))
        self.assertEqual([v["id"] for v in found], ["m4096"])
        self.assertEqual(found[0]["reasons"][0]["rule"], "known-account")
        same_group = self.verdicts("-", data=event_lines(first, {**later, "group": "1"}))
        self.assertEqual(len(same_group), 1)

    def test_file_is_the_group(self):
        one = self.file("one", event_lines("女宝宝"))
        two = self.file("two", event_lines("营养费多少"))
        both = self.file("both", event_lines("女宝宝", "营养费多少"))
        self.assertEqual(len(self.verdicts(one, two)), 0)
        self.assertEqual(len(self.verdicts(both)), 1)

    # -- the same bytes, whatever the threads -----------------------------------------------------

    def many_events(self, count):
        chance = random.Random(11)
        texts = ["早上好", "女宝宝", "营养费多少", OFFER, "送养出去", "小猫 疫苗", "吃饭了吗",
                 "女 宝 宝", "走投无路", "据报道 女宝宝 营养费"]
        weights = [400, 8, 8, 2, 8, 20, 500, 4, 2, 2]
        return event_lines(*[
            {"platform": "qq", "group": f"g{int(chance.paretovariate(0.6)) % 300}",
             "account": f"u{chance.randrange(200)}",
             "alias": chance.choice(["", "小明", "妈妈", "女宝宝9月"]),
             "text": chance.choices(texts, weights)[0] + " " * chance.randrange(120)}
            for _ in range(count)])

    def test_threads_make_no_difference(self):
        path = self.file("many.jsonl", self.many_events(30000))
        outputs = {}
        for threads in ("1", "2", "8"):
            done = self.ward("scan", "--json", "--all", "--threads", threads, path, status=1)
            outputs[threads] = done.stdout
        self.assertEqual(outputs["1"].count(b"\n") - outputs["1"].count(b'"revision"'), 30000)
        self.assertGreater(outputs["1"].count(b'"revision"'), 10)
        self.assertTrue(outputs["1"] == outputs["2"] == outputs["8"])
        data = pathlib.Path(path).read_bytes()
        piped = self.ward("scan", "--json", "--all", "-", data=data, status=1)
        self.assertTrue(piped.stdout == outputs["1"])

    def test_uneven_pipe_makes_no_difference(self):
        data = self.many_events(3000).encode()
        whole = self.ward("scan", "--json", "--all", "-", data=data).stdout
        child = subprocess.Popen([WARD, "scan", "--packs", PACK, "--json", "--all", "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        chance = random.Random(5)
        collected = []
        reader = threading.Thread(target=lambda: collected.append(child.stdout.read()))
        reader.start()
        at = 0
        while at < len(data):
            step = chance.randrange(1, 30000)
            child.stdin.write(data[at:at + step])
            child.stdin.flush()
            at += step
        child.stdin.close()
        reader.join(timeout=60)
        child.stdout.close()
        child.wait(timeout=10)
        self.assertTrue(collected[0] == whole)

    # -- pipes ------------------------------------------------------------------------------------

    def test_live_pipe(self):
        """A verdict is there as soon as its line is complete."""
        child = subprocess.Popen([WARD, "scan", "--packs", PACK, "--json", "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for number in range(3):
            line = event_lines({"id": f"n{number}", "group": "g", "text": OFFER}).encode()
            child.stdin.write(line[:20])
            child.stdin.flush()
            self.assertEqual(select.select([child.stdout], [], [], 0.1)[0], [])
            child.stdin.write(line[20:])
            child.stdin.flush()
            self.assertTrue(select.select([child.stdout], [], [], 10)[0])
            self.assertEqual(json.loads(child.stdout.readline())["id"], f"n{number}")
        child.stdin.close()
        self.assertEqual(child.wait(timeout=10), 1)
        child.stdout.close()

    def test_reader_leaves(self):
        data = event_lines(*[OFFER] * 20000).encode()
        path = self.file("loud", data)
        child = subprocess.Popen([WARD, "scan", "--packs", PACK, "--json", path],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        child.stdout.readline()
        child.stdout.close()
        self.assertEqual(child.stderr.read(), b"")
        child.stderr.close()
        self.assertEqual(child.wait(timeout=20), 2)

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([WARD, "scan", "--packs", PACK, "--json", "-"], stdout=full,
                                  input=event_lines(OFFER).encode(), stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"cannot write", done.stderr)

    # -- bad input --------------------------------------------------------------------------------

    def test_bad_lines_are_skipped(self):
        data = event_lines(OFFER) + "{broken\n" + '{"id":"z","text":"' + OFFER + '"}\n[]\n'
        path = self.file("bad.jsonl", data)
        done = self.ward("scan", path, status=1)
        self.assertIn("2 events, 2 flagged", done.stdout.decode())
        self.assertIn("2 bad records skipped", done.stdout.decode())
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 2)
        self.assertTrue(lines[0].startswith(f"{path}:2: "), lines)
        self.assertTrue(lines[1].startswith(f"{path}:4: "), lines)
        self.assertNotIn("女宝宝", done.stderr.decode())

    def test_strict(self):
        data = event_lines(OFFER) + "{broken\n" + '{"id":"late","text":"' + OFFER + '"}\n'
        done = self.ward("scan", "--json", "--strict", "-", data=data, status=2)
        self.assertEqual([json.loads(line)["id"] for line in done.stdout.splitlines()], ["m0"])
        self.assertIn("2", done.stderr.decode())

    def test_one_missing_file(self):
        good = self.file("good", event_lines(OFFER))
        done = self.ward("scan", "--json", str(self.folder / "no"), good, status=2)
        self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_huge_line(self):
        data = event_lines("x " * 5000000 + OFFER)
        verdict, = self.verdicts("-", data=data)
        span = verdict["reasons"][0]["spans"][0]
        self.assertEqual(span["begin"], 10000000)

    def test_formats(self):
        shown = self.verdicts("--format", "plain", "-", data=f"早\n{OFFER}\n")
        self.assertEqual(len(shown), 1)
        self.assertTrue(shown[0]["id"].endswith(":2"), shown[0]["id"])
        self.ward("scan", "--format", "xml", "-", data="", status=2)
        csv = self.verdicts("--format", "csv", "--platform", "wb", "-",
                            data=f"id,text\n7,{OFFER}\n")
        self.assertEqual((csv[0]["id"], csv[0]["platform"]), ("7", "wb"))

    def test_options(self):
        self.ward("scan", "--threads", "0", "-", data="", status=2)
        done = self.ward("scan", "--no-contxt", "-", data="", status=2)
        self.assertIn("did you mean --no-context?", done.stderr.decode())
        done = self.ward("scan", "-qa", "-", data=event_lines("早"), status=0)
        self.assertNotIn("events", done.stdout.decode())
        done = self.ward("scan", "-v", "-", data="", status=0)
        self.assertIn("pack toy@1.0", done.stderr.decode())

    def test_memory_is_bounded(self):
        """A million distinct groups do not pile up."""
        lines = "".join('{"id":"%d","platform":"p","group":"g%d","text":"女宝宝 营养"}\n' % (i, i)
                        for i in range(100000))
        path = self.file("groups", lines)
        child = subprocess.Popen([WARD, "scan", "--packs", PACK, "-q", path],
                                 stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        self.assertLess(usage.ru_maxrss, 200 * 1024)


if __name__ == "__main__":
    unittest.main()
