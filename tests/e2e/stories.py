"""What must be true of a running city, told over HTTP. Each function is one story; all share one city."""
import base64
import concurrent.futures
import hashlib
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time

from city import BUILD, City, JPEG, SOURCE

HOTLINE = "330100-D01"
OPERATOR, DISPATCHER = f"operator@{HOTLINE}", f"dispatcher@{HOTLINE}"
SUPERVISOR, CALLER = "supervisor@330100-D02", f"caller@{HOTLINE}"
ADMIN = f"admin@{HOTLINE}"
CHANNELS = ["phone", "web", "app", "counter", "visit", "mail", "radio", "tv", "press", "forwarded"]
RATING = {"resolved": True, "rate_speed": 5, "rate_result": 4, "rate_service": 5, "rate_quality": 4}


def key():
    return secrets.token_hex(12)


def until(what, seconds=10):
    """Waits for what comes by itself: a signed head, a drawn panel."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("waited too long")


def handler_of(city, ref):
    return "handler@" + city.view(ref)["owner"]["code"]


def dispatched(city, fields=None):
    """A request in the hands of its unit: (what raising said, its handler)."""
    m = city.raise_(fields)
    city.step(m["ref"], "register", OPERATOR)
    city.step(m["ref"], "dispatch_duty", DISPATCHER)
    return m, handler_of(city, m["ref"])


def working(city, fields=None):
    m, handler = dispatched(city, fields)
    city.step(m["ref"], "accept", handler)
    return m, handler


def answered(city, fields=None, deliver="deliver"):
    m, handler = working(city, fields)
    city.step(m["ref"], "reply", handler, {"answer": "已修复", "record": "更换灯头", "result": "solved"},
              evidence={"work_record": [JPEG]})
    city.step(m["ref"], deliver, DISPATCHER)
    return m, handler


# --- intake ---


def ten_channels(city):
    numbers = set()
    for channel in CHANNELS:
        who = {} if channel in ("web", "app") else {"actor": OPERATOR}
        answer = city.ask("POST", "/api/v1/matters", {"kind": "request-12345", "fields": {
            "channel": channel, "subject": "consult", "text": "问一件事"}}, **who)
        assert answer.status == 201, answer
        m = answer.j
        assert answer.headers["Location"] == "/api/v1/matters/" + m["ref"]
        assert len(m["code"]) == 19 and m["due"], m
        assert city.view(m["ref"])["channel"] == channel
        assert city.get("/api/v1/follow", code=m["code"].lower().replace("-", "")).j["number"] == m["number"]
        numbers.add(m["number"])
    assert len(numbers) == 10


def exactly_once(city):
    body = {"kind": "request-12345", "fields": {"channel": "web", "subject": "request", "text": "只登记一次"}}
    once = key()
    first = city.post("/api/v1/matters", body, 201, key=once).j
    again = city.post("/api/v1/matters", body, 201, key=once).j
    assert (first["number"], first["code"]) == (again["number"], again["code"]) and again["again"] and not first["again"]
    body["fields"]["text"] = "另一件事"
    city.post("/api/v1/matters", body, 422, key=once)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        at_once = key()
        many = list(pool.map(lambda _: city.post("/api/v1/matters", body, 201, key=at_once).j["number"], range(16)))
    assert len(set(many)) == 1
    step_key = key()
    for again in (False, True):
        got = city.post(f"/api/v1/matters/{first['ref']}/actions/register", {"fields": {}}, actor=OPERATOR, key=step_key).j
        assert got["again"] == again and got["state"] == "gathering"
    assert len([e for e in city.get(f"/api/v1/matters/{first['ref']}/events").j["events"] if e["e"] == "register"]) == 1


def who_may(city):
    m, handler = dispatched(city)
    ref = m["ref"]
    city.step(ref, "accept", "leader@" + handler.split("@")[1], status=403)   # another role
    city.step(ref, "accept", "handler@330106-D07", status=403)                # another unit
    city.step(ref, "accept", "handler@nowhere", status=403)                   # no unit
    city.step(ref, "instruct", "leader@330105", {"instruction": "x"}, 403)    # another territory
    city.post(f"/api/v1/matters/{ref}/actions/accept", {}, 403)               # nobody at all
    city.own_step(m["code"], "accept", status=403)
    city.post("/api/v1/follow/actions/withdraw", {}, 401)
    city.post(f"/api/v1/matters/{ref}/merge", {"into": "x"}, 403, actor=handler)
    city.post(f"/api/v1/matters/{ref}/merge", {"into": "x"}, 401)
    other = city.raise_()
    city.post(f"/api/v1/matters/{ref}/actions/withdraw", {}, 403, code=other["code"])
    city.get("/api/v1/matters", 401)
    city.post("/api/v1/matters", {"kind": "problem-class", "fields": {"title": "x", "unit": "330106"}}, 403)
    city.post("/api/v1/matters", {"kind": "request-12345", "raised": "2020-01-01T00:00:00+08:00",
                                  "fields": {"channel": "web", "subject": "request", "text": "早先的事"}}, 403)
    # personal fields: for those whose territory holds it, and for nobody else
    assert "text" not in city.view(ref)["fields"] and city.view(ref)["masked"] and city.view(ref)["unmaskable"]
    unmask = f"/api/v1/matters/{ref}/unmask"
    assert city.post(unmask, {"reason": "call_back"}, actor=DISPATCHER).j["fields"]["text"] == "路灯不亮"
    assert city.post(unmask, {"reason": "handle"}, actor=handler).j["fields"]["text"] == "路灯不亮"
    city.post(unmask, {"reason": "handle"}, 403, actor="handler@330105")
    city.post(unmask, {"reason": "handle"}, 403, actor="handler@330106-D07")
    city.post(unmask, {"reason": "just so"}, 400, actor=handler)
    city.post(unmask, {"reason": "handle"}, 401)
    kept = city.get(f"/api/v1/matters/{ref}/unmaskings", actor=handler).j["unmaskings"]
    assert [(u["role"], u["reason"]) for u in kept] == [("dispatcher", "call_back"), ("handler", "handle")]
    city.get(f"/api/v1/matters/{ref}/unmaskings", 403, actor="leader@330105")
    seen = city.get(f"/api/v1/matters/{ref}").j
    assert "text" not in seen["fields"] and "files" not in seen and seen["fields"]["subject"] == "request"
    assert city.get("/api/v1/follow", code=m["code"]).j["fields"]["text"] == "路灯不亮"
    assert city.step(ref, "reply", handler, status=409)["detail"].find("dispatched") > 0     # the present state is told
    city.post(f"/api/v1/matters/{ref}/actions/accept", {"seq": 0}, 412, actor=handler)


# --- the whole loop ---


def co_units(city, ref, handler):
    lead = handler.split("@")[1]
    units = [u for u in ("330106-D18", "330106-D16", "330106-D09") if u != lead][:2]
    city.step(ref, "co_invite", handler, {"co_units": units})
    children = [x["ref"] for x in city.view(ref)["links"] if x["word"] == "child" and x["way"] == "from"]
    assert len(children) == 2
    city.step(ref, "reply", handler, {"answer": "x", "record": "x", "result": "solved"}, 409,
              evidence={"work_record": [JPEG]})
    for child in children:
        own = handler_of(city, child)
        city.step(child, "accept", own)
        city.step(child, "give_opinion", own, {"opinion": "已配合"}, evidence={"work_record": [JPEG]})
        assert city.state_of(child) == "returned"


def whole_loop(city):
    m = city.raise_({"channel": "phone", "subject": "complaint", "text": "西湖边路灯整排不亮", "title": "路灯"}, actor=OPERATOR)
    ref, code = m["ref"], m["code"]
    city.step(ref, "register", OPERATOR)
    propose = city.get("/api/v1/propose?category=010404&place=330106", actor=DISPATCHER).j
    assert propose["unit"]["code"] == "330106-D17" and propose["co_units"] and propose["reason"]["zh"], propose
    city.step(ref, "dispatch", DISPATCHER, {"category": "010404", "place": "330106", "unit": propose["unit"]["code"]})
    handler = handler_of(city, ref)
    assert handler == "handler@330106-D17"
    assert {"accept", "object_dispatch"} <= {a["name"] for a in city.get(f"/api/v1/matters/{ref}/actions", actor=handler).j["actions"]}
    city.step(ref, "accept", handler)
    co_units(city, ref, handler)
    city.step(ref, "ask_person", handler, {"question": "是哪一段？"})
    assert city.get("/api/v1/follow", code=code).j["fields"]["question"] == "是哪一段？"
    assert "question" not in city.get(f"/api/v1/matters/{ref}").j["fields"]                 # told to them alone
    assert [a["name"] for a in city.get("/api/v1/follow/actions", code=code).j["actions"]] == ["withdraw", "tell_more", "add_note"]
    city.own_step(code, "tell_more", {"more": "北山街一段"})
    due = next(c["due"] for c in city.view(ref)["clocks"] if c["name"] == "total")
    city.step(ref, "ask_extension", handler, {"delay_reason": "需要采购灯头"})
    city.step(ref, "grant_extension", "leader@330106-D17", {"decision": "同意"}, 403)       # not one level up
    above = "leader@330100"
    city.step(ref, "grant_extension", above, {"decision": "同意"})
    assert next(c["due"] for c in city.view(ref)["clocks"] if c["name"] == "total") > due
    assert city.get("/api/v1/follow", code=code).j["fields"]["delay_reason"] == "需要采购灯头"
    city.step(ref, "instruct", above, {"instruction": "尽快办结"})
    city.step(ref, "reply", handler, {"answer": "已更换全部灯头", "record": "更换12盏", "result": "solved"},
              evidence={"work_record": [JPEG]})
    city.step(ref, "deliver_open", DISPATCHER)
    assert any(a["number"] == m["number"] and a["fields"]["answer"] == "已更换全部灯头"
               for a in city.get("/api/v1/answers?place=answers").j["answers"])
    city.own_step(code, "rate", {**RATING, "remark": "谢谢"})
    klass = city.raise_({"title": "路灯成片不亮", "unit": "330100-D17", "category": "010404", "place": "330100"},
                        "problem-class", actor=DISPATCHER)
    city.step(ref, "join_class", DISPATCHER, {"class_of": klass["ref"]})
    assert city.state_of(ref) == "closed" and city.view(ref)["fields"]["rated_by"] == "self"
    links = city.get(f"/api/v1/matters/{klass['ref']}/links").j
    assert links["gathered"]["class"] == {"matters": 1, "reports": 1}, links
    class_to_comments(city, klass["ref"])
    for lang, word in (("zh", "截止"), ("en", "due")):
        assert word in city.get(f"/api/v1/matters/{ref}/why", lang=lang).body.decode()
    rooms = [e["e"] for e in city.get(f"/api/v1/matters/{ref}/events").j["events"]]
    assert rooms[0] == "created" and rooms[-1] == "join_class", rooms


def class_to_comments(city, ref):
    """The other way round: from the class to the rule that ends it."""
    analyst = "analyst@330100-D17"
    city.step(ref, "claim", analyst)
    city.step(ref, "need_rule", analyst, {"cause": "灯头老化", "cases": 1, "proposal": "三年一换"}, evidence={"analysis": [b"analysis\n"]})
    city.step(ref, "submit_rule", analyst, {"rule_title": "路灯维护办法", "proposal": "三年一换"}, evidence={"rule_document": [b"rule\n"]})
    assert city.state_of(ref) == "comments"
    city.post(f"/api/v1/matters/{ref}/actions/comment", {"fields": {"comment": "赞成"}})


def rule_made(city):
    m, _ = answered(city)
    city.own_step(m["code"], "rate", RATING)
    city.step(m["ref"], "rule_made", DISPATCHER, {"rule_title": "路灯巡检规定"}, evidence={"rule_document": [b"rule text\n"]})
    assert city.state_of(m["ref"]) == "closed"
    assert any(a["ref"] == m["ref"] for a in city.get("/api/v1/answers?place=rules").j["answers"])


# --- gather ---


def counts(city):
    return {(c["kind"], c["phase"]): (c["reports"], c["matters"]) for c in city.get("/api/v1/counts").j["counts"]}


def merged_and_apart(city):
    main, handler = working(city, {"place": "330108", "category": "010401", "text": "路面有坑"})
    follower = city.raise_({"place": "330108", "category": "010401", "text": "同一个坑"})
    ref = follower["ref"]
    city.step(ref, "register", OPERATOR)
    found = city.get(f"/api/v1/matters/{ref}/merge-candidates", actor=DISPATCHER).j["candidates"]
    assert [c["ref"] for c in found] == [main["ref"]], found
    before = city.get("/api/v1/counts").j
    city.post(f"/api/v1/matters/{ref}/merge", {"into": main["number"]}, actor=DISPATCHER)
    after = city.get("/api/v1/counts").j
    assert (after["reports"], after["matters"]) == (before["reports"], before["matters"] - 1)
    assert city.view(main["ref"])["reports"] == 2 and city.view(ref)["main"] == main["ref"]
    city.post(f"/api/v1/matters/{ref}/merge", {"into": main["number"]}, 409, actor=DISPATCHER)
    city.post(f"/api/v1/matters/{ref}/unmerge", {"fields": {"decision": "不是一处"}}, actor=DISPATCHER)
    assert city.get("/api/v1/counts").j["matters"] == before["matters"] and city.view(main["ref"])["reports"] == 1
    city.post(f"/api/v1/matters/{ref}/merge", {"into": main["ref"]}, actor=DISPATCHER, key=key())
    city.step(main["ref"], "reply", handler, {"answer": "坑已补", "record": "热补", "result": "solved"}, evidence={"work_record": [JPEG]})
    city.step(main["ref"], "deliver", DISPATCHER)
    seen = city.get("/api/v1/follow", code=follower["code"]).j
    assert seen["state"]["name"] == "rating" and [e["e"] for e in seen["events"]][-2:] == ["main_replied", "main_delivered"], seen


# --- rate ---


def contest(city):
    m, _ = answered(city)
    was = city.view(m["ref"])
    city.own_step(m["code"], "contest", {"objection": "还是不亮"})
    now = city.view(m["ref"])
    assert now["state"]["name"] == "redo" and now["owner"]["level"] == was["owner"]["level"] + 1, now["owner"]
    assert now["fields"]["resolved"] is False
    city.own_step(m["code"], "contest", {"objection": "again"}, 409)


def proxy(city):
    m, _ = answered(city)
    city.step(m["ref"], "rate_by_proxy", CALLER, RATING, 400)                 # without a recording it does not count
    city.step(m["ref"], "rate_by_proxy", CALLER, RATING, evidence={"call_record": [b"called at noon\n"]})
    assert city.view(m["ref"])["fields"]["rated_by"] == "proxy"
    last = city.get(f"/api/v1/matters/{m['ref']}/events").j["events"][-1]
    assert last["e"] == "rate_by_proxy" and last["f"]["rated_by"] == "proxy", last   # anybody counts it apart from the ledger


# --- panels ---


def ballots(city):
    m = city.raise_({"origin": "inspection", "title": "河道有垃圾", "finding": "三处", "term": "deadline", "unit": "330106-D19",
                     "place": "330106"}, "rectification", actor="inspector@330100-D02")
    ref, handler = m["ref"], "handler@330106-D19"
    assert "code" in m
    city.step(ref, "submit_plan", handler, {"measure": "清理", "target": "无垃圾", "due": "2030-06-03"}, evidence={"plan": [b"plan\n"]})
    city.step(ref, "approve_plan", "reviewer@330100")
    city.step(ref, "claim_done", handler, {"summary": "已清理"}, evidence={"before_after": [JPEG, JPEG + b"2"], "site_record": [JPEG]})
    vote = until(lambda: (lambda v: v if v["drawn"] else None)(city.view(ref)["vote"]))
    panel = [e["code"] for e in vote["electors"]]
    assert len(panel) == 5 and len(vote["root"]) == 64, vote
    home = dict(line.split(",")[0:3:2] for line in (SOURCE / "packs/hangzhou/officers.csv").read_text().splitlines()[1:])
    outsider = next(c for c in home if c not in panel)
    path = f"/api/v1/matters/{ref}/ballot"
    city.post(path, {"choice": "pass"}, 403, actor=f"panelist@{home[outsider]}/{outsider}")
    city.post(path, {"choice": "pass"}, 403, actor=f"panelist@330100/{panel[0]}")     # not that officer's unit
    city.post(path, {"choice": "perhaps"}, 400, actor=f"panelist@{home[panel[0]]}/{panel[0]}")
    for i, code in enumerate(panel):
        city.post(path, {"choice": "fail" if i == 0 else "pass"}, actor=f"panelist@{home[code]}/{code}")
        if i == 0:
            city.post(path, {"choice": "pass"}, 403, actor=f"panelist@{home[code]}/{code}")   # once
    seen = city.view(ref)
    assert seen["state"]["name"] == "notice" and seen["fields"]["verdict"] == "passed"
    city.post(f"/api/v1/matters/{ref}/actions/object", {"fields": {"objection": "还有一处"}})      # by anybody
    assert city.state_of(ref) == "objection_review"


# --- files ---


def files(city):
    m, handler = working(city)
    path = f"/api/v1/matters/{m['ref']}/files"
    for bad in (b"<!DOCTYPE html><html><script>alert(1)</script></html>", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
                b"PK\x03\x04" + bytes(60), b"\x7fELF\x02\x01\x01" + bytes(60)):
        city.post(path, bad, 415, actor=handler, type_="image/jpeg")                # what it claims to be does not count
    city.post(path, b"", 400, actor=handler, type_="image/jpeg")
    city.post(path, JPEG, 403, actor="handler@330105", type_="image/jpeg")
    city.post(path, JPEG, 401, type_="image/jpeg")
    too_large(city, path, handler)
    got = city.post(path, JPEG, 201, actor=handler, type_="text/html").j
    assert got["sha256"] == hashlib.sha256(JPEG).hexdigest() and got["type"] == "image/jpeg" and got["size"] == len(JPEG)
    back = city.get(f"{path}/{got['id']}", actor=handler)
    assert back.body == JPEG and back.headers["Content-Type"] == "image/jpeg"
    assert back.headers["Content-Disposition"] == "attachment" and back.headers["X-Content-Type-Options"] == "nosniff"
    city.get(f"{path}/{got['id']}", 403, actor="handler@330105")
    city.get(f"{path}/1", 404, actor=handler)
    assert not list((city.state / "tmp").iterdir())
    kept = [p for p in (city.state / "files").rglob("*") if p.is_file()]
    assert kept and all(JPEG[:20] not in p.read_bytes() and got["sha256"] not in p.name for p in kept), "it lies in plain"
    sent = city.post("/api/v1/follow/files", JPEG + b"3", 201, code=m["code"], type_="image/jpeg").j
    assert sent["id"] != got["id"]
    city.step(m["ref"], "reply", handler, {"answer": "x", "record": "x", "result": "solved"}, 400)          # no evidence
    city.post(f"/api/v1/matters/{m['ref']}/actions/reply", {"fields": {"answer": "x", "record": "x", "result": "solved"},
              "evidence": {"work_record": ["12345"]}}, 404, actor=handler)


def too_large(city, path, handler):
    """Refused by its length, before a byte of it is read."""
    host, port = city.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 30) as s:
        s.sendall((f"POST {path} HTTP/1.1\r\nHost: {host}\r\nMinhu-Actor: {handler}\r\nContent-Type: image/jpeg\r\n"
                   f"Content-Length: {(50 << 20) + 1}\r\nExpect: 100-continue\r\n\r\n").encode())
        assert s.recv(64).startswith(b"HTTP/1.1 413"), "a file over 50 MiB was not refused"
    # a client that asks nothing and just sends is told in the middle of it: why, and not only that the line broke
    for who, length, want in ((f"Minhu-Actor: {handler}\r\n", 60 << 20, b"413"), ("", 40 << 20, b"401")):
        with socket.create_connection((host, int(port)), 30) as s:
            s.sendall((f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{who}Content-Type: image/jpeg\r\n"
                       f"Content-Length: {length}\r\n\r\n").encode())
            sent = 0
            try:
                while sent < length:
                    sent += s.send(bytes(65536))
            except OSError:
                pass
            assert s.recv(64).startswith(b"HTTP/1.1 " + want), "it was not told why"
            assert sent < length, "it had to send everything first"


# --- the ledger ---


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(index, size, leaf, proof):
    """RFC 9162, 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return r


def check_receipt(receipt, entry):
    head, note = receipt.split("\n\n", 1)
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    extra = lines.pop(1) if lines[1].startswith("extra ") else None     # the entry itself
    assert extra is None or base64.b64decode(extra.removeprefix("extra ")) == entry
    index = int(lines[1].removeprefix("index "))
    proof = [base64.b64decode(x) for x in lines[2:]]
    _, size, root = note.split("\n")[:3]
    assert root_of(index, int(size), hashlib.sha256(b"\0" + entry).digest(), proof) == base64.b64decode(root)
    return index


def go_verifier():
    """The verifier on golang.org/x/mod/sumdb, where it is built or can be."""
    made = BUILD / "verifiers/verify"
    if made.exists():
        return made
    if not shutil.which("go") or not pathlib.Path("/usr/share/gocode/src/golang.org/x/mod/sumdb").exists():
        return None
    made.parent.mkdir(exist_ok=True)
    env = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "CGO_ENABLED": "0", "GOCACHE": str(made.parent / "gocache"),
           "PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(made.parent)}
    built = subprocess.run(["go", "build", "-o", made, SOURCE / "tests/verifiers/verify.go"], env=env, capture_output=True, check=False)
    return made if built.returncode == 0 else None


def receipts(city):
    m, _ = working(city)
    newest = city.view(m["ref"])["seq"]
    early = city.ask("GET", f"/api/v1/matters/{m['ref']}/receipt?seq={newest}")
    assert early.status in (200, 503) and (early.status == 200 or early.headers["Retry-After"] == "1"), early
    verify, d = go_verifier(), city.dir
    (d / "vkey").write_bytes(city.get("/ledger/vkey").body)
    for seq in [e["seq"] for e in city.get(f"/api/v1/matters/{m['ref']}/events").j["events"]]:
        path = f"/api/v1/matters/{m['ref']}/receipt?seq={seq}"
        until(lambda p=path: city.ask("GET", p).status == 200)
        receipt = city.get(path).body
        entry = city.get(f"/api/v1/matters/{m['ref']}/entry?seq={seq}").body
        assert check_receipt(receipt.decode(), entry) == seq
        if verify:
            (d / "receipt").write_bytes(receipt)
            (d / "entry").write_bytes(entry)
            done = subprocess.run([verify, "receipt", d / "receipt", d / "entry", d / "vkey"], capture_output=True, check=False)
            assert done.returncode == 0, done
    assert city.get("/api/v1/follow/entry", code=m["code"]).body == city.get(f"/api/v1/matters/{m['ref']}/entry").body
    city.get(f"/api/v1/matters/{m['ref']}/receipt?seq=0", 404)       # an entry of somebody else


def static_log(city):
    point = city.get("/ledger/checkpoint")
    assert point.headers["Access-Control-Allow-Origin"] == "*"
    size = int(point.body.split(b"\n")[1])
    tile = f"/ledger/tile/0/000.p/{size}" if size < 256 else "/ledger/tile/0/000"
    got = city.get(tile)
    assert len(got.body) == 32 * min(size, 256) and "immutable" not in got.headers["Cache-Control"] and got.headers["ETag"]
    numbered = city.get(tile.replace("/ledger/", "/ledger/1/"))                # without a number it may be another log one day
    assert numbered.body == got.body and "immutable" in numbered.headers["Cache-Control"]
    city.get("/ledger/tile/9/999", 404)
    info = city.get("/api/v1/ledger").j
    assert info["vkey"].encode() in city.get("/ledger/vkey").body and info["signed_size"] >= size
    assert "Access-Control-Allow-Origin" not in city.get("/api/v1/ledger").headers


def erased(city):
    m, handler = working(city, {"text": "要删除的内容", "contact": {"name": "张三", "phone": "13800000000"}})
    proof = JPEG + secrets.token_bytes(8)
    before = set((city.state / "files").rglob("*/*"))
    file = city.file(m["ref"], handler, proof)
    (kept,) = set((city.state / "files").rglob("*/*")) - before
    entry = city.get(f"/api/v1/matters/{m['ref']}/entry?seq={m['seq']}").body
    path, body = f"/api/v1/matters/{m['ref']}/erase", {"basis": "个人信息保护法第四十七条"}
    city.post(path, body, 409, actor=ADMIN)                                # still open
    city.own_step(m["code"], "withdraw")
    city.post(path, body, 403, actor=DISPATCHER)
    city.post(path, body, actor=ADMIN)
    seen = city.view(m["ref"])
    assert seen["erased"] and "text" not in seen["fields"] and "contact" not in seen["fields"]
    city.get("/api/v1/follow", 410, code=m["code"])
    city.get(f"/api/v1/matters/{m['ref']}/files/{file}", 410, actor=handler)
    until(lambda: not kept.exists())
    assert city.get(f"/api/v1/matters/{m['ref']}/entry?seq={m['seq']}").body == entry
    path = f"/api/v1/matters/{m['ref']}/receipt?seq={m['seq']}"
    until(lambda: city.ask("GET", path).status == 200)
    assert check_receipt(city.get(path).body.decode(), entry) == m["seq"]
    audit = city.program("verify")
    assert audit.returncode == 0, audit
    for found in city.dir.rglob("*"):
        if found.is_file() and not found.is_relative_to(city.pg or city.dir / "pg") and found.stat().st_size < 1 << 28:
            assert "13800000000".encode() not in found.read_bytes(), found


# --- other kinds, the same machinery ---


def enterprise(city):
    """A kind of its own roles: whoever shows its code is its `enterprise`, without a line of code that knows the word."""
    m = city.raise_({"channel": "web", "subject": "energy", "text": "限电影响投产", "company": "某厂", "place": "330106"},
                    "enterprise-request")
    assert {a["name"] for a in city.get("/api/v1/follow/actions", code=m["code"]).j["actions"]} == {"withdraw"}
    steps = [a["name"] for a in city.get(f"/api/v1/matters/{m['ref']}/actions", actor=DISPATCHER).j["actions"]]
    assert "withdraw" not in steps
    city.own_step(m["code"], "withdraw")
    assert city.get("/api/v1/follow", code=m["code"]).j["state"]["category"] == "void"


# --- reading ---


def reading(city):
    routes = {(r["method"], r["path"]): r for r in city.get("/api/v1").j["routes"]}
    assert routes["POST", "/api/v1/matters"]["permission"] == "public" and ("GET", "/ledger/{rest*}") in routes
    assert all(r["en"] and r["zh"] for r in routes.values())
    assert {f["kind"] for f in city.get("/api/v1/forms").j["forms"]} >= {"request-12345", "rectification"}
    assert [o["code"] for o in city.get("/api/v1/orgs").j["orgs"]] == ["330100"]
    assert any(o["code"] == "330106" for o in city.get("/api/v1/orgs?parent=330100").j["orgs"])
    assert city.get("/api/v1/orgs?q=%E8%A5%BF%E6%B9%96").j["orgs"]
    assert city.get("/api/v1/orgs?q=xihu").j["orgs"]
    assert sorted(o["code"] for o in city.get("/api/v1/orgs?codes=330106,330100,none").j["orgs"]) == ["330100", "330106"]
    city.get("/api/v1/orgs?parent=1", 404)
    assert len(city.get("/api/v1/categories").j["categories"]) > 700
    assert all(len(p["sha256"]) == 64 for p in city.get("/api/v1/processes").j["processes"])
    assert b"<svg" in city.get("/api/v1/processes/request-12345/diagram.svg?lang=zh").body
    assert city.get("/api/v1/processes/request-12345/diagram.mmd").body
    city.get("/api/v1/processes/nothing/diagram.svg", 404)
    for _ in range(6):
        working(city)
    first = city.get("/api/v1/matters?limit=3&kind=request-12345", actor=DISPATCHER).j
    second = city.get(f"/api/v1/matters?limit=3&kind=request-12345&cursor={first['next']}", actor=DISPATCHER).j
    numbers = [m["number"] for m in first["matters"] + second["matters"]]
    assert len(numbers) == 6 == len(set(numbers)) and numbers == sorted(numbers, reverse=True)
    assert not any("text" in m or "fields" in m for m in first["matters"])
    rated = city.get("/api/v1/matters?room=rate&state=rating&limit=200", actor=DISPATCHER).j["matters"]
    assert all(m["state"] == "rating" and m["room"] == "rate" for m in rated)
    city.get("/api/v1/matters?room=kitchen", 400, actor=DISPATCHER)
    unit = city.get("/api/v1/matters?unit=330106-D17&open=true", actor=DISPATCHER).j["matters"]
    assert unit and all(m["owner"]["code"] == "330106-D17" and m["phase"] != "done" for m in unit)


def malformed(city):
    post = "/api/v1/matters"
    for body in (b"", b"{", b"[]", b"\xff", b'{"kind":1}', b'{"kind":"request-12345","fields":[]}', b'{"kind":"a","kind":"b"}'):
        assert city.ask("POST", post, body, type_="application/json").status == 400, body
    named = city.post(post, {"kind": "request-12345", "fields": {"chanel": "web"}}, 400).j
    assert "chanel" in named["detail"] and "channel" in named["hint"]
    unknown = city.post(post, {"kind": "request-12345", "fields": {}, "extra": 1}, 400).j
    assert any(e["field"] == "extra" for e in unknown["errors"])
    city.post(post, {"kind": "reqest-12345", "fields": {}}, 400)
    city.post(post, {"kind": "request-12345", "fields": {"channel": "fax", "subject": "request", "text": "x"}}, 400)
    city.post(post, {"kind": "request-12345", "fields": {"channel": "web", "subject": "request", "text": "x" * 200001}}, 400)
    city.post(post, b"x", 415, type_="text/plain")
    city.get("/api/v1/matters?unit=none", 400, actor=DISPATCHER)
    city.get("/api/v1/matters?cursor=x", 400, actor=DISPATCHER)
    city.get("/api/v1/matters", 400, actor="no actor")
    city.get("/api/v1/matters/2026-330100-999999", 404)
    city.get("/api/v1/matters/%27%20or%201%3D1", 404)
    city.get("/api/v1/follow", 404, code="AAAA-AAAA-AAAA-AAAA")
    city.get("/api/v1/follow", 401, code="x")
    city.expect(city.ask("DELETE", "/api/v1/matters"), 405, post)
    m = city.raise_()
    near = city.step(m["ref"], "registre", OPERATOR, status=404)
    assert "register" in near["hint"]


def one_writer(city):
    """A second server on the same store says so and ends; the first goes on."""
    second = city.program("serve", "--listen", "127.0.0.1:0")
    assert second.returncode == 1 and "another" in second.stderr.lower(), second
    city.get("/api/v1/health")


def walkthrough(city):
    """The script that the documents tell everybody to try."""
    done = subprocess.run(["sh", SOURCE / "docs/walkthrough.sh", city.url], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]


# --- the end ---


def killed(city):
    """Whatever was acknowledged is there after a crash, and the ledger goes on from where it was."""
    known, stop = [], []

    def keep_raising(worker):
        while not stop:
            try:
                m = city.post("/api/v1/matters", {"kind": "request-12345", "fields": {
                    "channel": "app", "subject": "consult", "text": f"崩溃前 {worker}"}}, 201).j
            except (OSError, AssertionError):
                return
            known.append((m["number"], m["ref"], m["code"], m["seq"]))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        work = [pool.submit(keep_raising, i) for i in range(4)]
        time.sleep(1.5)
        city.stop(signal.SIGKILL)
        stop.append(True)
        for w in work:
            w.result()
    assert len(known) > 10 and len({k[0] for k in known}) == len(known)
    started = until(lambda: starts(city), 40)
    assert started
    for number, ref, code, seq in known:
        assert city.get(f"/api/v1/matters/{ref}").j["number"] == number
        assert city.get("/api/v1/follow", code=code).j["ref"] == ref
        until(lambda r=ref, s=seq: city.ask("GET", f"/api/v1/matters/{r}/receipt?seq={s}").status == 200)
    city.raise_()


def starts(city):
    """A killed server's lease on PostgreSQL ends by itself within seconds."""
    try:
        city.start()
        return True
    except RuntimeError:
        city.stop(signal.SIGKILL)
        return False


def stopped(city):
    m = city.raise_()
    assert city.stop() == 0, (city.dir / "log").read_text()[-2000:]
    city.start()
    receipt = city.get(f"/api/v1/matters/{m['ref']}/receipt").body    # the last head covers everything: no wait
    assert check_receipt(receipt.decode(), city.get(f"/api/v1/matters/{m['ref']}/entry").body) == m["seq"]
    assert city.stop(signal.SIGINT) == 0
    audit = city.program("verify")
    assert audit.returncode == 0, audit
    log = (city.dir / "log").read_text()
    assert "ERROR: AddressSanitizer" not in log and "runtime error" not in log and "LeakSanitizer" not in log, log[-3000:]
    assert m["code"] not in log and "路灯" not in log


STORIES = [ten_channels, exactly_once, who_may, whole_loop, rule_made, merged_and_apart, contest, proxy, ballots, files, receipts,
           static_log, erased, enterprise, reading, malformed, one_writer, walkthrough, killed, stopped]


def main(engine):
    """Tells all stories on one engine, as TAP."""
    wanted = sys.argv[1:]
    stories = [s for s in STORIES if not wanted or s.__name__ in wanted]
    city = City(engine)
    failed = 0
    print(f"1..{len(stories) + 1}")
    try:
        made = city.program("init", "--pack", SOURCE / "packs/hangzhou")
        print(f"{'ok' if made.returncode == 0 else 'not ok'} 1 - a city on {engine}", flush=True)
        if made.returncode:
            print("# " + (made.stdout + made.stderr).replace("\n", "\n# "))
            return 1
        city.start()
        for i, story in enumerate(stories, 2):
            try:
                story(city)
                print(f"ok {i} - {story.__name__}", flush=True)
            except Exception as e:  # whatever it was, the other stories are told too
                failed += 1
                where = e.__traceback__
                while where.tb_next and "stories.py" in where.tb_next.tb_frame.f_code.co_filename:
                    where = where.tb_next
                print(f"not ok {i} - {story.__name__} (line {where.tb_lineno})\n# {type(e).__name__}: {str(e)[:1500]}", flush=True)
    finally:
        city.close()
    return 1 if failed else 0
