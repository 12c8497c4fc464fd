#!/usr/bin/env python3
"""openapi.yaml -> the JSON document ward serves, as a C array or as JSON.

Every operation says its scope in `x-scope`; what follows from it (security, the answers any request
may get) is added here, so that it is said once.

    make_openapi.py OPENAPI.yaml VERSION OUT.c|OUT.json
"""
import json
import pathlib
import sys

import yaml

PROBLEM = {"$ref": "#/components/responses/Problem"}
ANY = ["400", "413", "429", "503"]
METHODS = ("get", "put", "post", "delete", "patch")


def complete(operation, method, path):
    """Adds to one operation what its scope implies."""
    scope = operation["x-scope"]
    answers = operation["responses"]
    for status in ANY:
        answers.setdefault(status, PROBLEM)
    if scope == "public":
        operation["security"] = []
    else:
        operation["security"] = [{"session": []}, {"bearer": []}, {"key": []}]
        answers.setdefault("401", PROBLEM)
        answers.setdefault("403", PROBLEM)
    if "requestBody" in operation:
        answers.setdefault("415", PROBLEM)
    if operation.get("x-match"):
        answers.setdefault("412", PROBLEM)
        operation.setdefault("parameters", []).append(
            {"name": "If-Match", "in": "header", "schema": {"type": "string"}})
    named = {p["name"] for p in operation.get("parameters", []) if p.get("in") == "path"}
    for parameter in operation.get("parameters", []):
        if parameter.get("$ref", "").endswith("/case"):
            named.add("id")
        if parameter.get("$ref", "").endswith("/overlayPath"):
            named.add("path")
    wanted = {part.strip("{}").rstrip(".") for part in path.split("/") if part.startswith("{")}
    if named != wanted:
        sys.exit(f"{method} {path}: parameters {sorted(named)}, path wants {sorted(wanted)}")
    operation["responses"] = dict(sorted(answers.items()))


class Strict(yaml.SafeLoader):
    """Refuses a key that is written twice: the first would be lost in silence."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            sys.exit(f"line {node.start_mark.line + 1}: twice: {sorted(twice)}")
        return super().construct_mapping(node, deep)


def make(source, version):
    document = yaml.load(source, Strict)
    document["info"]["version"] = version
    names = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method not in METHODS or operation["operationId"] in names:
                sys.exit(f"{method} {path}: unknown method, or a name used twice")
            names.add(operation["operationId"])
            complete(operation, method, path)
    # What takes the rest of a path is written {name...} in the routes; the standard has no word for it.
    document["paths"] = {path.replace("...}", "}"): item for path, item in document["paths"].items()}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def as_c(text):
    data = text.encode()
    lines = ["/* Made by tools/make_openapi.py from openapi.yaml. */", '#include "api/openapi.h"', "",
             "static const unsigned char text[] = {"]
    for begin in range(0, len(data), 24):
        lines.append("    " + "".join(f"{byte}," for byte in data[begin:begin + 24]))
    lines += ["};", "", "struct ward_str openapi_json(void)", "{",
              "    return (struct ward_str){(const char *)text, sizeof text};", "}", ""]
    return "\n".join(lines)


def main():
    source, version, out = sys.argv[1:4]
    text = make(pathlib.Path(source).read_text(encoding="utf-8"), version)
    pathlib.Path(out).write_text(as_c(text) if out.endswith(".c") else text, encoding="utf-8")


if __name__ == "__main__":
    main()
