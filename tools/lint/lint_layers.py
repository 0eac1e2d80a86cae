"""Includes only point down; store, HTTP, log and exit stay in their folders."""
import re

from common import INCLUDE, Lint, line_of, only_code, without_comments

# The one table of layers: which folders a folder of src/ may include from (its own always). docs: architecture.
LOW = ['base']
STORE = LOW + ['db']
TREE = STORE + ['calendar', 'ledger', 'process']
ENGINE = TREE + ['text', 'matter']
ROOMS = ENGINE + ['access']
ALLOWED = {
    'base': [],
    'text': LOW,
    'db': LOW,
    'calendar': STORE,
    'ledger': STORE,
    'process': STORE + ['calendar'],
    'matter': TREE + ['text'],
    'access': ENGINE,
    'loop': ROOMS,
    'field': ROOMS,
    'figures': ROOMS,
    'web': ROOMS + ['loop', 'field', 'figures'],
    'cli': ROOMS + ['loop', 'field', 'figures', 'web'],
    'main.c': ROOMS + ['loop', 'field', 'figures', 'web', 'cli'],
}
# System headers that only these folders may see.
HEADERS = {'sqlite3.h': ['db'], 'xlsxwriter.h': ['web'], 'libpq-fe.h': ['db'], 'microhttpd.h': ['web'], 'curl/curl.h': ['ledger', 'loop', 'web', 'cli']}
# Folders whose functions may log, print and end the process. The others return errors.
LOUD = ['web', 'cli', 'main.c']
LOUD_CALLS = re.compile(r'\b(exit|_exit|quick_exit|abort|perror|printf|puts|vprintf|errx|warnx|syslog)\s*\(')
LOUD_FILES = ['src/base/log.c', 'src/base/log.h']
# Files that may abort(), with the reason.
MAY_ABORT = {
    'src/base/hash.c': 'without SHA-256 no answer would be honest',
    'src/ledger/note.c': 'without libsodium no signature is worth anything',
    'src/base/random.c': 'without randomness nothing is secret',
}
SQL = re.compile(r'"\s*(select\s+[\w*(,.\s]+\s+from\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|'
                 r'create\s+(table|index|view)\s|drop\s+(table|index)\s|alter\s+table\s|pragma\s|begin\s+immediate)', re.I)
SYSTEM = re.compile(r'^\s*#\s*include\s*<([^>]+)>', re.M)


def folder_of(path):
    return path.split('/')[1]


def check_includes(lint, path, text, folder):
    for m in INCLUDE.finditer(text):
        name, line = m.group(1), line_of(text, m.start(1))
        if '/' not in name:
            if not name.endswith('_gen.h'):
                lint.error(path, line, f'write the folder too: #include "{folder}/{name}"')
            elif name == 'sql_gen.h' and folder not in ('db',) and 'db' not in ALLOWED[folder]:
                lint.error(path, line, f'{folder} lies below the store and may not include "{name}"')
            continue
        target = name.split('/')[0]
        if target != folder and target not in ALLOWED[folder]:
            lint.error(path, line, f'{folder} may not include "{name}": dependencies only point down')
        elif target != folder and name.endswith('_priv.h'):
            lint.error(path, line, f'"{name}" is for {target} alone')
    for m in SYSTEM.finditer(text):
        only = HEADERS.get(m.group(1))
        if only and folder not in only:
            lint.error(path, line_of(text, m.start(1)), f'<{m.group(1)}> may be included in {", ".join(only)} only')


def check_quiet(lint, path, text, folder):
    if folder in LOUD or path in LOUD_FILES:
        return
    code = only_code(text)
    for m in LOUD_CALLS.finditer(code):
        if m.group(1) == 'abort' and path in MAY_ABORT:
            continue
        lint.error(path, line_of(code, m.start()), f'{m.group(1)}(): a library layer returns errors, it does not print or end')
    for m in re.finditer(r'\bfprintf\s*\(\s*(stderr|stdout)|\bmh_log(_err|_threshold)?\s*\(|\bf?puts\s*\([^;]*\bstd(err|out)\b', code):
        lint.error(path, line_of(code, m.start()), 'a library layer does not log; web, cli and main do')


def main():
    lint = Lint()
    for path in lint.files(['.c', '.h', '.def'], ['src']):
        folder, text = folder_of(path), without_comments(lint.text(path))
        if folder not in ALLOWED:
            lint.error(path, 1, f'src/{folder} is not in the table of layers (tools/lint/lint_layers.py)')
            continue
        check_includes(lint, path, text, folder)
        check_quiet(lint, path, text, folder)
        if folder != 'db':
            for m in SQL.finditer(text):
                lint.error(path, line_of(text, m.start()), 'SQL belongs into sql/statements, not into C')
    for path in lint.files(['.c', '.h'], ['tests', 'fuzz']): # bench measures the raw engines
        text = without_comments(lint.text(path))
        for m in SYSTEM.finditer(text):
            if m.group(1) in ('sqlite3.h', 'libpq-fe.h') and 'test_db' not in path and 'pg' not in path:
                lint.error(path, line_of(text, m.start(1)), f'<{m.group(1)}> may be included in src/db and its tests only')
    lint.end('May include:\n' + '\n'.join(f'  {k:9} {" ".join(v) or "nothing else"}' for k, v in ALLOWED.items()))


main()
