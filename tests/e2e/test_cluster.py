#!/usr/bin/env python3
"""`ward cluster`: reposts meet through disguise, strangers do not; templates name their slots."""
import json
import unittest

from ward_case import WardCase

LINES = [
    "出售二手婴儿车，九成新，三百元，自提，电话19900001234",
    "今天天气真好，我们去公园野餐吧，带上风筝和水果",
    "出售二手婴儿车，九成新，二百五十元，自提，电话19900005678",
    "出.售*二 手 婴 儿 车，九成新，280元，自提，电话19900009999",
    "会议改到下周三上午十点，地点不变，请大家准时参加",
    "",
    "Selling a used pram, very good condition, 300 yuan, pick up only, call 19900001234",
    "SELLING A USED PRAM, very good condition, 250 yuan, pick up only, call 19900005678",
]


class Cluster(WardCase):
    def numbers(self, lines, *words):
        done = self.ward("cluster", *words, "-", packs=None, status=0, data="\n".join(lines) + "\n")
        return [int(number) for number in done.stdout.split()]

    def test_reposts_meet_and_strangers_do_not(self):
        found = self.numbers(LINES)
        self.assertEqual(len(found), len(LINES))
        self.assertEqual(len({found[0], found[2], found[3]}), 1)
        self.assertEqual(found[6], found[7])
        self.assertEqual(len(set(found)), 5)

    def test_order_of_numbers_is_that_of_first_texts(self):
        found = self.numbers(LINES)
        firsts = [number for at, number in enumerate(found) if number not in found[:at]]
        self.assertEqual(firsts, list(range(len(firsts))))

    def test_templates_have_fixed_parts_and_slots(self):
        done = self.ward("cluster", "--json", "-", packs=None, status=0,
                         data="\n".join(LINES) + "\n")
        clusters = [json.loads(line) for line in done.stdout.decode().splitlines()]
        self.assertEqual([cluster["members"] for cluster in clusters], [[1, 3, 4], [7, 8]])
        for cluster in clusters:
            fixed = "".join(part.get("fixed", "") for part in cluster["template"])
            slots = [part["slot"] for part in cluster["template"] if "slot" in part]
            self.assertTrue("婴儿车" in fixed or "pram" in fixed.lower(), cluster)
            self.assertIn("price", slots, cluster)
            self.assertIn("handle", slots, cluster)

    def test_all_lists_what_stands_alone(self):
        done = self.ward("cluster", "--json", "--all", "-", packs=None, status=0,
                         data="\n".join(LINES) + "\n")
        members = [json.loads(line)["members"] for line in done.stdout.decode().splitlines()]
        self.assertEqual(sorted(sum(members, [])), list(range(1, len(LINES) + 1)))

    def test_records_may_end_in_nul(self):
        done = self.ward("cluster", "-z", "-", packs=None, status=0, data="a b\nc\0a b\nc\0")
        self.assertEqual(done.stdout.split(), [b"0", b"0"])

    def test_wrong_use_is_told(self):
        self.assertIn("no file", self.ward("cluster", packs=None, status=2).stderr.decode())
        done = self.ward("cluster", "/nonexistent", packs=None, status=2)
        self.assertIn("/nonexistent", done.stderr.decode())

    def test_any_bytes_are_texts(self):
        found = self.ward("cluster", "-", packs=None, status=0,
                          data=b"\xff\xfe\x00\n\xff\xfe\x00\n" + b"\xe2\x80\xae" * 5000 + b"\n")
        self.assertEqual(len(found.stdout.split()), 3)


if __name__ == "__main__":
    unittest.main()
