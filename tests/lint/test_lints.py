"""Each lint finds the fault that it is for, in a small tree with that one fault, and is quiet about the same tree without it."""
import os
import shutil
import subprocess
import sys
import tempfile

import schema_faults

SOURCE = os.environ.get('MINHU_SOURCE') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOOD_C = '#include "base/a.h"\n\nint mh_a_two(int x)\n{\n\treturn 2 * x;\n}\n'
GOOD_H = '/* Doubling. */\n#ifndef MH_BASE_A_H\n#define MH_BASE_A_H\nint mh_a_two(int x);\n#endif\n'
GOOD = {
    'src/base/a.c': GOOD_C,
    'src/base/a.h': GOOD_H,
    'src/base/README.md': '# base\n',
    'src/base/banned.h': '',
    'packs/x/units.csv': 'code,name\n1,"a, b"\n',
    'docs/dependencies.md': '<!-- packages -->\n<!-- end -->\n',
    'tools/setup/packages.txt': '',
    'tools/a.py': 'import os\n\nprint(os.sep)\n',
    'sql/schema.sql': schema_faults.GOOD,
    'tools/a.sh': '#!/bin/sh\necho "$1"\n',
}
UNFINISHED = '/* TO' + 'DO: later */\n'


def function(lines):
    return 'int mh_a_long(int x);\n\nint mh_a_long(int x)\n{\n' + '\tx++;\n' * (lines - 1) + '\treturn x;\n}\n'


# (lint, what is wrong, {file: text}, part of the message)
BAD = [
    ('layers', 'an upward include', {'src/base/b.c': '#include "db/db.h"\n'}, 'only point down'),
    ('layers', 'a sideways include', {'src/web/b.c': '#include "cli/cli.h"\n'}, 'only point down'),
    ('layers', 'an include inside a comment is none, one behind it is', {'src/base/b.c': '/* x */ \n  #  include "web/w.h"\n'}, 'b.c:2'),
    ('layers', "another folder's private header", {'src/matter/b.c': '#include "process/x_priv.h"\n'}, 'for process alone'),
    ('layers', 'the store outside its folder', {'src/web/b.c': '#include <sqlite3.h>\n'}, 'db only'),
    ('layers', 'PostgreSQL outside its folder', {'src/matter/b.c': '#include <libpq-fe.h>\n'}, 'db only'),
    ('layers', 'SQL in C', {'src/matter/b.c': 'static const char *s = "select id from matter where id = 1";\n'}, 'sql/statements'),
    ('layers', 'SQL that writes', {'src/cli/b.c': 'static const char *s = "delete from matter";\n'}, 'sql/statements'),
    ('layers', 'a library that exits', {'src/matter/b.c': 'void f(void) { exit(1); }\n'}, 'does not print or end'),
    ('layers', 'a library that logs', {'src/ledger/b.c': 'void f(void) { mh_log(2, "x", "y"); }\n'}, 'does not log'),
    ('layers', 'a library that writes to stderr', {'src/db/b.c': 'void f(void) { fprintf(stderr, "x"); }\n'}, 'does not log'),
    ('layers', 'a folder that nobody placed', {'src/extra/b.c': 'int x;\n'}, 'table of layers'),
    ('sizes', 'a function of 121 lines', {'src/base/b.c': function(121)}, 'a function of 121 lines'),
    ('sizes', 'a file of 1,001 lines', {'src/base/b.c': '\n' * 1001}, 'the limit is 1000'),
    ('words', 'a mark of unfinished work', {'src/base/b.c': UNFINISHED}, 'unfinished'),
    ('words', "a machine's path", {'tools/b.sh': 'cd /ho' + 'me/somebody/minhu\n'}, 'one machine'),
    ('words', 'a merge conflict', {'docs/b.md': '<' * 7 + ' HEAD\n'}, 'merge conflict'),
    ('words', 'a guard taken away', {'src/base/b.c': '#undef strcpy\n'}, 'guard'),
    ('words', 'a kind compared by name', {'src/matter/b.c': 'int f(void) { return mh_str_is(m->kind, "petition"); }\n',
                                          'src/matter/README.md': ''}, 'kind of matter by name'),
    ('words', 'a kind compared with strcmp', {'src/matter/b.c': 'int f(void) { return !strcmp(kind, "petition"); }\n',
                                             'src/matter/README.md': ''}, 'kind of matter by name'),
    ('words', 'a folder without README', {'src/loop/b.c': 'int x;\n'}, 'src/loop/README.md'),
    ('headers', 'a header that needs another one first', {'src/base/b.h': 'size_t mh_b(void);\n'}, 'does not compile alone'),
    ('headers', 'a header without a guard', {'src/base/b.h': 'struct mh_b { int x; };\n'}, 'does not compile alone'),
    ('format', 'a file not formatted', {'src/base/b.c': 'int  x ;\n'}, 'not formatted'),
    ('tidy', 'a null pointer followed', {'src/base/b.c': 'int f(int *p);\nint f(int *p)\n{\n\tif (p) return 0;\n\treturn *p;\n}\n'},
     'ereference of null'),
    ('tidy', 'memory never freed', {'src/base/b.c': '#include <stdlib.h>\nint f(void);\nint f(void)\n{\n\tint *p = malloc(8);\n'
                                                   '\treturn p != NULL;\n}\n'}, 'leak'),
    ('python', 'a syntax error', {'tools/b.py': 'def f(:\n'}, 'b.py:1'),
    ('python', 'an unused import', {'tools/b.py': 'import re\n'}, 'not used'),
    ('shell', 'an unquoted variable', {'tools/b.sh': '#!/bin/sh\nrm $1\n'}, 'SC2086'),
    ('shell', 'the same in a script without suffix', {'tools/b': '#!/usr/bin/env bash\nrm $1\n'}, 'SC2086'),
    ('dependencies', 'a package that the page does not have', {'tools/setup/packages.txt': 'cowsay  a cow\n',
                                                               'docs/dependencies.md': '<!-- packages -->\n<!-- end -->\n'}, './dev fmt'),
    ('dependencies', 'a package without a reason', {'tools/setup/packages.txt': 'cowsay\n',
                                                    'docs/dependencies.md': '<!-- packages -->\n<!-- end -->\n'}, 'no reason'),
    ('packs', 'a record with a field too many', {'packs/x/b.csv': 'code,name\n1,a,b\n'}, '3 fields'),
    ('packs', 'a column named twice', {'packs/x/b.csv': 'code,code\n'}, 'each once'),
    ('packs', 'text that is not UTF-8', {'packs/x/b.csv': b'code\n\xc4\xe3\n'}, 'not UTF-8'),
    ('packs', 'a quote never closed', {'packs/x/b.csv': 'code\n"a\n'}, 'b.csv:'),
    *schema_faults.BAD,
]


def tree(root, files):
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
    for name in ('.clang-format', '.clang-tidy'):
        shutil.copy(os.path.join(SOURCE, name), root)


def lint(name, files):
    with tempfile.TemporaryDirectory() as root:
        tree(root, files)
        done = subprocess.run([sys.executable, os.path.join(SOURCE, f'tools/lint/lint_{name}.py'), '--root', root],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, check=False)
        return done.returncode, done.stdout


def main():
    cases = []
    for name in sorted(f[5:-3] for f in os.listdir(os.path.join(SOURCE, 'tools/lint')) if f.startswith('lint_')):
        if not any(bad[0] == name for bad in BAD):
            cases.append((False, f'{name}: has no seeded fault', ''))
            continue
        rc, out = lint(name, GOOD)
        cases.append((rc == 0, f'{name}: quiet about a good tree', out))
    for name, what, files, message in BAD:
        rc, out = lint(name, {**GOOD, **files})
        cases.append((rc == 1 and message in out, f'{name}: finds {what}', out))
    print(f'1..{len(cases)}')
    for i, (ok, what, out) in enumerate(cases, 1):
        print(f"{'ok' if ok else 'not ok'} {i} - {what}")
        if not ok:
            print('\n'.join('# ' + line for line in out.splitlines()))
    return 0 if all(case[0] for case in cases) else 1


sys.exit(main())
