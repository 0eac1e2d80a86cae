#!/usr/bin/env python3
"""How the program serves its pages: compressed as asked for, kept for ever or never, under one strict policy."""
import gzip
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import city as e2e  # noqa: E402

CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
       "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
results = []


def check(name, fn):
    try:
        fn()
        results.append((True, name, ""))
    except Exception as e:  # pylint: disable=broad-except
        results.append((False, name, f"{type(e).__name__}: {e}"[:1500]))


class Same(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def get(c, path, **headers):
    opener = urllib.request.build_opener(Same)
    request = urllib.request.Request(c.url + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with opener.open(request, timeout=30) as r:
            return e2e.Answer(r.status, r.headers, r.read())
    except urllib.error.HTTPError as e:
        return e2e.Answer(e.code, e.headers, e.read())


def brotli(body):
    return subprocess.run(["brotli", "--decompress", "--stdout"], input=body, check=True, capture_output=True).stdout


def files_of(c):
    return sorted(set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', get(c, "/desk/").body.decode())))


def the_desk(c):
    a = get(c, "/desk/")
    assert a.status == 200 and a.headers["Content-Type"] == "text/html; charset=utf-8", a.headers
    assert a.headers["Content-Security-Policy"] == CSP, a.headers["Content-Security-Policy"]
    assert "no-cache" in a.headers["Cache-Control"] and a.headers["X-Content-Type-Options"] == "nosniff"
    html = a.body.decode()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", html), "something inline, which the policy forbids"
    assert get(c, "/desk/", If_None_Match=a.headers["ETag"]).status == 304
    for path in ("/desk/login", "/desk/matters/ABC?tab=1", "/desk/workshop/a/b"):
        assert get(c, path).body == a.body, path
    moved = get(c, "/desk")
    assert moved.status == 308 and moved.headers["Location"] == "/desk/"


def the_files(c):
    files = files_of(c)
    assert any(f.endswith(".js") for f in files) and any(f.endswith(".css") for f in files), files
    for path in files:
        plain = get(c, path)
        assert plain.status == 200 and "Content-Encoding" not in plain.headers
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert plain.headers["Vary"] == "Accept-Encoding", plain.headers["Vary"]
        want = "text/css; charset=utf-8" if path.endswith(".css") else "text/javascript; charset=utf-8"
        assert plain.headers["Content-Type"] == want, plain.headers["Content-Type"]
        for accept, coding, undo in (("gzip", "gzip", gzip.decompress), ("gzip, deflate, br", "br", brotli)):
            a = get(c, path, Accept_Encoding=accept)
            if len(plain.body) > 1000:
                assert a.headers["Content-Encoding"] == coding, (path, dict(a.headers))
                assert len(a.body) < len(plain.body) and undo(a.body) == plain.body, path
                assert a.headers["ETag"].startswith("W/"), "another representation needs another tag"
        assert get(c, path, If_None_Match=plain.headers["ETag"]).status == 304


def strangers(c):
    for path in ("/assets/none.js", "/assets/desk.js", "/assets/a/b.css"):
        a = get(c, path)
        assert a.status == 404 and a.headers["Content-Type"].startswith("application/problem+json"), (path, a)
        assert "immutable" not in a.headers["Cache-Control"]


def whole(c):
    """Every file that a file names is there: chunks that the desk loads later."""
    seen, todo = set(), files_of(c)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        a = get(c, path)
        assert a.status == 200, path
        if path.endswith(".js"):
            todo += ["/assets/" + n for n in re.findall(r'["\'/]((?:[\w-]+\.)+[\w-]{8}\.(?:js|css))["\']', a.body.decode())]
    assert len(seen) > 5, seen


def main():
    c = e2e.City("sqlite")
    try:
        made = c.program("init", "--pack", e2e.PACK)
        assert made.returncode == 0, made.stderr[-2000:]
        c.start()
        check("the desk is one page at all its addresses", lambda: the_desk(c))
        check("files are compressed and kept for ever", lambda: the_files(c))
        check("what is not there is 404", lambda: strangers(c))
        check("every file that a file names is there", lambda: whole(c))
        assert c.stop() == 0
    finally:
        c.close()
    print(f"1..{len(results)}")
    for i, (good, name, why) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {i} - {name}")
        if why:
            print("# " + why.replace("\n", "\n# "))
    sys.exit(0 if all(r[0] for r in results) else 1)


main()
