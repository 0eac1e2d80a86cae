"""What the lints share: the files to look at, C without its comments, and how findings are reported.

Every lint is a program lint_NAME.py: no argument, or --root DIR for another tree (its tests seed bad ones). It prints
"file:line: error: text" for each finding and ends with 1 when there is an error; warnings do not fail.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

SKIP = {'.git', 'build', 'node_modules', 'var', 'dist', '__pycache__', 'corpus', 'crash'}


class Lint:
    def __init__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        self.root = os.path.dirname(os.path.dirname(here))
        if len(sys.argv) == 3 and sys.argv[1] == '--root':
            self.root = os.path.abspath(sys.argv[2])
        self.errors = 0
        self.seen = 0

    def files(self, suffixes, under=('.',)):
        """Relative paths of the files with one of these suffixes, sorted; build products and other people's code left out."""
        found = []
        for top in under:
            for folder, folders, names in os.walk(os.path.join(self.root, top)):
                folders[:] = sorted(f for f in folders if f not in SKIP and not f.startswith('build-'))
                for name in names:
                    if name.endswith(tuple(suffixes)):
                        found.append(os.path.relpath(os.path.join(folder, name), self.root))
        self.seen += len(found)
        return sorted(set(found))

    def text(self, path):
        with open(os.path.join(self.root, path), encoding='utf-8') as f:
            return f.read()

    def path(self, name):
        return os.path.join(self.root, name)

    def error(self, path, line, text):
        self.errors += 1
        print(f'{path}:{line}: error: {text}')

    def warn(self, path, line, text):
        print(f'{path}:{line}: warning: {text}')

    def end(self, more=''):
        print(f'{self.seen} files, {self.errors} errors')
        if self.errors and more:
            print(more)
        sys.exit(1 if self.errors else 0)


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text):
    return re.sub(r'[^\n]', ' ', text)


def without_comments(text):
    """C text with comments blanked; strings and line numbers stay."""
    return TOKEN.sub(lambda m: blank(m.group()) if m.group()[0] == '/' else m.group(), text)


def only_code(text):
    """C text with comments and the insides of strings blanked; line numbers stay."""
    return TOKEN.sub(lambda m: blank(m.group()) if m.group()[0] == '/' else
                     m.group()[0] + blank(m.group()[1:-1]) + m.group()[0], text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def in_parallel(function, items):
    """Runs function on the items with as many threads as there are processors; results in the order of the items."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return list(pool.map(function, items))


def run(command, cwd):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace', check=False)
    return done.returncode, done.stdout


class Cache:
    """Remembers what was found clean, by a hash of everything it depends on; lives in build/lint and may be deleted."""

    def __init__(self, lint, name):
        self.file = lint.path(f'build/lint/{name}.json')
        self.fresh = {}
        try:
            with open(self.file, encoding='utf-8') as f:
                self.old = json.load(f)
        except (OSError, ValueError):
            self.old = {}

    def clean(self, key, digest):
        if self.old.get(key) == digest:
            self.fresh[key] = digest
            return True
        return False

    def keep(self, key, digest):
        self.fresh[key] = digest

    def save(self):
        os.makedirs(os.path.dirname(self.file), exist_ok=True)
        with open(self.file, 'w', encoding='utf-8') as f:
            json.dump(self.fresh, f, indent=0, sort_keys=True)


INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def closure_digest(lint, path, extra=''):
    """Hash of a C file and of every project header that it includes, directly or not."""
    todo, done, digest = [path], set(), hashlib.sha256(extra.encode())
    while todo:
        at = todo.pop()
        if at in done:
            continue
        done.add(at)
        try:
            text = lint.text(at)
        except OSError:
            continue
        digest.update(at.encode() + b'\0' + text.encode())
        for name in sorted(INCLUDE.findall(text)):
            for base in ('src', 'tests', os.path.dirname(at)):
                todo.append(os.path.normpath(os.path.join(base, name)))
    return digest.hexdigest()


def compile_flags(lint):
    """The compiler flags of the project's files, as the developer build has them, without output and sanitizer options."""
    for build in ('build/asan', 'build/clang', 'build'):
        try:
            with open(lint.path(build + '/compile_commands.json'), encoding='utf-8') as f:
                entries = json.load(f)
        except (OSError, ValueError):
            continue
        for entry in entries:
            if '/src/' in entry['file'] and not entry['file'].endswith('src/main.c'):
                return flags_of(entry)
    return ['-std=gnu17', '-D_GNU_SOURCE', '-Isrc', '-Itests', '-include', 'src/base/banned.h']


def flags_of(entry):
    flags, words = [], iter(shlex.split(entry['command'])[1:])
    for word in words:
        if word in ('-I', '-isystem', '-include'):
            flags += [word, absolute(entry, next(words))]
        elif word.startswith('-I'):
            flags.append('-I' + absolute(entry, word[2:]))
        elif word.startswith(('-D', '-std=')):
            flags.append(word)
    return flags + ['-I' + os.path.normpath(os.path.join(entry['directory'], '../../tests'))]


def absolute(entry, path):
    return os.path.normpath(os.path.join(entry['directory'], path))
