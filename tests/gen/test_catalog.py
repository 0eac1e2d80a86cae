"""tools/gen/catalog.py refuses each fault that it is for, with file and line, and writes what C and vue-i18n need."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get('MINHU_SOURCE') or pathlib.Path(__file__).resolve().parents[2])
TOOL = SOURCE / 'tools/gen/catalog.py'

# (what, file, the line that must be named, part of the message)
BAD = [
    ('no English', 'a: {b: {zh: 好}}', 1, 'no text in en'),
    ('no Chinese', 'x: {y: {zh: 好, en: ok}}\na:\n  b: {en: good}', 3, 'no text in zh-Hans'),
    ('an empty text', 'a: {b: {zh: 好, en: ""}}', 1, 'text is missing'),
    ('a list for a text', 'a: {b: {zh: [好], en: good}}', 1, 'text is missing'),
    ('another language', 'a: {b: {zh: 好, en: good, fr: bon}}', 1, 'not fr'),
    ('a name twice', 'a:\n  b: {zh: 好, en: good}\n  b: {zh: 坏, en: bad}', 3, 'comes twice'),
    ('a name in capitals', 'a: {B: {zh: 好, en: good}}', 1, 'lower case'),
    ('a bare text', 'a: {b: good}', 1, 'neither a group nor a message'),
    ('unequal parameters', 'a: {b: {zh: "{n} 天", en: "days"}}', 1, 'other parameters'),
    ('unequal parameters in hant', 'a: {b: {zh: "{n} 天", hant: "{m} 天", en: "{n} days"}}', 1, 'zh-Hant has other'),
    ('a parameter without a name', 'a: {b: {zh: "{} 天", en: "{} days"}}', 1, 'no name of a parameter'),
    ('an open brace', 'a: {b: {zh: "好{", en: good}}', 1, 'vue-i18n'),
    ('a sign of vue-i18n', 'a: {b: {zh: 好, en: "me@here"}}', 1, 'vue-i18n'),
    ('forms without n', 'a: {b: {zh: 好, en: "one | many"}}', 1, 'decides between forms'),
    ('forms in Chinese', 'a: {b: {zh: "{n} 天 | {n} 天", en: "{n} day | {n} days"}}', 1, 'one form'),
    ('four forms', 'a: {b: {zh: "{n}", en: "{n} | {n} | {n} | {n}"}}', 1, 'at most three'),
    ('half-width punctuation', 'a: {b: {zh: "好,的", en: good}}', 1, 'half-width'),
    ('Chinese in English', 'a: {b: {zh: 好, en: "good，yes"}}', 1, 'Chinese characters'),
    ('three dots', 'a: {b: {zh: 好, en: "wait..."}}', 1, 'three dots'),
    ('space at the end', 'a: {b: {zh: 好, en: "good "}}', 1, 'white space'),
    ('a line break', 'a: {b: {zh: 好, en: "good\\nbye"}}', 1, 'line break'),
    ('the same name in C', 'a: {b_c: {zh: 好, en: good}, b: {c: {zh: 好, en: good}}}', 1, 'same name in C'),
    ('an alias', 'a: {b: &x {zh: 好, en: good}, c: *x}', 1, 'anchors'),
    ('broken YAML', 'a: {b: {zh: 好, en: good}', 1, 'expected'),
]

GOOD = '''# of a test
a:
  days: {zh: "还有 {n} 天", en: "{n} day | {n} days"}
  quote: {zh: 说“好”, en: 'say "good" \\ {who}', note: nothing}
  back: {zh: 里面, hant: 裏面, en: inside}
'''.replace("zh: 说“好”", 'zh: "说“好”{who}"')


def run(folder, *args):
    return subprocess.run([str(TOOL), str(folder), *map(str, args)], capture_output=True, text=True, check=False)


def refuses(folder):
    for what, text, line, part in BAD:
        (folder / 'area.yaml').write_text(text, encoding='utf-8')
        done = run(folder)
        want = f'area.yaml:{line}: error: '
        assert done.returncode == 1 and want in done.stderr and part in done.stderr, f'{what}: {done.stderr}'
    (folder / 'area.yaml').write_text('a: {b: {zh: 好}, c: {en: good}}', encoding='utf-8')
    assert run(folder).stderr.count('error:') == 2, 'all faults are reported'


def writes(folder):
    (folder / 'area.yaml').write_text(GOOD, encoding='utf-8')
    (folder / 'other.yaml').write_text('x: {y: {zh: 无, en: none}}', encoding='utf-8')
    done = run(folder, '--c', folder, 'area', '--ts', folder / 'ts')
    assert done.returncode == 0, done.stderr
    c = (folder / 'locale_gen.c').read_text(encoding='utf-8')
    assert '[MH_MSG_AREA_A_QUOTE] = {MH_STR_INIT("说“好”{who}"), MH_STR_INIT("說“好”{who}"), ' \
           'MH_STR_INIT("say \\"good\\" \\\\ {who}")}' in c, c
    assert 'MH_MSG_OTHER' not in c, 'only the areas that were asked for'
    hant = json.loads((folder / 'ts/zh-Hant.json').read_text(encoding='utf-8'))
    assert hant == {'area': {'a': {'back': '裏面', 'days': '還有 {n} 天', 'quote': '說“好”{who}'}}, 'other': {'x': {'y': '無'}}}, hant
    assert "'area.a.days' |" in (folder / 'ts/messages.d.ts').read_text(encoding='utf-8')
    before = (folder / 'locale_gen.c').stat().st_mtime_ns
    run(folder, '--c', folder, 'area')
    assert (folder / 'locale_gen.c').stat().st_mtime_ns == before, 'unchanged files are left alone'


def names_unused(folder):
    (folder / 'src').mkdir()
    (folder / 'src/a.c').write_text('x = MH_MSG_AREA_A_DAYS;', encoding='utf-8')
    (folder / 'portal').mkdir()
    (folder / 'portal/a.html').write_text('{{t area.a.quote who=x}}', encoding='utf-8')
    done = run(folder, '--used', folder, 'area')
    assert done.returncode == 1 and done.stderr.strip().endswith('area.a.back is used nowhere'), done.stderr
    assert 'quote' not in done.stderr and 'other' not in done.stderr


def project_uses_all():
    """No text of the residents' pages is left that nothing uses."""
    done = run(SOURCE / 'locale', '--used', SOURCE, 'portal')
    assert done.returncode == 0, done.stderr


def main():
    project_uses_all()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        refuses(folder)
        writes(folder)
        names_unused(folder)


if __name__ == '__main__':
    try:
        main()
    except AssertionError as e:
        sys.exit(f'not ok: {e}')
