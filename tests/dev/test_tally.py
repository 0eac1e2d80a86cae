"""The last line of ./dev test: what counts, and what must never count as success."""
import json
import os
import subprocess
import sys
import tempfile

SOURCE = os.environ.get('MINHU_SOURCE') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TALLY = os.path.join(SOURCE, 'tools/dev/tally.py')
TAP = os.path.join(SOURCE, 'tools/test/tap')


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=False)
    return done.returncode, done.stdout


def collect(tests, rc):
    with tempfile.TemporaryDirectory() as d:
        log = os.path.join(d, 'log.json')
        if tests is not None:
            with open(log, 'w', encoding='utf-8') as f:
                f.writelines(json.dumps(t) + '\n' for t in tests)
        return [line.split('\t')[0] for line in run(sys.executable, TALLY, 'collect', log, str(rc))[1].splitlines()]


def total(records):
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as f:
        f.writelines(f'{r}\tx\n' for r in records)
        f.flush()
        rc, out = run(sys.executable, TALLY, 'total', f.name)
        return rc, out.splitlines()[-1]


def script(suffix, text):
    with tempfile.NamedTemporaryFile('w', suffix=suffix) as f:
        f.write(text)
        f.flush()
        return run(TAP, f.name)


def test(result, stdout):
    return {'name': 'minhu:unit / test_x', 'result': result, 'stdout': stdout}


CASES = [
    ('all good', total(['ok', 'ok']), (0, '2 passed, 0 failed')),
    ('one bad', total(['ok', 'fail']), (1, '1 passed, 1 failed')),
    ('nothing ran', total([]), (1, '0 passed, 0 failed')),
    ('subtests count one by one', collect([test('OK', '1..3\nok 1 - a\nok 2 - b\nok 3 - c\n')], 0), ['ok'] * 3),
    ('a skipped subtest does not count', collect([test('OK', '1..2\nok 1 - a\nok 2 - b # SKIP no server\n')], 0), ['ok']),
    ('a failed subtest', collect([test('FAIL', '1..2\nok 1 - a\nnot ok 2 - b\n')], 1), ['ok', 'fail']),
    ('a crash after good subtests', collect([test('ERROR', '1..2\nok 1 - a\n')], 1), ['ok', 'fail']),
    ('a leak reported at the exit', collect([test('ERROR', '1..1\nok 1 - a\n')], 1), ['ok', 'fail']),
    ('a time-out', collect([test('TIMEOUT', '')], 1), ['fail']),
    ('meson failed though no test did', collect([test('OK', '1..1\nok 1 - a\n')], 1), ['ok', 'fail']),
    ('no log', collect(None, 0), ['fail']),
    ('a script that ends well', script('.sh', 'echo hello\n'), (0, '# hello\n1..1\nok 1 - NAME\n')),
    ('a script that ends badly', script('.sh', 'exit 3\n'), (0, '1..1\nnot ok 1 - NAME (exit code 3)\n')),
    ('a script that cannot run here', script('.sh', 'echo no browser; exit 77\n'), (0, '# no browser\n1..0 # SKIP no browser\n')),
    ('a script that speaks TAP', script('.py', 'print("1..1\\nok 1 - a")\n'), (0, '1..1\nok 1 - a\n')),
    ('its exit code stays', script('.py', 'import sys\nprint("1..1\\nok 1 - a")\nsys.exit(4)\n'), (4, '1..1\nok 1 - a\n')),
]


def plain(value):
    """The scripts have names of the moment."""
    if isinstance(value, tuple) and isinstance(value[1], str) and 'tmp' in value[1]:
        words = [' NAME' if w.startswith('tmp') else ' ' + w for w in value[1].replace('\n', ' \n ').split(' ')]
        return value[0], ''.join(words)[1:].replace(' \n ', '\n').replace(' \n', '\n')
    return value


def main():
    print(f'1..{len(CASES)}')
    bad = 0
    for i, (what, got, want) in enumerate(CASES, 1):
        ok = plain(got) == want
        bad += not ok
        print(f"{'ok' if ok else 'not ok'} {i} - {what}")
        if not ok:
            print(f'# got {plain(got)!r}, wanted {want!r}')
    return 1 if bad else 0


sys.exit(main())
