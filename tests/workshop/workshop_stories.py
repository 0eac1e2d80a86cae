"""The workshop of administrators: what it shows is what the city is, and trying a file keeps nothing."""
import pathlib
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from city import City, PACK, tell  # noqa: E402

ADMIN, AUDITOR, HANDLER = "admin@330100", "auditor@330100", "handler@330105-D17"
BASE = "/api/v1/workshop"


def until(what, seconds=20):
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def versions(c):
    raised = [c.raise_()["ref"] for _ in range(3)]
    assert raised
    all_ = c.get(BASE + "/definitions", actor=AUDITOR).j["definitions"]
    public = c.get("/api/v1/processes").j["processes"]
    assert [(d["kind"], d["version"], d["sha256"]) for d in all_] == [(p["kind"], p["version"], p["sha256"]) for p in public]
    one = next(d for d in all_ if d["kind"] == "request-12345")
    assert one["open"] == 3 and one["in_force"] and one["added"] and one["states"] > 5, one


def one_version(c):
    text = (PACK / "process/request-12345.yaml").read_text()
    d = c.get(BASE + "/definitions/request-12345/1", actor=ADMIN, lang="en").j
    assert d["text"] == text and "12345 request" in d["words"], d["words"][:200]
    svg = c.get(BASE + "/definitions/request-12345/1/diagram.svg?lang=zh", actor=ADMIN)
    assert svg.body.startswith(b"<svg") and "待受理".encode() in svg.body
    c.get(BASE + "/definitions/request-12345/9", 404, actor=ADMIN)
    c.get(BASE + "/definitions/request-12345/1", 403, actor=HANDLER)


def compared(c):
    same = c.get(BASE + "/definitions/request-12345/compare?from=1&to=1&lang=en", actor=ADMIN).j
    assert not same["unsafe"] and [x["text"] for x in same["lines"]] == ["Nothing changed."], same


def tried(c):
    text = (PACK / "process/request-12345.yaml").read_text().replace("version: 1", "version: 2", 1)
    before = c.get("/api/v1/processes").j
    good = c.post(BASE + "/definitions/try", {"text": text.replace("within: 30min", "within: 45min")}, actor=ADMIN, lang="en").j
    assert good["sound"] and good["version"] == 2 and good["against"] == 1 and good["diagram"].startswith("<svg"), good["findings"]
    told = [(x["sign"], x["below"], x["text"]) for x in good["changes"]]
    assert any(sign == "~" and "30" in said and "45" in said for sign, _, said in told), told
    assert not good["unsafe"]
    gone = c.post(BASE + "/definitions/try", {"text": text.replace("  asked:", "  askedx:", 1)}, actor=ADMIN, lang="en").j
    assert not gone["sound"] and gone["findings"] and gone["diagram"] == "" and gone["title"] is None
    first = next(f for f in gone["findings"] if f["severity"] == "error")
    lines = text.replace("  asked:", "  askedx:", 1).splitlines()
    assert 1 <= first["line"] <= len(lines) and first["message"], first
    assert "asked" in lines[first["line"] - 1], (first, lines[first["line"] - 1])
    junk = c.post(BASE + "/definitions/try", {"text": "a: [1\n"}, actor=ADMIN).j
    assert not junk["sound"] and junk["findings"][0]["line"] >= 1
    c.post(BASE + "/definitions/try", {"text": text}, 403, actor=AUDITOR)
    assert c.get("/api/v1/processes").j == before, "nothing is kept"


def a_year(c):
    y = c.get(BASE + "/calendar?year=2026", actor=HANDLER).j
    days = {d["day"]: d for d in y["days"]}
    assert len(days) == 365 and y["known"] and y["rev"] == 1 and y["worked"] == sum(d["working"] for d in y["days"])
    rows = {}
    for line in (PACK / "calendar.csv").read_text().splitlines()[1:]:
        day, working, zh, *_ = line.split(",")
        if day.startswith("2026-"):
            rows[day] = (working == "1", zh)
    assert rows
    for day, (working, zh) in rows.items():
        assert days[day]["working"] == working and days[day]["name"]["zh"] == zh, days[day]
    for day, d in days.items():
        assert day in rows or (d["name"] is None and d["working"] == d["weekday"]), d
    assert len(c.get(BASE + "/calendar?year=2024", actor=HANDLER).j["days"]) == 366
    c.get(BASE + "/calendar?rev=7", 404, actor=HANDLER)


def who_leads(c):
    cat = c.get(BASE + "/catalogue", actor=HANDLER).j
    for code in ("010404", "0102", "050101"):
        mine = next((e for e in cat["entries"] if e["code"] == code), None)
        if not mine:
            continue
        proposed = c.get(f"/api/v1/propose?category={code}&place=330106", actor="dispatcher@330100-D01").j
        assert mine["duty"]["row"] == proposed["row"], (mine, proposed)
    keys = {e["duty"]["lead"] for e in cat["entries"] if e["duty"]} - {"territory"}
    assert keys <= set(cat["duties"]), keys - set(cat["duties"])


def one_unit(c):
    u = c.get(BASE + "/units/330105-D17", actor=AUDITOR).j
    assert u["unit"]["code"] == "330105-D17" and [p["code"] for p in u["path"]] == ["330100", "330105"]
    below = c.get(BASE + "/units/330105", actor=AUDITOR).j
    assert {x["code"] for x in below["children"]} == {o["code"] for o in c.get("/api/v1/orgs?parent=330105").j["orgs"]}
    assert any(o["code"] for o in below["officers"])
    c.get(BASE + "/units/999", 404, actor=AUDITOR)
    c.get(BASE + "/units/330105", 403, actor=HANDLER)


def channels(c):
    ch = c.get(BASE + "/channels", actor=ADMIN).j
    assert ch["open311"]["jurisdiction"] and ch["open311"]["services"] > 0
    assert any(m["template"] == "please_rate" and m["to"] == "citizen" and m["kind"] == "request-12345" for m in ch["messages"])
    assert all((m["role"] is None) == (m["to"] != "role") for m in ch["messages"])


def ledger(c):
    c.raise_()
    head = c.get("/api/v1/ledger").j
    h = c.get(BASE + "/ledger", actor=AUDITOR).j
    assert not h["broken"] and h["logs"][0]["vkey"] == head["vkey"] and h["logs"][0]["size"] >= head["size"]
    assert h["checkup"]["state"] == "never"
    until(lambda: c.get(BASE + "/ledger", actor=AUDITOR).j["logs"][0]["signed_at"])
    begun = c.post(BASE + "/ledger/checkup", None, 202, actor=AUDITOR).j
    assert begun["began"], begun
    done = until(lambda: (lambda x: x if x["state"] != "running" else None)(c.get(BASE + "/ledger", actor=AUDITOR).j["checkup"]))
    assert done["state"] == "sound" and done["entries"] > 5 and done["ended"], done
    c.post(BASE + "/ledger/checkup", None, 403, actor=HANDLER)


def jobs(c):
    j = c.get(BASE + "/jobs", actor=AUDITOR).j
    assert j["writer"]["jobs"] > 0 and j["clocks"]["waiting"] == 0 and j["clocks"]["next"] and j["disk"]["free"] > 0
    assert j["people"] == {"accounts": 0, "locked": 0, "sessions": 0}
    until(lambda: c.get(BASE + "/jobs", actor=AUDITOR).j["search"]["behind"] == 0)


def closed_to_others(c):
    for path in ("/definitions", "/ledger", "/jobs", "/channels"):
        c.get(BASE + path, 401)
        c.get(BASE + path, 403, actor=HANDLER)
    request = urllib.request.Request(c.url + BASE + "/calendar")
    try:
        urllib.request.urlopen(request)
        raise AssertionError("the calendar of the workshop is for staff")
    except urllib.error.HTTPError as e:
        assert e.code == 401


STORIES = [versions, one_version, compared, tried, a_year, who_leads, one_unit, channels, ledger, jobs, closed_to_others]


def main(engine):
    c = City(engine)
    failed = 0
    print(f"1..{len(STORIES) + 1}")
    try:
        made = c.program("init", "--pack", PACK)
        print(f"{'ok' if made.returncode == 0 else 'not ok'} 1 - a city on {engine}", flush=True)
        failed, _ = tell(c, STORIES)
    finally:
        c.close()
    return 1 if failed or made.returncode else 0
