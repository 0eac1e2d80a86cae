"""A city's life by the command line alone, on whichever store the kit names."""
import json
import os
import subprocess

from kit import PACK, REQUEST, table

HEAD = ['工单编号', '工单类型', '标题', '主要内容', '来电人', '电话', '被反映区', '被反映街乡镇', '问题分类', '来电时间', '办理结果', '备注']
ROWS = [
    HEAD,
    ['1001', '投诉', '路灯不亮', '文三路路灯坏了一周，"夜里"看不清', '张三', '13800000000', '西湖区', '翠苑街道', '市政道路设施', '2026/1/4 9:32:09', '已解决', ''],
    ['1002', '咨询类', '公交改线', '请问公交改线后\n停在哪里', '李四', '', '余杭区', '没有的街道', '没有的分类', '2026年1月5日 8时5分', '', 'x'],
    ['1003', '求助', '题' * 80, '正文', '', '', '', '', '', '46027.5', '', ''],
]
BAD = [
    ['1004', '投诉', '', '', '', '', '', '', '', '2026-01-06', '', ''],
    ['1005', '投诉', '时间不对', '内容', '', '', '', '', '', '昨天', '', ''],
    ['1006', '投诉', '少一格', '内容'],
    ['1001', '投诉', '同号异文', '别的内容', '', '', '', '', '', '2026/1/4 9:32:09', '', ''],
]


def make(kit):
    made = kit.json('init', '--pack', PACK)
    assert made['home'] == '330100' and made['units']['county'] == 13 and made['stories'] > 20, made
    assert {d['kind'] for d in made['definitions']} >= {'request-12345', 'task'}
    kit.run('init', '--pack', PACK).expect(1, 'holds a city already')


def take_in(kit):
    path = kit.write('rows.csv', table(*ROWS, *BAD))
    trial = kit.json('import', path, '--dry-run')
    assert (trial['read'], trial['imported'], trial['rejected'], trial['trial']) == (7, 4, 3, True), trial
    done = kit.run('import', path, '--rejects', kit.path('rejects.csv'), '--json').expect(0).json()
    assert (done['read'], done['imported'], done['already'], done['rejected']) == (7, 3, 0, 4), done
    uses = {c['name']: c for c in done['columns']}
    assert uses['办理结果']['use'] == 'left out' and uses['办理结果']['filled'] == 1
    assert uses['备注']['use'] == 'unknown' and uses['被反映街乡镇']['unmatched'] == 1 and uses['问题分类']['unmatched'] == 1
    with open(kit.path('rejects.csv'), encoding='utf-8') as f:
        rejects = f.read()
    for part in ('6,', '"text"', '7,', '来电时间', '8,', '4 cells', '9,', 'other contents', '昨天'):
        assert part in rejects.replace('""', '"'), (part, rejects)
    again = kit.json('import', path)
    assert (again['imported'], again['already'], again['rejected']) == (0, 3, 4), again
    other = kit.json('import', path, '--source', 'b')
    assert other['imported'] == 3, other
    gb = kit.write('gb.csv', table(HEAD, ['2001', '投诉', '编码', '国标文本', '', '', '', '', '', '20260104093209', '', '']).encode('gb18030'))
    assert kit.json('import', gb)['imported'] == 1
    assert kit.json('import', gb, '--encoding', 'GB18030')['already'] == 1


def look(kit):
    number = '2026-330100-000001'
    year = kit.json('why', number) if kit.run('why', number).code == 0 else None
    if year is None:  # numbers carry the year of intake, which is the machine's
        for y in range(2024, 2100):
            if kit.run('why', f'{y}-330100-000001').code == 0:
                number, year = f'{y}-330100-000001', kit.json('why', f'{y}-330100-000001')
                break
    assert year and year['matter']['number'] == number and year['why'], year
    kit.run('why', number, '--lang', 'zh').expect(0, '时限', '截止')
    kit.run('why', 'no-such').expect(1, 'no matter')
    kit.ok('receipt', number, '--entry', kit.path('entry'), '--out', kit.path('receipt'))
    key = kit.json('ledger', 'info')[-1]['vkey']
    kit.run('verify', '--receipt', kit.path('receipt'), '--entry', kit.path('entry'), '--vkey', key).expect(0, 'holds')
    kit.run('verify', '--receipt', kit.path('receipt')).expect(2, '--vkey')
    with open(kit.path('entry'), 'ab') as f:
        f.write(b' ')
    kit.run('verify', '--receipt', kit.path('receipt'), '--entry', kit.path('entry'), '--vkey', key).expect(3)
    kit.run('receipt', number, '--seq', '0').expect(1, 'not one of this matter')
    assert json.loads(kit.json('receipt', number)['entry'])['e'] == 'created'


def audit(kit):
    done = kit.json('verify')
    assert done['sound'] and done['matters'] == 7 and done['logs'][0]['signed'], done
    folder = kit.path('log')
    kit.ok('ledger', 'export', folder)
    kit.ok('ledger', 'export', folder)
    kit.run('verify', folder).expect(0, 'is sound', 'came with the log')
    kit.run('verify', folder, '--vkey', os.path.join(folder, 'vkey'), '--lang', 'zh').expect(0, '完好')
    entries = os.path.join(folder, 'tile/entries')
    name = sorted(os.listdir(entries))[0]
    path = os.path.join(entries, name)
    if os.path.isdir(path):
        path = os.path.join(path, os.listdir(path)[0])
    with open(path, 'r+b') as f:
        f.seek(30)
        f.write(b'\x01')
    kit.run('verify', folder).expect(3, 'entry 0')
    kit.run('verify', kit.path('nothing')).expect(1)
    kit.run('ledger', 'rebuild').expect(0, 'made anew')
    kit.run('ledger', 'succeed', '--yes').expect(1, 'nothing to succeed')


def change(kit):
    with open(REQUEST, encoding='utf-8') as f:
        text = f.read()
    version = int(text.split('\nversion: ')[1].split('\n')[0])
    new = kit.write('v2.yaml', text.replace(f'\nversion: {version}\n', f'\nversion: {version + 1}\n'))
    kit.run('process', 'install', new).expect(2, '--pack')
    done = kit.json('process', 'install', new, '--pack', PACK)
    assert done['version'] == version + 1 and done['stories'] > 5, done
    kit.write('v2.yaml', text.replace(f'\nversion: {version}\n', f'\nversion: {version + 1}\n').replace('max: 60', 'max: 61'))
    kit.run('process', 'install', new, '--pack', PACK).expect(1, 'never edited')
    plan = f'format: migration/1\nkind: request-12345\nfrom: {version}\nto: {version + 1}\n'
    bad = kit.write('bad.migration.yaml', plan + 'states: {}\n')
    kit.run('process', 'migrate', bad).expect(1, 'received')
    good = kit.write('good.migration.yaml', plan + 'states: {received: received}\nclocks: {intake: carry}\n')
    assert kit.json('process', 'migrate', good)['moved'] == 7
    with open(os.path.join(PACK, 'calendar.csv'), encoding='utf-8') as f:
        days = kit.write('days.csv', f.read())
    assert kit.json('calendar', 'add', days, '--source', '国办通知')['revision'] == 2
    kit.run('calendar', 'add', days).expect(2, '--source')
    kit.run('calendar', 'add', kit.write('days2.csv', 'date,working,zh,en\n2026-02-30,1,x,x\n'), '--source', 'x').expect(1, 'line 2')
    kit.ok('verify')


def move(kit, target, state):
    """To another store; the ledger must come out the same."""
    plain, full = kit.path('city.jsonl'), kit.path('full.jsonl')
    out = kit.json('export', plain)
    assert out['keys'] == 0 and kit.json('export', full, '--with-keys')['keys'] >= 2
    with open(plain, encoding='utf-8') as f:
        text = f.read()
    bad = kit.write('bad.jsonl', text.replace('330100', '330101', 1))
    kit.run('import-archive', bad, '--store', 'sqlite:' + kit.path('bad.db')).expect(3, 'damaged')
    cut = kit.write('cut.jsonl', text[:len(text) // 2])
    kit.run('import-archive', cut, '--store', 'sqlite:' + kit.path('cut.db')).expect(3, 'damaged')
    kit.run('import-archive', REQUEST, '--store', 'sqlite:' + kit.path('none.db')).expect(1, 'no archive')
    into = kit.json('import-archive', full, '--store', target, '--state', state)
    assert into['ledger'] == out['ledger'] and into['rows'] == out['rows'], (into, out)
    kit.run('import-archive', full, '--store', target, '--state', state).expect(1, 'holds a city already')
    kit.ok('verify', '--store', target, '--state', state)
    back = kit.json('export', kit.path('back.jsonl'), '--store', target, '--state', state)
    assert back['ledger'] == out['ledger']
    path = kit.write('more.csv', table(HEAD, ['3001', '投诉', '续', '迁移之后', '', '', '', '', '', '2026-01-07', '', '']))
    again = kit.run('import', path, '--store', target, '--state', state, '--json').expect(0).json()
    assert again['imported'] == 1, again


def sample(kit):
    """The public sample table, when MINHU_DATA names the folder: all rows go in, none twice."""
    path = os.path.join(os.environ.get('MINHU_DATA', ''), 'messages_replied.csv')
    if not os.path.exists(path):
        return False
    done = kit.json('import', path)
    assert (done['read'], done['imported'], done['rejected']) == (2816, 2816, 0), done
    done = kit.json('import', path)
    assert (done['read'], done['imported'], done['already']) == (2816, 0, 2816), done
    kit.ok('verify')
    return True


def serving(kit, program):
    """Beside a server: what reads works, what writes says what to do."""
    server = subprocess.Popen([program, 'serve', '--listen', '127.0.0.1:0'], env=kit.env(), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        assert server.stdout.readline()
        path = kit.write('late.csv', table(HEAD, ['4001', '投诉', '晚', '内容', '', '', '', '', '', '2026-01-07', '', '']))
        kit.run('import', path).expect(1, 'Stop it first')
        kit.run('ledger', 'rebuild').expect(1, 'Stop it first')
        kit.ok('verify')
        kit.ok('ledger', 'info')
        kit.ok('export', kit.path('beside.jsonl'))
        assert kit.json('import', path, '--dry-run')['imported'] == 1
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert server.returncode == 0, server.returncode
