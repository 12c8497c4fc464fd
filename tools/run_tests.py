#!/usr/bin/env python3
"""Runs the Meson test suite and closes with one line: N passed, N failed[, N skipped].

usage: run_tests.py BUILD_DIR [--suite NAME]...

The counts are Meson tests (one executable or script each). Output of failed tests is printed in full.
Exit status: 0 when nothing failed and something passed, 1 otherwise.
"""
import argparse
import json
import pathlib
import subprocess
import sys


def read_results(log):
    """Yields one result object a test from Meson's JSON log."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--suite", action="append", default=[])
    options = parser.parse_args()

    log = options.build / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    command = ["meson", "test", "-C", str(options.build), "--print-errorlogs"]
    for suite in options.suite:
        command += ["--suite", suite]
    status = subprocess.run(command, check=False).returncode
    if not log.exists():
        print("run_tests: Meson wrote no results", file=sys.stderr)
        return 1
    passed = failed = skipped = 0
    for result in read_results(log):
        if result["result"] in ("OK", "EXPECTEDFAIL"):
            passed += 1
        elif result["result"] == "SKIP":
            skipped += 1
        else:
            failed += 1
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 0 if status == 0 and failed == 0 and passed else 1


if __name__ == "__main__":
    sys.exit(main())
