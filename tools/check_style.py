#!/usr/bin/env python3
"""House rules that a program can check on C sources: banned calls, sizes, unique file names, format.

Limits: lines <= 100 columns, functions <= 60 lines (a `/* long: reason */` just above or inside
excuses one), .c files <= 800 lines, file names unique in src/. `clang-format` is checked too when it
is installed. In packs/ every `source:` is one a reader outside can find: never a working page
(notes.md). With --self-test each rule is shown to fire. Exit status 1 when a rule is broken.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BANNED = re.compile(
    r"\b(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|atoi|atol|atoll|gets|gmtime|localtime"
    r"|setlocale|alloca|rand|system|popen)\s*\("
)
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
WORKING_PAGE = re.compile(r"^[^#]*\bsource:.*?(?<![/\w.-])([\w.-]+\.md)\b")
LINE_MAX = 100
FUNCTION_MAX = 60
FILE_MAX = 800


def strip_comments(text):
    """The text with comments and string contents blanked, line structure kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def long_functions(text):
    """(first line, length) of every function body longer than FUNCTION_MAX without an excuse."""
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            length = number - start + 1
            excuse = "\n".join(lines[max(0, start - 8):number])
            if length > FUNCTION_MAX and "/* long:" not in excuse:
                yield start, length
            start = None


def check_text(name, text):
    """Yields one sentence a broken rule in one source text."""
    code = strip_comments(text)
    for number, line in enumerate(code.splitlines(), 1):
        match = BANNED.search(line)
        if match:
            yield f"{name}:{number}: {match.group(1)} is banned"
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LINE_MAX:
            yield f"{name}:{number}: {len(line)} columns, at most {LINE_MAX}"
        if line != line.rstrip():
            yield f"{name}:{number}: trailing white space"
        if MARKS.search(line):
            yield f"{name}:{number}: unfinished mark"
    for number, length in long_functions(text):
        yield f"{name}:{number}: function of {length} lines, at most {FUNCTION_MAX}"
    count = text.count("\n")
    if count > FILE_MAX:
        yield f"{name}: {count} lines, at most {FILE_MAX}"


def check_pack(name, text):
    """Yields one sentence a `source:` that names a page of somebody's notes."""
    for number, line in enumerate(text.splitlines(), 1):
        match = WORKING_PAGE.search(line)
        if match:
            yield (f"{name}:{number}: the source {match.group(1)} is a working page; name the title, "
                   "publisher and date of what a reader can find")


def sources():
    for folder in ("include", "src", "tests", "fuzz", "bench", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".cc") and path.is_file():
                yield path


def format_faults(paths):
    """clang-format's first complaint about every file, one sentence each."""
    tool = shutil.which("clang-format")
    if not tool or not paths:
        return
    done = subprocess.run([tool, "--dry-run", *map(str, paths)], capture_output=True, check=False)
    named = set()
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        name = line.split(":")[0]
        if "warning: code should be clang-formatted" in line and name not in named:
            named.add(name)
            yield f"{pathlib.Path(name).relative_to(ROOT)}: not formatted (clang-format -i)"


def self_test():
    body = "{\n" + "    x();\n" * 61 + "}\n"
    assert list(check_text("a.c", "int f(void)\n" + body))
    assert not list(check_text("a.c", "/* long: table */\nint f(void)\n" + body))
    assert list(check_text("a.c", "    strcpy(a, b);\n"))
    assert not list(check_text("a.c", "/* strcpy( */\n"))
    assert list(check_text("a.c", "x" * 101 + "\n"))
    assert list(check_text("a.c", "/* TO" "DO */\n"))
    assert list(check_pack("a.yaml", "    source: notes.md B8\n"))
    assert list(check_pack("a.yaml", "  age: {slot: none, source: press; my-notes.md}\n"))
    assert not list(check_pack("a.yaml", "    source: Times, 2020, https://e.org/a/b.md\n"))
    assert not list(check_pack("a.yaml", "    says: see notes.md\n"))


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        print("check_style: self test passed")
        return 0
    faults = []
    names = {}
    paths = list(sources())
    for path in paths:
        relative = path.relative_to(ROOT)
        faults += check_text(str(relative), path.read_text(encoding="utf-8"))
        if relative.parts[0] == "src":
            if path.name in names:
                faults.append(f"{relative}: same file name as {names[path.name]}")
            names[path.name] = relative
    for path in sorted((ROOT / "packs").rglob("*.yaml")):
        faults += check_pack(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    faults += format_faults(paths)
    for fault in faults:
        print(fault)
    print(f"check_style: {len(paths)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
