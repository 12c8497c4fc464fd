#!/usr/bin/env python3
"""Fails when a room includes a header of a room it may not know.

The table of rooms stands in ARCHITECTURE.md between `<!-- rooms -->` and `<!-- /rooms -->`, one row a
room: | room | purpose | may know |. This script reads that table, so the document cannot go stale.
With --self-test it proves on made-up trees that a forbidden include is caught.
"""
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def read_rooms(document):
    """Room -> set of rooms it may include, from the table in the document's text."""
    table = document.split("<!-- rooms -->")[1].split("<!-- /rooms -->")[0]
    rooms = {}
    for row in table.splitlines():
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if len(cells) != 3 or not re.fullmatch(r"`[a-z]+`", cells[0]):
            continue
        rooms[cells[0].strip("`")] = set(re.findall(r"`([a-z]+)`", cells[2]))
    return rooms


def find_faults(source, rooms):
    """Yields one sentence a forbidden or unknown include below `source`."""
    for room in sorted(path.name for path in source.iterdir() if path.is_dir()):
        if room not in rooms:
            yield f"src/{room}: room is missing from the table in ARCHITECTURE.md"
    for path in sorted(source.rglob("*.[ch]")) + sorted(source.rglob("*.cc")):
        room = path.relative_to(source).parts[0]
        for target in INCLUDE.findall(path.read_text(encoding="utf-8")):
            other = target.split("/")[0]
            if other in ("ward", room) or "/" not in target:
                continue
            if other not in rooms.get(room, set()):
                yield f"{path.relative_to(source.parent)}: room {room} may not know {target}"


def self_test():
    """A planted upward include and an unlisted room are both reported; a clean tree is not."""
    rooms = read_rooms("<!-- rooms -->\n| `low` | x | |\n| `high` | x | `low` |\n<!-- /rooms -->")
    assert rooms == {"low": set(), "high": {"low"}}
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "src"
        for name, text in (("low/a.c", ""), ("high/b.c", '#include "low/a.h"\n')):
            (source / name).parent.mkdir(parents=True)
            (source / name).write_text(text, encoding="utf-8")
        assert not list(find_faults(source, rooms))
        (source / "low/a.c").write_text('#include "high/b.h"\n', encoding="utf-8")
        assert len(list(find_faults(source, rooms))) == 1
        (source / "other").mkdir()
        assert len(list(find_faults(source, rooms))) == 2


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        print("check_layers: self test passed")
        return 0
    rooms = read_rooms((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    faults = list(find_faults(ROOT / "src", rooms))
    for fault in faults:
        print(fault)
    print(f"check_layers: {len(rooms)} rooms, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
