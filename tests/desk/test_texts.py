#!/usr/bin/env python3
"""No page writes a text of its own: every letter that people read stands in locale/, under a key that exists.

Looks through the templates of desk/src (text between tags; attributes that are read out or shown) and through the scripts of desk/src
and portal/script (strings with Chinese in them; keys given to t())."""
import html.parser
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("MINHU_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
SHOWN = {"title", "placeholder", "alt", "label", "aria-label", "aria-description", "aria-roledescription", "caption", "empty"}
LETTERS = re.compile(r"[A-Za-z\u3400-\u9fff]{2,}")
HAN = re.compile(r"[\u3400-\u9fff]")
MUSTACHE = re.compile(r"\{\{.*?\}\}", re.S)
STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`")
COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.S)
KEY = re.compile(r"\bt\(\s*'([a-z0-9_.]+)'")
# Names of standards and addresses are the same in every language.
NAMES = re.compile(r"\b(SHA-256|Open311|OpenAPI|CSV|XLSX|PDF)\b|(?<!\w)/[\w/.-]+")
# Where a text may stand: languages are named in themselves, so that they are found by who reads no other.
ITSELF = {"desk/src/ui/LangSwitch.vue"}


class Template(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.quiet = [], 0

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in SHOWN and value and LETTERS.search(value):
                self.found.append((self.getpos()[0], f'{name}="{value}"'))
        if tag in ("kbd", "code"):
            self.quiet += 1

    def handle_endtag(self, tag):
        if tag in ("kbd", "code") and self.quiet:
            self.quiet -= 1

    def handle_data(self, data):
        text = NAMES.sub(" ", MUSTACHE.sub(" ", data))
        if not self.quiet and LETTERS.search(text):
            self.found.append((self.getpos()[0], text.strip()))


def in_template(text):
    m = re.search(r"<template>.*</template>", text, re.S)
    if not m:
        return []
    # What stands between double braces is script; the parser must not take its < for a tag.
    body = MUSTACHE.sub(lambda x: "{{" + re.sub(r"[^\n]", " ", x.group()[2:-2]) + "}}", m.group())
    parser = Template()
    parser.feed(body)
    first = text[:m.start()].count("\n")
    return [(first + line, what) for line, what in parser.found]


def in_script(text):
    code = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    return [(code[:m.start()].count("\n") + 1, m.group()) for m in STRING.finditer(code) if HAN.search(m.group())]


def catalog_keys():
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([sys.executable, SOURCE / "tools/gen/catalog.py", SOURCE / "locale", "--ts", out], check=True)
        tree = json.loads((pathlib.Path(out) / "en.json").read_text())

    def walk(node, at):
        if isinstance(node, str):
            return {at}
        return {k for name, sub in node.items() for k in walk(sub, f"{at}.{name}" if at else name)}

    return walk(tree, "")


def own_proof():
    """The finder finds."""
    assert in_template('<template>\n<p title="Save it">{{ t("a.b") }}</p>\n<p>Hello</p></template>') == [(2, 'title="Save it"'), (3, "Hello")]
    assert in_script("const a = '保存'; // 注释") == [(1, "'保存'")]
    assert not in_template('<template><p :title="t(\'a.b\')">{{ a < b ? "Yes" : 1 }} · <kbd>Enter</kbd></p></template>')


def main():
    own_proof()
    keys, bad, files = catalog_keys(), [], 0
    for path in sorted([*(SOURCE / "desk/src").rglob("*.vue"), *(SOURCE / "desk/src").rglob("*.ts"), *(SOURCE / "portal/script").glob("*.ts")]):
        name, text = path.relative_to(SOURCE).as_posix(), path.read_text()
        files += 1
        if name not in ITSELF:
            bad += [f"{name}:{line}: a text of its own: {what}" for line, what in in_template(text) + in_script(text)]
        if name.startswith("desk/"):
            bad += [f"{name}: no such text: {k}" for k in KEY.findall(text) if k not in keys]
    print("1..1")
    print(f"{'not ok' if bad else 'ok'} 1 - every text of {files} files stands in locale/")
    for one in bad:
        print("# " + one)
    sys.exit(1 if bad else 0)


main()
