#!/usr/bin/env python3
"""Measures `ward scan`: events a second on one and two threads beside reading alone and a bare
literal scan, start time and peak memory. Prints a table, or JSON with --json.

usage: bench_scan.py --ward WARD --floor BENCH_FLOOR --packs DIR [--events N] [--texts FILE]...

The events are JSON lines of about 190 bytes around the lines of the text files (default: sentences
built in), in 2,000 groups. Rates of one thread and the ratio come from processor time, so that a
busy machine does not blur them; scaling comes from wall time and needs two idle cores. Every figure
is the best of three runs, less the start; machines differ, so compare the ratios.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

SENTENCES = """早上好 今天又下雨了|晚饭吃什么，要不要一起点外卖|周末有空去爬山吗|这个价格还能再便宜一点吗|孩子放学我去接
明天开会别迟到，带上资料|这家店的面不错，下次带你去|谁有去火车站的顺风车|刚到家，累死了|快递放门口就行，谢谢
出一辆九成新的婴儿车，三百自提|群里有人会修电脑吗|电影票买好了，七点半|猫又把杯子打翻了|好的收到，马上处理
房租涨到三千五了，想换个地方住|疫苗打完了，要观察半小时|这道题第二问怎么做|生日快乐，天天开心|哈哈哈哈哈哈笑死我了"""


def make_events(path, count, texts):
    """Writes `count` events; returns the mean bytes of a line."""
    chance = random.Random(7)
    names = ["小明", "月亮不睡觉", "阿强", "木子妈妈", "清风", "大白兔", "Lily", "老王修车", "星星"]
    total = 0
    with open(path, "wb") as out:
        for number in range(count):
            group = chance.randrange(2000)
            event = {"id": f"m{number}", "platform": "qq", "group": f"g{group}",
                     "account": f"u{chance.randrange(50000)}", "alias": chance.choice(names),
                     "time": 1767225600000 + number * 997, "kind": "message",
                     "text": chance.choice(texts)}
            line = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            total += len(line)
            out.write(line)
    return total / count


def timed(command):
    """Wall seconds, processor seconds and peak kilobytes of a run with its output thrown away."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{command} failed")
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def best(command, runs=3):
    walls, processor, peaks = zip(*[timed(command) for _ in range(runs)])
    return min(walls), min(processor), max(peaks)


def measure(options, path):
    floor = json.loads(subprocess.run([options.floor, path, options.packs], check=True,
                                      capture_output=True).stdout)
    scan = [options.ward, "scan", "-q", "--packs", options.packs, "--threads"]
    one_wall, one, peak = best([*scan, "1", path])
    two_wall, _, peak_two = best([*scan, "2", path])
    _, alone, _ = best([*scan, "1", "--no-context", path])
    start_wall, start, _ = best([options.ward, "check", "--packs", options.packs, "x"], 5)
    events = floor["events"]
    work = one - start
    return {
        "events": events, "bytes_per_event": round(floor["bytes"] / events, 1),
        "terms": floor["terms"],
        "events_per_s_one_thread": round(events / work),
        "events_per_s_one_thread_no_context": round(events / (alone - start)),
        "events_per_s_parse_only": round(events / floor["parse_s"]),
        "events_per_s_parse_and_vectorscan": round(events / floor["vectorscan_s"]),
        "ratio_to_parse_and_vectorscan": round(floor["vectorscan_s"] / work, 3),
        "scaling_two_threads": round((one_wall - start_wall) / (two_wall - start_wall), 2),
        "start_processor_s": round(start, 3), "start_wall_s": round(start_wall, 3),
        "peak_mb_one_thread": round(peak / 1024, 1),
        "peak_mb_two_threads": round(peak_two / 1024, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ward", required=True)
    parser.add_argument("--floor", required=True)
    parser.add_argument("--packs", required=True)
    parser.add_argument("--events", type=int, default=300000)
    parser.add_argument("--texts", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts = [line for file in options.texts
             for line in open(file, encoding="utf-8").read().splitlines() if line]
    texts = texts or SENTENCES.replace("\n", "|").split("|")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events.jsonl")
        make_events(path, options.events, texts)
        found = measure(options, path)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name.replace('_', ' '):<36}{value:>14,}")


if __name__ == "__main__":
    main()
