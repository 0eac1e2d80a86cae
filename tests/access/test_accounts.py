#!/usr/bin/env python3
"""Accounts over HTTP: making, giving, taking, shutting, temporary passwords, the second factor, kept lists and settings; who may do
what to whom; and that each deed stands in the record without its secret."""
import base64
import hashlib
import hmac
import json
import shutil
import struct
import sys
import tempfile
import time
import urllib.parse

from test_secrets import PASSWORD, Server, login, status

A = "/api/v1/accounts"


def j(r, want=200):
    return json.loads(status(r, want).text)


def post(role, org):
    return {"role": role, "org": org}


def make(s, who, name, *roles, want=201):
    r = status(s.ask("POST", A, {"login": name, "zh": "张三", "en": "Zhang San", "roles": [post(*x.split("@")) for x in roles]},
                     **who), want)
    return json.loads(r.text).get("temporary")


ADDRESSES = (f"198.51.100.{n}" for n in range(1, 255))


def token(s, name, password, **body):
    """Each from an address of its own, because this is about accounts and not about addresses."""
    at = {"X-Forwarded-For": next(ADDRESSES)}
    return {"Authorization": "Bearer " + j(login(s, name, password, body={"bearer": True, **body}, **at))["token"], **at}


def code_of(secret, when=None):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int((when or time.time()) // 30)), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def history(s, who, name=None):
    return j(s.ask("GET", "/api/v1/account-history" + (f"?login={name}" if name else ""), **who))["changes"]


def first_password(s, w):
    """Made by an administrator, it opens nothing but its own change; then everything."""
    temporary = make(s, w["admin"], "zhang.san", "handler@330105-D17", "admin@330105")
    assert len(temporary) == 19
    status(s.ask("POST", A, {"login": "zhang.san", "zh": "x", "en": "x", "roles": [post("handler", "330105")]}, **w["admin"]), 409)
    first = token(s, "zhang.san", temporary)
    me = j(s.ask("GET", "/api/v1/me", **first))
    assert me["must_change"] and len(me["roles"]) == 2
    for method, path in (("GET", "/api/v1/matters"), ("GET", A), ("GET", "/api/v1/views")):
        assert "needed: password" in status(s.ask(method, path, **first), 403).text, path
    status(s.ask("GET", "/api/v1/forms", **first), 200)
    password = {"password": temporary, "new": temporary}
    status(s.ask("PUT", "/api/v1/me/password", password, **first), 400)
    status(s.ask("PUT", "/api/v1/me/password", {**password, "new": "short"}, **first), 400)
    status(s.ask("PUT", "/api/v1/me/password", {"password": "not this one", "new": "a password of my own"}, **first), 403)
    second = token(s, "zhang.san", temporary)
    status(s.ask("PUT", "/api/v1/me/password", {**password, "new": "a password of my own"}, **first), 204)
    assert not j(s.ask("GET", "/api/v1/me", **first))["must_change"]
    status(s.ask("GET", "/api/v1/matters", **first), 200)
    status(s.ask("GET", "/api/v1/me", **second), 401)                   # the other sessions have ended
    status(login(s, "zhang.san", temporary), 401)
    w["district"] = {**first, "Minhu-As": "admin@330105"}


def territory(s, w):
    """A district's administrator: own unit and below; never more than they have; never themselves."""
    d = w["district"]
    seen = {a["login"] for a in j(s.ask("GET", A, **d))["accounts"]}
    assert "gongshu-handler" in seen and "village-leader" in seen and not seen & {"admin", "operator", "urban", "auditor"}, seen
    for name, want in (("gongshu-handler", 200), ("operator", 403), ("nobody", 404)):
        status(s.ask("GET", f"{A}/{name}", **d), want)
        status(s.ask("GET", f"{A}/{name}/sessions", **d), want)
        status(s.ask("PATCH", f"{A}/{name}", {"en": "Renamed"}, **d), want)
        status(s.ask("DELETE", f"{A}/{name}/sessions", **d), 204 if want == 200 else want)
        status(s.ask("DELETE", f"{A}/{name}/totp", **d), 204 if want == 200 else want)
    status(s.ask("POST", f"{A}/operator/password", **d), 403)
    # giving: within, above, beside, unknown role, unknown unit, nothing
    for role, want in (("handler@330105001", 200), ("admin@330100", 403), ("handler@330106", 403), ("wizard@330105", 400),
                       ("handler@999", 400)):
        status(s.ask("PATCH", f"{A}/village-leader", {"roles": [post("leader", "330105001051"), post(*role.split("@"))]}, **d), want)
    status(s.ask("PATCH", f"{A}/village-leader", {"roles": []}, **d), 400)
    status(s.ask("PATCH", f"{A}/village-leader", {"roles": [{"role": "leader"}]}, **d), 400)
    make(s, d, "li.si", "handler@330105001")
    make(s, d, "wang.wu", "handler@330106", want=403)
    status(s.ask("GET", f"{A}/wang.wu", **w["admin"]), 404)              # a refused one is not half made
    # an account that has one role outside is not theirs any more
    roles = [post("handler", "330105001"), post("handler", "330106")]
    status(s.ask("PATCH", f"{A}/li.si", {"roles": roles}, **w["admin"]), 200)
    status(s.ask("PATCH", f"{A}/li.si", {"locked": True}, **d), 403)
    # nobody manages their own account
    status(s.ask("PATCH", f"{A}/zhang.san", {"roles": [post("admin", "330105")]}, **d), 403)
    status(s.ask("POST", f"{A}/zhang.san/password", **d), 403)
    status(s.ask("PATCH", f"{A}/admin", {"locked": True}, **w["admin"]), 403)
    # a department's administrator stays in the department
    mine = token_after_change(s, make(s, w["admin"], "dept.admin", "admin@330105-D17"), "dept.admin")
    assert {a["login"] for a in j(s.ask("GET", A, **mine))["accounts"]} == {"dept.admin", "gongshu-handler"}
    status(s.ask("PATCH", f"{A}/gongshu-handler", {"roles": [post("admin", "330105")]}, **mine), 403)


def token_after_change(s, temporary, name):
    own = f"the very own password of {name[:1]}."
    t = token(s, name, temporary)
    status(s.ask("PUT", "/api/v1/me/password", {"password": temporary, "new": own}, **t), 204)
    return t


def shut(s, w):
    mine = token_after_change(s, make(s, w["admin"], "zhao.liu", "handler@330106-D17"), "zhao.liu")
    status(s.ask("GET", "/api/v1/matters", **mine), 200)
    assert j(s.ask("PATCH", f"{A}/zhao.liu", {"roles": [post("leader", "330106")]}, **w["admin"]))["roles"] == [post("leader", "330106")]
    assert j(s.ask("GET", "/api/v1/me", **mine))["acting"]["role"] == "leader"      # with the next request
    one = j(s.ask("GET", f"{A}/zhao.liu/sessions", **w["admin"]))["sessions"]
    status(s.ask("DELETE", f"{A}/zhao.liu/sessions/{one[0]['id']}", **w["admin"]), 204)
    status(s.ask("DELETE", f"{A}/zhao.liu/sessions/{one[0]['id']}", **w["admin"]), 404)
    status(s.ask("GET", "/api/v1/me", **mine), 401)
    mine = token(s, "zhao.liu", "the very own password of z.")
    status(s.ask("PATCH", f"{A}/zhao.liu", {"must_change": True}, **w["admin"]), 200)
    status(s.ask("GET", "/api/v1/matters", **mine), 403)
    assert j(s.ask("PATCH", f"{A}/zhao.liu", {"locked": True, "must_change": False}, **w["admin"]))["locked"]
    status(s.ask("GET", "/api/v1/me", **mine), 401)
    status(login(s, "zhao.liu", "the very own password of z."), 401)
    status(s.ask("PATCH", f"{A}/zhao.liu", {"locked": False}, **w["admin"]), 200)
    token(s, "zhao.liu", "the very own password of z.")
    again = j(s.ask("POST", f"{A}/zhao.liu/password", **w["admin"]))["temporary"]
    assert j(login(s, "zhao.liu", again))["must_change"]
    found = j(s.ask("GET", A + "?q=" + urllib.parse.quote("ZHAO"), **w["admin"]))["accounts"]
    assert [a["login"] for a in found] == ["zhao.liu"]
    names, cursor = [], ""
    while cursor is not None:
        page = j(s.ask("GET", f"{A}?limit=4&cursor={cursor}", **w["admin"]))
        names += [a["login"] for a in page["accounts"]]
        cursor = page["next"]
    assert names == sorted(set(names)) and len(names) == 21, names
    assert {a["login"] for a in j(s.ask("GET", A + "?role=admin&unit=330105", **w["admin"]))["accounts"]} == {"zhang.san", "dept.admin"}
    roles = {r["role"]: r for r in j(s.ask("GET", "/api/v1/roles", **w["admin"]))["roles"]}
    assert roles["operator"]["permissions"] and roles["analyst"]["label"]["zh"] and "citizen" not in roles


def second_factor(s, w):
    mine = token(s, "operator", PASSWORD)
    status(s.ask("POST", "/api/v1/me/totp", {"password": "not it at all"}, **mine), 403)
    fresh = j(s.ask("POST", "/api/v1/me/totp", {"password": PASSWORD}, **mine))
    assert fresh["uri"].startswith("otpauth://totp/") and fresh["secret"] in fresh["uri"]
    token(s, "operator", PASSWORD)                                       # nothing is in force yet
    status(s.ask("PUT", "/api/v1/me/totp", {"code": "000000"}, **mine), 400)
    now = time.time()
    status(s.ask("PUT", "/api/v1/me/totp", {"code": code_of(fresh["secret"], now)}, **mine), 204)
    status(s.ask("PUT", "/api/v1/me/totp", {"code": code_of(fresh["secret"], now)}, **mine), 409)
    assert "needed: code" in status(login(s, "operator", PASSWORD), 401).text
    status(login(s, "operator", PASSWORD, body={"code": code_of(fresh["secret"], now)}), 401)      # that one is used
    token(s, "operator", PASSWORD, code=code_of(fresh["secret"], now + 30))
    status(s.ask("POST", "/api/v1/me/totp/off", {"password": PASSWORD}, **mine), 204)
    mine = token(s, "operator", PASSWORD)
    fresh = j(s.ask("POST", "/api/v1/me/totp", {"password": PASSWORD}, **mine))
    status(s.ask("PUT", "/api/v1/me/totp", {"code": code_of(fresh["secret"])}, **mine), 204)
    status(s.ask("DELETE", f"{A}/operator/totp", **w["admin"]), 204)       # lost: an administrator lets them in
    token(s, "operator", PASSWORD)


def guessing(s, _):
    """A stolen session does not learn the password: failures count as at a login."""
    mine = token(s, "caller", PASSWORD)
    codes = [s.ask("POST", "/api/v1/me/totp", {"password": f"guess number {n}"}, **mine).status for n in range(8)]
    assert codes[0] == 403 and codes[-1] == 429, codes
    status(s.ask("PUT", "/api/v1/me/password", {"password": PASSWORD, "new": "another password"}, **mine), 429)


def views(s, w):
    mine, v = token(s, "dispatcher", PASSWORD), "/api/v1/views"
    name = urllib.parse.quote("逾期 未办结")
    status(s.ask("PUT", f"{v}/{name}", {"query": "open=true&room=handle", "place": 2}, **mine), 204)
    status(s.ask("PUT", f"{v}/b", {"query": "kind=request-12345", "place": 1}, **mine), 204)
    assert j(s.ask("GET", v, **mine))["views"] == [{"name": "b", "query": "kind=request-12345", "place": 1},
                                                  {"name": "逾期 未办结", "query": "open=true&room=handle", "place": 2}]
    for bad in ("a b", "a=%zz", "a=<b>", "x" * 1001, "a=%1"):
        status(s.ask("PUT", f"{v}/c", {"query": bad}, **mine), 400)
    status(s.ask("PUT", f"{v}/{'n' * 61}", {"query": ""}, **mine), 400)
    assert j(s.ask("GET", v, **w["admin"]))["views"] == []                  # everybody's own
    for n in range(48):
        status(s.ask("PUT", f"{v}/v{n}", {"query": "a=b"}, **mine), 204)
    status(s.ask("PUT", f"{v}/more", {"query": "a=b"}, **mine), 429)
    status(s.ask("PUT", f"{v}/b", {"query": "kind=x"}, **mine), 204)        # changing one that is there
    status(s.ask("DELETE", f"{v}/{name}", **mine), 204)
    status(s.ask("DELETE", f"{v}/{name}", **mine), 404)
    assert len(j(s.ask("GET", v, **mine))["views"]) == 49
    assert j(s.ask("GET", "/api/v1/settings", **mine)) == {"language": "zh", "density": "normal", "theme": "system"}
    assert j(s.ask("PUT", "/api/v1/settings", {"density": "compact"}, **mine))["density"] == "compact"
    status(s.ask("PUT", "/api/v1/settings", {"density": "tiny"}, **mine), 400)
    status(s.ask("PUT", "/api/v1/settings", {"nonsense": "x"}, **mine), 400)
    assert j(s.ask("GET", "/api/v1/settings", **mine)) == {"language": "zh", "density": "compact", "theme": "system"}


def record(s, w):
    """Who, what, when; nothing secret; a district reads its own."""
    auditor = token(s, "auditor", PASSWORD)
    all_ = history(s, auditor)
    assert len(all_) >= 40, len(all_)
    zhao = [(c["what"], c["by"], c["detail"]) for c in reversed(history(s, auditor, "zhao.liu"))]
    assert [z[0] for z in zhao] == ["make", "own_password", "role", "sessions", "must_change", "lock", "must_change", "unlock", "password"]
    assert zhao[2] == ("role", "admin", "+leader@330106 -handler@330106-D17") and zhao[1][1] == "zhao.liu"
    operator = [c["what"] for c in history(s, auditor, "operator")]
    assert operator == ["totp_off", "own_totp_on", "own_totp_off", "own_totp_on", "make"], operator
    assert history(s, auditor, "operator")[-1]["by"] == ""                # by the command line
    district = {c["login"] for c in history(s, w["district"])}
    assert "gongshu-handler" in district and not district & {"operator", "zhao.liu", "admin"}, district
    status(s.ask("GET", "/api/v1/account-history?login=operator", **w["district"]), 403)
    status(s.ask("GET", "/api/v1/account-history", **token(s, "dispatcher", PASSWORD)), 403)
    text = json.dumps(all_)
    assert "password of my own" not in text and "argon2" not in text
    page = j(s.ask("GET", "/api/v1/account-history?limit=3", **auditor))
    after = j(s.ask("GET", f"/api/v1/account-history?limit=3&cursor={page['next']}", **auditor))
    assert page["changes"] + after["changes"] == all_[:6]


def main():
    folder = tempfile.mkdtemp(prefix="minhu-accounts-")
    tests, failed, w, s = [first_password, territory, shut, second_factor, guessing, views, record], 0, {}, None
    print(f"1..{len(tests) + 1}")
    try:
        s = Server(folder)
        w["admin"] = token(s, "admin", PASSWORD)
        for n, (name, run) in enumerate([(t.__name__, lambda t=t: t(s, w)) for t in tests] + [("stops", lambda: stops(s))], 1):
            try:
                run()
                print(f"ok {n} - {name}", flush=True)
            except Exception as e:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {n} - {name}\n# {type(e).__name__}: {str(e)[:1500]}", flush=True)
    finally:
        if s and s.process.poll() is None:
            s.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


def stops(s):
    code = s.stop()
    assert code == 0, code


if __name__ == "__main__":
    sys.exit(main())
