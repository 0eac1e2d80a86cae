"""Shell scripts pass shellcheck."""
import os
import re

from common import Lint, run


def scripts(lint):
    found = lint.files(['.sh'])
    for top in ('.', '.ci', 'tools', 'tests', 'bench'):
        for folder, folders, names in os.walk(lint.path(top)):
            folders[:] = [f for f in folders if f not in ('build', '.git', 'node_modules', 'var')] if top != '.' else []
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), lint.root)
                if '.' not in name:
                    with open(lint.path(path), 'rb') as f:
                        if re.match(rb'#! ?/(usr/bin/env bash|bin/(ba)?sh)\b', f.readline()):
                            found.append(path)
    return sorted(set(found))


def main():
    lint = Lint()
    paths = scripts(lint)
    lint.seen = len(paths)
    if paths:
        rc, out = run(['shellcheck', '-x', '-f', 'gcc', '-S', 'info', '-e', 'SC1091', *paths], lint.root)
        for m in re.finditer(r'^(.+?):(\d+):\d+: \w+: (.*)$', out, re.M):
            lint.error(m.group(1), m.group(2), m.group(3))
        if rc != 0 and not lint.errors:
            lint.error('tools/lint/lint_shell.py', 1, 'shellcheck failed: ' + out.strip()[:300])
    lint.end()


main()
