#!/usr/bin/env python3
"""Every input format through the real binary: same offer, same verdict, clear errors."""
import gzip
import json
import pathlib
import subprocess
import tempfile
import unittest

from ward_case import OFFER, PACK, WARD, WardCase, event_lines

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "feed"


def telegram(*messages, **chat):
    return json.dumps({"name": "群", "type": "private_group", "id": 7, **chat,
                       "messages": list(messages)}, ensure_ascii=False, indent=1)


class Feed(WardCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def flagged(self, data, *words):
        found = self.verdicts(*words, "-", data=data)
        return [(v["id"], v.get("platform"), v.get("group"), v.get("account"), v["level"])
                for v in found]

    def test_one_offer_in_every_format(self):
        level = self.flagged(event_lines(OFFER))[0][-1]
        self.assertNotEqual(level, "none")
        place = "standard input:%d"
        qq = f"消息记录\n\n2020-04-01 12:39:40 a(5)\n早上好\n\n2020-04-01 12:39:41 b(6)\n{OFFER}\n"
        csv = f'昵称,账号,内容\n甲,5,早上好\n乙,6,"{OFFER}"\n'
        chat = telegram({"id": 1, "type": "message", "text": "早上好"},
                        {"id": 2, "type": "message", "from": "b", "from_id": "user6",
                         "text": [OFFER[:4], {"type": "bold", "text": OFFER[4:]}]})
        envelope = json.dumps({"send_time": "2026-03-29T10:22:54Z", "data": {
            "action_id": 9, "action_name": "message_sent",
            "data": {"user_id": "6", "content": OFFER, "channel_id": "c"}}})
        plain = f"早上好\n{OFFER}"
        for data, want in [
                (qq, (place % 6, "qq", None, "6", level)),
                (qq.encode("gb18030"), (place % 6, "qq", None, "6", level)),
                (qq.encode("utf-16"), (place % 6, "qq", None, "6", level)),
                (csv, (place % 3, None, None, "6", level)),
                ("\ufeff" + csv, (place % 3, None, None, "6", level)),
                (csv.encode("gb18030"), (place % 3, None, None, "6", level)),
                (chat, ("2", "telegram", "7", "user6", level)),
                (envelope, ("9", None, "c", "6", level)),
                (plain, (place % 2, None, None, None, level)),
                (gzip.compress(plain.encode()), (place % 2, None, None, None, level))]:
            with self.subTest(data=data[:40]):
                self.assertEqual(self.flagged(data), [want])

    def test_samples_are_read(self):
        for name, count, bad in [
                ("events.jsonl", 3, 1), ("events.jsonl.gz", 3, 1), ("events.jsonl.zst", 3, 1),
                ("osprey.jsonl", 3, 0), ("telegram_chat.json", 3, 0), ("telegram_full.json", 2, 0),
                ("qq.txt", 2, 0), ("qq_gbk.txt", 2, 0), ("qq_utf16.txt", 2, 0), ("chat.csv", 2, 0),
                ("chat_semicolon.csv", 2, 0), ("plain.txt", 3, 0)]:
            with self.subTest(name=name):
                done = self.ward("scan", "--all", "--json", str(DATA / name), status=0)
                self.assertEqual(len(done.stdout.splitlines()), count)
                self.assertEqual(done.stderr.decode().count(f"{name}:4: "), bad)

    def test_format_can_be_forced(self):
        line = event_lines(OFFER)
        self.assertEqual(self.flagged(line, "--format", "plain")[0][0], "standard input:1")
        self.ward("scan", "--format", "csv", "-", data="a,b\n1,2\n", status=2)
        self.ward("scan", "--format", "nonsense", "-", data=line, status=2)

    def test_damage_comes_after_what_was_read(self):
        packed = gzip.compress(event_lines(*[OFFER] * 3).encode() + bytes(range(256)) * 40)
        path = self.folder / "cut.jsonl.gz"
        path.write_bytes(packed[:-8])
        done = self.ward("scan", "--json", str(path), status=2)
        self.assertEqual(len(done.stdout.splitlines()), 3)
        self.assertIn("truncated", done.stderr.decode())
        self.assertIn("cut.jsonl.gz", done.stderr.decode())

    def test_bad_records_hide_nothing(self):
        lines = event_lines(OFFER).encode()
        data = b"".join([lines, b'{"text":7}\n', lines.replace(b"m0", b"m1"), b'{"id":"x","text":"',
                         b"\n", lines.replace(b"m0", b"m2")])
        done = self.ward("scan", "--json", "-", data=data, status=1)
        self.assertEqual([json.loads(v)["id"] for v in done.stdout.splitlines()],
                         ["m0", "m1", "m2"])
        self.assertIn("standard input:2: text must be a string", done.stderr.decode())
        self.assertIn("standard input:4: string is not closed", done.stderr.decode())
        self.ward("scan", "--strict", "-", data=data, status=2)

    def test_invalid_bytes_are_judged(self):
        data = event_lines(OFFER).encode().replace("女".encode(), b"\xff" + "女".encode())
        self.assertEqual(len(self.flagged(data)), 1)

    def test_a_large_export_is_not_held(self):
        """96 MB of Telegram export through a pipe in less memory than the file has."""
        filler = {"id": 1, "type": "message", "from": "a", "text": "早上好" * 10000}
        message = json.dumps(filler, ensure_ascii=False).encode()
        command = ["prlimit", f"--data={160 << 20}", WARD, "scan", "--packs", PACK, "--json",
                   "--threads", "1", "-"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as ward:
            ward.stdin.write(b'{\n"name":"g","messages":[')
            for _ in range((96 << 20) // len(message)):
                ward.stdin.write(message + b",")
            ward.stdin.write(json.dumps({**filler, "id": 2, "text": OFFER}).encode() + b"]}")
            out, err = ward.communicate(timeout=200)
        self.assertEqual(ward.returncode, 1, err)
        self.assertEqual([json.loads(line)["id"] for line in out.splitlines()], ["2"])


if __name__ == "__main__":
    unittest.main()
