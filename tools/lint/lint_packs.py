"""Packs' CSV files are UTF-8 and RFC 4180: a header of unique names, as many fields in every record."""
import csv
import io

from common import Lint


def check(lint, path):
    with open(lint.path(path), 'rb') as f:
        raw = f.read()
    try:
        text = raw.decode('utf-8')
    except UnicodeDecodeError as e:
        lint.error(path, raw.count(b'\n', 0, e.start) + 1, f'not UTF-8: {e.reason}')
        return
    if text.startswith('\ufeff'):
        lint.error(path, 1, 'begins with a byte order mark')
    if not text.endswith('\n'):
        lint.error(path, text.count('\n') + 1, 'the last record does not end with a line feed')
    reader = csv.reader(io.StringIO(text, newline=''), strict=True)
    try:
        header = next(reader, None)
        if not header or len(set(header)) != len(header) or '' in header:
            lint.error(path, 1, 'the first record must name every column, each once')
            return
        for record in reader:
            if len(record) != len(header):
                lint.error(path, reader.line_num, f'{len(record)} fields, but the header names {len(header)}')
    except csv.Error as e:
        lint.error(path, reader.line_num, str(e))


def main():
    lint = Lint()
    for path in lint.files(['.csv'], ['packs']):
        check(lint, path)
    lint.end()


main()
