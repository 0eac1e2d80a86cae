"""Every header compiles alone, twice included, with gcc and with clang."""
import os
import shutil

from common import Cache, Lint, closure_digest, compile_flags, in_parallel, run


def main():
    lint = Lint()
    cache, flags = Cache(lint, 'headers'), compile_flags(lint)
    compilers = [c for c in ('gcc', 'clang') if shutil.which(c)]
    if not compilers:
        lint.error('tools/lint/lint_headers.py', 1, 'there is no compiler')
    include_build = [f'-I{lint.path(b)}' for b in ('build/asan', 'build') if os.path.isdir(lint.path(b))]

    def check(path):
        digest = closure_digest(lint, path, ' '.join(flags))
        if cache.clean(path, digest):
            return []
        found = []
        for compiler in compilers:
            code = f'#include "{lint.path(path)}"\\n#include "{lint.path(path)}"\\n'
            script = f"printf '{code}' | {compiler} -x c - -fsyntax-only -Wall -Wextra -Werror \"$@\""
            rc, out = run(['sh', '-c', script, 'sh', *flags, *include_build, '-Itests'], lint.root)
            if rc != 0:
                found.append((compiler, out.strip().splitlines()))
        if not found:
            cache.keep(path, digest)
        return found

    paths = [p for p in lint.files(['.h'], ['src', 'tests']) if p != 'tests/unit.h' or os.path.exists('/usr/include/cmocka.h')]
    for path, found in zip(paths, in_parallel(check, paths)):
        for compiler, out in found:
            first = next((o for o in out if 'error' in o), out[0] if out else '')
            lint.error(path, 1, f'does not compile alone with {compiler}: {first}')
    cache.save()
    lint.end()


main()
