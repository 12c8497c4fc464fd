#!/usr/bin/env python3
"""The shared library exports exactly what ward.h declares, all of it versioned and named ward_*.

usage: test_symbols.py NM LIBRARY HEADER
"""
import re
import subprocess
import sys


def exported(nm, library):
    """Names and versions of the symbols the library defines for others."""
    listing = subprocess.run([nm, "-D", "--defined-only", library], check=True,
                             capture_output=True, text=True).stdout
    names = {}
    for line in listing.splitlines():
        kind, symbol = line.split()[-2:]
        name, _, version = symbol.partition("@@")
        if kind != "A":  # the version node itself
            names[name] = version
    return names


def declared(header):
    """Functions that the public header marks WARD_API."""
    with open(header, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return set(re.findall(r"WARD_API[^;]*?\b(ward_\w+)\s*\(", text))


def main():
    nm, library, header = sys.argv[1:]
    names, wanted = exported(nm, library), declared(header)
    faults = [f"{name}: exported, but not of the ward_ family" for name in names
              if not name.startswith("ward_")]
    faults += [f"{name}: exported without a version" for name, version in names.items()
               if not version.startswith("WARD_")]
    faults += [f"{name}: exported, but ward.h does not declare it" for name in names
               if name not in wanted and name.startswith("ward_")]
    faults += [f"{name}: declared, but not exported" for name in wanted if name not in names]
    if len(wanted) < 10:
        faults.append(f"only {len(wanted)} functions found in ward.h")
    print("\n".join(faults) or f"{len(names)} symbols, all declared and versioned")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
