"""The API's own description as a measure: which operation a request is, whether its answer is one
that the description allows, and values made from its schemas."""
import random
import re
import string

import jsonschema

METHODS = ("get", "put", "post", "delete", "patch")
NASTY = ["", "0", "-1", "x", "null", "../../etc/passwd", "..%2f", "a" * 3000, "\u5973\u5b9d",
         "<script>alert(1)</script>", "' OR 1=1 --", "\x00", "\ud7ff\U0001f476", "%", "1e999",
         "{}", "[]", "true", "\r\nX: y", "18446744073709551616", "C-" + "f" * 40]


class Description:
    """One OpenAPI document."""

    def __init__(self, document):
        self.document = document
        self.operations = []
        for path, item in document["paths"].items():
            pattern = re.compile(re.sub(r"\\{path\\}", ".*", re.sub(
                r"\\{(?!path)[a-z]+\\}", "[^/]*", re.escape(path))) + r"\Z", re.S)
            for method, operation in item.items():
                self.operations.append((method.upper(), path, pattern, operation))

    def resolve(self, node):
        """The thing itself behind `$ref`."""
        while "$ref" in node:
            found = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            node = found
        return node

    def find(self, method, path):
        """The operation of a request: the most literal path wins."""
        path = path.split("?")[0]
        fits = [o for o in self.operations if o[0] == method and o[2].match(path)]
        return min(fits, key=lambda o: o[1].count("{"))[3] if fits else None

    def validator(self, schema):
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema",
                 "components": self.document["components"], "allOf": [schema]}
        return jsonschema.Draft202012Validator(whole)

    def check(self, method, path, reply):
        """None, or what is wrong with an answer."""
        operation = self.find(method, path)
        if operation is None:
            return "not described"
        answer = operation["responses"].get(str(reply.status))
        if answer is None:
            return f"status {reply.status} is not described"
        content = self.resolve(answer).get("content", {})
        kind = reply.headers.get("content-type", "").split(";")[0]
        if reply.status >= 400 and kind not in content:
            return f"a problem of type {kind}"
        if not reply.body or kind not in content:
            return None if not content or not reply.body else f"type {kind} is not described"
        schema = content[kind].get("schema")
        if schema is None or kind not in ("application/json", "application/problem+json"):
            return None
        fault = next(self.validator(schema).iter_errors(reply.json), None)
        return fault and f"{fault.json_path}: {fault.message[:300]}"


class Maker:
    """Values from schemas: fitting ones, and ones that just do not."""

    def __init__(self, description, seed, pools):
        self.description = description
        self.random = random.Random(seed)
        self.pools = pools  # name of a member or parameter -> known values

    def text(self):
        pick = self.random.random()
        if pick < 0.3:
            return self.random.choice(NASTY)
        length = int(self.random.expovariate(0.1))
        letters = string.ascii_letters + string.digits + " .-_/\\\"'\u5973\u5b9d\u9001\u517b\u4e07\U0001f476\u200b"
        return "".join(self.random.choice(letters) for _ in range(length))

    def make(self, schema, name="", depth=0):
        """A value that fits, as far as the schema says what does."""
        schema = self.description.resolve(schema)
        if name in self.pools and self.random.random() < 0.6:
            return self.random.choice(self.pools[name])
        for way in ("oneOf", "anyOf"):
            if way in schema:
                return self.make(self.random.choice(schema[way]), name, depth)
        if "allOf" in schema:
            whole = {}
            for part in schema["allOf"]:
                made = self.make(part, name, depth)
                if isinstance(made, dict):
                    whole.update(made)
            return whole
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind == "object":
            return {key: self.make(value, key, depth + 1)
                    for key, value in schema.get("properties", {}).items()
                    if key in schema.get("required", ()) or
                    (depth < 4 and self.random.random() < 0.5)}
        if kind == "array":
            count = schema.get("minItems", 0) + min(4, int(self.random.expovariate(0.7)))
            return [self.make(schema.get("items", {}), name, depth + 1)
                    for _ in range(count if depth < 5 else 0)]
        if kind == "integer":
            return self.random.randint(max(schema.get("minimum", 0), -10**9),
                                       min(schema.get("maximum", 1000), 10**9))
        return {"number": self.random.random, "boolean": lambda: self.random.random() < 0.5,
                "null": lambda: None}.get(kind, self.text)()

    def spoil(self, value):
        """The value with something wrong somewhere."""
        pick = self.random.random()
        if isinstance(value, dict) and value and pick < 0.8:
            value = dict(value)
            key = self.random.choice(list(value))
            if pick < 0.2:
                del value[key]
            else:
                value[key] = self.spoil(value[key])
            return value
        if isinstance(value, list) and value and pick < 0.5:
            return value[:-1] + [self.spoil(value[-1])]
        return self.random.choice([None, True, -1, 0, 1e308, 2**63, "", self.text(), [], {},
                                   [[[[[[]]]]]], {"": {"": {}}}, "a" * 70000, self.text()])
