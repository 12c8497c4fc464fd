#!/usr/bin/env python3
"""Writes a folder of files as one C source: path, media type, hash for the ETag, bytes, gzip form.

usage: embed_files.py OUT.c DEPFILE SOURCE_DIR [MODULES_DIR VENDOR_LIST]

Files of SOURCE_DIR keep their path below it. VENDOR_LIST names further files, one a line: path below
MODULES_DIR, then the path it is served under. The same files give the same bytes out, whatever the
machine: entries are sorted, gzip carries no time and no name. Bytes are written as string literals in
pieces, for arrays of numbers take the compiler ten times as long.
"""
import gzip
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".LICENSE": "text/plain; charset=utf-8",
}
HEAD = """/* Made by tools/embed_files.py; not edited. */
#include "console/assets_table.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"
"""


def kind(name):
    return pathlib.PurePath(name).suffix


def collect(source, modules, listing):
    """Served path -> file, for all that is to be embedded."""
    files = {str(p.relative_to(source)): p for p in sorted(source.rglob("*")) if p.is_file()}
    if listing:
        for number, line in enumerate(listing.read_text(encoding="utf-8").splitlines(), 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) != 2:
                raise SystemExit(f"{listing}:{number}: two paths expected")
            files[words[1]] = modules / words[0]
    for name, path in files.items():
        if not path.is_file():
            raise SystemExit(f"embed_files: {name}: no file {path}; run `npm ci` in console/")
        if kind(name) not in TYPES:
            raise SystemExit(f"embed_files: {name}: unknown kind of file")
    return dict(sorted(files.items()))


# One C escape a byte; octal with three digits never runs into the next character.
ESCAPES = [chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in range(256)]


def literal(data):
    """`data` as C string literals, one piece a line."""
    pieces = (data[at:at + 64] for at in range(0, len(data), 64))
    return "\n".join('    "' + "".join(ESCAPES[b] for b in piece) + '"' for piece in pieces) or '    ""'


def write(out, files):
    rows = []
    with out.open("w", encoding="ascii") as c:
        c.write(HEAD)
        for number, (name, path) in enumerate(files.items()):
            data = path.read_bytes()
            packed = gzip.compress(data, 9, mtime=0)
            digest = hashlib.sha256(data).hexdigest()[:20]
            c.write(f"\n/* {name} */\nstatic const char plain_{number}[] =\n{literal(data)};\n")
            if len(packed) < len(data):
                c.write(f"static const char gzip_{number}[] =\n{literal(packed)};\n")
                small = f"gzip_{number}, {len(packed)}"
            else:
                small = "NULL, 0"
            rows.append(f'    {{"{name}", "{TYPES[kind(name)]}", "{digest}",\n'
                        f"     plain_{number}, {len(data)}, {small}}},\n")
        c.write("\nconst struct console_asset console_assets[] = {\n" + "".join(rows) + "};\n"
                f"const size_t console_asset_count = {len(rows)};\n")


def main():
    if len(sys.argv) not in (4, 6):
        raise SystemExit(__doc__)
    out, depfile, source = map(pathlib.Path, sys.argv[1:4])
    modules = pathlib.Path(sys.argv[4]) if len(sys.argv) == 6 else None
    listing = pathlib.Path(sys.argv[5]) if len(sys.argv) == 6 else None
    files = collect(source, modules, listing)
    write(out, files)
    # Folders too: a new file changes its folder's time, and so causes a new run.
    folders = [source] + sorted(p for p in source.rglob("*") if p.is_dir())
    needed = [str(p).replace(" ", "\\ ") for p in [*files.values(), *folders]]
    depfile.write_text(f"{out.name}: {' '.join(needed)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
