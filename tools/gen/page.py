#!/usr/bin/python3
"""page.py PORTALDIR LOCALEDIR OUTDIR: C functions from the templates portal/*.html. portal/README.md describes the language.

Writes page_gen.h (a struct and a function for each template) and page_gen.c. What could be wrong in a page is an error here, with
file and line: an unknown name, a text that is not from the catalog, tags that do not match, a value where none can be escaped.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from catalog import read_catalog, write  # noqa: E402

TOKEN = re.compile(r"\{\{(.*?)\}\}", re.S)
NAME = re.compile(r"[a-z][a-z0-9_]*")
SCALARS = {"str": "struct mh_str", "url": "struct mh_str", "html": "struct mh_str", "int": "int64_t", "bool": "bool", "msg": "enum mh_msg"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path", "circle", "rect", "line", "use"}
URLS = {"href", "src", "action", "formaction", "poster", "cite", "data"}
SPOKEN = {"alt", "title", "placeholder", "aria-label", "label", "aria-description", "content"}
KEEP_SPACE = {"pre", "textarea"}
LETTER = re.compile(r"[^\W\d_]")


class Fault(Exception):
    pass


class Struct:
    def __init__(self, name):
        self.name, self.members = name, {}


class Template:
    def __init__(self, path):
        self.path, self.name = path, path.stem
        self.text = path.read_text(encoding="utf-8")
        self.struct = Struct(self.name)
        self.locals, self.uses, self.body = {}, [], None

    def fault(self, at, what):
        return Fault(f"{self.path}:{self.text.count(chr(10), 0, at) + 1}: error: {what}")


def declare(t, at, struct, body):
    """`str title; list field fields;` → members: name → (type, of)."""
    for part in filter(None, (p.strip() for p in re.sub(r"#[^\n]*", "", body).split(";"))):
        words = part.split()
        ok = len(words) == (3 if words[0] in ("list", "part") else 2) and (words[0] in SCALARS or len(words) == 3)
        if not ok or not NAME.fullmatch(words[-1]) or words[-1] in struct.members:
            raise t.fault(at, f"cannot read the member '{part}', or it comes twice")
        struct.members[words[-1]] = (words[0], words[1] if len(words) == 3 else None)
        if len(words) == 3 and words[1] not in t.locals:
            t.uses.append((words[1], at))


def read_head(t):
    """The declarations at the top; what follows is the body."""
    at = 0
    for m in TOKEN.finditer(t.text):
        word = m.group(1).split(None, 1)[:1]
        if t.text[at:m.start()].strip() or word not in (["struct"], ["page"], ["#"]):
            break
        rest = m.group(1).split(None, 1)[1] if len(m.group(1).split(None, 1)) > 1 else ""
        if word == ["struct"]:
            name, _, body = rest.partition(":")
            t.locals[name.strip()] = Struct(f"{t.name}_{name.strip()}")
            declare(t, m.start(), t.locals[name.strip()], body)
        elif word == ["page"]:
            declare(t, m.start(), t.struct, rest)
        at = m.end()
    t.body = at


class Markup:
    """Follows the HTML so far: where a value would stand, and which elements are open."""

    def __init__(self):
        self.state, self.open, self.tag, self.attr, self.value = "text", [], "", "", ""

    def snapshot(self):
        return self.state, tuple(self.open), self.attr if self.state == "value" else ""

    def feed(self, c, fault):
        if self.state == "text":
            if c == "<":
                self.state, self.tag = "tag", ""
        elif self.state == "tag":
            self.in_tag(c, fault)
        elif self.state == "value":
            if c == '"':
                self.state = "tag"
                self.tag += '"'
                if self.attr in SPOKEN and LETTER.search(self.value) and not (self.attr == "content" and not self.spoken_meta()):
                    raise fault(f'the text of {self.attr}="" belongs into locale/')
                if self.attr == "style" or self.attr.startswith("on"):
                    raise fault(f"no {self.attr} attributes: the Content-Security-Policy forbids them")
            else:
                self.value += c

    def spoken_meta(self):
        return 'name="description"' in self.tag

    def in_tag(self, c, fault):
        if c == ">":
            self.end_tag(fault)
            return
        if c == '"':
            m = re.search(r"([a-zA-Z][\w:-]*)=$", self.tag)
            if not m:
                raise fault("a quote that belongs to no attribute")
            self.state, self.attr, self.value = "value", m.group(1).lower(), ""
        self.tag += c if c != '"' else '"'
        if re.search(r"=[^\"]$", self.tag) and c not in '"':
            raise fault("attribute values stand in double quotes")

    def end_tag(self, fault):
        self.state = "text"
        name = re.match(r"/?!?[a-zA-Z][\w-]*", self.tag)
        if not name:
            raise fault("not a tag: write &lt; for <")
        name = name.group().lower()
        if name.startswith("!"):
            return
        if name.startswith("/"):
            if not self.open or self.open[-1] != name[1:]:
                raise fault(f"<{name}> closes nothing: open is <{self.open[-1] if self.open else ''}>")
            self.open.pop()
        elif name not in VOID and not self.tag.endswith("/"):
            self.open.append(name)
            if name == "style" or (name == "script" and "src=" not in self.tag):
                raise fault("no inline script or style: the Content-Security-Policy forbids them")


class Writer:
    def __init__(self, templates, messages):
        self.templates, self.messages = templates, messages

    def start(self, t):
        self.t, self.out, self.depth, self.scope, self.blocks = t, [], 1, {}, []
        self.markup, self.at, self.loops = Markup(), t.body, 0
        self.pending = ""

    def fault(self, what):
        return self.t.fault(self.at, what)

    # --- literal text ---

    def literal(self, text):
        spoken = ""
        for i, c in enumerate(text):
            if self.markup.state == "text" and c != "<" and "code" not in self.markup.open:  # commands are no language
                spoken += c
            self.markup.feed(c, lambda what, at=self.at + i: self.t.fault(at, what))
        if LETTER.search(re.sub(r"&[a-zA-Z]+;|&#\d+;", "", spoken)):
            self.at += text.find(spoken.strip()[:1])
            raise self.fault(f"the text '{spoken.strip()[:40]}' belongs into locale/")
        if not set(self.markup.open) & KEEP_SPACE:
            text = re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]+", " ", text))
            if self.pending.endswith("\n") or (not self.pending and not self.out):
                text = text.lstrip("\n")
        self.pending += text

    def flush(self):
        if self.pending:
            quoted = self.pending.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            self.line(f'ADD("{quoted}");')
        self.pending = ""

    def line(self, text):
        self.out.append("\t" * self.depth + text)

    # --- values ---

    def lookup(self, name):
        """C expression and (type, of) of `member`, `item`, `item.member`."""
        head, *rest = name.split(".")
        struct, expr = self.t.struct, "p"
        if head in self.scope:
            expr, struct = self.scope[head]
            if not rest:
                return f"*{expr}", ("item", struct)
            head, *rest = rest
        member = struct.members.get(head) if isinstance(struct, Struct) else None
        while member:
            expr = f"{expr}->{head}"
            if not rest:
                return expr, member
            if member[0] != "part":
                break
            struct, expr = self.struct_of(member[1]), f"(&{expr})"
            head, *rest = rest
            member = struct.members.get(head)
        raise self.fault(f"there is no '{name}' here")

    def struct_of(self, name):
        return self.t.locals.get(name) or self.templates[name].struct

    def value(self, name):
        expr, (kind, _) = self.lookup(name)
        where, markup = self.markup.state, self.markup
        if where == "tag":
            raise self.fault("a value stands in a text or in a quoted attribute")
        url = where == "value" and markup.attr in URLS
        if kind == "url":
            if not url or markup.value:
                raise self.fault("a url is the whole value of a link's attribute")
            self.call(f"mh_page__url(b, {expr});")
        elif kind == "str" and url:
            if not markup.value:
                raise self.fault("a link that begins with a str could lead anywhere: make it a url")
            self.call(f"mh_page__part(b, {expr});")
        elif kind == "str":
            self.call(f"mh_buf_xml(b, {expr});")
        elif kind == "int":
            self.call(f'mh_buf_fmt(b, "%lld", (long long){expr});')
        elif kind == "msg" and not url:
            self.call(f"mh_msg_xml(b, lang, {expr}, NULL, 0);")
        else:
            raise self.fault(f"a {kind} cannot be written here")
        markup.value += "0" if where == "value" else ""

    def call(self, text):
        self.flush()
        self.line(text)

    def message(self, words):
        m = self.messages.get(words[0])
        if not m:
            raise self.fault(f"locale/ has no text {words[0]}")
        if self.markup.state == "tag":
            raise self.fault("a text stands in the page or in a quoted attribute")
        args = dict(w.split("=", 1) for w in words[1:] if "=" in w)
        if sorted(args) != m.params() or len(args) != len(words) - 1:
            raise self.fault(f"{words[0]} takes {', '.join(m.params()) or 'no parameters'}")
        self.markup.value += "0"
        if not args:
            self.call(f"mh_msg_xml(b, lang, {m.enum()}, NULL, 0);")
            return
        made = []
        for name, source in args.items():
            expr, (kind, _) = self.lookup(source)
            if kind not in ("str", "int", "msg"):
                raise self.fault(f"{name}: a {kind} is no parameter of a text")
            text = f"mh_msg(lang, {expr})" if kind == "msg" else expr
            made.append(f'MH_MSG_{"INT" if kind == "int" else "STR"}("{name}", {text})')
        self.call(f"mh_msg_xml(b, lang, {m.enum()}, (struct mh_msg_arg[]){{{', '.join(made)}}}, {len(made)});")

    def texts(self, areas):
        """All texts of these areas for scripts, in a template element; their parameters stay to be filled in."""
        if self.markup.state != "text" or self.markup.open[-1:] != ["template"]:
            raise self.fault("texts stand in a template element")
        for area in areas:
            if not any(key.startswith(area + ".") for key in self.messages):
                raise self.fault(f"locale/ has no texts {area}")
        for m in [m for m in self.messages.values() if any(m.key.startswith(area + ".") for area in areas)]:
            self.literal(f'<i data-t="{m.key}">')
            args = ", ".join(f'MH_MSG_STR("{name}", MH_STR("{{{name}}}"))' for name in m.params())
            self.call(f"mh_msg_xml(b, lang, {m.enum()}, {f'(struct mh_msg_arg[]){{{args}}}' if args else 'NULL'}, {len(m.params())});")
            self.literal("</i>")

    # --- blocks ---

    def condition(self, name):
        negated = name.startswith("!")
        expr, (kind, _) = self.lookup(name.lstrip("!"))
        tests = {"str": ".len", "url": ".len", "html": ".len", "bool": "", "int": " != 0", "list": None}
        if kind not in tests:
            raise self.fault(f"a {kind} is neither true nor false")
        test = re.sub(r"(\w+)$", r"n_\1", expr) if kind == "list" else expr + tests[kind]
        return f"!({test})" if negated else test

    def open_block(self, head, kind, name=None):
        self.call(head + " {")
        self.depth += 1
        self.blocks.append((kind, self.markup.snapshot(), name, self.at))

    def each(self, words):
        if len(words) != 3 or words[1] != "as" or not NAME.fullmatch(words[2]) or words[2] in self.scope:
            raise self.fault("write: each LIST as NAME")
        expr, (kind, of) = self.lookup(words[0])
        if kind != "list":
            raise self.fault(f"{words[0]} is no list")
        self.loops += 1
        i, count = f"i{self.loops}", re.sub(r"(\w+)$", r"n_\1", expr)
        self.open_block(f"for (size_t {i} = 0; {i} < {count}; {i}++)", "each", words[2])
        self.line(f"const struct mh_page_{self.struct_of(of).name} *{words[2]} = &{expr}[{i}];")
        self.scope[words[2]] = (words[2], self.struct_of(of))

    def otherwise(self):
        kind, before, _, _ = self.blocks[-1] if self.blocks else (None, None, None, None)
        if kind != "if":
            raise self.fault("else without if")
        after = self.markup.snapshot()
        self.blocks[-1] = ("else", after, before, self.at)
        self.markup.state, self.markup.open, self.markup.attr = before[0], list(before[1]), before[2]
        self.flush()
        self.depth -= 1
        self.line("} else {")
        self.depth += 1

    def close(self, word):
        kind, want, name, _ = self.blocks.pop() if self.blocks else (None, None, None, None)
        if kind is None or word != ("if" if kind == "else" else kind):
            raise self.fault(f"/{word} closes nothing")
        if self.markup.snapshot() != want:
            raise self.fault(f"the tags within this {word} do not match")
        self.flush()
        self.depth -= 1
        self.line("}")
        if kind == "each":
            del self.scope[name]

    def include(self, words):
        target = self.templates.get(words[0]) if len(words) == 2 else None
        if not target:
            raise self.fault("write: include TEMPLATE MEMBER")
        expr, (kind, of) = self.lookup(words[1])
        same = of is target.struct if kind == "item" else kind == "part" and of == target.name
        if not same or self.markup.state != "text":
            raise self.fault(f"{words[1]} is not what {words[0]}.html takes, or this is no place for it")
        self.call(f"mh_page_{target.name}(b, {expr[1:] if kind == 'item' else '&' + expr}, lang);")

    def directive(self, text):
        words = text.split()
        if not words or words[0] == "#":
            return
        word, rest = words[0], words[1:]
        if word == "t" and rest:
            self.message(rest)
        elif word == "texts" and rest:
            self.texts(rest)
        elif word == "if" and len(rest) == 1:
            self.open_block(f"if ({self.condition(rest[0])})", "if")
        elif word == "else" and not rest:
            self.otherwise()
        elif word == "each":
            self.each(rest)
        elif word in ("/if", "/each"):
            self.close(word[1:])
        elif word == "include":
            self.include(rest)
        elif word == "asset" and len(rest) == 1 and self.markup.attr in URLS and not self.markup.value:
            self.call(f'mh_page__asset(b, "{rest[0]}");')
        elif word == "raw" and len(rest) == 1 and self.lookup(rest[0])[1][0] == "html" and self.markup.state == "text":
            self.call(f"mh_buf_str_add(b, {self.lookup(rest[0])[0]});")
        elif len(words) == 1:
            self.value(word)
        else:
            raise self.fault(f"cannot read {{{{{text}}}}}")

    def template(self, t):
        self.start(t)
        for m in TOKEN.finditer(t.text, t.body):
            self.literal(t.text[self.at:m.start()])
            self.at = m.start()
            self.directive(m.group(1))
            self.at = m.end()
        self.literal(t.text[self.at:])
        self.at = len(t.text)
        self.flush()
        if self.blocks:
            raise t.fault(self.blocks[-1][3], f"this {self.blocks[-1][0]} is never closed")
        if self.markup.open or self.markup.state != "text":
            raise self.fault(f"never closed: <{self.markup.open[-1] if self.markup.open else self.markup.tag}>")
        unused = "" if any("p->" in line for line in self.out) else "\t(void)p;\n"
        return f"void mh_page_{t.name}(struct mh_buf *b, const struct mh_page_{t.name} *p, enum mh_lang lang)\n{{\n" \
               + unused + "\n".join(self.out) + "\n}\n"


def c_struct(t, struct, templates):
    out = [f"struct mh_page_{struct.name} {{"]
    for name, (kind, of) in struct.members.items():
        if kind in SCALARS:
            out.append(f"\t{SCALARS[kind]} {name};")
            continue
        target = t.locals[of] if of in t.locals else templates[of].struct
        out.append(f"\tconst struct mh_page_{target.name} *{name};\n\tsize_t n_{name};" if kind == "list"
                   else f"\tstruct mh_page_{target.name} {name};")
    return "\n".join(out + (["\tchar nothing;"] if not struct.members else []) + ["};"])


def ordered(templates):
    """Each after what it uses."""
    done = []

    def visit(t, path):
        for name, at in t.uses:
            if name not in templates or name in path:
                raise t.fault(at, f"there is no template or struct '{name}'" if name not in templates else f"{name} holds itself")
            visit(templates[name], path + [name])
        if t not in done:
            done.append(t)

    for t in templates.values():
        visit(t, [t.name])
    return done


def main():
    portal, locale, out = map(pathlib.Path, sys.argv[1:4])
    catalog = read_catalog(locale)
    if catalog.faults:
        sys.exit("\n".join(catalog.faults))
    try:
        templates = {p.stem: Template(p) for p in sorted(portal.glob("*.html"))}
        for t in templates.values():
            read_head(t)
        order = ordered(templates)
        writer = Writer(templates, {m.key: m for m in catalog.messages})
        functions = [writer.template(t) for t in order]
    except Fault as e:
        sys.exit(str(e))
    head = "/* Made by tools/gen/page.py from portal/. */"
    structs = [c_struct(t, s, templates) for t in order for s in [*t.locals.values(), t.struct]]
    protos = [f"void mh_page_{t.name}(struct mh_buf *b, const struct mh_page_{t.name} *p, enum mh_lang lang);" for t in order]
    write(out / "page_gen.h", [head, "#ifndef PAGE_GEN_H", "#define PAGE_GEN_H", '#include "text/msg.h"', *structs, *protos, "#endif"])
    write(out / "page_gen.c", [head, '#include "page_gen.h"', '#include "web/page_write.h"',
                               "#define ADD(literal) mh_buf_add(b, literal, sizeof(literal) - 1)", *functions])


if __name__ == "__main__":
    main()
