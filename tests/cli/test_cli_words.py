"""What the program says: help of every command in both languages, wrong usage, definitions, bad files, the manual page."""
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kit import MINHU, PACK, REQUEST, SOURCE, run_all, table  # noqa: E402


def commands(kit):
    names = []
    for line in kit.ok('--help').out.split('Commands:\n')[1].split('\n\n')[0].splitlines():
        names.append(line[2:20].strip())
    return [n for n in names if n != 'help']


def helps(kit):
    """Every command explains itself in both languages, and is not empty in either"""
    all_of_them = commands(kit)
    assert len(all_of_them) > 15 and 'process check' in all_of_them, all_of_them
    for name in all_of_them:
        en, zh = kit.ok(*name.split(), '--help'), kit.ok(*name.split(), '--help', '--lang', 'zh')
        assert f'Usage: minhu {name}' in en.out and f'用法：minhu {name}' in zh.out, name
        assert any('\u4e00' <= c <= '\u9fff' for c in zh.out.splitlines()[0]), name
        assert not en.err and not zh.err


def usage(kit):
    """Wrong usage is told, with the nearest word, and ends with 2"""
    kit.run('imprt', 'x').expect(2, 'Did you mean minhu import')
    kit.run('import').expect(2)
    kit.run('why', 'X').expect(2, '--store')
    kit.run('init').expect(2, '--pack')
    kit.run('ledger', 'expert').expect(2, 'export')
    kit.run('process', 'draw', REQUEST, '--format', 'png').expect(2, 'mermaid')
    done = kit.run('why', 'X', '--json').expect(2)
    assert not done.out and '"exit":2' in done.err


def other_schema(kit):
    """A store of another version is refused before it is served"""
    where = ['--store', 'sqlite:' + kit.path('old.db'), '--state', kit.path('old.d')]
    kit.ok('init', '--pack', PACK, *where)
    with sqlite3.connect(kit.path('old.db')) as db:
        db.execute("update setting set value = 'x' where name = 'schema'")
    db.close()
    kit.run('serve', '--listen', '127.0.0.1:0', *where).expect(1, 'another version')
    kit.run('doctor', *where).expect(3)


def stores(kit):
    """Stores that are none"""
    kit.run('why', 'X', '--store', 'sqlite:' + kit.path('none.db')).expect(1, 'no database')
    kit.run('verify', '--store', 'mysql:x').expect(1)
    kit.run('why', 'X', '--store', 'postgres:host=/nowhere').expect(1)
    kit.write('text.db', 'this is no database, it only says so, at some length' * 100)
    kit.run('verify', '--store', 'sqlite:' + kit.path('text.db')).expect(3)
    kit.run('init', '--store', 'sqlite:' + kit.path('x.db'), '--pack', kit.path('nothing')).expect(1, 'pack.yaml')
    assert not os.path.exists(kit.path('x.db'))


def definitions(kit):
    """Checking, explaining, comparing, drawing"""
    done = kit.json('process', 'check', REQUEST)
    assert done['errors'] == 0 and done['passed'] > 5 and done['failed'] == 0
    folder = os.path.join(SOURCE, 'tests/process/bad')
    for name in sorted(os.listdir(folder))[:12]:
        path = os.path.join(folder, name)
        kit.run('process', 'check', path).expect(1, f'{path}:', ': error: ')
    kit.run('process', 'check', kit.write('utf.yaml', b'format: matter/1\nkind: \xff\xfe\n')).expect(1, 'utf.yaml:')
    kit.run('process', 'check', kit.path('absent.yaml')).expect(1, 'Could not open')
    kit.run('process', 'explain', REQUEST, '--lang', 'zh').expect(0, '待受理')
    assert '12345' in kit.json('process', 'explain', REQUEST)['text']
    with open(REQUEST, encoding='utf-8') as f:
        text = f.read()
    new = kit.write('new.yaml', text.replace('\nversion: 1\n', '\nversion: 2\n').replace('max: 60', 'max: 70'))
    diff = kit.run('process', 'diff', REQUEST, new).expect(0)
    assert diff.out.startswith('request-12345 1 → request-12345 2\n') and '60 → 0…70' in diff.out, diff.out
    kit.run('process', 'diff', REQUEST, REQUEST).expect(0, 'Nothing changed')
    assert kit.json('process', 'diff', REQUEST, new)['unsafe'] is False
    assert kit.ok('process', 'draw', REQUEST).out.startswith('<')
    assert kit.ok('process', 'draw', REQUEST, '--format', 'mermaid').out.startswith('---\n')
    kit.ok('process', 'draw', REQUEST, '--format', 'promela', '--out', kit.path('x.pml'))
    assert os.path.getsize(kit.path('x.pml')) > 1000


def stories(kit):
    """A pack whose story does not come true makes no city"""
    subprocess.run(['cp', '-r', PACK, kit.path('pack')], check=True)
    path = kit.path('pack/process/task.scenarios.yaml')
    with open(path, encoding='utf-8') as f:
        text = f.read()
    assert 'state: ' in text
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text.replace('state: ', 'state: no-', 1))
    kit.run('init', '--store', 'sqlite:' + kit.path('a.db'), '--pack', kit.path('pack')).expect(1, 'FAIL', 'do not come true')
    assert not os.path.exists(kit.path('a.db'))
    kit.run('process', 'check', kit.path('pack/process/task.yaml')).expect(1, 'FAIL')


def tables(kit):
    """Tables with faults: each bad row by its line, no row lost"""
    kit.store = 'sqlite:' + kit.path('a.db')
    kit.ok('init', '--pack', PACK)
    head = ['留言编号', '留言主题', '留言时间', '留言详情']
    kit.run('import', kit.write('none.csv', '')).expect(1, 'first line')
    kit.run('import', kit.write('odd.csv', 'a,b\n1,2\n')).expect(1, 'No column', '主要内容')
    kit.run('import', kit.path('absent.csv')).expect(1, 'Could not open')
    kit.run('import', kit.write('ok.csv', table(head)), '--kind', 'no-kind').expect(1, 'no-kind')
    kit.run('import', kit.path('ok.csv'), '--map', kit.write('map.yaml', 'format: import/1\nkinds:\n  request-12345: {id: [x]}\n')).expect(1, 'fields')
    kit.run('import', kit.path('ok.csv'), '--encoding', 'no-such-code').expect(1)
    text = table(head, ['1', 'a', '2020/1/1 1:01:01', 'ok']) + '2,b,2020/1/1,"open\n3,c,2020/1/1,also\n' + table(['4', 'd', '2020/1/2', 'ok'])
    done = kit.run('import', kit.write('quote.csv', text), '--json').expect(0).json()
    assert done['read'] == done['imported'] + done['rejected'] and done['rejected'] >= 1 and done['imported'] >= 1, done
    raw = table(head, ['5', 'a', '2020/1/1', 'ok']).encode() + b'6,b,2020/1/1,\xff\xfe\xff\n'
    done = kit.run('import', kit.write('bytes.csv', raw), '--encoding', 'UTF-8', '--json').expect(0).json()
    assert (done['imported'], done['rejected']) == (1, 1), done
    long = kit.write('long.csv', table(head, ['7', 'a', '2020/1/1', '长' * 9000]))
    kit.run('import', long).expect(0, 'rejected', '9000')


def manual(kit):
    """docs/minhu.1 says what the program says"""
    made = subprocess.run([sys.executable, os.path.join(SOURCE, 'tools/gen/man.py'), MINHU], env=kit.env(), stdout=subprocess.PIPE,
                          text=True, check=True).stdout
    with open(os.path.join(SOURCE, 'docs/minhu.1'), encoding='utf-8') as f:
        assert f.read() == made, 'make it anew: tools/gen/man.py build/minhu > docs/minhu.1'


sys.exit(run_all([helps, usage, other_schema, stores, definitions, stories, tables, manual]))
