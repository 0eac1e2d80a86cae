"""Functions over 120 lines and files over 1,000 fail; over 70 and 500 they are named."""
from common import Lint

FUNCTION_WARN, FUNCTION_FAIL, FILE_WARN, FILE_FAIL = 70, 120, 500, 1000


def check_functions(lint, path, lines):
    """In the project's format (lint format) a function's braces stand alone in column 1, and nothing else's do."""
    start = None
    for i, line in enumerate(lines, 1):
        if line == '{':
            start = i
        elif line == '}' and start:
            size = i - start - 1
            if size > FUNCTION_FAIL:
                lint.error(path, start, f'a function of {size} lines; the limit is {FUNCTION_FAIL}')
            elif size > FUNCTION_WARN:
                lint.warn(path, start, f'a function of {size} lines; aim for 10 to 30')
            start = None


def main():
    lint = Lint()
    for path in lint.files(['.c', '.h'], ['src', 'tests', 'fuzz', 'bench']):
        lines = lint.text(path).split('\n')
        check_functions(lint, path, lines)
        if len(lines) > FILE_FAIL:
            lint.error(path, 1, f'{len(lines)} lines; the limit is {FILE_FAIL}')
        elif len(lines) > FILE_WARN:
            lint.warn(path, 1, f'{len(lines)} lines; aim for under {FILE_WARN}')
    for path in lint.files(['.py', '.sh', '.mjs', '.ts', '.vue', '.css', '.sql'], ['.']):
        size = lint.text(path).count('\n')
        if size > FILE_FAIL and not path.startswith('packs/'):
            lint.error(path, 1, f'{size} lines; the limit is {FILE_FAIL}')
    lint.end()


main()
