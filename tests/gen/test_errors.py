#!/usr/bin/env python3
"""The Chinese of errors (src/base/errors_zh.def) against the sources: none is dead, and none that people meet is missing."""
import os
import re
import sys
from pathlib import Path

ROOT = Path(os.environ["MINHU_SOURCE"])
MACROS = {"MH_STR_FMT": "%.*s", "PRId64": "ld"}
FAILS = re.compile(r"\b(MH_FAIL|mh_err_hint|BAD|REFUSE)\(")
CHOICE = re.compile(r'[^"]*\s\?\s(?=")|(?<=")\s+:\s(?=")')  # `which ? "one" : "other"`
# What a macro puts before the text it is given, and which argument the text is.
PREFIX = {"BAD": 'The field "%.*s" ', "REFUSE": 'You may not take the step "%.*s": '}
POSITION = {"MH_FAIL": 2, "mh_err_hint": 1, "BAD": 2, "REFUSE": 2}
# Where the errors of forms and steps come from, and the codes that are no person's doing.
PEOPLE = re.compile(r"src/(matter/(act|create|evidence|fields|vote|who)|access/(account|manage|own|session|password)|"
                    r"loop/(intake|handle)|web/(api_(accounts|own|files|gather|matters|search|session|unmask|views)|signin|upload))\.c$")
INSIDE = re.compile(r"MH_E_(INTERNAL|NO_MEMORY|CORRUPT|STORE|IO)\b")


def literal(text):
    """The value of adjacent C string literals; None when something else stands there."""
    out = ""
    for string, name in re.findall(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)', text):
        if name and name not in MACROS:
            return None
        out += MACROS[name] if name else string
    return out.replace('\\"', '"').replace("\\\\", "\\") if '"' in text else None


def arguments(text, at):
    """The arguments of the call whose parenthesis was opened just before `at`."""
    found, start, depth, quoted = [], at, 1, False
    while depth:
        c = text[at]
        if quoted:
            at += c == "\\"
            quoted = c != '"'
        elif c == '"':
            quoted = True
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 1:
            found.append(text[start:at].strip())
            start = at + 1
        at += 1
    return found + [text[start:at - 1].strip()]


def formats(path):
    text = path.read_text()
    for call in FAILS.finditer(text):
        name = call.group(1)
        args = arguments(text, call.end())
        if len(args) > POSITION[name]:
            for part in CHOICE.split(args[POSITION[name]]):
                value = literal(part.strip())
                if value is not None:
                    yield PREFIX.get(name, "") + value, args


def main():
    table = (ROOT / "src/base/errors_zh.def").read_text()
    chinese = {literal(m) for m in re.findall(r'^MH_TEXT\(("(?:[^"\\]|\\.)*"),', table, re.M)}
    used, missing = set(), []
    for path in sorted((ROOT / "src").rglob("*.c")):
        for value, args in formats(path):
            used.add(value)
            where = str(path.relative_to(ROOT))
            if PEOPLE.search(where) and value not in chinese and not any(INSIDE.search(a) for a in args):
                missing.append(f"{where}: {value}")
    dead = sorted(chinese - used)
    print("1..2")
    print(("not " if dead else "") + "ok 1 - every English format of errors_zh.def is in use")
    for value in dead:
        print("# nobody says:", value)
    print(("not " if missing else "") + "ok 2 - errors of forms and steps have their Chinese")
    for value in missing:
        print("# no Chinese:", value)
    return bool(dead or missing)


if __name__ == "__main__":
    sys.exit(main())
