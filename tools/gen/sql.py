#!/usr/bin/env python3
"""sql.py SQLDIR OUTDIR [--base sql] [--prefix mh_]: C from sql/schema.sql and sql/statements/*.sql.

Writes BASE_gen.h and BASE_gen.c: the schema for both engines, the tables' columns and keys, and one typed function for
each named statement. The format of the sources is described in src/db/README.md. Every statement is also explained by
Python's own SQLite, so that a wrong name fails here with its place, not at run time.
"""
import argparse
import hashlib
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from sqlstmt import read_statements  # noqa: E402
from sqltext import TOKEN, Column, SourceError, SourceErrors, read_schema  # noqa: E402

TYPES = {"sqlite": {"%I": "integer", "%T": "text", "%B": "blob"}, "postgres": {"%I": "bigint", "%T": "text", "%B": "bytea"}}
C_TYPE = {"int": "int64_t ", "text": "struct mh_str ", "blob": "struct mh_bytes "}
C_ENUM = {"int": "MH_DB_INT", "text": "MH_DB_TEXT", "blob": "MH_DB_BLOB"}


def ddl(schema, engine):
    """The schema's statements for one engine."""
    out = []
    for text, _, table in schema.statements:
        text = "".join(TYPES[engine].get(m.group(), m.group()) for m in TOKEN.finditer(text))
        if engine == "sqlite" and table:
            text += " strict" + (", without rowid" if table.clustered else "")
        out.append(text)
    return out


def numbered(st, mark):
    """The text with `:name` rewritten to ?1 or $1."""
    order = {":" + p.name: f"{mark}{i + 1}" for i, p in enumerate(st.params)}
    return "".join(order.get(m.group(), m.group()) for m in TOKEN.finditer(st.text))


def check_with_sqlite(schema, statements, errors):
    db = sqlite3.connect(":memory:")
    for text, (_, line, _) in zip(ddl(schema, "sqlite"), schema.statements):
        try:
            db.execute(text)
        except sqlite3.Error as e:
            raise SourceError(schema.path, line, str(e)) from e
    for st in statements:
        try:
            db.execute("explain " + numbered(st, "?"), [None] * len(st.params))
        except sqlite3.Error as e:
            errors.append(SourceError(st.path, st.line, f"{st.name}: {e}"))


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Out:
    def __init__(self, base, prefix):
        self.base, self.p, self.h, self.c = base, prefix, [], []

    def members(self, items):
        lines = []
        for i in items:
            lines.append(f"\t{C_TYPE[i.type]}{i.name};")
            if i.nullable:
                lines.append(f"\tbool {i.name}_null;")
        return lines

    def fields(self, name, struct, items):
        if not items:
            return
        self.c.append(f"static const struct mh_db_field {name}[] = {{")
        for i in items:
            null = f"true, offsetof(struct {struct}, {i.name}_null)" if i.nullable else "false, 0"
            self.c.append(f'\t{{"{i.name}", {C_ENUM[i.type]}, offsetof(struct {struct}, {i.name}), {null}}},')
        self.c.append("};")

    def statement(self, st, rows):
        q = f"{self.p}q_{st.name}"
        row = f"{self.p}q_{st.row or st.name}_row"
        if st.comment:
            self.h.append(f"/* {st.comment.replace('*/', '* /')} */")
        if st.params:
            self.h += [f"struct {q}_in {{"] + self.members(st.params) + ["};"]
        if st.items and row not in rows:
            self.h += [f"struct {row} {{"] + self.members(st.items) + ["};"]
        if st.items and rows.setdefault(row, (st.items, st))[0] != st.items:
            other = rows[row][1]
            raise SourceError(st.path, st.line, f"{st.name}: its results differ from those of {other.name}, with which it shares "
                              f"the row {st.row}")
        self.fields(f"{q}_params", f"{q}_in", st.params)
        self.fields(f"{q}_cols", row, st.items)
        self.descriptor(st, q, row)
        self.function(st, q, row)

    def descriptor(self, st, q, row):
        lite, pg = c_string(numbered(st, "?")), c_string(numbered(st, "$"))
        self.c += [
            f"static const struct mh_db_stmt {q}_stmt = {{",
            f'\t.name = "{st.name}",', f"\t.text = {{[MH_DB_SQLITE] = {lite},", f"\t\t[MH_DB_POSTGRES] = {pg}}},",
            f"\t.writes = {'true' if st.writes else 'false'},",
            f"\t.params = {q + '_params' if st.params else 'NULL'}, .n_params = {len(st.params)},",
            f"\t.cols = {q + '_cols' if st.items else 'NULL'}, .n_cols = {len(st.items)},",
            f"\t.row_size = {f'sizeof(struct {row})' if st.items else 0},", "};",
        ]

    def function(self, st, q, row):
        args, call = ["struct mh_db *db"], ["db", f"&{q}_stmt"]
        if st.items:
            args.append("struct mh_arena *a")
            call.append("a")
        if st.params:
            args.append(f"const struct {q}_in *in")
        call.append("in" if st.params else "NULL")
        if st.kind == "many":
            args += [f"struct {row} **ret_rows", "size_t *ret_n"]
            call += ["&rows", "ret_n"]
        elif st.kind == "has":
            args += ["size_t n", "bool *ret_found"]
            call += ["sizeof *in", "n", "ret_found"]
        elif st.kind == "opt":
            args += ["bool *ret_found", f"struct {row} *ret"]
            call += ["ret_found", "ret"]
        elif st.kind == "one":
            args.append(f"struct {row} *ret")
            call.append("ret")
        elif st.kind == "count":
            args.append("int64_t *ret_changed")
            call.append("ret_changed")
        args.append("struct mh_err *reterr")
        call.append("reterr")
        head = f"enum mh_code {q}({', '.join(args)})"
        run = f"mh_db_run_{st.kind}({', '.join(call)})"
        self.h += [head + ";", ""]
        if st.kind == "many":
            self.c += [head, "{", "\tvoid *rows = NULL;", f"\tMH_TRY({run});", "\t*ret_rows = rows;", "\treturn MH_OK;", "}", ""]
        else:
            self.c += [head, "{", f"\treturn {run};", "}", ""]

    def cells(self, name, columns):
        """Fields of an array of cells, one for each column (db/table.h)."""
        self.c.append(f"static const struct mh_db_field {name}[] = {{")
        for i, c in enumerate(columns):
            part = "i" if c.type == "int" else "b"
            self.c.append(f'\t{{"{c.name}", {C_ENUM[c.type]}, MH_DB_CELL({i}, {part}), true, MH_DB_CELL({i}, null)}},')
        self.c.append("};")

    def whole(self, table, what, text, params, cols):
        """One of the three statements that copy a table."""
        name = f"{self.p}table_{table.name}_{what}"
        if params:
            self.cells(f"{name}_params", params)
        lite, pg = (c_string(text.replace("@", mark)) for mark in ("?", "$"))
        self.c += [f"static const struct mh_db_stmt {name} = {{", f'\t.name = "{table.name} {what}",',
                   f"\t.text = {{[MH_DB_SQLITE] = {lite}, [MH_DB_POSTGRES] = {pg}}},", f"\t.writes = {'false' if cols else 'true'},",
                   f"\t.params = {name}_params, .n_params = {len(params)},"]
        if cols:
            self.c.append(f"\t.cols = {self.p}table_{table.name}_cells, .n_cols = {len(cols)}, "
                          f".row_size = {len(cols)} * sizeof(struct mh_db_cell),")
        self.c.append("};")

    def copy(self, table, key):
        columns = list(table.columns.values())
        names, keys = ", ".join(table.columns), ", ".join(key)
        limit = Column("limit", "int", 0)
        slots = [f"@{i + 1}" for i in range(len(columns))]
        self.cells(f"{self.p}table_{table.name}_cells", columns)
        self.whole(table, "first", f"select {names} from {table.name} order by {keys} limit @1", [limit], columns)
        self.whole(table, "next", f"select {names} from {table.name} where ({keys}) > ({', '.join(slots[:len(key)])}) order by {keys} "
                   f"limit @{len(key) + 1}", [table.columns[k] for k in key] + [limit], columns)
        self.whole(table, "put", f"insert into {table.name} ({names}) values ({', '.join(slots)})", columns, [])

    def tables(self, schema):
        for t in schema.tables.values():
            key = t.primary() or list(t.columns)
            self.c.append(f"static const struct mh_db_column {self.p}table_{t.name}_columns[] = {{")
            for c in t.columns.values():
                at = key.index(c.name) + 1 if c.name in key else 0
                self.c.append(f'\t{{"{c.name}", {C_ENUM[c.type]}, {"false" if c.not_null else "true"}, {at}}},')
            self.c.append("};")
            self.copy(t, key)
        self.c.append(f"static const struct mh_db_table {self.p}tables[] = {{")
        for t in schema.tables.values():
            cls = t.cls.upper() if t.cls in ("home", "ref", "local") else "LOCAL"
            whole = ", ".join(f"&{self.p}table_{t.name}_{w}" for w in ("first", "next", "put"))
            self.c.append(f'\t{{"{t.name}", MH_DB_TABLE_{cls}, {self.p}table_{t.name}_columns, {len(t.columns)}, '
                          f"{len(t.primary() or t.columns)}, {whole}}},")
        self.c.append("};")

    def catalog(self, schema, statements, digest):
        p = self.p
        for engine in ("sqlite", "postgres"):
            self.c.append(f"const char *const {p}sql_schema_{engine}[] = {{")
            self.c += [f"\t{c_string(s)}," for s in ddl(schema, engine)] + ["\tNULL,", "};"]
        self.tables(schema)
        self.c.append(f"static const struct mh_db_stmt *const {p}statements[] = {{")
        self.c += [f"\t&{p}q_{s.name}_stmt," for s in statements] + ["\tNULL,", "};"]
        self.c += [f"const struct mh_db_catalog {p}sql_catalog = {{", f'\t.schema_hash = "{digest}",',
                   f"\t.schema = {{[MH_DB_SQLITE] = {p}sql_schema_sqlite, [MH_DB_POSTGRES] = {p}sql_schema_postgres}},",
                   f"\t.tables = {p}tables, .n_tables = {len(schema.tables)},",
                   f"\t.statements = {p}statements, .n_statements = {len(statements)},", "};"]

    def write(self, out, source):
        guard = f"{self.p}{self.base}_GEN_H".upper()
        note = f"/* Made by tools/gen/sql.py from {source}; do not edit. */"
        head = [note, f"#ifndef {guard}", f"#define {guard}", '#include "db/stmt.h"', "",
                f"extern const char *const {self.p}sql_schema_sqlite[];   /* ends in NULL */",
                f"extern const char *const {self.p}sql_schema_postgres[]; /* ends in NULL */",
                f"extern const struct mh_db_catalog {self.p}sql_catalog;", ""]
        (out / f"{self.base}_gen.h").write_text("\n".join(head + self.h + ["#endif", ""]), encoding="utf-8")
        body = [note, f'#include "{self.base}_gen.h"', '#include "db/table.h"', ""] + self.c
        (out / f"{self.base}_gen.c").write_text("\n".join(body + [""]), encoding="utf-8")


def load(folder):
    """Schema, statements, hash of the schema. Raises SourceErrors with everything that is wrong with the statements."""
    folder = pathlib.Path(folder)
    path = folder / "schema.sql"
    schema = read_schema(str(path), path.read_text(encoding="utf-8"))
    statements, names, errors = [], {}, []
    for f in sorted((folder / "statements").glob("*.sql")):
        for st in read_statements(schema, str(f), f.read_text(encoding="utf-8"), errors):
            if st.name in names:
                errors.append(SourceError(st.path, st.line, f"{st.name} stands already in {names[st.name]}"))
            names[st.name] = f"{st.path}:{st.line}"
            statements.append(st)
    check_with_sqlite(schema, statements, errors)
    if errors:
        raise SourceErrors(errors)
    tables = "\n".join(ddl(schema, "sqlite") + ddl(schema, "postgres"))  # a comment makes no other store
    return schema, statements, hashlib.sha256(tables.encode()).hexdigest()


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("sqldir")
    ap.add_argument("outdir")
    ap.add_argument("--base", default="sql")
    ap.add_argument("--prefix", default="mh_")
    a = ap.parse_args()
    try:
        schema, statements, digest = load(a.sqldir)
        out, rows = Out(a.base, a.prefix), {}
        for st in statements:
            out.statement(st, rows)
        out.catalog(schema, statements, digest)
        out.write(pathlib.Path(a.outdir), pathlib.Path(a.sqldir).name)
    except (SourceError, SourceErrors, OSError) as e:
        sys.exit(str(e))


if __name__ == "__main__":
    main()
