"""No leftover marks, machine paths or disabled guards; no kind of matter by name in C; a README in each source folder."""
import os
import re

from common import Lint, line_of, without_comments

TEXT = ['.c', '.h', '.def', '.py', '.sh', '.sql', '.md', '.mjs', '.ts', '.vue', '.css', '.html', '.yml', '.yaml', '.json',
        '.csv', '.txt', '.build', 'dev', 'run', 'packages', 'sqlite', 'npm', 'tap', 'sources']
# Put together from halves, so that this file is not its own first finding.
MARKS = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b')
PATHS = re.compile(r'(?<![\w.])/(home|Users|root|work|wor' r'kspace)/[\w.-]+|/tmp/(w|brief)/')
CONFLICT = re.compile(r'^(<{7}|>{7}|={7})( |$)', re.M)
KIND = re.compile(r'\b(str(n)?casecmp|strn?cmp|mh_str_is|mh_str_eq\w*|mh_str_cmp)\s*\(\s*[^;]*?\bkind\b[^;]*?"|'
                  r'\bkind\b[^;\n]*[=!]=\s*"')
GUARD = re.compile(r'#\s*undef\s+(strcpy|strcat|strncpy|strncat|v?sprintf|strtok|ato(i|l|ll)|gets|localtime|gmtime|asctime|'
                   r'ctime|s?rand|MH_BANNED)\b')


def check_text(lint, path):
    text = lint.text(path)
    for pattern, what in ((MARKS, 'a mark of unfinished work'), (PATHS, 'a path of one machine'), (CONFLICT, 'a merge conflict')):
        for m in pattern.finditer(text):
            lint.error(path, line_of(text, m.start()), f'{what}: {m.group().strip()}')


def check_c(lint, path):
    text = without_comments(lint.text(path))
    if path != 'src/base/banned.h':
        for m in GUARD.finditer(text):
            lint.error(path, line_of(text, m.start()), f'{m.group()} takes away a guard of base/banned.h')
    if path.startswith('src/'):
        for m in KIND.finditer(text):
            lint.error(path, line_of(text, m.start()), 'C does not know a kind of matter by name; the definition says what it does')


def check_readmes(lint):
    src = lint.path('src')
    for name in sorted(os.listdir(src)) if os.path.isdir(src) else []:
        folder = os.path.join(src, name)
        if os.path.isdir(folder) and any(f.endswith('.c') for f in os.listdir(folder)):
            if not os.path.isfile(os.path.join(folder, 'README.md')):
                lint.error(f'src/{name}/README.md', 1, 'missing: say why the folder is as it is, and what was rejected')


def main():
    lint = Lint()
    for path in lint.files(TEXT):
        check_text(lint, path)
    for path in lint.files(['.c', '.h'], ['src', 'tests', 'fuzz', 'bench']):
        check_c(lint, path)
    check_readmes(lint)
    lint.end()


main()
