#!/usr/bin/env python3
"""Runs the console examples of README.md: the output shown is what ward prints.

usage: test_readme.py WARD [--update]. With --update the README's output is replaced by today's.
"""
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ ward ([^\n]*)\n(.*?)```", re.S)


def run(ward, arguments):
    """What `ward ARGUMENTS` prints when it is run in the project's folder."""
    command = [ward, *shlex.split(arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"{command}: exit {done.returncode}\n{done.stderr.decode()}")
    return "\n".join(line.rstrip() for line in done.stdout.decode().split("\n")).rstrip("\n") + "\n"


def main():
    ward = str(pathlib.Path(sys.argv[1]).resolve())
    text = README.read_text(encoding="utf-8")
    examples = BLOCK.findall(text)
    if not examples:
        raise SystemExit("README.md has no examples")
    if sys.argv[2:] == ["--update"]:
        README.write_text(BLOCK.sub(
            lambda m: f"```console\n$ ward {m.group(1)}\n{run(ward, m.group(1))}```", text),
            encoding="utf-8")
        return
    for arguments, shown in examples:
        printed = run(ward, arguments)
        if printed != shown:
            raise SystemExit(f"$ ward {arguments}\nREADME shows:\n{shown}\nward prints:\n{printed}")
    print(f"{len(examples)} examples as shown")


if __name__ == "__main__":
    main()
