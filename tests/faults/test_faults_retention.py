#!/usr/bin/env python3
"""Erasure by rule, with a clock that is moved: files after three years, everything personal after five, children with their parent;
the bytes leave the disk, the ledger says by which rule and stays sound."""
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from faults import e2e, main  # noqa: E402

CALLER = "caller@330100-D01"
YEAR_MS = 365 * 86400 * 1000 + 6 * 3600 * 1000
SECRET = "马克绝密标记 就在这张纸上"


def until(what, why, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, why
        time.sleep(0.2)


def at_rest(city):
    """Every byte of the state folder and, for SQLite, of the store."""
    return b"".join(p.read_bytes() for p in sorted(city.dir.rglob("*")) if p.is_file() and "pg" not in p.relative_to(city.dir).parts)


def stored(city):
    return [p for p in (city.state / "files").rglob("*") if p.is_file()]


def due(city):
    done = subprocess.run([e2e.MINHU, "retention", "--json", "--store", city.store, "--state", city.state], check=True, text=True,
                          capture_output=True, env={**os.environ, **city.extra})
    return {r["kind"]: (r["files_due"], r["personal_due"]) for r in json.loads(done.stdout)["retention"]}["request-12345"]


def words(city, ref):
    events = city.get(f"/api/v1/matters/{ref}/events", actor=CALLER).j["events"]
    return [(e["e"], e["by"], e.get("f", {}).get("basis")) for e in events if "erased" in e["e"]]


def by_rule(make, engine):
    city = make(engine, shim=True)
    city.start()
    m = city.raise_({"text": SECRET})
    ref = m["ref"]
    path = f"/api/v1/matters/{ref}/files"
    body = (SECRET + "\n").encode() * 3000
    plain = city.post(path, body, 201, actor=CALLER, type_="text/plain", key="the-same-file").j
    again = city.post(path, body, 201, actor=CALLER, type_="text/plain", key="the-same-file").j
    assert again["id"] == plain["id"] and again["again"] and not plain["again"], (plain, again)
    city.post(path, b"other bytes\n", 422, actor=CALLER, type_="text/plain", key="the-same-file")
    assert len(stored(city)) == 1, stored(city)
    open_ = city.raise_({"text": SECRET})
    got = city.get(f"{path}/{plain['id']}", actor=CALLER)
    assert got.body == body and int(got.headers["Content-Length"]) == len(body) and plain["sha256"] in got.headers["ETag"]
    assert SECRET.encode() not in at_rest(city), "it stands somewhere in plain"
    city.own_step(m["code"], "withdraw")
    time.sleep(1.2)
    city.shim.clock_ms = 3 * YEAR_MS - 2 * 86400 * 1000
    assert due(city) == (0, 0), due(city)
    city.shim.clock_ms = 3 * YEAR_MS + 2 * 86400 * 1000
    until(lambda: not stored(city), "the files stayed")
    until(lambda: city.ask("GET", f"{path}/{plain['id']}", actor=CALLER).status == 410, "the file could still be had")
    view = city.view(ref, CALLER)
    assert not view["erased"] and view["files"][0]["erased"] and view["files"][0]["sha256"] == plain["sha256"], view["files"]
    city.shim.clock_ms = 5 * YEAR_MS + 2 * 86400 * 1000
    until(lambda: city.view(ref, CALLER)["erased"], "what is personal stayed")
    said = words(city, ref)
    assert [s[:2] for s in said] == [("files_erased", "rule"), ("erased", "rule")], said
    assert said[0][2].startswith("retention of request-12345, version 1: 3 years"), said
    assert city.sql("select count(*) from private where matter_id in (select id from matter where state = 'withdrawn')") == 0
    assert not city.view(open_["ref"], CALLER)["erased"], "an open matter was erased"
    time.sleep(1.2)
    assert due(city) == (0, 0), due(city)
    assert city.stop() == 0
    done = city.program("verify")
    assert done.returncode == 0, done.stderr
    return "files after 3 years, the rest after 5"


def on_sqlite(make):
    """erasure by rule on SQLite"""
    return by_rule(make, "sqlite")


def on_postgres(make):
    """erasure by rule on PostgreSQL"""
    return by_rule(make, "postgres")


if __name__ == "__main__":
    sys.exit(main([on_sqlite, on_postgres]))
