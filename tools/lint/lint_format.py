"""C files are as clang-format writes them (./dev fmt)."""
import re

from common import Lint, in_parallel, run


def main():
    lint = Lint()
    paths = lint.files(['.c', '.h'], ['src', 'tests', 'fuzz', 'bench'])
    groups = [paths[i:i + 16] for i in range(0, len(paths), 16)]

    def check(group):
        return run(['clang-format', '--dry-run', '-Werror', '--style=file', *group], lint.root)

    for group, (rc, out) in zip(groups, in_parallel(check, groups)):
        seen = set()
        for m in re.finditer(r'^(.+?):(\d+):\d+: error: (.*)$', out, re.M):
            if m.group(1) not in seen:
                seen.add(m.group(1))
                lint.error(m.group(1), m.group(2), 'not formatted; ./dev fmt ' + m.group(1))
        if rc != 0 and not seen:
            lint.error(group[0], 1, 'clang-format failed: ' + out.strip()[:200])
    lint.end()


main()
