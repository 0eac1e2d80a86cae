#!/usr/bin/python3
"""catalog.py LOCALEDIR [--c OUTDIR AREA...] [--ts OUTDIR] [--used SOURCEDIR AREA...]: the catalog of texts.

--c     locale_gen.h and locale_gen.c: the texts of these areas, for src/text/msg.h
--ts    zh-Hans.json, zh-Hant.json, en.json and messages.d.ts: all areas, for vue-i18n
--used  names the keys of these areas that no C file, template or script of SOURCEDIR uses, and fails if there are any

The format of locale/AREA.yaml is described in locale/README.md. All faults are reported, each with file and line.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

import yaml

LANGS = ["zh-Hans", "zh-Hant", "en"]
NAME = re.compile(r"[a-z][a-z0-9_]*")
PARAM = re.compile(r"\{([^{}]*)\}")
HAN = re.compile(r"[\u3400-\u9fff]")
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;:?!()][\u3400-\u9fff]")
USED = re.compile(r"MH_MSG_[A-Z0-9_]+|\b[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
CONVERSION = "s2tw.json"  # locale/README.md says why


class Message:
    def __init__(self, key, path, line):
        self.key, self.path, self.line = key, path, line
        self.text = {}

    def enum(self):
        return "MH_MSG_" + self.key.upper().replace(".", "_")

    def forms(self, lang):
        return self.text[lang].split(" | ")

    def params(self, lang="zh-Hans"):
        return sorted(set(PARAM.findall(self.text[lang])))


class Catalog:
    def __init__(self):
        self.messages, self.faults = [], []

    def fault(self, path, line, text):
        self.faults.append(f"{path}:{line}: error: {text}")


def members(catalog, path, node):
    """The pairs of a mapping: (name, line, value node); names that are wrong or come twice are faults."""
    seen = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not NAME.fullmatch(key.value):
            catalog.fault(path, line, f"a name is lower case letters, digits and _, not {getattr(key, 'value', '?')!r}")
        elif key.value in seen:
            catalog.fault(path, line, f"{key.value} comes twice")
        else:
            seen.add(key.value)
            yield key.value, line, value


def read_message(catalog, path, key, line, pairs):
    message = Message(key, path, line)
    for name, at, value in pairs:
        lang = {"zh": "zh-Hans", "hant": "zh-Hant", "en": "en"}.get(name)
        if not lang and name != "note":
            catalog.fault(path, at, f"{key}: a message has zh, en, and perhaps hant and note, not {name}")
        elif not isinstance(value, yaml.ScalarNode) or not value.value.strip():
            catalog.fault(path, at, f"{key}.{name}: a text is missing")
        elif lang:
            message.text[lang] = value.value
    for lang in ("zh-Hans", "en"):
        if lang not in message.text:
            catalog.fault(path, line, f"{key}: there is no text in {lang}")
            return
    catalog.messages.append(message)


def read_node(catalog, path, key, line, node):
    if not isinstance(node, yaml.MappingNode):
        catalog.fault(path, line, f"{key}: neither a group nor a message ({{zh: …, en: …}})")
        return
    pairs = list(members(catalog, path, node))
    if any(name in ("zh", "en") for name, _, value in pairs if not isinstance(value, yaml.MappingNode)):
        read_message(catalog, path, key, line, pairs)
        return
    for name, at, value in pairs:
        read_node(catalog, path, f"{key}.{name}", at, value)


def read_file(catalog, path):
    try:
        text = path.read_text(encoding="utf-8")
        for event in yaml.parse(text):
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                catalog.fault(path, event.start_mark.line + 1, "anchors, aliases and tags have no place here")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        mark = getattr(e, "problem_mark", None)
        catalog.fault(path, mark.line + 1 if mark else 1, getattr(e, "problem", None) or str(e))
        return
    if not NAME.fullmatch(path.stem) or not isinstance(node, yaml.MappingNode):
        catalog.fault(path, 1, "locale/AREA.yaml holds groups of messages")
        return
    for name, line, value in members(catalog, path, node):
        read_node(catalog, path, f"{path.stem}.{name}", line, value)


def derive_hant(messages):
    """Traditional from simplified by OpenCC, all texts in one go; `hant:` wins."""
    want = [m for m in messages if "zh-Hant" not in m.text]
    if not want:
        return
    marker = "\x1f"
    done = subprocess.run(["opencc", "-c", CONVERSION], input=f"\n{marker}\n".join(m.text["zh-Hans"] for m in want),
                          capture_output=True, text=True, check=True).stdout
    texts = done.rstrip("\n").split(f"\n{marker}\n")
    assert len(texts) == len(want), "opencc lost a line"
    for m, text in zip(want, texts):
        m.text["zh-Hant"] = text


def check_text(catalog, m, lang):
    text = m.text[lang]
    left = PARAM.sub("", text)

    def fault(what):
        catalog.fault(m.path, m.line, f"{m.key}: {lang}: {what}")

    if text != text.strip() or "\n" in text or "  " in text or any(ord(c) < 0x20 for c in text):
        fault("white space at an end, doubled, or a line break")
    if re.search(r"[{}@$]", left) or "|" in left.replace(" | ", ""):
        fault("{ } @ $ | mean something to vue-i18n; write it in other words")
    if "..." in text:
        fault("write … for three dots")
    if len(set(m.text.values())) == 1:
        return  # a proper name: the same in every language
    if lang == "en":
        if re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text.replace("民呼", "")):
            fault("Chinese characters or punctuation in an English text")
        return
    if " | " in text:
        fault("Chinese has one form")
    if HALF_WIDTH.search(left):
        fault("half-width punctuation beside a Chinese character")


def check_params(catalog, m):
    want = set(PARAM.findall(m.text["zh-Hans"]))
    for name in want:
        if not NAME.fullmatch(name):
            catalog.fault(m.path, m.line, f"{m.key}: {{{name}}} is no name of a parameter")
    for lang in LANGS[1:]:
        if set(PARAM.findall(m.text[lang])) != want:
            catalog.fault(m.path, m.line, f"{m.key}: {lang} has other parameters than zh-Hans")
    forms = m.forms("en")
    if len(forms) > 3:
        catalog.fault(m.path, m.line, f"{m.key}: at most three forms: none | one | many")
    if len(forms) > 1 and "n" not in want:
        catalog.fault(m.path, m.line, f"{m.key}: the parameter that decides between forms is {{n}}")


def read_catalog(folder):
    """The checked catalog; its messages are in the order of their keys."""
    catalog = Catalog()
    for path in sorted(pathlib.Path(folder).glob("*.yaml")):
        read_file(catalog, path)
    derive_hant(catalog.messages)
    enums = {}
    for m in catalog.messages:
        for lang in LANGS:
            check_text(catalog, m, lang)
        check_params(catalog, m)
        if enums.setdefault(m.enum(), m.key) != m.key:
            catalog.fault(m.path, m.line, f"{m.key} and {enums[m.enum()]} would be the same name in C")
    catalog.messages.sort(key=lambda m: m.key)
    return catalog


def area(m):
    return m.key.split(".")[0]


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(path, lines):
    """Only when it differs, so that nothing is compiled again without need."""
    text = "\n".join(lines) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def write_c(messages, out):
    head = "/* Made by tools/gen/catalog.py from locale/. */"
    h = [head, "#ifndef LOCALE_GEN_H", "#define LOCALE_GEN_H", "enum mh_msg {"]
    c = [head, '#include "text/msg.h"', "const struct mh_str mh_msg__texts[MH_MSG_MAX][MH_LANG_MAX] = {"]
    for m in messages:
        h.append(f"\t{m.enum()},")
        c.append(f"\t[{m.enum()}] = {{{', '.join(f'MH_STR_INIT({c_string(m.text[lang])})' for lang in LANGS)}}},")
    write(out / "locale_gen.h", h + ["\tMH_MSG_MAX", "};", "#endif"])
    write(out / "locale_gen.c", c + ["};"])


def write_ts(messages, out):
    for lang in LANGS:
        tree = {}
        for m in messages:
            *groups, name = m.key.split(".")
            node = tree
            for g in groups:
                node = node.setdefault(g, {})
            node[name] = m.text[lang]
        write(out / f"{lang}.json", [json.dumps(tree, ensure_ascii=False, indent=1)])
    keys = " |\n".join(f"  '{m.key}'" for m in messages)
    write(out / "messages.d.ts", ["// Made by tools/gen/catalog.py from locale/.", "export type MessageKey =", keys + ";"])


def unused(messages, source):
    words = set()
    for folder, suffixes in (("src", (".c", ".h")), ("portal", (".html", ".ts")), ("desk/src", (".ts", ".vue"))):
        for path in (source / folder).rglob("*"):
            if path.suffix in suffixes and "node_modules" not in path.parts:
                words.update(USED.findall(path.read_text(encoding="utf-8")))
    return [m for m in messages if m.key not in words and m.enum() not in words]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("locale", type=pathlib.Path)
    parser.add_argument("--c", nargs="+", metavar=("OUTDIR", "AREA"))
    parser.add_argument("--ts", type=pathlib.Path)
    parser.add_argument("--used", nargs="+", metavar=("SOURCEDIR", "AREA"))
    args = parser.parse_args()
    catalog = read_catalog(args.locale)
    if args.used and not catalog.faults:
        for m in unused([m for m in catalog.messages if area(m) in args.used[1:]], pathlib.Path(args.used[0])):
            catalog.fault(m.path, m.line, f"{m.key} is used nowhere")
    if catalog.faults:
        sys.exit("\n".join(catalog.faults))
    if args.c:
        write_c([m for m in catalog.messages if area(m) in args.c[1:]], pathlib.Path(args.c[0]))
    if args.ts:
        args.ts.mkdir(parents=True, exist_ok=True)
        write_ts(catalog.messages, args.ts)


if __name__ == "__main__":
    main()
