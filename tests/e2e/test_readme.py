#!/usr/bin/env python3
"""Runs the console examples of README.md and docs/words.md: the output shown is what ward prints.

usage: test_readme.py WARD [--update]. With --update the output shown is replaced by today's. A shown
"..." stands for any text: a line of its own for any lines, within a line for the rest of a line; an
example with one is compared, never updated. Files shown beside a "# name" are those of the folder
examples/local-words.
"""
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = ("README.md", "docs/words.md")
BLOCK = re.compile(r"```console\n\$ ward ([^\n]*)\n(.*?)```", re.S)
FILE = re.compile(r"```\n# ([\w/]+\.yaml)\n(.*?)```", re.S)


def run(ward, arguments):
    """What `ward ARGUMENTS` prints when it is run in the project's folder."""
    command = [ward, *shlex.split(arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"{command}: exit {done.returncode}\n{done.stderr.decode()}")
    return "\n".join(line.rstrip() for line in done.stdout.decode().split("\n")).rstrip("\n") + "\n"


def is_shown(shown, printed):
    """Whether the page shows what was printed, its gaps filled."""
    lines = [r"(?:.*\n)*" if line == "...\n" else ".*".join(map(re.escape, line.split("...")))
             for line in shown.splitlines(keepends=True)]
    return re.fullmatch("".join(lines), printed) is not None


def check_files(text):
    """The files a page shows are those of the example folder, but for their comments."""
    found = FILE.findall(text)
    for name, shown in found:
        lines = (ROOT / "examples" / "local-words" / name).read_text(encoding="utf-8").splitlines(True)
        if "".join(line for line in lines if not line.startswith("#")) != shown:
            raise SystemExit(f"examples/local-words/{name} is not as shown:\n{shown}")
    return len(found)


def update(ward, page, text):
    def renew(match):
        if "..." in match.group(2):
            return match.group(0)
        return f"```console\n$ ward {match.group(1)}\n{run(ward, match.group(1))}```"
    page.write_text(BLOCK.sub(renew, text), encoding="utf-8")


def self_test():
    assert is_shown("a\n...\nd\n", "a\nb\nc\nd\n") and is_shown("a ...\n", "a 0.5 b\n")
    assert not is_shown("a\n...\nd\n", "a\nb\n") and not is_shown("a ...\n", "b 0.5\n")
    assert not is_shown("a\n", "a\nb\n") and not is_shown("[a]\n", "a\n")


def main():
    ward = str(pathlib.Path(sys.argv[1]).resolve())
    self_test()
    for name in PAGES:
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        examples = BLOCK.findall(text)
        if not examples:
            raise SystemExit(f"{name} has no examples")
        if sys.argv[2:] == ["--update"]:
            update(ward, page, text)
            continue
        for arguments, shown in examples:
            printed = run(ward, arguments)
            if not is_shown(shown, printed):
                raise SystemExit(f"$ ward {arguments}\n{name} shows:\n{shown}\nward prints:\n{printed}")
        print(f"{name}: {len(examples)} examples and {check_files(text)} files as shown")


if __name__ == "__main__":
    main()
