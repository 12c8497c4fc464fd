#!/usr/bin/env python3
"""Installs into an empty folder, compiles examples/check.c against what is there, and runs it.

usage: test_install.py MESON BUILD_DIR EXAMPLE PACK_DIR CC
Both the shared and the static library are tried; pkg-config tells the flags.
"""
import os
import pathlib
import subprocess
import sys
import tempfile


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def must(command, **options):
    done = run(command, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def flags(root, environment, *wanted):
    found = must(["pkg-config", *wanted, "ward"], env=environment).split()
    # The prefix is where it would be installed; the files are below `root`.
    return [flag[:2] + str(root) + flag[2:] if flag[:2] in ("-I", "-L") and not
            flag[2:].startswith(str(root)) and (root / flag[3:]).exists() else flag
            for flag in found]


def try_example(program, library_dir, pack):
    environment = dict(os.environ, LD_LIBRARY_PATH=str(library_dir))
    found = run([program, pack, "女宝宝送养出去，营养费"], env=environment)
    assert found.returncode == 1, found
    assert found.stdout.startswith("urgent "), found.stdout
    assert '"女宝宝" read as "女宝宝"' in found.stdout, found.stdout
    nothing = run([program, pack, "今天天气不错"], env=environment)
    assert (nothing.returncode, nothing.stdout.split()[0]) == (0, "none"), nothing
    broken = run([program, "/nowhere", "x"], env=environment)
    assert broken.returncode == 2 and broken.stderr, broken


def main():
    meson, build, example, pack, *compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        must([*meson.split(), "install", "-C", build, "--no-rebuild", "--quiet"],
             env=dict(os.environ, DESTDIR=folder))
        config = next(root.rglob("ward.pc"))
        libraries = next(root.rglob("libward.so")).parent
        environment = dict(os.environ, PKG_CONFIG_PATH=str(config.parent))
        headers = [str(path.relative_to(root)) for path in root.rglob("*.h")]
        assert len(headers) == 1 and headers[0].endswith("include/ward/ward.h"), headers
        shared = [*compiler, "-std=c17", "-Wall", "-Wextra", "-Werror", example,
                  *flags(root, environment, "--cflags", "--libs"), "-o", root / "shared"]
        must(shared)
        try_example(root / "shared", libraries, pack)
        static = [*compiler, "-std=c17", example, *flags(root, environment, "--cflags"),
                  libraries / "libward.a",
                  *[flag for flag in flags(root, environment, "--libs", "--static")
                    if flag != "-lward"], "-o", root / "static"]
        must(static)
        try_example(root / "static", "/nowhere", pack)
        # Found there by default once the prefix is the real one.
        packs = next(root.rglob("share/ward/packs"))
        source = pathlib.Path(__file__).resolve().parents[2] / "packs"
        installed, kept = ({path.relative_to(top) for path in top.rglob("*") if path.is_file()}
                           for top in (packs, source))
        assert installed == kept, installed ^ kept
        ward = next(path for path in root.rglob("bin/ward") if path.is_file())
        assert f"/{packs.relative_to(root)}\0".encode() in ward.read_bytes(), packs
    print("shared and static library installed, compiled against and run")


if __name__ == "__main__":
    main()
