"""The leader's view: every number is counted again from the lists that it opens, and from the ledger."""
import collections
import datetime
import pathlib
import sys
import urllib.parse

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from city import City, PACK, tell  # noqa: E402

CITY, DISTRICT, TOWN, OTHER = "leader@330100", "leader@330105", "leader@330105001", "leader@330106"
ROOMS = ["intake", "gather", "handle", "reply", "rate", "apply"]
OPEN = ("initial", "active", "waiting")
LEADERS = (CITY, DISTRICT, TOWN, OTHER, "handler@330106-D17")


def rows(c, actor, **filters):
    """A whole list, page by page."""
    out, cursor = [], None
    while True:
        query = urllib.parse.urlencode({"limit": 200, **filters, **({"cursor": cursor} if cursor else {})})
        page = c.get(f"/api/v1/matters?{query}", actor=actor).j
        out += page["matters"]
        cursor = page["next"]
        if not cursor:
            return out


def day(text):
    return datetime.date.fromisoformat(text[:10])


def rank(ages, percent):
    """Nearest rank."""
    ages = sorted(ages)
    return ages[max(1, (len(ages) * percent + 99) // 100) - 1] if ages else None


def sums(some):
    return {"open": len(some), "late": sum(m["late"] for m in some), "marked": sum(m["mark"] != "" for m in some)}


def same(said, some, what):
    found = sums(some)
    assert {k: said[k] for k in found} == found, (what, said, found)


def same_ages(said, some, today, what):
    ages = [(today - day(m["created"])).days for m in some]
    assert [said["half"], said["nine_tenths"], said["oldest"]] == [rank(ages, 50), rank(ages, 90), rank(ages, 100)], (what, said)
    if "ages" in said:
        ends = [-1, 2, 7, 15, 30, 10**6]
        assert said["ages"] == [sum(a < x <= b for x in ages) for a, b in zip(ends, ends[1:])], (what, said)


def now(c):
    for actor in LEADERS:
        f = c.get("/api/v1/flow", actor=actor).j
        some = rows(c, actor, open="true")
        today = day(f["at"])
        assert f["open"] == len(some), (actor, f["open"], len(some))
        same(f, some, actor)
        assert [r["room"] for r in f["rooms"]] == ROOMS
        for r in f["rooms"]:
            here = [m for m in some if m["room"] == r["room"]]
            same(r, here, (actor, r["room"]))
            same_ages(r, here, today, (actor, r["room"]))
            assert {k["kind"]: k["open"] for k in r["kinds"]} == collections.Counter(m["kind"] for m in here)
        for k in f["kinds"]:
            mine = [m for m in some if m["kind"] == k["kind"]]
            same(k, mine, (actor, k["kind"]))
            same_ages(k, mine, today, (actor, k["kind"]))
        for v in f["levels"]:
            same(v, [m for m in some if m["level"] == v["level"]], (actor, v["level"]))
        assert [p["place"]["code"] for p in f["places"]] == sorted(p["place"]["code"] for p in f["places"])
        for p in f["places"][:4]:
            same(p, rows(c, actor, open="true", place=p["place"]["code"]), (actor, p))
        assert actor != CITY or sum(p["open"] for p in f["places"]) > 20, "the districts share what is open"
        assert f["nobody"] == sum(m["owner"] is None for m in some)
        bad = {m["owner"]["code"] for m in some if m["owner"] and (m["late"] or m["mark"])}
        assert {u["unit"]["code"] for u in f["units"]} == bad and f["units_n"] == len(bad), (actor, bad)
        for u in f["units"]:
            same(u, [m for m in some if m["owner"] and m["owner"]["code"] == u["unit"]["code"]], (actor, u))
    assert c.get("/api/v1/flow", actor=CITY).j["open"] > 20


def lists_agree(c):
    """The numbers are those of the filters that the page puts into its links."""
    f = c.get("/api/v1/flow", actor=CITY).j
    for r in f["rooms"]:
        assert len(rows(c, CITY, open="true", room=r["room"])) == r["open"]
        assert len(rows(c, CITY, overdue="true", room=r["room"])) == r["late"]
        assert len(rows(c, CITY, open="true", marked="true", room=r["room"])) == r["marked"]
    zone, today = f["at"][19:], day(f["at"])
    busy = max(f["rooms"], key=lambda r: r["open"])
    since = (today - datetime.timedelta(7)).isoformat() + "T00:00:00" + zone
    until = (today - datetime.timedelta(2)).isoformat() + "T00:00:00" + zone
    assert len(rows(c, CITY, open="true", room=busy["room"], created_from=since, created_to=until)) == busy["ages"][1]


def by_day(c):
    for actor in (CITY, DISTRICT, TOWN):
        d = c.get("/api/v1/flow/days?days=91", actor=actor).j
        first, last = day(d["from"]), day(d["to"])
        assert (last - first).days == 90
        raised, ended = collections.Counter(), collections.Counter()
        for m in rows(c, actor):
            if first <= day(m["created"]) <= last:
                raised[m["kind"], (day(m["created"]) - first).days] += 1
            if m["phase"] not in OPEN and first <= day(m["entered"]) <= last:
                ended[m["kind"], (day(m["entered"]) - first).days] += 1
        for line in d["lines"]:
            for name, found in (("raised", raised), ("ended", ended)):
                assert len(line[name]) == 91 and line[name + "_total"] == sum(line[name])
                assert line[name] == [found.pop((line["kind"], i), 0) for i in range(91)], (actor, line["kind"], name)
        week = {"ended_from": f"{last - datetime.timedelta(6)}T00:00:00+08:00", "ended_to": f"{last + datetime.timedelta(1)}T00:00:00+08:00"}
        assert len(rows(c, actor, **week)) == sum(sum(line["ended"][-7:]) for line in d["lines"]), actor
        assert not raised and not ended, (actor, raised, ended)


def promises():
    """Steps that a lasting clock takes when it runs out, by kind: from the pack, not from the program."""
    found = {}
    for path in (PACK / "process").glob("*.yaml"):
        if "scenarios" in path.name:
            continue
        d = yaml.safe_load(path.read_text())
        rules = [(n, r) for s in d["states"].values() for n, r in (s.get("clocks") or {}).items()]
        lasting = {n for n, r in rules if "start" in r}
        found[d["kind"]] = {r["then"] for n, r in rules if n in lasting and "then" in r}
    return found


def missed_by_the_ledger(c):
    """Promises that were missed, counted again from entries of the ledger that a clock wrote, and from the lists."""
    steps = promises()
    d = c.get("/api/v1/flow/days?days=366&step=7", actor=CITY).j
    first, last = day(d["from"]), day(d["to"])
    found = collections.defaultdict(set)  # by kind and span
    for m in rows(c, CITY):
        for e in c.get(f"/api/v1/matters/{m['ref']}/events", actor=CITY).j["events"]:
            if e["by"] == "clock" and e["e"] in steps[m["kind"]] and day(e["at"]) >= first:
                found[m["kind"], (day(e["at"]) - first).days // 7].add(m["ref"])
    assert found and d["step"] == 7
    for line in d["lines"]:
        said = {i: n for i, n in enumerate(line["missed"]) if n}
        assert said == {i: len(v) for (k, i), v in found.items() if k == line["kind"]}, (line, found)
        everything = set().union(*(v for (k, _), v in found.items() if k == line["kind"]))
        assert line["missed_total"] == len(everything) and len(line["missed"]) == 53, line

    def listed(actor, since, days, **more):
        until = min(since + datetime.timedelta(days), last + datetime.timedelta(1))
        return rows(c, actor, missed_from=f"{since}T00:00:00+08:00", missed_to=f"{until}T00:00:00+08:00", **more)

    for (kind, i), refs in found.items():
        for sort in ("newest", "oldest"):
            some = [m["ref"] for m in listed(CITY, first + datetime.timedelta(7 * i), 7, kind=kind, sort=sort, limit=2)]
            assert len(some) == len(refs) and set(some) == refs, (kind, i, sort, some, refs)
    everything = set().union(*found.values())
    assert {m["ref"] for m in listed(CITY, first, 366)} == everything
    assert {m["ref"] for m in listed(CITY, first, 366, open="true", sort="due")} == {m["ref"] for m in rows(c, CITY, open="true")} & everything
    for actor in (DISTRICT, TOWN):
        lines = c.get("/api/v1/flow/days?days=366", actor=actor).j["lines"]
        assert sum(line["missed_total"] for line in lines) == len(listed(actor, first, 366)), actor
    for wrong in ("missed_to=2026-01-01T00:00:00Z", "missed_from=2020-01-01T00:00:00Z"):
        c.get("/api/v1/matters?" + wrong, 400, actor=CITY)


def rising(c):
    parents = {k["code"]: k["parent"] for k in c.get("/api/v1/categories").j["categories"]}
    for actor in (CITY, DISTRICT):
        r = c.get("/api/v1/flow/rising?least=2", actor=actor).j
        first, split, last = day(r["before_from"]), day(r["recent_from"]), day(r["to"])
        assert (split - first).days == 28 and (last - split).days == 6
        count = collections.defaultdict(lambda: [0, 0])
        for m in rows(c, actor):
            at, code = day(m["created"]), m["category"]
            while code:
                if first <= at <= last:
                    count[code][at >= split] += 1
                code = parents.get(code, "")
        up = {k for k, (before, recent) in count.items() if recent >= 2 and recent * 8 >= before * 3}
        above = set()
        for code in up:
            while (code := parents.get(code, "")):
                above.add(code)
        said = {t["code"]: [t["before"], t["recent"]] for t in r["topics"]}
        want = {k: count[k] for k in up - above}
        assert len(r["topics"]) == min(20, len(want)) and all(want[k] == v for k, v in said.items()), (actor, said, want)
        gains = [t["recent"] * 4 - t["before"] for t in r["topics"]]
        assert gains == sorted(gains, reverse=True)
        for p in r["places"][:3] + r["topics"][:3]:
            filters = {"place" if p in r["places"] else "category": p["code"], "created_from": r["since"]}
            assert len(rows(c, actor, **filters)) == p["recent"], (actor, p)


def mine(c):
    unit = collections.Counter(m["owner"]["code"] for m in rows(c, CITY, open="true") if m["owner"]).most_common(1)[0][0]
    own = c.get("/api/v1/flow/mine?limit=100", actor=f"handler@{unit}").j
    want = [m for m in rows(c, CITY, open="true")
            if unit in ((m["owner"] or {}).get("code"), (m["answers"] or {}).get("code"))]
    assert own["total"] == len(want) and {x["matter"]["ref"] for x in own["cases"]} == {m["ref"] for m in want}
    made = [x["matter"]["created"] for x in own["cases"]]
    assert made == sorted(made), "the longest open first"
    assert all(x["has"] or x["answers"] for x in own["cases"])
    one = c.get("/api/v1/flow/mine?limit=1", actor=f"handler@{unit}").j
    assert len(one["cases"]) == 1 and one["total"] == own["total"]


def moves(c):
    """A deed shows at once."""
    before = c.get("/api/v1/flow", actor=CITY).j
    c.raise_()
    after = c.get("/api/v1/flow", actor=CITY).j
    assert after["rooms"][0]["open"] == before["rooms"][0]["open"] + 1 and after["open"] == before["open"] + 1


def whose(c):
    for path in ("", "/mine", "/days", "/rising"):
        c.get("/api/v1/flow" + path, 401)
    assert c.get("/api/v1/flow", actor=DISTRICT).j["scope"]["code"] == "330105"
    assert c.get("/api/v1/flow", actor="handler@330105-D17").j["scope"]["code"] == "330105"
    assert c.get("/api/v1/flow", actor=DISTRICT).j["open"] < c.get("/api/v1/flow", actor=CITY).j["open"]


STORIES = [now, lists_agree, by_day, missed_by_the_ledger, rising, mine, moves, whose]


def main(engine):
    c = City(engine)
    failed = 0
    print(f"1..{len(STORIES) + 1}")
    try:
        start = (datetime.date.today() - datetime.timedelta(120)).isoformat()
        made = c.program("init", "--pack", PACK, "--as-of", start)
        made = made if made.returncode else c.program("sample", "--pack", PACK, "--matters", 160)
        print(f"{'ok' if made.returncode == 0 else 'not ok'} 1 - a city with a past on {engine}", flush=True)
        if made.returncode:
            print("# " + (made.stdout + made.stderr)[-1500:].replace("\n", "\n# "))
            return 1
        failed, _ = tell(c, STORIES)
    finally:
        c.close()
    return 1 if failed else 0
