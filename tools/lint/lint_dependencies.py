"""docs/dependencies.md has the packages of tools/setup/packages.txt (`./dev fmt` writes them there)."""
import re
import sys

from common import Lint

LIST, PAGE = 'tools/setup/packages.txt', 'docs/dependencies.md'
PART = re.compile(r'(<!-- packages -->\n).*?(<!-- end -->)', re.S)


def table(lint):
    out, used = [], None
    for number, line in enumerate(lint.text(LIST).splitlines(), 1):
        m = re.match(r'(\S+)(?:\s+\[([^\]]+)\])?\s*(.*)$', line)
        if line.startswith('## '):
            used = line[3:]
            out += ['', f'**{used}**', '', '| package | what for |', '| --- | --- |']
        elif m and not line.startswith('#'):
            if not m.group(3):
                lint.error(LIST, number, f'{m.group(1)} has no reason')
            either = f' (or another `{m.group(2)}`)' if m.group(2) else ''
            out.append(f'| {m.group(1)}{either} | {m.group(3)} |')
    return '\n'.join(out).strip() + '\n' if out else ''


def main():
    write = '--write' in sys.argv
    sys.argv = [a for a in sys.argv if a != '--write']
    lint = Lint()
    lint.seen = 2
    page = lint.text(PAGE)
    new = PART.sub(lambda m: m.group(1) + table(lint) + m.group(2), page)
    if write and new != page:
        with open(lint.path(PAGE), 'w', encoding='utf-8') as f:
            f.write(new)
    elif new != page:
        lint.error(PAGE, 1, f'does not agree with {LIST}; ./dev fmt writes it')
    lint.end()


main()
