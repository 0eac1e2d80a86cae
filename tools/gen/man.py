#!/usr/bin/env python3
"""The manual page, from what the program itself says: tools/gen/man.py build/minhu > docs/minhu.1"""
import os
import subprocess
import sys


def ask(program, *words):
    env = {k: v for k, v in os.environ.items() if not k.startswith('MINHU_')}
    return subprocess.run([program, *words, '--lang', 'en'], env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


def roff(text):
    text = text.replace('\\', '\\e').replace('-', '\\-')
    return '\\&' + text if text[:1] in ('.', "'") else text


def section(text, title):
    """The indented lines below a title, or nothing."""
    mark = f'\n{title}:\n'
    return text.split(mark)[1].split('\n\n')[0].splitlines() if mark in text else []


def pairs(lines):
    """Left and right of a table whose columns are two blanks apart."""
    for line in lines:
        left, _, right = line.strip().partition('  ')
        yield left, right.strip()


def options(lines):
    out = []
    for left, right in pairs(lines):
        if not right:  # the left part was so wide that one blank is all there is
            words = left.split(' ')
            at = 2 if words[1:2] and words[1].isupper() or '|' in left.split(' ')[1] else 1
            left, right = ' '.join(words[:at]), ' '.join(words[at:])
        name, _, arg = left.partition(' ')
        out += ['.TP', f'.B {roff(name)}' if not arg else f'.BI {roff(name)} " {roff(arg)}"', roff(right)]
    return out


def command(program, name):
    text = ask(program, *name.split(), '--help')
    first, _, rest = text.partition('\n\n')
    usage = rest.splitlines()[0].replace('Usage: ', '')
    more = rest.split('\n', 1)[1].split('\nOptions:')[0].split('\nCommon options:')[0].strip()
    out = [f'.SS {roff(name)}', '.B ' + roff(usage), '.PP', roff(first) + '.']
    if more:
        out += ['.PP'] + [roff(line) for line in more.splitlines()]
    return out + options(section(text, 'Options'))


def main():
    program = sys.argv[1]
    text = ask(program, '--help')
    names = [line[2:20].strip() for line in section(text, 'Commands')]
    out = ['.\\" Made by tools/gen/man.py from the help of the program; tests/cli checks it.', '.TH MINHU 1 "" Minhu', '.SH NAME',
           'minhu \\- one closed loop for a city\'s public service', '.SH SYNOPSIS', '.B minhu', '.I COMMAND',
           '[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]', '.SH DESCRIPTION',
           'Minhu takes in what people raise, has it handled by whoever answers for it, replies, asks to be rated, and puts the',
           'lessons to use: each kind of matter by a definition that is data, each event an entry of a public ledger.',
           'Results go to standard output, everything else to standard error. Texts are in English or Chinese, by',
           '.B LANG', 'or', '.BR \\-\\-lang .', '.SH COMMANDS']
    for name in names:
        if name != 'help':
            out += command(program, name)
    out += ['.SH COMMON OPTIONS'] + options(section(text, 'Common options'))
    out += ['.SH EXIT STATUS', '.TP', '.B 0', 'done', '.TP', '.B 1', 'failed', '.TP', '.B 2', 'wrong usage', '.TP', '.B 3',
            'a verification found a fault', '.SH ENVIRONMENT', '.BR MINHU_STORE ,', '.BR MINHU_STATE ,', '.B MINHU_PACK', 'and', '.B MINHU_LISTEN',
            'stand in for the options of these names.', '.SH EXAMPLE', '.nf', 'export MINHU_STORE=sqlite:city.db',
            'minhu init \\-\\-pack packs/hangzhou', 'minhu import messages.csv', 'minhu serve', '.fi']
    print('\n'.join(out))


main()
