#!/usr/bin/env python3
"""Events a second that one connection gets into `ward serve`, made durable.

usage: bench_ingest.py --ward build/src/cli/ward [--packs DIRS] [--events N] --texts FILE ...

Texts (one a line) become events of about 190 bytes in 400 groups. They go as one body, sent as fast
as the server takes it; the clock stops with the answer. Told beside it: the processor time that the
server used for each event, which does not depend on what else the machine does.
"""
import argparse
import json
import os
import pathlib
import socket
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "e2e"


def make_body(texts, count):
    """JSON lines; every two-thousandth text is an offer, so that something is stored."""
    lines = []
    for n in range(count):
        text = "女 宝 9个月，八.万，诚心的私" if n % 2000 == 0 else texts[n % len(texts)]
        lines.append(json.dumps({"id": f"m{n}", "platform": "qq", "group": f"g{n % 400}",
                                 "account": f"u{n * 7919 % 20000}", "alias": f"小{n % 997}",
                                 "time": 1790000000 + n // 10, "text": text}, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def send(server, body):
    """One POST on one connection; the answer and how long it took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port)) as bare:
        bare.sendall(b"POST /v1/events HTTP/1.1\r\nHost: ward\r\nAuthorization: Bearer " +
                     (server.key or "").encode() +
                     b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        bare.sendall(body)
        reply = b""
        while piece := bare.recv(65536):
            reply += piece
    took = time.monotonic() - began
    return json.loads(reply.split(b"\r\n\r\n", 1)[1]), took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ward", required=True)
    parser.add_argument("--packs", default=str(TESTS.parent.parent / "packs"))
    parser.add_argument("--events", type=int, default=400000)
    parser.add_argument("--texts", action="append", required=True)
    chosen = parser.parse_args()
    sys.path.insert(0, str(TESTS))
    sys.argv = [sys.argv[0], chosen.ward]
    from ward_server import Server  # noqa: E402 (takes the binary from the words above)
    texts = [line.strip() for path in chosen.texts
             for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    body = make_body(texts, chosen.events)
    with Server(packs=chosen.packs) as server:
        server.post("/v1/events", body[:body.index(b"\n") + 1].replace(b'"m0"', b'"warm"'))
        before = cpu_seconds(server.process.pid)
        reply, took = send(server, body)
        cpu = cpu_seconds(server.process.pid) - before
        again, took_again = send(server, body)
    assert reply["received"] == chosen.events, reply
    print(f"{chosen.events} events, {len(body) / chosen.events:.0f} bytes a line, "
          f"{reply['flagged']} flagged, {reply['stored']} stored")
    print(f"  {chosen.events / took:9.0f} events/s over one connection ({took:.2f} s)")
    print(f"  {cpu / chosen.events * 1e6:9.2f} microseconds of processor time an event "
          f"({chosen.events / cpu:.0f} events a processor second)")
    print(f"  {chosen.events / took_again:9.0f} events/s when all is sent again "
          f"({again['duplicate']} duplicates)")


if __name__ == "__main__":
    main()
