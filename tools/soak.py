#!/usr/bin/env python3
"""Keeps `ward serve` under load and watches its memory: checks by wrk, batches, ingest, listings and
reloads beside them, and idle connections held. Fails when a request fails or memory grows.

usage: soak.py --ward WARD [--seconds N] [--connections N] [--idle N]
"""
import argparse
import json
import os
import pathlib
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "bench")]

# Memory may still grow by this between the first fifth and the end.
GROWTH_KB = 24 * 1024


def load_texts():
    texts = []
    for path in sorted((ROOT / "tests/data/ordinary").glob("*-sample.txt")):
        texts += [line for line in path.read_text(encoding="utf-8").splitlines() if line]
    return texts


def work(server, texts, over, failures, counts):
    """Batches and ingest, one after the other; every event has a fresh id."""
    chance = random.Random(5)
    number = 0
    with server.connect_closing() as connection:
        while not over.is_set():
            events = [{"id": f"s{number + i}", "platform": "soak", "group": f"g{i % 50}",
                       "account": f"u{i % 300}", "text": chance.choice(texts)} for i in range(100)]
            number += 100
            lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
            asked = (("POST", "/v1/check/batch", {"events": events}, None),
                     ("POST", "/v1/events", lines, {"Content-Type": "application/x-ndjson"}),
                     ("GET", "/v1/cases", None, None), ("GET", "/metrics", None, None))
            for method, path, body, headers in asked:
                try:
                    reply = server.ask(method, path, body, headers, connection=connection)
                    if reply.status not in (200, 503, 429):
                        failures.append((path, reply.status, reply.body[:200]))
                    counts[path] = counts.get(path, 0) + 1
                except Exception as error:
                    failures.append((path, repr(error)))
                    connection.close()
            time.sleep(0.02)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--ward", required=True)
    words.add_argument("--seconds", type=int, default=600)
    words.add_argument("--connections", type=int, default=64)
    words.add_argument("--idle", type=int, default=2000)
    asked = words.parse_args()
    sys.argv = [sys.argv[0], os.path.abspath(asked.ward)]
    import bench_scan
    import ward_server
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    texts = load_texts()
    failures, counts, over = [], {}, threading.Event()
    with ward_server.Server(packs=str(ROOT / "packs"),
                            settings={"idle_seconds": 3600}) as server:
        events = server.folder / "events.jsonl"
        bench_scan.make_events(events, 20000, texts)
        held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(asked.idle)]
        load = subprocess.Popen(
            ["wrk", "-t1", f"-c{asked.connections}", f"-d{asked.seconds}s", "-s",
             str(ROOT / "bench/check.lua"), f"http://127.0.0.1:{server.port}"],
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "WARD_EVENTS": str(events), "WARD_KEY": server.key or ""})
        helper = threading.Thread(target=work, args=(server, texts, over, failures, counts))
        helper.start()
        begin = time.monotonic()
        memory = []
        while load.poll() is None:
            time.sleep(min(5, asked.seconds / 30))
            memory.append(server.memory_kb())
            if len(memory) % 6 == 0:
                server.process.send_signal(signal.SIGHUP)
                print(f"{time.monotonic() - begin:5.0f} s  {memory[-1] / 1024:.1f} MB", flush=True)
        over.set()
        helper.join()
        report = load.communicate()[0].strip().splitlines()[-1]
        for bare in held:
            bare.close()
        status = server.stop()
    figures = json.loads(report)
    early = max(memory[:max(1, len(memory) // 5)])
    figures.update(memory_early_kb=early, memory_end_kb=memory[-1], memory_max_kb=max(memory),
                   others=counts, failures=len(failures), exit=status)
    print(json.dumps(figures))
    good = (not failures and not status and figures["not_2xx"] == 0 and figures["errors"] == 0 and
            memory[-1] - early < GROWTH_KB)
    for failure in failures[:5]:
        print(failure, file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
