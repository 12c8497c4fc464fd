"""One small made-up network, read by eye: a broker under two accounts, a seller, a seeker; a passer-by,
a volunteer who quotes the broker's number and a mother with the seller's picture are on nobody. Lines
in any order give the same bytes. `--update` writes the expected file anew, for review."""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def link(program, lines):
    return subprocess.run([program], input=b"\n".join(lines) + b"\n", stdout=subprocess.PIPE,
                          check=True).stdout


def main():
    lines = (HERE / "network.jsonl").read_bytes().splitlines()
    expected = HERE / "network.expected"
    out = link(sys.argv[1], lines)
    if "--update" in sys.argv:
        expected.write_bytes(out)
    assert out == expected.read_bytes(), out.decode()
    assert link(sys.argv[1], lines[::-1]) == out, "the order of events changes the answer"


main()
