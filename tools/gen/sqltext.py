"""Reading SQL source: tokens and the schema.

Both the generator (tools/gen/sql.py) and the lint (tools/lint/schema.py) read sql/schema.sql through this file, so that
there is one idea of what the schema says. The format is described in src/db/README.md.
"""
import re
from dataclasses import dataclass, field


class SourceError(Exception):
    """A mistake in an SQL source, with its place."""

    def __init__(self, path, line, text):
        super().__init__(f"{path}:{line}: {text}")


class SourceErrors(Exception):
    """Several of them, one a line."""

    def __init__(self, errors):
        super().__init__("\n".join(str(e) for e in errors))


@dataclass
class Token:
    kind: str  # word number string param op quoted blob
    text: str
    line: int

    def is_word(self, *words):
        return self.kind == "word" and self.text.lower() in words


TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<comment>--[^\n]*)|(?P<blob>[xX]'[^']*')|(?P<string>'(?:[^']|'')*')|(?P<quoted>"[^"]*"|`[^`]*`)
    |(?P<number>\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+|\d+[eE][+-]?\d+|\d+)|(?P<op>::|->>|->|\|\||<=|>=|<>|!=)|(?P<param>:[a-z_][a-z0-9_]*)
    |(?P<word>%[ITB]\b|[A-Za-z_][A-Za-z0-9_]*)|(?P<other>.)""",
    re.X,
)


def tokens(path, text, line=1):
    out = []
    for m in TOKEN.finditer(text):
        kind = m.lastgroup
        if kind not in ("space", "comment"):
            out.append(Token("op" if kind == "other" else kind, m.group(), line))
        line += m.group().count("\n")
    return out


def split_commas(toks):
    """Parts between commas outside parentheses."""
    parts, depth, part = [], 0, []
    for t in toks:
        depth += (t.text == "(") - (t.text == ")")
        if t.text == "," and depth == 0:
            parts.append(part)
            part = []
        else:
            part.append(t)
    return parts + [part] if part else parts


TYPES = {"%I": "int", "%T": "text", "%B": "blob"}


@dataclass
class Column:
    name: str
    type: str
    line: int
    not_null: bool = False
    default: bool = False
    comment: str = ""
    toks: list = field(default_factory=list)


@dataclass
class Key:
    """A primary key, unique constraint or unique index."""

    name: str
    columns: list
    line: int
    primary: bool = False


@dataclass
class Foreign:
    name: str
    columns: list
    table: str
    targets: list
    line: int


@dataclass
class Table:
    name: str
    line: int
    cls: str = ""
    clustered: bool = False
    comment: str = ""
    columns: dict = field(default_factory=dict)
    keys: list = field(default_factory=list)
    foreign: list = field(default_factory=list)
    constraints: list = field(default_factory=list)  # (name or "", kind, line)
    body: str = ""

    def primary(self):
        return next((k.columns for k in self.keys if k.primary), [])


@dataclass
class Schema:
    path: str
    tables: dict = field(default_factory=dict)
    indexes: list = field(default_factory=list)  # (name, table, unique, columns, line)
    statements: list = field(default_factory=list)  # (text without comments, line, Table or None)


def names_in(toks):
    """The words of the first parenthesised list and the tokens behind it."""
    depth, names = 0, []
    for i, t in enumerate(toks):
        if t.text == "(":
            depth += 1
        elif t.text == ")":
            depth -= 1
            if depth == 0:
                return names, toks[i + 1 :]
        elif depth == 1 and t.kind == "word" and t.text.lower() not in ("asc", "desc", "nulls", "first", "last"):
            names.append(t.text)
    return names, []


def foreign_of(name, columns, toks, line):
    """toks begin behind `references`."""
    targets, _ = names_in(toks[1:]) if len(toks) > 1 and toks[1].text == "(" else ([], None)
    return Foreign(name, columns, toks[0].text, targets, line)


def read_constraint(table, toks):
    name, line = "", toks[0].line
    if toks[0].is_word("constraint"):
        name, toks = toks[1].text, toks[2:]
    kind = toks[0].text.lower()
    table.constraints.append((name, kind, line))
    if kind in ("primary", "unique"):
        columns, _ = names_in(toks)
        table.keys.append(Key(name, columns, line, kind == "primary"))
    elif kind == "foreign":
        columns, rest = names_in(toks)
        table.foreign.append(foreign_of(name, columns, rest[1:], line))


def read_column(schema, table, toks):
    name, rest = toks[0].text, toks[1:]
    if not rest or rest[0].text not in TYPES:
        got = rest[0].text if rest else "nothing"
        raise SourceError(schema.path, toks[0].line, f"column {table.name}.{name}: type must be %I, %T or %B, not {got}")
    if name in table.columns:
        raise SourceError(schema.path, toks[0].line, f"column {table.name}.{name} stands twice")
    col = Column(name, TYPES[rest[0].text], toks[0].line, toks=rest)
    label = ""
    for i, t in enumerate(rest):
        if t.is_word("not") and i + 1 < len(rest) and rest[i + 1].is_word("null"):
            col.not_null = True
        elif t.is_word("default"):
            col.default = True
        elif t.is_word("constraint"):
            label = rest[i + 1].text
        elif t.is_word("primary"):
            col.not_null = True
            table.keys.append(Key(label, [name], t.line, True))
            table.constraints.append((label, "primary", t.line))
        elif t.is_word("unique"):
            table.keys.append(Key(label, [name], t.line))
            table.constraints.append((label, "unique", t.line))
        elif t.is_word("check"):
            table.constraints.append((label, "check", t.line))
        elif t.is_word("references"):
            table.foreign.append(foreign_of(label, [name], rest[i + 1 :], t.line))
            table.constraints.append((label, "foreign", t.line))
        elif t.is_word("generated"):
            col.default = True
        if t.is_word("primary", "unique", "check", "references"):
            label = ""
    table.columns[name] = col


def read_table(schema, toks, tags):
    at = 2
    while toks[at].is_word("if", "not", "exists"):
        at += 1
    table = Table(toks[at].text, toks[0].line, tags.get("class", ""), tags.get("store", "") == "clustered", tags["comment"])
    if toks[at + 1].text != "(" or toks[-1].text != ")":
        raise SourceError(schema.path, toks[0].line, f"table {table.name}: write `create table {table.name} ( … );`, table "
                          "options are added by the build")
    for part in split_commas(toks[at + 2 : -1]):
        if part[0].is_word("constraint", "primary", "unique", "check", "foreign"):
            read_constraint(table, part)
        else:
            read_column(schema, table, part)
    for name in table.primary():
        if name in table.columns:
            table.columns[name].not_null = True
    if table.name in schema.tables:
        raise SourceError(schema.path, table.line, f"table {table.name} stands twice")
    schema.tables[table.name] = table
    return table


def read_index(schema, toks):
    unique = toks[1].is_word("unique")
    at = 2 + unique
    while toks[at].is_word("if", "not", "exists"):
        at += 1
    name, table = toks[at].text, toks[at + 2].text
    columns, _ = names_in(toks[at + 3 :])
    schema.indexes.append((name, table, unique, columns, toks[0].line))


def pieces(text):
    """(comment lines above, statement, line of the statement) for each `;`-terminated statement."""
    out, start, line, comment = [], None, 1, []
    buf = []
    for m in TOKEN.finditer(text):
        kind, part = m.lastgroup, m.group()
        if start is None and kind == "comment":
            comment.append(part[2:].strip())
        elif start is None and kind == "space":
            if part.count("\n") > 1:
                comment = []
        elif part == ";":
            out.append((comment, "".join(buf), start))
            start, comment, buf = None, [], []
        else:
            if start is None:
                start = line
            buf.append(part)
        line += part.count("\n")
    if buf:
        out.append((comment, "".join(buf), -start))
    return out


def read_schema(path, text):
    schema = Schema(path)
    for comment, body, line in pieces(text):
        if line < 0:
            raise SourceError(path, -line, "the last statement lacks its `;`")
        tags = {"comment": "\n".join(c for c in comment if not re.match(r"(class|store):", c))}
        for c in comment:
            m = re.match(r"(class|store):\s*(\w+)", c)
            if m:
                tags[m.group(1)] = m.group(2)
        toks = tokens(path, body, line)
        table = None
        if toks[0].is_word("create") and toks[1].is_word("table"):
            table = read_table(schema, toks, tags)
            table.body = body
        elif toks[0].is_word("create") and (toks[1].is_word("index") or (toks[1].is_word("unique") and toks[2].is_word("index"))):
            read_index(schema, toks)
        else:
            raise SourceError(path, line, f"only `create table` and `create [unique] index` belong here, not "
                              f"`{toks[0].text} {toks[1].text if len(toks) > 1 else ''}`")
        schema.statements.append((strip(body), line, table))
    return schema


def strip(body):
    """Without comments, blanks squeezed; strings untouched."""
    out = []
    for m in TOKEN.finditer(body):
        if m.lastgroup in ("space", "comment"):
            if out and out[-1] != " ":
                out.append(" ")
        else:
            out.append(m.group())
    return "".join(out).strip()
