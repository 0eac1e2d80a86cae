"""Reading sql/statements/*.sql: named statements, their parameters, results and the rules of the common subset.

A statement's types come from the schema by column name. What is refused here is what SQLite and PostgreSQL answer
differently, or what a sharded store cannot do.
"""
import re
from dataclasses import dataclass, field

from sqltext import SourceError, Token, pieces, split_commas, strip, tokens

KINDS = ("one", "opt", "many", "has", "exec", "count")
FUNCTIONS = set("""count sum min max coalesce nullif substr length abs cast row_number rank dense_rank lag lead first_value
last_value ntile replace""".split())
# Words that may stand before a parenthesis without being a function.
BEFORE_PAREN = set("""in values over filter exists as and or not select from where on using when then else by set returning union
all except intersect key any conflict into having distinct between case partition order materialized limit offset""".split())
BANNED_WORDS = {
    "like": "compare ranges instead; LIKE differs in case and locale", "ilike": "compare ranges instead",
    "glob": "only SQLite has it", "regexp": "only SQLite has it", "lateral": "only PostgreSQL has it",
    "merge": "use `insert … on conflict`", "true": "there are no booleans: 1", "false": "there are no booleans: 0",
    "current_timestamp": "time is a parameter", "current_date": "time is a parameter", "collate": "order is by bytes everywhere",
    "natural": "name the columns of the join", "offset": "page by key; an offset reads what it skips",
}
BANNED_OPS = {"::": "write cast(… as bigint)", "->": "JSON is opaque to SQL", "->>": "JSON is opaque to SQL"}
C_WORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false""".split())


@dataclass
class Item:
    name: str
    type: str
    nullable: bool


@dataclass
class Statement:
    name: str
    kind: str
    path: str
    line: int
    comment: str = ""
    text: str = ""
    writes: bool = False
    row: str = ""
    params: list = field(default_factory=list)
    items: list = field(default_factory=list)


class Reader:
    """One statement on its way from text to Statement."""

    def __init__(self, schema, path, comment, body, line):
        self.schema, self.path, self.line = schema, path, line
        self.tags = {"param": {}, "type": {}, "nullable": set(), "notnull": set()}
        self.tables, self.outer = {}, set()  # alias → table name or None; aliases that an outer join may leave empty
        self.toks = tokens(path, body, line)
        self.st = Statement("", "", path, line, text=strip(body))
        self.read_tags(comment)

    def fail(self, text, tok=None):
        raise SourceError(self.path, tok.line if tok else self.line, f"{self.st.name or 'statement'}: {text}")

    def read_tags(self, comment):
        prose = []
        for line in comment:
            m = re.match(r"name:\s*(\S+)\s+:(\w+)\s*$", line)
            if m:
                self.st.name, self.st.kind = m.groups()
                continue
            m = re.match(r"(param|type|nullable|notnull|fanout|bounded|total|row)(?::\s*(.*)|\s*$)", line)
            if m:
                self.read_tag(m.group(1), (m.group(2) or "").strip())
            else:
                prose.append(line)
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,49}", self.st.name):
            self.fail("put `-- name: lower_case_name :kind` right above the statement")
        if self.st.kind not in KINDS:
            self.fail(f"the kind is one of {', '.join(':' + k for k in KINDS)}")
        self.st.comment = " ".join(p for p in prose if p)

    def read_tag(self, tag, rest):
        if tag in ("param", "type"):
            m = re.fullmatch(r"(\w+)\s+(int|text|blob)(\s+null)?", rest)
            if not m:
                self.fail(f"write `-- {tag}: name int|text|blob [null]`")
            self.tags[tag][m.group(1)] = (m.group(2), bool(m.group(3)))
        elif tag in ("nullable", "notnull"):
            self.tags[tag] |= set(re.findall(r"\w+", rest))
        elif tag == "row":
            self.st.row = rest
        else:
            if tag in ("bounded", "total") and not rest:
                self.fail(f"`-- {tag}:` needs its reason")
            self.tags[tag] = rest or True

    # ---- what the text says

    def read(self):
        self.check_tokens()
        self.find_tables()
        self.st.writes = any(t.is_word("insert", "update", "delete") for t in self.statement_words())
        self.find_params()
        self.find_items()
        self.check_kind()
        self.check_insert()
        self.check_home()
        self.check_order()
        return self.st

    def statement_words(self):
        """Words that begin a (sub)statement: the first, those behind `(` and those behind a CTE's `)`."""
        out = []
        for i, t in enumerate(self.toks):
            if t.kind == "word" and (i == 0 or self.toks[i - 1].text in ("(", ")")):
                out.append(t)
        return out

    def depths(self):
        depth = 0
        for i, t in enumerate(self.toks):
            if t.text == ")":
                depth -= 1
            yield i, t, depth
            if t.text == "(":
                depth += 1

    def find_tables(self):
        toks, outer = self.toks, False
        self.ctes = {toks[i - 1].text for i in range(1, len(toks) - 1)
                     if toks[i].is_word("as") and toks[i + 1].text == "(" or
                     toks[i].is_word("as") and toks[i + 1].is_word("materialized", "not")}
        self.ctes |= {t.text for i, t in enumerate(toks) if t.kind == "word" and i and toks[i - 1].is_word("with", "recursive")}
        for i, t in enumerate(toks[:-1]):
            if t.is_word("left", "full"):
                outer = True
            starts = t.is_word("from", "join", "into") or (t.is_word("update") and not toks[i - 1].is_word("do", "for"))
            if not starts or toks[i + 1].kind != "word":
                continue
            if t.is_word("from") and i and toks[i - 1].is_word("distinct"):
                continue
            self.add_table(i + 1, outer and t.is_word("join"))
            outer = False
            j = i + 1
            while t.is_word("from") and (j := self.next_listed(j)):
                self.add_table(j, False)

    def next_listed(self, at):
        """`from a x, b y`: the position of the next table name, or 0."""
        j = at + 1
        while j < len(self.toks) and self.toks[j].kind == "word" and j <= at + 2:
            j += 1
        if j + 1 < len(self.toks) and self.toks[j].text == "," and self.toks[j + 1].kind == "word":
            return j + 1
        return 0

    def add_table(self, at, outer):
        name = self.toks[at].text
        if name not in self.schema.tables and name not in self.ctes:
            self.fail(f"no table {name} in the schema", self.toks[at])
        alias, j = name, at + 1
        if j < len(self.toks) and self.toks[j].is_word("as"):
            j += 1
        stop = ("where", "on", "set", "join", "left", "inner", "cross", "full", "right", "order", "group", "limit", "values", "select",
                "using", "returning", "union", "except", "intersect", "having", "from", "default", "window")
        if j < len(self.toks) and self.toks[j].kind == "word" and not self.toks[j].is_word(*stop):
            alias = self.toks[j].text
        self.tables[alias] = name if name in self.schema.tables else None
        if outer:
            self.outer.add(alias)

    def used(self):
        return [self.schema.tables[t] for t in self.tables.values() if t]

    def any_column(self, name):
        """The columns of this name: of the statement's tables, else of any. They must agree on the type."""
        found = [t.columns[name] for t in self.used() if name in t.columns]
        found = found or [t.columns[name] for t in self.schema.tables.values() if name in t.columns]
        if len({c.type for c in found}) > 1 and not any(name in self.tags[t] for t in ("param", "type")):
            self.fail(f"{name} has several types: {', '.join(sorted({c.type for c in found}))}; add a tag, or rename a column")
        return found

    def find_params(self):
        seen = {}
        for t in self.toks:
            if t.kind != "param" or t.text in seen:
                continue
            name = t.text[1:]
            seen[t.text] = True
            columns = self.any_column(name)
            if name in self.tags["param"]:
                typ, null = self.tags["param"][name]
            elif name == "limit":
                typ, null = "int", False
            elif columns:
                typ, null = columns[0].type, any(not c.not_null for c in columns)
            else:
                self.fail(f"parameter :{name} is no column; add `-- param: {name} int|text|blob`", t)
            null = (null or name in self.tags["nullable"]) and name not in self.tags["notnull"]
            self.st.params.append(Item(self.c_name(name, t), typ, null))
        for name in self.tags["param"]:
            if ":" + name not in seen:
                self.fail(f"`-- param: {name}` names no parameter of the statement")

    def c_name(self, name, tok):
        if name in C_WORDS:
            self.fail(f"`{name}` is a word of C; choose another name", tok)
        return name

    def result_tokens(self):
        """The select list or the returning list of the statement itself."""
        begin = end = None
        for i, t, depth in self.depths():
            if depth:
                continue
            if begin is None and t.is_word("select") and not self.writes_at_top():
                begin = i + 1
            elif t.is_word("returning"):
                begin, end = i + 1, None
            elif begin is not None and end is None and t.is_word("from", "where", "order", "limit", "union", "except", "intersect",
                                                                 "group"):
                end = i
        return [] if begin is None else self.toks[begin:end]

    def writes_at_top(self):
        return any(depth == 0 and t.is_word("insert", "delete", "update") for _, t, depth in self.depths())

    def find_items(self):
        toks = self.result_tokens()
        if toks and toks[0].is_word("distinct"):
            toks = toks[1:]
        for part in split_commas(toks):
            self.st.items.append(self.item(part))
        names = [i.name for i in self.st.items]
        for n in names:
            if names.count(n) > 1:
                self.fail(f"two results are called {n}; use `as`")
        for n in list(self.tags["type"]) + sorted(self.tags["notnull"] | self.tags["nullable"]):
            if n not in names and n not in [p.name for p in self.st.params]:
                self.fail(f"a tag names {n}, which is neither result nor parameter")

    def item(self, part):
        expr, name = part, part[-1].text
        if len(part) > 1 and part[-2].is_word("as"):
            expr = part[:-2]
        if part[-1].kind != "word" or (len(part) > 1 and part[-2].text not in (".",) and not part[-2].is_word("as")):
            self.fail("give this result a name with `as`", part[0])
        typ, null = self.expression(expr, name, part[0])
        if name in self.tags["nullable"]:
            null = True
        if name in self.tags["notnull"]:
            null = False
        return Item(self.c_name(name, part[0]), typ, null)

    def expression(self, expr, name, tok):
        texts = [t.text.lower() for t in expr]
        if name in self.tags["type"]:
            return self.tags["type"][name]
        if len(expr) == 1 and expr[0].kind == "word" or len(expr) == 3 and texts[1] == ".":
            return self.column(expr, tok)
        if len(expr) == 1 and expr[0].kind == "number":
            return "int", False
        if texts[0] == "count" and self.closes_at_end(expr) or texts[:1] == ["row_number"]:
            return "int", False
        if texts[0] == "cast" and texts[-2:] == ["bigint", ")"]:
            return "int", texts[2] not in ("count", "coalesce")
        if texts[0] in ("min", "max", "sum", "coalesce") and self.closes_at_end(expr):
            return self.folded(expr, texts, name, tok)
        columns = self.any_column(name)
        if columns and name in self.tags["nullable"] | self.tags["notnull"]:
            return columns[0].type, False
        self.fail(f"the type of {name} is not known; add `-- type: {name} int|text|blob [null]`", tok)
        return None

    @staticmethod
    def closes_at_end(expr):
        """`f( … )` and nothing behind."""
        depth = 0
        for i, t in enumerate(expr):
            depth += (t.text == "(") - (t.text == ")")
            if depth == 0 and i > 0:
                return i == len(expr) - 1
        return False

    def folded(self, expr, texts, name, tok):
        """min, max, sum: of the inner column's type, and null over no rows; coalesce: of its first, null as its last."""
        inner = split_commas(expr[2:-1])
        if texts[0] == "coalesce":
            kinds = [self.expression(p, "", tok) for p in inner[:1]]
            last = inner[-1]
            return kinds[0][0], last[0].kind not in ("number", "string") and self.expression(last, "", tok)[1]
        if texts[0] == "sum":
            return "int", True
        return self.expression(inner[0], "", tok)[0], True

    def column(self, expr, tok):
        name = expr[-1].text
        if len(expr) == 3:
            alias = expr[0].text
            table = self.tables.get(alias)
            if alias in self.tables and table is None:  # a common table expression: by name
                return self.by_name(name, tok)
            if table is None or name not in self.schema.tables[table].columns:
                self.fail(f"no column {alias}.{name}", tok)
            col = self.schema.tables[table].columns[name]
            return col.type, not col.not_null or alias in self.outer
        return self.by_name(name, tok)

    def by_name(self, name, tok):
        own = [(t.columns[name], a in self.outer) for a, n in self.tables.items() if n
               for t in [self.schema.tables[n]] if name in t.columns]
        if not own:
            own = [(c, False) for c in self.any_column(name)]
        if not own:
            self.fail(f"the type of {name} is not known; add `-- type: {name} int|text|blob [null]`", tok)
        return own[0][0].type, any(not c.not_null or outer for c, outer in own)

    # ---- rules

    def check_tokens(self):
        for i, t in enumerate(self.toks):
            after = self.toks[i + 1].text if i + 1 < len(self.toks) else ""
            before = self.toks[i - 1] if i else Token("op", "", 0)
            low = t.text.lower()
            if t.kind in ("quoted", "blob"):
                self.fail(f"{t.text}: no quoted identifiers and no blob literals (the engines differ); use a parameter", t)
            if t.kind == "number" and not t.text.isdigit():
                self.fail(f"{t.text}: integers only", t)
            if t.kind == "op" and t.text in BANNED_OPS:
                self.fail(f"`{t.text}`: {BANNED_OPS[t.text]}", t)
            if t.kind == "op" and t.text in ("?", "$"):
                self.fail("name parameters `:column`", t)
            if t.kind == "word" and low in BANNED_WORDS:
                self.fail(f"`{low}`: {BANNED_WORDS[low]}", t)
            if t.is_word("distinct") and after.lower() == "on":
                self.fail("`distinct on`: only PostgreSQL has it", t)
            if t.is_word("for") and after.lower() in ("update", "share"):
                self.fail("row locks belong to the driver", t)
            if t.text == "*" and (before.is_word("select", "returning") or before.text in (".",)):
                self.fail("list the columns: `*` changes with the schema", t)
            if t.kind == "word" and after == "(":
                self.check_function(i, t, before)

    def check_function(self, i, t, before):
        low = t.text.lower()
        if low in ("min", "max"):
            inner, depth = [], 0
            for u in self.toks[i + 1 :]:
                depth += (u.text == "(") - (u.text == ")")
                if depth == 0:
                    break
                inner.append(u)
            if len(split_commas(inner[1:])) > 1:
                self.fail(f"{low} of two values: only SQLite has it; use case", t)
        if low in FUNCTIONS or low in BEFORE_PAREN or t.text in self.schema.tables:
            return
        if before.is_word("with", "recursive") or before.text == "," or before.is_word("as", "into", "join", "from"):
            return  # a common table expression or an alias with its columns
        self.fail(f"{low}() is not in the common subset", t)

    def check_kind(self):
        kind, items = self.st.kind, self.st.items
        if kind in ("one", "opt", "many", "has") and not items:
            self.fail(f":{kind} needs a result")
        if kind in ("exec", "count") and items:
            self.fail(f":{kind} has no result; use :one, :opt or :many")
        if kind in ("exec", "count") and not self.st.writes:
            self.fail(f":{kind} is for statements that write")
        if kind == "has" and self.st.writes:
            self.fail(":has only reads")
        if self.st.writes and "fanout" in self.tags:
            self.fail("a statement over all homes may only read")
        if kind == "many" and "bounded" not in self.tags:
            last = self.toks[-2:]
            if not (last[0].is_word("limit") and last[1].kind in ("param", "number")) and not self.limited_inside():
                self.fail("end it in `limit :limit`, or say why it is bounded: `-- bounded: …`")

    def limited_inside(self):
        """`update … where id in (select … limit :limit) returning …` is bounded too."""
        return self.st.writes and any(t.is_word("limit") for t in self.toks)

    def check_insert(self):
        for i, t in enumerate(self.toks):
            if not (t.is_word("insert") and self.toks[i + 1].is_word("into")):
                continue
            table = self.schema.tables[self.toks[i + 2].text]
            j = i + 3
            if j >= len(self.toks) or self.toks[j].text != "(":
                self.fail("an insert lists its columns", t)
            end = next(k for k in range(j, len(self.toks)) if self.toks[k].text == ")")
            given = [u.text for u in self.toks[j + 1 : end] if u.kind == "word"]
            for g in given:
                if g not in table.columns:
                    self.fail(f"table {table.name} has no column {g}", self.toks[j])
            for c in table.columns.values():
                if c.not_null and not c.default and c.name not in given:
                    self.fail(f"{table.name}.{c.name} is not null and has no default: give it a value", self.toks[j])
            if table.cls == "home" and given[:1] != ["home_id"]:
                self.fail("home_id is the first column of an insert into a home table", self.toks[j])

    def check_home(self):
        home = [t.name for t in self.used() if t.cls == "home"]
        if not home or "fanout" in self.tags or self.toks[0].is_word("insert"):
            return
        texts = [t.text.lower() for t in self.toks]
        for i in range(len(texts) - 2):
            if texts[i] == "home_id" and texts[i + 1] == "=" and texts[i + 2] == ":home_id":
                return
        self.fail(f"{', '.join(home)}: add `home_id = :home_id`, or mark it `-- fanout` if it must read every home")

    def check_order(self):
        for i, t, depth in self.depths():
            if not (t.is_word("order") and self.toks[i + 1].is_word("by")):
                continue
            end = i + 2
            d = 0
            while end < len(self.toks):
                u = self.toks[end]
                if d == 0 and (u.text == ")" or u.is_word("limit", "rows", "range", "returning", "union", "except", "intersect")):
                    break
                d += (u.text == "(") - (u.text == ")")
                end += 1
            self.check_order_items(split_commas(self.toks[i + 2 : end]), t)

    def grouped(self):
        """The names of the last `group by`: one row for each of their combinations. {""} when there is none."""
        at = max((i for i, t in enumerate(self.toks) if t.is_word("group")), default=None)
        if at is None:
            return {""}
        end = at + 2
        while end < len(self.toks) and not self.toks[end].is_word("having", "order", "limit", "union") and self.toks[end].text != ")":
            end += 1
        return {part[-1].text for part in split_commas(self.toks[at + 2 : end])}

    def check_order_items(self, parts, tok):
        names = []
        for part in parts:
            words = [t for t in part if t.kind == "word" and not t.is_word("asc", "desc", "nulls", "first", "last")]
            if len(part) == 1 and part[0].kind == "number":
                self.fail("order by names, not by numbers", tok)
            last = words[-1].text if words else ""
            names.append(last)
            simple = all(t.kind == "word" or t.text == "." for t in part)
            columns = [t.columns[last] for t in self.used() if last in t.columns] if simple else []
            if any(not c.not_null for c in columns) and not any(t.is_word("nulls") for t in part):
                self.fail(f"{last} may be null: write `nulls first` or `nulls last` (the engines differ)", tok)
        if "total" not in self.tags and not self.is_total(set(names)):
            self.fail(f"the order by {', '.join(names)} holds no key: the answer would differ from run to run; add the key's columns, or "
                      "say why it is total: `-- total: …`", tok)

    def is_total(self, names):
        """Whether these columns, and those that are fixed by `column = value`, hold a key or all of a `group by`."""
        fixed = set()
        for i, t in enumerate(self.toks[:-2]):
            if t.kind == "word" and self.toks[i + 1].text == "=" and self.toks[i + 2].kind in ("param", "number", "string"):
                fixed.add(t.text)
        if self.grouped() <= names | fixed:
            return True
        if not self.used():
            return bool(names & {"id", "seq"})
        return any(set(k) <= names | fixed for t in self.used() for k in self.keys_of(t))

    def keys_of(self, table):
        return [k.columns for k in table.keys] + [columns for _, t, unique, columns, _ in self.schema.indexes
                                                  if t == table.name and unique]


def expand(path, text, errors):
    """What `-- let: name = text` (its further lines begin with three blanks) says stands for {name} in the whole file. Lines keep
    their numbers."""
    lets, used = {}, set()

    def take(m):
        lets[m[1]] = re.sub(r"\n--   +", " ", m[2])
        return "\n" * m[0].count("\n")

    def put(m):
        used.add(m[1])
        if m[1] not in lets:
            errors.append(SourceError(path, m.string.count("\n", 0, m.start()) + 1, f"{{{m[1]}}} needs its `-- let: {m[1]} = …`"))
        return lets.get(m[1], m[1])

    text = re.sub(r"\{(\w+)\}", put, re.sub(r"^-- let: (\w+) = (.*(?:\n--   .*)*)", take, text, flags=re.M))
    errors += [SourceError(path, 1, f"nothing uses the text {name}") for name in lets.keys() - used]
    return text


def read_statements(schema, path, text, errors):
    """The statements of a file; what is wrong with the others goes to errors."""
    out = []
    for comment, body, line in pieces(expand(path, text, errors)):
        try:
            if line < 0:
                raise SourceError(path, -line, "the last statement lacks its `;`")
            out.append(Reader(schema, path, comment, body, line).read())
        except SourceError as e:
            errors.append(e)
    return out
