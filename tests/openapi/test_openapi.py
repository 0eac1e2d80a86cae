#!/usr/bin/env python3
"""The description of the API, held against strangers' rules and against the server itself: Redocly lints it, and every answer of a
request's whole life must have the shape that it promises. Then compression, tags, readiness and metrics."""
import datetime
import gzip
import json
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import city as e2e  # noqa: E402

try:
    import jsonschema
except ImportError:
    print("1..1\nnot ok 1 - jsonschema is missing: apt-get install python3-jsonschema")
    sys.exit(1)

OPERATOR, DISPATCHER = "hotline@330100", "dispatcher@330100-D01"
results = []


def check(name, fn):
    try:
        fn()
        results.append((True, name, ""))
    except Exception as e:  # pylint: disable=broad-except
        results.append((False, name, f"{type(e).__name__}: {e}"[:1500]))


class Described:
    """The document, and which of its operations a real answer has been held against."""

    def __init__(self, document):
        self.document = document
        self.seen = set()
        self.patterns = []
        for path, item in document["paths"].items():
            regex = re.sub(r"\\\{(\w+)\\\}", lambda m: ".+" if m.group(1) == "rest" else "[^/]+", re.escape(path))
            for method, op in item.items():
                self.patterns.append((path.count("{"), re.compile(regex + "$"), method, op))
        self.patterns.sort(key=lambda p: p[0])

    def operation(self, method, path):
        path = path.split("?")[0]
        for _, regex, m, op in self.patterns:
            if m == method.lower() and regex.match(path):
                return op
        raise AssertionError(f"{method} {path} is not described")

    def hold(self, method, path, answer):
        op = self.operation(method, path)
        responses = op["responses"]
        said = responses.get(str(answer.status)) or responses.get(f"{answer.status // 100}XX")
        assert said, f"{method} {path}: {answer.status} is not described"
        if "$ref" in said:
            said = self.document["components"]["responses"][said["$ref"].rsplit("/", 1)[1]]
        content = said.get("content", {})
        have = (answer.headers.get("Content-Type") or "").split(";")[0]
        assert not content or have in content, f"{method} {path}: {have} is not among {list(content)}"
        schema = content.get(have, {}).get("schema")
        if schema:
            whole = {**schema, "components": self.document["components"]}
            errors = list(jsonschema.Draft202012Validator(whole).iter_errors(answer.j))
            assert not errors, f"{method} {path}: {errors[0].message[:300]} at {list(errors[0].absolute_path)}"
        self.seen.add(op["operationId"])


class WatchedCity(e2e.City):
    """Every answer is held against the description."""

    described = None

    def ask(self, method, path, body=None, **more):
        answer = super().ask(method, path, body, **more)
        if self.described:
            self.described.hold(method, path, answer)
        return answer


def lint(document, where):
    path = where / "openapi.json"
    path.write_bytes(document)
    if not (HERE / "node_modules/@redocly/openapi-core").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=True, capture_output=True,
                       timeout=300)
    done = subprocess.run(["node", HERE / "lint.mjs", path], check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def life(c):
    """A request from its raising to whatever can be asked about it."""
    m = c.raise_(key="openapi-test-1")
    ref, code = m["ref"], m["code"]
    c.raise_(key="openapi-test-1")
    for path in ("", "/events", "/links", "/why", "/actions", "/entry"):
        c.ask("GET", f"/api/v1/matters/{ref}{path}")
        c.ask("GET", f"/api/v1/matters/{ref}{path}", actor=DISPATCHER)
    for path in ("", "/why", "/actions", "/entry"):
        c.ask("GET", f"/api/v1/follow{path}", code=code)
    c.ask("GET", "/api/v1/matters?limit=1&open=true", actor=DISPATCHER)
    c.ask("GET", f"/api/v1/matters/{ref}/merge-candidates", actor=DISPATCHER)
    c.post("/api/v1/follow/files", e2e.JPEG, 201, code=code, type_="application/octet-stream")
    steps = c.get(f"/api/v1/matters/{ref}/actions", actor=DISPATCHER).j["actions"]
    for step in steps[:2]:
        c.ask("POST", f"/api/v1/matters/{ref}/actions/{step['name']}", {"fields": {}}, actor=DISPATCHER)
    c.ask("GET", f"/api/v1/matters/{ref}", actor=DISPATCHER)
    c.ask("GET", "/api/v1/follow", code=code)


def the_city(c):
    for path in ("/api/v1", "/api/v1/health", "/healthz", "/readyz", "/metrics", "/api/docs", "/api/openapi.json", "/api/v1/forms",
                 "/api/v1/orgs", "/api/v1/orgs?q=%E8%A1%97%E9%81%93", "/api/v1/categories", "/api/v1/processes",
                 "/api/v1/processes/request-12345", "/api/v1/processes/request-12345?version=1",
                 "/api/v1/counts", "/api/v1/answers", "/api/v1/ledger", "/ledger/checkpoint", "/ledger/vkey",
                 "/api/v1/processes/request-12345/diagram.mmd", "/api/v1/processes/request-12345/diagram.svg"):
        c.get(path)
    c.get("/api/v1/me", actor=DISPATCHER)
    officers(c)
    workdays(c)
    c.get("/api/v1/search?q=%E7%81%AF", actor=DISPATCHER)
    c.get("/api/v1/propose?category=010404&place=330106", actor=DISPATCHER)


def workdays(c):
    days = c.get("/api/v1/workdays").j
    assert days["week"] == [1, 2, 3, 4, 5] and "2026-01-01" in days["off"] and "2026-01-04" in days["worked"], days
    year = c.get("/api/v1/workshop/calendar?year=2026", actor="admin@330100").j["days"]
    for d in year:
        by_week = datetime.date.fromisoformat(d["day"]).isoweekday() in days["week"]
        assert d["working"] == (d["day"] in days["worked"] or (by_week and d["day"] not in days["off"])), d
    m = c.raise_()
    clocks = {k["due"]: k["unit"] for k in c.get(f"/api/v1/matters/{m['ref']}", actor=DISPATCHER).j["clocks"]}
    row = c.get("/api/v1/matters?limit=1", actor=DISPATCHER).j["matters"][0]
    assert row["ref"] == m["ref"] and clocks[row["due"]] == row["unit"] == "min", (row, clocks)


def officers(c):
    def found(query):
        return c.get("/api/v1/officers" + query, actor=DISPATCHER).j

    everybody = found("?limit=200")
    assert not everybody["more"] and all(set(o) == {"code", "zh", "en", "role", "unit"} for o in everybody["officers"]), everybody
    assert [o["code"] for o in found("?role=leader&unit=330106")["officers"]] == ["L01", "L02", "L04"]
    assert [o["code"] for o in found("?q=guoliang")["officers"]] == ["L01"] and found("?q=L01")["officers"][0]["unit"]["code"] == "330106"
    by_unit = found("?role=leader&limit=1&q=" + urllib.parse.quote("西湖区"))
    assert by_unit["more"] and by_unit["officers"][0]["code"] == "L01", by_unit
    assert not found("?role=nobody")["officers"]
    c.get("/api/v1/officers?unit=000", 404, actor=DISPATCHER)
    assert c.ask("GET", "/api/v1/officers").status == 401, "staff only"
    field = next(f for f in c.get("/api/v1/processes/petition-case").j["fields"] if f["type"] == "officer")
    assert field["role"] == "leader", field


def the_workshop(c):
    for path in ("/definitions", "/definitions/request-12345/1", "/definitions/request-12345/1/diagram.svg",
                 "/definitions/request-12345/compare?from=1&to=1", "/calendar", "/catalogue", "/units/330105", "/channels", "/ledger",
                 "/jobs"):
        c.get("/api/v1/workshop" + path, actor="admin@330100")
    for text in ("a: 1", (e2e.PACK / "process/request-12345.yaml").read_text()):
        c.post("/api/v1/workshop/definitions/try", {"text": text}, actor="admin@330100")
    c.post("/api/v1/workshop/ledger/checkup", None, 202, actor="admin@330100")
    for path in ("", "/mine", "/days", "/rising?least=1"):
        c.get("/api/v1/flow" + path, actor="leader@330100")


def accounts(c):
    """Those of an administrator; a person's own need one who is logged in (tests/access/test_accounts.py)."""
    admin = "admin@330100"
    new = {"login": "li.si", "zh": "李四", "en": "Li Si", "roles": [{"role": "handler", "org": "330106"}]}
    c.post("/api/v1/accounts", new, 201, actor=admin)
    for path in ("/accounts", "/accounts/li.si", "/accounts/li.si/sessions", "/roles", "/account-history?login=li.si"):
        c.get("/api/v1" + path, actor=admin)
    c.expect(c.ask("PATCH", "/api/v1/accounts/li.si", {"en": "Li"}, actor=admin), 200, "PATCH")
    c.post("/api/v1/accounts/li.si/password", None, 200, actor=admin)
    c.expect(c.ask("DELETE", "/api/v1/accounts/li.si/totp", actor=admin), 204, "DELETE")
    c.get("/api/v1/views", 409, actor=admin)


def errors(c):
    for path, status in (("/api/v1/matters", 401), ("/api/v1/matters/none", 404), ("/api/v1/orgs?nonsense=1", 400),
                         ("/api/v1/processes/none/diagram.svg", 404), ("/api/v1/follow", 401)):
        answer = c.ask("GET", path)
        assert answer.status in (status, 422, 403), f"{path}: {answer}"
    assert c.ask("POST", "/api/v1/matters", {"kind": "request-12345"}).status in (400, 422)


def compression(c):
    plain = c.get("/api/v1/forms")
    with urllib.request.urlopen(urllib.request.Request(c.url + "/api/v1/forms", headers={"Accept-Encoding": "gzip"})) as r:
        small = r.read()
        assert r.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in r.headers["Vary"], dict(r.headers)
    assert gzip.decompress(small) == plain.body and len(small) * 2 < len(plain.body)
    assert "Content-Encoding" not in plain.headers


def tags(c):
    m = c.raise_()
    path = f"/api/v1/matters/{m['ref']}"

    def get(tag, actor=DISPATCHER):
        request = urllib.request.Request(c.url + path, headers={"Minhu-Actor": actor, **({"If-None-Match": tag} if tag else {})})
        try:
            with urllib.request.urlopen(request) as r:
                return r.status, r.headers["ETag"]
        except urllib.error.HTTPError as e:
            return e.code, e.headers["ETag"]

    status, tag = get(None)
    assert status == 200 and tag, (status, tag)
    assert get(tag)[0] == 304
    assert get('"other", W/' + tag)[0] == 304
    c.post(f"/api/v1/matters/{m['ref']}/files", e2e.JPEG, 201, actor=DISPATCHER, type_="application/octet-stream")
    assert get(tag)[0] == 200, "what changed must be sent again"


def scripts(c):
    """The city's own words in traditional characters, what people wrote as they wrote it; the two answers never mix."""
    m = c.raise_({"text": "路灯不亮，请办理"})
    path = f"/api/v1/matters/{m['ref']}"

    def get(path, lang, tag=None):
        headers = {"Minhu-Actor": DISPATCHER, **({"Accept-Language": lang} if lang else {}), **({"If-None-Match": tag} if tag else {})}
        try:
            with urllib.request.urlopen(urllib.request.Request(c.url + path, headers=headers)) as r:
                return r.status, r.headers, r.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.headers, e.read().decode()

    # the second time both are kept
    seen = [[get(path, lang) for lang in (None, "zh-Hant", "zh-TW,en;q=0.5", "en", "zh-CN")] for _ in range(3)]
    for plain, hant, tw, en, cn in seen:
        assert plain[2] == en[2] == cn[2] == seen[0][0][2] and hant[2] == tw[2] == seen[0][1][2] != plain[2], (plain[2], hant[2])
        assert plain[1]["ETag"] != hant[1]["ETag"] and "Accept-Language" in hant[1]["Vary"], (plain[1], hant[1])
    hans, hant = json.loads(seen[0][0][2]), json.loads(seen[0][1][2])
    assert (hans["title"]["zh"], hant["title"]["zh"]) == ("12345诉求", "12345訴求"), (hans["title"], hant["title"])
    assert hant["title"]["en"] == hans["title"]["en"]
    said = c.get("/api/v1/follow", code=m["code"], lang="zh-Hant").j
    assert said["fields"]["text"] == "路灯不亮，请办理" and said["title"]["zh"] == "12345訴求", said
    assert hant["place"]["zh"] == "西湖區" and hant["clocks"][0]["label"]["zh"] != hans["clocks"][0]["label"]["zh"], hant
    tag = seen[0][1][1]["ETag"]
    assert get(path, "zh-Hant", tag)[0] == 304 and get(path, None, tag)[0] == 200, "a tag is of one language"

    rows = json.loads(get("/api/v1/matters?limit=1", "zh-Hant")[2])["matters"]
    assert rows[0]["title"]["zh"] == "12345訴求", rows
    found = json.loads(get("/api/v1/orgs?q=" + urllib.parse.quote("餘杭區"), "zh-Hant")[2])["orgs"]
    assert found[0]["zh"] == "餘杭區" and not json.loads(get("/api/v1/orgs?q=" + urllib.parse.quote("餘杭區"), None)[2])["orgs"], found
    parts = get("/api/v1/processes/request-12345", "zh-Hant")[2]
    assert "辦" in parts and "办" not in parts, parts
    why = get(path + "/why?lang=zh", "zh-Hant")[2], get(path + "/why?lang=zh", None)[2]
    assert "時" in why[0] and "時" not in why[1], why
    status, _, problem = get("/api/v1/matters/none", "zh-Hant")
    assert status == 404 and json.loads(problem)["title_zh"] == "找不到該對象", problem


def metrics(c):
    text = c.get("/metrics").body.decode()
    for line in text.splitlines():
        assert re.match(r"(# (HELP|TYPE) |[a-z_]+(\{[^{}]*(\{[a-z]+\*?\}[^{}]*)*\})? -?[0-9.]+$)", line), line
    assert 'minhu_http_requests_total{method="POST",route="/api/v1/matters",code="201"}' in text
    assert re.search(r"^minhu_ledger_entries [1-9]", text, re.M) and "\nminhu_ledger_broken 0" in text
    assert "process_resident_memory_bytes" in text and "minhu_writer_commits_total" in text
    try:
        urllib.request.urlopen(urllib.request.Request(c.url + "/metrics", headers={"X-Forwarded-For": "192.0.2.1"}))
        raise AssertionError("metrics went through a proxy")
    except urllib.error.HTTPError as e:
        assert e.code == 403


def coverage(described):
    """Most of what is described has been seen; the rest is steps that other suites take."""
    everything = {op["operationId"] for item in described.document["paths"].values() for op in item.values()
                  if op["operationId"].split("_")[0] == "get" and "open311" not in op["operationId"]}
    missing = everything - described.seen
    assert len(missing) * 2 < len(everything), f"never seen: {sorted(missing)}"


def main():
    c = WatchedCity("sqlite")
    try:
        made = c.program("init", "--pack", e2e.PACK)
        assert made.returncode == 0, made.stderr[-2000:]
        c.start()
        document = c.get("/api/openapi.json").body
        check("Redocly finds nothing wrong", lambda: lint(document, c.dir))
        described = Described(json.loads(document))
        c.described = described
        check("answers about the city have their shape", lambda: the_city(c))
        check("answers about accounts have their shape", lambda: accounts(c))
        check("answers in the life of a request have their shape", lambda: life(c))
        check("answers of the workshop have their shape", lambda: the_workshop(c))
        check("errors have their shape", lambda: errors(c))
        check("what was described was seen", lambda: coverage(described))
        check("texts are compressed when asked for", lambda: compression(c))
        check("an unchanged matter is not sent twice", lambda: tags(c))
        check("who reads traditional characters gets them", lambda: scripts(c))
        check("metrics", lambda: metrics(c))
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
