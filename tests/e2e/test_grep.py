#!/usr/bin/env python3
"""`ward grep`: the habits of grep, term lists, disguise, JSON, odd input."""
import json
import os
import pathlib
import pty
import random
import subprocess
import tempfile
import unittest

from ward_case import WARD, WardCase

FIELDS = ["path", "record", "term", "begin", "end", "written", "disguise", "cost"]


class Grep(WardCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def grep(self, *words, **options):
        return self.ward("grep", *words, packs=None, **options)

    def out(self, *words, status=0, **options):
        return self.grep(*words, status=status, **options).stdout

    def text(self, *words, **options):
        return self.out(*words, **options).decode()

    def hits(self, *words, status=0, **options):
        return [json.loads(line) for line in self.text("--json", *words, status=status,
                                                       **options).splitlines()]

    def spans(self, *words, **options):
        return [(hit["term"], hit["record"], hit["begin"], hit["end"])
                for hit in self.hits(*words, **options)]


class Habits(Grep):
    def test_exit_status(self):
        path = self.file("a", "one\ntwo\n")
        self.grep("-e", "two", path, status=0)
        self.grep("-e", "three", path, status=1)
        self.grep("-e", "two", str(self.folder / "missing"), status=2)
        self.grep("-e", "two", status=2)
        self.grep(path, status=2)
        self.grep("-f", str(self.folder / "missing"), path, status=2)

    def test_error_wins_but_the_rest_is_searched(self):
        path, missing = self.file("a", "two\n"), str(self.folder / "missing")
        done = self.grep("-e", "two", missing, path, status=2)
        self.assertEqual(done.stdout.decode(), f"{path}:two\n")
        self.assertIn("missing", done.stderr.decode())
        done = self.grep("-e", "two", str(self.folder), path, status=2)
        self.assertEqual(done.stdout.decode(), f"{path}:two\n")
        self.assertIn(str(self.folder), done.stderr.decode())

    def test_count(self):
        a, b = self.file("a", "x two two\nno\ntwo\n"), self.file("b", "no\n")
        self.assertEqual(self.text("-c", "-e", "two", a), "2\n")
        self.assertEqual(self.text("-c", "-e", "two", a, b), f"{a}:2\n{b}:0\n")
        self.assertEqual(self.text("-c", "-e", "two", b, status=1), "0\n")
        self.assertEqual(self.text("-c", "-v", "-e", "two", a), "1\n")

    def test_names(self):
        a, b, c = self.file("a", "no\ntwo\n"), self.file("b", "no\n"), self.file("c", "two\n")
        self.assertEqual(self.text("-l", "-e", "two", a, b, c), f"{a}\n{c}\n")
        self.assertEqual(self.text("-l", "-e", "two", b, status=1), "")
        self.assertEqual(self.text("-l", "-v", "-e", "two", a, c), f"{a}\n")

    def test_prefixes(self):
        a, b = self.file("a", "no\ntwo\n"), self.file("b", "two\n")
        self.assertEqual(self.text("-e", "two", a), "two\n")
        self.assertEqual(self.text("-n", "-e", "two", a), "2:two\n")
        self.assertEqual(self.text("-H", "-n", "-e", "two", a), f"{a}:2:two\n")
        self.assertEqual(self.text("-Hn", "-e", "two", a), f"{a}:2:two\n")
        self.assertEqual(self.text("-n", "-e", "two", a, b), f"{a}:2:two\n{b}:1:two\n")

    def test_parts(self):
        a = self.file("a", "送养 x 送养\nno\n女宝送养\n")
        self.assertEqual(self.text("-o", "-e", "送养", a), "送养\n" * 3)
        self.assertEqual(self.text("-on", "-e", "送养", a), "1:送养\n1:送养\n3:送养\n")

    def test_invert(self):
        a = self.file("a", "two\nno\ntwo\nnever\n")
        self.assertEqual(self.text("-nv", "-e", "two", a), "2:no\n4:never\n")
        self.assertEqual(self.text("-v", "-e", "two", self.file("b", "two\n"), status=1), "")

    def test_null_data(self):
        a = self.file("a", b"one\ntwo\0three\0two")
        self.assertEqual(self.out("-z", "-n", "-e", "two", a), b"1:one\ntwo\x003:two\0")
        self.assertEqual(self.out("-z", "-c", "-e", "two", a), b"2\n")

    def test_quiet(self):
        a = self.file("a", "two\n")
        self.assertEqual(self.text("-q", "-e", "two", a), "")
        self.assertEqual(self.text("-q", "-c", "-e", "three", a, status=1), "")

    def test_several_terms(self):
        a = self.file("a", "one\ntwo\nthree\n")
        terms = self.file("terms", "three\n")
        self.assertEqual(self.text("-e", "one", "-e", "two", a), "one\ntwo\n")
        self.assertEqual(self.text("-e", "one", "-f", terms, a), "one\nthree\n")

    def test_standard_input(self):
        self.assertEqual(self.text("-n", "-e", "two", "-", data="one\ntwo"), "2:two\n")
        self.assertEqual(self.hits("-e", "two", "-", data="two")[0]["path"], "-")

    def test_many_files(self):
        paths = [self.file(f"f{i:03}", "two\n" if i % 3 else "no\n") for i in range(300)]
        want = "".join(path + "\n" for i, path in enumerate(paths) if i % 3)
        self.assertEqual(self.text("-l", "-e", "two", *paths), want)

    def test_unknown_option(self):
        for wrong, near in (("--exakt", "--exact"), ("--jsn", "--json"), ("--cots", "--cost")):
            done = self.grep(wrong, "-e", "two", "-", data="two", status=2)
            self.assertIn(near, done.stderr.decode())
            self.assertEqual(done.stdout, b"")

    def test_help(self):
        shown = self.text("--help")
        for option in ("--file", "--term", "--allow", "--exact", "--disguise", "--cost", "--json"):
            self.assertIn(option, shown)

    def test_closed_pipe(self):
        path = self.file("a", "two\n" * 300000)
        with subprocess.Popen([WARD, "grep", "-e", "two", path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as running:
            self.assertEqual(running.stdout.readline(), b"two\n")
            running.stdout.close()
            self.assertEqual(running.stderr.read(), b"")
            self.assertGreaterEqual(running.wait(timeout=30), 0)


class Colour(Grep):
    def on_terminal(self, *words, **environment):
        kept = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        leader, follower = pty.openpty()
        try:
            subprocess.run([WARD, "grep", *words], stdout=follower, stderr=subprocess.DEVNULL,
                           timeout=30, env={**kept, "TERM": "xterm", **environment}, check=True)
            os.set_blocking(leader, False)
            return os.read(leader, 65536).decode()
        finally:
            os.close(leader)
            os.close(follower)

    def test_terminal(self):
        path = self.file("a", "a two b\n")
        self.assertIn("\033[1;31mtwo\033[0m", self.on_terminal("-e", "two", path))
        self.assertNotIn("\033", self.on_terminal("-e", "two", path, NO_COLOR="1"))
        self.assertNotIn("\033", self.on_terminal("--json", "-e", "two", path))

    def test_no_terminal(self):
        self.assertNotIn("\033", self.text("-Hn", "-e", "two", self.file("a", "two\n")))


class Json(Grep):
    def test_fields(self):
        path = self.file("a", "no\n甲送养\n")
        hit, = self.hits("-e", "送养", path)
        self.assertEqual(list(hit), FIELDS)
        self.assertEqual(hit, {"path": path, "record": 2, "term": "送养", "begin": 3, "end": 9,
                               "written": "送养", "disguise": [], "cost": 0})

    def test_tag(self):
        terms = self.file("terms", "送养\t甲 类\n女宝\n")
        first, second = self.hits("-f", terms, "-", data="送养女宝")
        self.assertEqual(set(first), {*FIELDS, "tag"})
        self.assertEqual(first["tag"], "甲 类")
        self.assertEqual(set(second), set(FIELDS))

    def test_disguise(self):
        for written, name in (("送 养", "separator"), ("送*养", "separator")):
            hit, = self.hits("-e", "送养", "-", data=f"把{written}了")
            self.assertEqual(hit["written"], written)
            self.assertIn(name, hit["disguise"])
            self.assertGreater(hit["cost"], 0)
            self.assertEqual((hit["begin"], hit["end"]), (3, 3 + len(written.encode())))


class Reading(Grep):
    def test_exact_finds_all(self):
        """Every place of every term, overlaps too, against a search without any cleverness."""
        rolls = random.Random(5)
        letters = "甲乙丙ab é"
        for _ in range(15):
            terms = sorted({"".join(rolls.choices(letters, k=rolls.randint(1, 4)))
                            for _ in range(rolls.randint(1, 8))})
            lines = ["".join(rolls.choices(letters, k=rolls.randint(0, 40))) for _ in range(20)]
            want = set()
            for number, line in enumerate(lines, 1):
                for term in terms:
                    text, sought = line.encode(), term.encode()
                    at = text.find(sought)
                    while at >= 0:
                        want.add((term, number, at, at + len(sought)))
                        at = text.find(sought, at + 1)
            got = self.spans("--exact", "-f", self.file("terms", "\n".join(terms)),
                             self.file("a", "\n".join(lines) + "\n"), status=None)
            self.assertEqual(len(got), len(set(got)))
            self.assertEqual(set(got), want)

    def test_exact_reads_no_disguise(self):
        for written in ("送 养", "ADOPT", "ａdopt", "送養"):
            self.grep("--exact", "-e", "送养", "-e", "adopt", "-", data=written, status=1)

    def test_as_written_equals_exact(self):
        rolls = random.Random(6)
        terms = ["送养", "女宝", "女宝宝", "养女", "宝妈", "adopt", "baby girl"]
        parts = terms + ["今天", "送", "养", "女", "宝", " ", "，", "girl", "the ", "9万"]
        lines = ["".join(rolls.choices(parts, k=rolls.randint(1, 12))) for _ in range(200)]
        listed, text = self.file("terms", "\n".join(terms)), self.file("a", "\n".join(lines))
        plain = {(hit["term"], hit["record"], hit["begin"], hit["end"])
                 for hit in self.hits("-f", listed, text) if hit["cost"] == 0}
        self.assertEqual(plain, set(self.spans("--exact", "-f", listed, text)))

    def test_allow(self):
        allow = self.file("allow", "女宝衣服\n")
        self.grep("-e", "女宝", "--allow", allow, "-", data="女宝衣服", status=1)
        found = self.spans("-e", "女宝", "--allow", allow, "-", data="女宝衣服和女宝")
        self.assertEqual(found, [("女宝", 1, 15, 21)])
        self.grep("--exact", "-e", "女宝", "--allow", allow, "-", data="女宝衣服", status=1)

    def test_disguise_list(self):
        self.grep("-e", "送养", "-", data="送 养", status=0)
        self.grep("--disguise", "none", "-e", "送养", "-", data="送 养", status=1)
        self.grep("--disguise", "none", "-e", "送养", "-", data="送养", status=0)
        self.grep("--disguise", "separator", "-e", "送养", "-", data="送 养", status=0)
        self.grep("--disguise", "homophone", "-e", "送养", "-", data="送 养", status=1)
        self.grep("--disguise", "all", "-e", "送养", "-", data="送 养", status=0)
        done = self.grep("--disguise", "nonsense", "-e", "x", "-", data="x", status=2)
        self.assertIn("nonsense", done.stderr.decode())

    def test_cost(self):
        cost = self.hits("-e", "送养", "-", data="送 养")[0]["cost"]
        self.grep("--cost", str(cost), "-e", "送养", "-", data="送 养", status=0)
        if cost > 1:
            self.grep("--cost", str(cost - 1), "-e", "送养", "-", data="送 养", status=1)
        for wrong in ("0", "-1", "x", "10001", "", "1e3"):
            self.grep("--cost", wrong, "-e", "x", "-", data="x", status=2)


class Terms(Grep):
    def terms(self, content):
        return self.file("terms", content)

    def test_comments_and_ends(self):
        listed = self.terms(b"\xef\xbb\xbftwo\r\n# three\r\n\r\n\nfour\ttag\r\nfive")
        text = "two\nthree\nfour\nfive\n"
        self.assertEqual(self.text("-f", listed, "-", data=text), "two\nfour\nfive\n")
        self.assertEqual(self.hits("-f", listed, "-", data="four")[0]["tag"], "tag")

    def test_bad_terms(self):
        for content in (b"good\n\xff\xfe\n", b"good\n\xe5\xa5\n", b"good\n" + b"x" * 65 + b"\n",
                        b"good\n\ttag\n", b"good\n\xed\xa0\x80\n"):
            listed = self.terms(content)
            done = self.grep("-f", listed, "-", data="good", status=2)
            self.assertIn(f"{listed}:2", done.stderr.decode(errors="replace"))
            self.assertEqual(done.stdout, b"")
        self.grep("-e", "", "-", data="x", status=2)

    def test_longest_term(self):
        self.grep("-f", self.terms("宝" * 64), "-", data="宝" * 64, status=0)

    def test_empty_list(self):
        for content in ("", "# nothing\n\n"):
            self.assertEqual(self.text("-f", self.terms(content), "-", data="x", status=1), "")
            self.assertEqual(self.text("-v", "-f", self.terms(content), "-", data="x"), "x\n")

    def test_directory_and_too_many(self):
        done = self.grep("-f", str(self.folder), "-", data="x", status=2)
        self.assertIn(str(self.folder), done.stderr.decode())
        listed = self.terms("x\n")
        self.grep(*["-f", listed] * 16, "-", data="x", status=0)
        self.grep(*["-f", listed] * 17, "-", data="x", status=2)


class OddInput(Grep):
    def test_empty_file(self):
        path = self.file("a", "")
        self.assertEqual(self.text("-e", "two", path, status=1), "")
        self.assertEqual(self.text("-v", "-e", "two", path, status=1), "")
        self.assertEqual(self.text("-c", "-e", "two", path, status=1), "0\n")

    def test_long_line(self):
        """Ten megabytes in one record; a hit at each end and where windows meet."""
        size = 10 << 20
        line = bytearray(b"x" * size)
        places = [0, (64 << 10) - 3, (5 << 20) - 1, size - 6]
        for at in places:
            line[at:at + 6] = "送养".encode()
        path = self.file("a", bytes(line) + b"\ntail \xe9\x80\x81\xe5\x85\xbb\n")
        for words in ([], ["--exact"]):
            self.assertEqual(self.spans(*words, "-e", "送养", path),
                             [("送养", 1, at, at + 6) for at in places] + [("送养", 2, 5, 11)])

    def test_nul_bytes(self):
        path = self.file("a", b"a\0two\0\n\0\0\nx")
        self.assertEqual(self.out("-n", "-e", "two", path), b"1:a\0two\0\n")
        self.assertEqual(self.spans("-e", "two", path), [("two", 1, 2, 5)])

    def test_invalid_utf8(self):
        raw = b"\xff\xc0\x80 two \xe5\xa5\n\xed\xa0\x80\xe9\x80\x81\xe5\x85\xbb\xf5\n"
        path = self.file("a", raw)
        self.assertEqual(self.out("-e", "two", "-e", "送养", path), raw)
        self.assertEqual(self.spans("-e", "two", "-e", "送养", path),
                         [("two", 1, 4, 7), ("送养", 2, 3, 9)])

    def test_carriage_returns(self):
        path = self.file("a", "one\r\ntwo\r\n")
        self.assertEqual(self.spans("-e", "two", path), [("two", 2, 0, 3)])


if __name__ == "__main__":
    unittest.main()
