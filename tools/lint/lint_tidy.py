"""clang-tidy (.clang-tidy names the checks); clean files are remembered until they or their headers change."""
import os
import re

from common import Cache, Lint, closure_digest, compile_flags, in_parallel, run


# The analyzer gives up on a function after so many states; its own limit of 225,000 takes five times as long and found no more.
BOUND = ['-Xclang', '-analyzer-config', '-Xclang', 'max-nodes=40000']


def main():
    lint = Lint()
    cache, flags = Cache(lint, 'tidy'), compile_flags(lint)
    config = lint.text('.clang-tidy') if os.path.exists(lint.path('.clang-tidy')) else ''
    paths = lint.files(['.c'], ['src'])
    generated = [f'-I{lint.path(b)}' for b in ('build/asan', 'build') if os.path.isdir(lint.path(b))]

    def check(path):
        digest = closure_digest(lint, path, config + ' '.join(flags))
        if cache.clean(path, digest):
            return []
        rc, out = run(['clang-tidy', '--quiet', path, '--', *flags, *generated, *BOUND, '-Wno-unknown-warning-option'], lint.root)
        found = sorted(set(re.findall(r'^(?:\S*/)?((?:src|tests)/\S+?):(\d+):\d+: (?:warning|error): (.*)$', out, re.M)))
        if not found and rc != 0:
            found = [(path, 1, 'clang-tidy failed: ' + out.strip()[-300:])]
        if not found:
            cache.keep(path, digest)
        return found

    for place, line, text in sorted({f for found in in_parallel(check, paths) for f in found}):
        lint.error(place, line, text)
    cache.save()
    lint.end()


main()
