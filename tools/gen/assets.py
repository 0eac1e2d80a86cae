#!/usr/bin/env python3
"""The pages' files become part of the program.

    assets.py pack DIST OUT     compresses what was built (gzip -9, brotli) into OUT, with a list.json of what is there
    assets.py table OUT INTO    writes INTO/assets_gen.c, which takes the files in (.incbin): an empty table without a list

In DIST: assets/NAME.HASH.EXT is served at /assets/…, index.html at /desk/, sw.js at /sw.js. A name that two files share
(chunks of the bundler) is nobody's name.
"""
import collections
import gzip
import hashlib
import json
import pathlib
import subprocess
import sys

TYPES = {
    '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8',
    '.svg': 'image/svg+xml', '.png': 'image/png', '.webp': 'image/webp', '.ico': 'image/x-icon', '.json': 'application/json',
    '.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2', '.geojson': 'application/geo+json',
    '.wasm': 'application/wasm', '.txt': 'text/plain; charset=utf-8',
}
# Already compressed: a second time only costs.
DENSE = ('.png', '.webp', '.woff2')
WHERE = {'index.html': '/desk/', 'sw.js': '/sw.js'}


def name_of(path):
    """assets/portal.4f1d09ab.css → portal.css"""
    parts = path.name.split('.')
    return '.'.join(parts[:-2] + parts[-1:]) if len(parts) > 2 else path.name


def smaller(body, packed):
    return packed if len(packed) < len(body) * 0.95 else b''


def brotli(path):
    return subprocess.run(['brotli', '--quality=11', '--stdout', path], check=True, capture_output=True).stdout


def pack(dist, out):
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    files = sorted(p for p in dist.rglob('*') if p.is_file() and '.vite' not in p.parts)
    taken = collections.Counter(name_of(p) for p in files)
    rows = []
    for i, path in enumerate(files):
        inner = path.relative_to(dist).as_posix()
        if path.suffix not in TYPES:
            sys.exit(f'assets.py: {inner}: what Content-Type has {path.suffix}? Add it to TYPES')
        body = path.read_bytes()
        made = {'plain': body, 'gzip': b'', 'br': b''}
        if path.suffix not in DENSE:
            made['gzip'], made['br'] = smaller(body, gzip.compress(body, 9, mtime=0)), smaller(body, brotli(path))
        for kind, data in made.items():
            if data:
                (out / f'{i}.{kind}').write_bytes(data)
        name = name_of(path)
        rows.append({'name': name if taken[name] == 1 else inner, 'path': WHERE.get(inner, '/' + inner), 'type': TYPES[path.suffix],
                     'etag': hashlib.sha256(body).hexdigest()[:32], 'file': i,
                     'sizes': {k: len(v) for k, v in made.items()}})
    rows.sort(key=lambda r: r['path'].encode())
    (out / 'list.json').write_text(json.dumps(rows, indent=1))


def table(out, into):
    rows = json.loads((out / 'list.json').read_text()) if (out / 'list.json').exists() else []
    head, body = [], []
    for r in rows:
        views = []
        for kind, size in r['sizes'].items():
            symbol = f'mh_assets__{r["file"]}_{kind}'
            if not size:
                views.append('{NULL, 0}')
                continue
            where = (out / f'{r["file"]}.{kind}').resolve()
            asm = f'.pushsection .rodata\\n.balign 16\\n.global {symbol}\\n{symbol}: .incbin \\"{where}\\"\\n.popsection\\n'
            head.append(f'/* {r["etag"]} */\n__asm__("{asm}");\nextern const char {symbol}[];')
            views.append(f'{{{symbol}, {size}}}')
        text = ', '.join(json.dumps(r[k]) for k in ('name', 'path', 'type', 'etag'))
        body.append(f'\t{{{text}, {", ".join(views)}}},')
    c = ['/* Made by tools/gen/assets.py. */', '#include "web/asset.h"', *head]
    if rows:
        c += ['static const struct mh_asset list[] = {', *body, '};', f'const struct mh_assets mh_assets = {{list, {len(rows)}}};']
    else:
        c += ['const struct mh_assets mh_assets = {NULL, 0};']
    (into / 'assets_gen.c').write_text('\n'.join(c) + '\n')


def main():
    what, a, b = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    {'pack': pack, 'table': table}[what](a, b)


if __name__ == '__main__':
    main()
