"""The rules of a schema that one file, one PostgreSQL server or many can hold (docs/storage.md, rules 1-6 and 11-15).

They are those of Citus and of routing by jurisdiction, checked here without either: a table that breaks one works on a laptop
and cannot be spread later. Rules about statements (8, 11, 14) are checked by tools/gen/sql.py when it reads them.
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'gen'))
from common import Lint  # noqa: E402
from sqltext import SourceError, read_schema, tokens  # noqa: E402

PATH = 'sql/schema.sql'
NAME_MAX = 50
BANNED = {
    'serial': 'ids come from the application', 'bigserial': 'ids come from the application', 'identity': 'ids come from the application',
    'autoincrement': 'ids come from the application', 'sequence': 'ids come from the application', 'trigger': 'no triggers',
    'boolean': 'an integer with check (x in (0, 1))', 'real': 'integers only', 'float': 'integers only', 'numeric': 'integers only',
    'json': 'text', 'jsonb': 'text', 'timestamp': 'an integer of Unix milliseconds', 'uuid': 'text', 'now': 'time comes from the caller',
    'current_timestamp': 'time comes from the caller', 'random': 'randomness comes from the caller', 'collate': 'order is by bytes everywhere',
    'round': 'values are computed in C', 'avg': 'values are computed in C', 'cascade': 'rows go by named statements only',
}


def check_words(lint, text):
    for t in tokens(PATH, text):
        if t.kind == 'word' and t.text.lower() in BANNED:
            lint.error(PATH, t.line, f'`{t.text}`: {BANNED[t.text.lower()]}')
        if t.kind in ('quoted', 'blob') or (t.kind == 'number' and not t.text.isdigit()):
            lint.error(PATH, t.line, f'{t.text}: plain names, integers and texts only')


def check_name(lint, name, line):
    if len(name.encode()) > NAME_MAX:
        lint.error(PATH, line, f'{name}: longer than {NAME_MAX} bytes; shard numbers are appended to names')
    if not re.fullmatch(r'[a-z][a-z0-9_]*', name):
        lint.error(PATH, line, f'{name}: names are lower case')


def check_home(lint, table):
    first = next(iter(table.columns.values()))
    said = [t.text for t in first.toks[1:3]] == ['not', 'null']
    if first.name != 'home_id' or first.type != 'int' or not said:
        lint.error(PATH, table.line, f'{table.name}: the first column of a home table is home_id %I not null')
    for key in table.keys:
        if key.columns[:1] != ['home_id']:
            lint.error(PATH, key.line, f'{table.name}: {key.name or "a key"} must begin with home_id; another server may hold the rest')


def check_table(lint, schema, table):
    check_name(lint, table.name, table.line)
    if table.cls not in ('home', 'ref', 'local'):
        lint.error(PATH, table.line, f'{table.name}: say `-- class: home`, `ref` or `local` right above it')
    if not table.primary():
        lint.error(PATH, table.line, f'{table.name}: no primary key')
    for c in table.columns.values():
        check_name(lint, c.name, c.line)
    for name, kind, line in table.constraints:
        if not name:
            lint.error(PATH, line, f'{table.name}: name this constraint ({kind}), else it cannot be dropped by one text on both engines')
        else:
            check_name(lint, name, line)
    for key in table.keys:
        for c in key.columns:
            if c not in table.columns:
                lint.error(PATH, key.line, f'{table.name}: {key.name} names {c}, which is no column')
    if table.cls == 'home':
        check_home(lint, table)
    for f in table.foreign:
        check_foreign(lint, schema, table, f)


def check_foreign(lint, schema, table, f):
    target = schema.tables.get(f.table)
    if not target:
        lint.error(PATH, f.line, f'{table.name}: {f.name} refers to {f.table}, which does not stand above')
        return
    if list(schema.tables).index(f.table) > list(schema.tables).index(table.name):
        lint.error(PATH, f.line, f'{table.name}: {f.name} refers to {f.table}, which stands below; a copy goes in the order of the file')
    if target.cls == 'local' and table.cls != 'local' or target.cls == 'home' and table.cls != 'home':
        lint.error(PATH, f.line, f'{table.name}: a {table.cls} table cannot refer to the {target.cls} table {f.table}')
    if target.cls == 'home' and table.cls == 'home' and (f.columns[:1], f.targets[:1]) != (['home_id'], ['home_id']):
        lint.error(PATH, f.line, f'{table.name}: {f.name} must pair home_id with home_id first; rows of two homes never refer to each other')


def check_indexes(lint, schema):
    for name, table, unique, columns, line in schema.indexes:
        check_name(lint, name, line)
        if table not in schema.tables:
            lint.error(PATH, line, f'{name}: there is no table {table} above')
        elif unique and schema.tables[table].cls == 'home' and columns[:1] != ['home_id']:
            lint.error(PATH, line, f'{name}: a unique index of a home table begins with home_id')


def check_types(lint, schema):
    seen = {}
    for t in schema.tables.values():
        for c in t.columns.values():
            other = seen.setdefault(c.name, (c.type, t.name))
            if other[0] != c.type:
                lint.error(PATH, c.line, f'{t.name}.{c.name} is {c.type}, but {other[1]}.{c.name} is {other[0]}; one name has one '
                           'type everywhere')


def main():
    lint = Lint()
    if not lint.files(['schema.sql'], ['sql']):
        lint.end()
    text = lint.text(PATH)
    try:
        schema = read_schema(PATH, text)
    except SourceError as e:
        print(e)
        lint.errors += 1
        lint.end()
    check_words(lint, text)
    for table in schema.tables.values():
        check_table(lint, schema, table)
    check_indexes(lint, schema)
    check_types(lint, schema)
    lint.end()


main()
