#!/usr/bin/env python3
"""Marked personal data goes in by every door, and is looked for everywhere that it must not be: log lines, the store and its side
files, the state folder, the public ledger, lists, errors, addresses. Then logging in, cookies, foreign pages and limits."""
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

MINHU = os.environ["MINHU"]
SOURCE = pathlib.Path(os.environ["MINHU_SOURCE"])
PASSWORD = "a password that is nowhere"
MARK = "马克绝密标记"
PHONE = "13900424242"
TEXT = f"我叫{MARK}，电话{PHONE}，住在标记小区7幢"
JSON = {"Content-Type": "application/json"}


class Server:
    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.store = f"sqlite:{self.dir}/city.db"
        self.program("init", "--pack", SOURCE / "packs/hangzhou")
        self.program("user", "import", SOURCE / "packs/hangzhou/accounts.csv", said=PASSWORD)
        self.log = open(self.dir / "log", "wb")
        self.process = subprocess.Popen([MINHU, "serve", "--lang", "en", "--listen", "127.0.0.1:0", "--behind-proxy", "--store",
                                         self.store], stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if "http://" in line:
                self.at = line.split("http://")[1].strip()
                return
        raise RuntimeError("the server did not start: " + (self.dir / "log").read_text()[-2000:])

    def program(self, *args, said=None):
        done = subprocess.run([MINHU, *map(str, args), "--store", self.store], input=said, capture_output=True, text=True, timeout=240,
                              check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def ask(self, method, path, body=None, **headers):
        c = http.client.HTTPConnection(self.at, timeout=60)
        given = {k.replace("_", "-"): v for k, v in headers.items()}
        if isinstance(body, dict):
            body, given = json.dumps(body), {**JSON, **given}
        c.request(method, path, body.encode() if isinstance(body, str) else body, given)
        r = c.getresponse()
        r.text = r.read().decode("utf-8", "replace")
        c.close()
        return r

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.process.stdout.close()
        self.log.close()
        return code


def login(s, name, password=PASSWORD, **more):
    return s.ask("POST", "/api/v1/session", {"login": name, "password": password, **more.pop("body", {})}, **more)


def bearer(s, name):
    return {"Authorization": "Bearer " + json.loads(login(s, name, body={"bearer": True}).text)["token"]}


def status(r, want):
    assert r.status == want, f"expected {want}, got {r.status}: {r.text[:300]}"
    return r


def cookies(s):
    r = status(login(s, "operator"), 200)
    cookie = r.getheader("Set-Cookie")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie and "Secure" not in cookie, cookie
    assert "token" not in json.loads(r.text)
    assert "; Secure" in login(s, "operator", X_Forwarded_Proto="https").getheader("Set-Cookie")
    mine = {"Cookie": "a=b; " + cookie.split(";")[0]}
    me = json.loads(status(s.ask("GET", "/api/v1/me", **mine), 200).text)
    assert me["login"] == "operator" and me["acting"]["role"] == "operator" and "dispatch" in me["acting"]["permissions"]
    # what changes something needs a sign of our own page
    status(s.ask("DELETE", "/api/v1/session", **mine), 403)
    status(s.ask("DELETE", "/api/v1/session", **mine, Origin="https://evil.example"), 403)
    status(s.ask("DELETE", "/api/v1/session", **mine, Origin="null"), 403)
    status(s.ask("DELETE", "/api/v1/session", **mine, Minhu_Csrf="0" * 64), 403)
    others = json.loads(s.ask("GET", "/api/v1/sessions", **mine).text)["sessions"]
    assert len(others) == 2 and sum(o["this"] for o in others) == 1
    other = [o["id"] for o in others if not o["this"]][0]
    status(s.ask("DELETE", "/api/v1/sessions/" + other, **mine, Minhu_Csrf=me["csrf"]), 204)
    gone = status(s.ask("DELETE", "/api/v1/session", **mine, Origin="http://" + s.at), 204)
    assert "Max-Age=0" in gone.getheader("Set-Cookie")
    status(s.ask("GET", "/api/v1/me", **mine), 401)


def headers(s):
    for path in ("/api/v1/health", "/api/v1/matters", "/api/v1/nowhere", "/ledger/checkpoint"):
        r = s.ask("GET", path)
        assert r.getheader("X-Content-Type-Options") == "nosniff" and r.getheader("Referrer-Policy") == "no-referrer", path
        policy = r.getheader("Content-Security-Policy")
        assert policy and "unsafe" not in policy and "*" not in policy and "frame-ancestors 'none'" in policy, (path, policy)


def secrets(s):
    operator, caller, handler = bearer(s, "operator"), bearer(s, "caller"), bearer(s, "gongshu-handler")
    fields = {"channel": "web", "subject": "request", "text": TEXT, "name": MARK, "contact": PHONE, "place": "330105001"}
    known = {f["name"] for f in [x for x in json.loads(s.ask("GET", "/api/v1/forms").text)["forms"]
                                 if x["kind"] == "request-12345"][0]["fields"]}
    fields = {k: v for k, v in fields.items() if k in known}
    m = json.loads(status(s.ask("POST", "/api/v1/matters", {"kind": "request-12345", "fields": fields}), 201).text)
    ref = m["ref"]
    seen = []
    for who in ({}, operator, caller, handler):
        for path in ("", "/events", "/actions", "/links", "/why", "/unmaskings"):
            seen.append(s.ask("GET", f"/api/v1/matters/{ref}{path}", **who))
        seen.append(s.ask("GET", "/api/v1/matters", **who))
    # errors that are asked to repeat what was sent
    for body in ({"kind": MARK, "fields": {}}, {"kind": "request-12345", "fields": {**fields, "place": MARK}}, TEXT,
                 {"kind": "request-12345", "fields": {**fields, "channel": "web", "subject": PHONE}}):
        seen.append(s.ask("POST", "/api/v1/matters", body, **JSON) if isinstance(body, str) else s.ask("POST", "/api/v1/matters", body))
    seen.append(s.ask("GET", f"/api/v1/matters/{urllib.parse.quote(PHONE)}"))
    seen.append(s.ask("GET", f"/api/v1/matters?q={urllib.parse.quote(MARK)}", **operator))
    seen.append(login(s, "li" + PHONE, TEXT))
    follow = {"Authorization": "Tracking " + m["code"]}
    status(s.ask("POST", f"/api/v1/matters/{ref}/files", f"{TEXT}\n", Content_Type="text/plain", **follow), 201)
    assert TEXT in json.loads(status(s.ask("GET", "/api/v1/follow", **follow), 200).text)["fields"]["text"]
    # those in charge see it, and that they did
    status(s.ask("POST", f"/api/v1/matters/{ref}/unmask", {"reason": "handle"}, **handler), 403)
    full = status(s.ask("POST", f"/api/v1/matters/{ref}/unmask", {"reason": "call_back"}, **caller), 200)
    assert MARK in full.text
    kept = json.loads(status(s.ask("GET", f"/api/v1/matters/{ref}/unmaskings", **operator), 200).text)["unmaskings"]
    assert [(k["login"], k["reason"]) for k in kept] == [("caller", "call_back")], kept
    told = []
    for r in seen:
        for mark in (MARK, PHONE):
            if mark in r.text or mark in str(r.getheaders()):
                told.append(r.text[:300])
    assert not told, told
    return m["code"]


def limits(s):
    """The same for a name that exists and one that does not; other addresses are not disturbed."""
    told = []
    for n, name in enumerate(("leader", "nobody-at-all")):
        mine = {"X_Forwarded_For": f"198.51.100.{n + 1}"}
        got = [login(s, name, "not the password", **mine) for _ in range(8)]
        told.append([(r.status, re.sub(r'"instance":"[^"]*"', "", r.text) if r.status == 401 else "") for r in got])
        assert got[-1].status == 429 and int(got[-1].getheader("Retry-After")) >= 1
    assert told[0] == told[1], told
    status(login(s, "auditor", X_Forwarded_For="198.51.100.9"), 200)
    status(login(s, "leader", X_Forwarded_For="198.51.100.9"), 429)     # this name has to wait, wherever from
    mine = {"X_Forwarded_For": "203.0.113.5"}
    codes = [s.ask("POST", "/api/v1/matters", {"kind": "none", "fields": {}}, **mine).status for _ in range(70)]
    assert codes[0] != 429 and codes[-1] == 429, codes
    assert s.ask("POST", "/api/v1/matters", {"kind": "none", "fields": {}}, X_Forwarded_For="203.0.113.6").status != 429
    assert s.ask("GET", "/api/v1/forms", **mine).status == 200            # reading goes on


def nowhere(s, code):
    """After the server has stopped: every byte that it left behind."""
    looked = 0
    for path in s.dir.rglob("*"):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        looked += len(raw)
        for mark in (MARK, PHONE, "标记小区", code, PASSWORD):
            assert mark.encode() not in raw, f"{mark} stands in {path.name}"
            assert json.dumps(mark)[1:-1].encode() not in raw, f"{mark} stands in {path.name}, escaped"
    assert looked > 100000
    public = s.dir / "public"
    s.program("ledger", "export", public)
    for path in public.rglob("*"):
        if path.is_file():
            assert MARK.encode() not in path.read_bytes() and PHONE.encode() not in path.read_bytes()


def main():
    tests = [cookies, headers, secrets, limits]
    folder = tempfile.mkdtemp(prefix="minhu-secrets-")
    failed, code, s = 0, None, None
    print(f"1..{len(tests) + 2}")
    try:
        s = Server(folder)
        steps = [(t.__name__, lambda t=t: t(s)) for t in tests]
        steps += [("stops", lambda: status(type("R", (), {"status": s.stop(), "text": ""})(), 0)), ("nowhere", lambda: nowhere(s, code))]
        for n, (name, run) in enumerate(steps, 1):
            try:
                got = run()
                code = got if name == "secrets" else code
                print(f"ok {n} - {name}", flush=True)
            except Exception as e:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {n} - {name}\n# {type(e).__name__}: {str(e)[:1500]}", flush=True)
                time.sleep(0)
    finally:
        if s and s.process.poll() is None:
            s.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
