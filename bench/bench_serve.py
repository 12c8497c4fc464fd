#!/usr/bin/env python3
"""Measures `ward serve`: start to ready, memory of idle connections, checks a second by wrk, and the
processor time of one check, which a busy machine blurs less. Prints a table, or JSON with --json.

usage: bench_serve.py --ward WARD [--seconds N] [--idle N] [--json]
"""
import argparse
import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "bench")]
TICKS = os.sysconf("SC_CLK_TCK")


def load_texts():
    return [line for path in sorted((ROOT / "tests/data/ordinary").glob("*-sample.txt"))
            for line in path.read_text(encoding="utf-8").splitlines() if line]


def processor_s(server):
    words = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS


def measure_start(server):
    best = 99
    for _ in range(5):
        server.stop()
        begin = time.monotonic()
        server.start()
        best = min(best, time.monotonic() - begin)
    return {"start_s": round(best, 3), "start_cpu_s": processor_s(server)}


def hold(server, count):
    held = []
    before = server.memory_kb()
    for number in range(count):
        bare = socket.socket()
        bare.bind((f"127.0.0.{1 + number % 4}", 0))
        bare.connect(("127.0.0.1", server.port))
        bare.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        held.append(bare)
    for bare in held:
        assert bare.recv(4096).startswith(b"HTTP/1.1 200")
    return held, {"idle": count, "idle_kb_each": round((server.memory_kb() - before) / count, 2)}


def measure_checks(server, events, connections, seconds):
    before = processor_s(server)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(ROOT / "bench/check.lua"),
         f"http://127.0.0.1:{server.port}"], capture_output=True, text=True, check=True,
        env={**os.environ, "WARD_EVENTS": str(events), "WARD_KEY": server.key or ""})
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    checks = figures["checks_per_s"] * seconds
    figures.update(connections=connections,
                   cpu_us_a_check=round((processor_s(server) - before) / checks * 1e6, 2))
    return figures


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--ward", required=True)
    words.add_argument("--seconds", type=int, default=5)
    words.add_argument("--idle", type=int, default=10000)
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    sys.argv = [sys.argv[0], os.path.abspath(asked.ward)]
    import bench_scan
    import ward_server
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ward_server.Server(packs=str(ROOT / "packs"), settings={"idle_seconds": 600}) as server:
        events = server.folder / "events.jsonl"
        bench_scan.make_events(events, 20000, load_texts())
        figures = measure_start(server)
        figures["checks"] = [measure_checks(server, events, connections, asked.seconds)
                             for connections in (32, 128, 512)]
        held, idle = hold(server, min(asked.idle, hard // 2 - 500))
        figures.update(idle)
        for bare in held:
            bare.close()
    if asked.json:
        print(json.dumps(figures))
        return
    print(f"start to ready      {figures['start_s']} s ({figures['start_cpu_s']} s of processor)")
    print(f"idle connections    {figures['idle']}, {figures['idle_kb_each']} KB each")
    for row in figures["checks"]:
        print(f"checks, {row['connections']:4} open  {row['checks_per_s']}/s, p50 {row['p50_us']} us, "
              f"p99 {row['p99_us']} us, {row['cpu_us_a_check']} us of processor each, "
              f"{row['not_2xx'] + row['errors']} failed")


if __name__ == "__main__":
    main()
