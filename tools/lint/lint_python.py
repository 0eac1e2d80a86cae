"""Python files compile; names they import and never use are named."""
import ast

from common import Lint


def check(lint, path):
    text = lint.text(path)
    try:
        tree = ast.parse(text, path)
        compile(text, path, 'exec', dont_inherit=True)
    except SyntaxError as e:
        lint.error(path, e.lineno or 1, str(e.msg))
        return
    imported = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                imported[(alias.asname or alias.name).split('.')[0]] = node.lineno
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for name, line in imported.items():
        if name not in used and '__all__' not in text:
            lint.error(path, line, f'{name} is imported and not used')


def main():
    lint = Lint()
    for path in lint.files(['.py']):
        check(lint, path)
    lint.end()


main()
