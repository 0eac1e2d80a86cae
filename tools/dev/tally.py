"""Counts what `./dev test` ran.

collect TESTLOG RC   one record line ("ok" or "fail", tab, name) for each TAP subtest in meson's testlog.json; a program
                     that failed without saying "not ok" (crash, leak, time-out, wrong exit code) adds one failure; a
                     run that left no log, or failed although nothing in it did, adds one too
total RECORD         names the failures, then prints "N passed, N failed"; exit code 1 unless all passed and N >= 1
"""
import json
import os
import re
import sys

TAP = re.compile(r'^(not )?ok\b(?:\s+\d+)?(?:\s*-)?\s*([^#]*)(#\s*(?:skip|todo).*)?', re.I)
GOOD = {'OK', 'EXPECTEDFAIL', 'SKIP'}


def subtests(stdout):
    for line in stdout.splitlines():
        m = TAP.match(line)
        if m and not m.group(3):
            yield not m.group(1), m.group(2).strip()


def collect(path, rc):
    records, failed = [], False
    if os.path.exists(path):
        with open(path, encoding='utf-8', errors='replace') as f:
            for line in f:
                test = json.loads(line)
                name = test['name'].split(' / ')[-1]
                found = list(subtests(test.get('stdout') or ''))
                for ok, sub in found:
                    records.append(('ok' if ok else 'fail', f'{name}: {sub}' if sub else name))
                if test['result'] not in GOOD and all(ok for ok, _ in found):
                    records.append(('fail', f"{name}: {test['result']}"))
                failed = failed or any(r[0] == 'fail' for r in records)
        if rc != 0 and not failed:
            records.append(('fail', f'meson test ended with exit code {rc}'))
    else:
        records.append(('fail', 'meson test left no log'))
    for result, name in records:
        print(result + '\t' + name)


def total(path):
    with open(path, encoding='utf-8') as f:
        records = [line.rstrip('\n').split('\t', 1) for line in f]
    bad = [name for result, name in records if result != 'ok']
    good = len(records) - len(bad)
    if bad:
        print('\nFailed:')
        for name in bad:
            print('  ' + name)
    print(f'\n{good} passed, {len(bad)} failed', flush=True)
    return 0 if good >= 1 and not bad else 1


if __name__ == '__main__':
    if sys.argv[1] == 'collect':
        collect(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(total(sys.argv[2]))
