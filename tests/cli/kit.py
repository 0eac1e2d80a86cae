"""What the tests of the command line share: the real program, a folder of its own, small tables to import."""
import json
import os
import shutil
import subprocess
import tempfile
import traceback

SOURCE = os.environ.get('MINHU_SOURCE') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MINHU = os.environ.get('MINHU') or os.path.join(SOURCE, 'build/minhu')
PACK = os.path.join(SOURCE, 'packs/hangzhou')
REQUEST = os.path.join(PACK, 'process/request-12345.yaml')


class Done:
    """How a command ended."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def json(self):
        return json.loads(self.out)

    def expect(self, code, *parts):
        """Ends with this code, and says all of the parts on one of its streams."""
        assert self.code == code, f'{self.words}: exit code {self.code}, not {code}\n{self.out}\n{self.err}'
        for part in parts:
            assert part in self.out + self.err, f'{self.words}: "{part}" is not in\n{self.out}\n{self.err}'
        return self


class Kit:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='minhu-cli-')
        os.chmod(self.dir, 0o711)
        self.store, self.state = None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content):
        with open(self.path(name), 'wb') as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def env(self, **more):
        env = {k: v for k, v in os.environ.items() if not k.startswith('MINHU_') and not k.startswith('LC_')}
        env['LANG'] = 'C.UTF-8'
        env['TMPDIR'] = self.dir if len(self.dir) <= 30 else '/tmp'
        if self.store:
            env['MINHU_STORE'] = self.store
        if self.state:
            env['MINHU_STATE'] = self.state
        env.update(more)
        return env

    def run(self, *words, stdin=subprocess.DEVNULL, **more):
        done = subprocess.run([MINHU, *words], env=self.env(**more), stdin=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120, check=False)
        return Done(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *words):
        return self.run(*words).expect(0)

    def json(self, *words):
        return self.ok(*words, '--json').json()


def table(*rows):
    """A table as spreadsheets write it, from rows of cells."""
    def cell(text):
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text
    return '\r\n'.join(','.join(cell(c) for c in row) for row in rows) + '\r\n'


def run_all(tests):
    """Runs functions one after the other and reports in TAP; each has a kit of its own unless it brings one."""
    print(f'1..{len(tests)}')
    failed = 0
    for n, test in enumerate(tests, 1):
        name = (test.__doc__ or test.__name__).split('\n')[0]
        try:
            with Kit() as kit:
                test(kit)
            print(f'ok {n} - {name}', flush=True)
        except Exception:  # noqa: BLE001 - every failure is a test's failure
            failed += 1
            print(f'not ok {n} - {name}')
            print('\n'.join('# ' + line for line in traceback.format_exc().splitlines()), flush=True)
    return 1 if failed else 0
