"""Backup while serving, an erasure afterwards, a restore that is recognised, a log that succeeds and never forks; doctor."""
import hashlib
import json
import pathlib
import re
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from faults import Load, check_ledger, e2e, entries, main  # noqa: E402

OFFICER = "dispatcher@330100-D01"
ADMIN = "admin@330100-D01"
CALLER = "caller@330100-D01"


def ran(done, code=0):
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def doctor(city, code=0):
    done = ran(city.program("doctor", "--json"), code)
    found = json.loads(done.stdout)
    assert found["well"] == (code == 0), found
    return {(c["check"], c["level"]): c["text"] for c in found["checks"]}


def wait_signed(city, seconds=20):
    """Until a head covers everything, so that what is published now is the last word of this log."""
    until = time.monotonic() + seconds
    while True:
        text = city.ask("GET", "/metrics").body.decode()
        size, signed = (int(re.search(rf"^minhu_ledger_{name} (\d+)", text, re.M)[1]) for name in ("entries", "signed_entries"))
        if size == signed:
            return
        assert time.monotonic() < until, f"{signed} of {size} entries are signed"
        time.sleep(0.05)


def whole_story(make, engine, target):
    """`target` is the engine that the backup goes back to."""
    city = make(engine)
    backups = city.dir / "backups"
    backups.mkdir()
    city.start()
    load = Load(city)
    load.run(0.5)
    time.sleep(1.2)     # a head is signed that the backup will hold
    told = city.raise_({"text": "我的电话是 13800000000，请不要公开"})
    city.file(told["ref"], OFFICER)
    load.acked["told"] = told["ref"]
    shown = city.raise_()
    picture = e2e.JPEG + b"to be brought back"
    proof = f"/api/v1/matters/{shown['ref']}/files/{city.file(shown['ref'], OFFICER, picture)}"
    load.acked["shown"] = shown["ref"]

    load.begin()  # the copy is taken under load, and is one state all the same
    ran(city.program("backup", backups / "one"))
    load.end()
    keys = backups / "matter-keys-330100.sqlite"
    old_keys = keys.read_bytes()
    doctor(city)

    city.own_step(told["code"], "withdraw")
    city.post(f"/api/v1/matters/{told['ref']}/erase", {"basis": "个人信息保护法第四十七条"}, actor=ADMIN)
    ran(city.program("backup", backups / "two"))
    assert keys.read_bytes() != old_keys
    ran(city.program("backup", backups / "two"), 1)  # a backup is never written over
    load.run(0.5)
    wait_signed(city)
    load.keep()
    published = city.dir / "published"
    ran(city.program("ledger", "export", published))
    assert city.stop() == 0
    count = len(load.acked)

    # The store is lost; the state folder is there.
    back = make(target)
    shutil.rmtree(back.state)
    shutil.copytree(city.state, back.state)
    shutil.rmtree(back.state / "files")
    empty(back)
    done = json.loads(ran(back.program("restore", backups / "one", "--json")).stdout)
    assert done["ledger"] == "behind" and done["erased"] > 0, done
    try:
        back.start(wait=False)
        raise AssertionError("a store from before the last signed head was served: its log would fork")
    except RuntimeError as e:
        assert "ledger succeed" in str(e), e
    found = doctor(back, 3)
    assert "succeed" in found["ledger", "fault"], found
    ran(back.program("ledger", "succeed", "--yes"))
    back.start()
    doctor(back)
    paths(back, published)

    # What was erased since stays erased; what was not can be read and goes on.
    view = back.ask("GET", f"/api/v1/matters/{told['ref']}", actor=OFFICER)
    assert view.status in (200, 410) and "13800000000" not in view.body.decode(), view
    assert back.get(proof, actor=CALLER).body == picture, "a sealed file did not come back"
    after = Load(back, name="after")
    after.run(0.5)
    after.keep()
    time.sleep(1.2)
    after.keep()
    assert back.stop() == 0
    restored = back.sql("select count(*) from matter") - len(after.acked)
    assert 0 < restored < count, (restored, count)

    # Both logs: the published one is sound as it stands, the new one begins with its last checkpoint, verbatim.
    ran(back.program("verify", published))
    size = check_ledger(back, after.heads)
    fresh = back.dir / "fresh"
    ran(back.program("ledger", "export", fresh))
    first = next(entries(fresh, size)).decode()
    assert first == (published / "checkpoint").read_text(), first
    assert (fresh / "checkpoint").read_text().split("\n")[0] == first.split("\n")[0] + "/2"
    return f"{count} matters, {restored} restored from under load, {done['erased']} erased texts stayed away"


def paths(city, published):
    """A numbered log stays what it is and may be kept for ever; what has no number is the newest and is asked for again."""
    def get(path):
        answer = city.ask("GET", "/ledger/" + path)
        return answer.body, "immutable" in (answer.headers["Cache-Control"] or ""), answer.status

    until = time.monotonic() + 20
    while city.ask("GET", "/ledger/checkpoint").status != 200 and time.monotonic() < until:
        time.sleep(0.2)
    head = (published / "checkpoint").read_bytes()
    assert city.get("/api/v1/ledger").j["log"] == 2
    tiles = [p.relative_to(published).as_posix() for p in (published / "tile").rglob("*") if p.is_file() and ".p" not in p.as_posix()]
    stored = [t for t in sorted(tiles) if get("1/" + t)[2] == 200]    # the store came from before the last signed head
    signed = int(get("1/checkpoint")[0].split(b"\n")[1])
    assert stored or signed < 256, (signed, tiles[:5])
    for tile in stored[:10]:
        assert get("1/" + tile)[:2] == ((published / tile).read_bytes(), True), tile
        assert get(tile)[0] != (published / tile).read_bytes() and not get(tile)[1], tile
    new, kept, _ = get("checkpoint")
    assert new.split(b"\n")[0].endswith(b"/2") and not kept
    assert get("2/checkpoint")[:2] == (new, False)
    assert get("vkey")[0] == get("2/vkey")[0] != get("1/vkey")[0] == (published / "vkey").read_bytes()
    assert not get("vkey")[1] and get("1/checkpoint")[0].split(b"\n")[0] == head.split(b"\n")[0]
    tag = city.ask("GET", "/ledger/checkpoint").headers["ETag"]
    assert tag, "the newest head has no tag"


def empty(city):
    """The city's store without its city."""
    if city.pg:
        city.sql("drop schema public cascade")
        city.sql("create schema public")
        return
    for path in city.dir.glob("city.db*"):
        path.unlink()


def same_engine(make):
    """backup under load, erasure, restore, succession: SQLite"""
    return whole_story(make, "sqlite", "sqlite")


def other_engine(make):
    """backup under load, erasure, restore, succession: from PostgreSQL to SQLite"""
    return whole_story(make, "postgres", "sqlite")


def nothing_lost(make):
    """a backup of a stopped city goes back and the log goes on; a damaged or unfinished one is refused; all is lost but the backup"""
    city = make("sqlite")
    city.start()
    city.raise_()
    assert city.stop() == 0
    one = city.dir / "b/one"
    ran(city.program("backup", one, "--with-keys"))
    assert (one / "state/master.key").stat().st_mode & 0o077 == 0
    empty(city)
    done = json.loads(ran(city.program("restore", one, "--json")).stdout)
    assert done["ledger"] == "goes_on" and done["master_key"], done
    ran(city.program("restore", one), 1)  # not over a city
    city.start()
    city.raise_()
    time.sleep(1.2)
    last = city.ask("GET", "/ledger/checkpoint").body
    (city.dir / "witness").write_bytes(last)
    assert city.stop() == 0

    # All is lost but the backup and what a witness keeps.
    empty(city)
    shutil.rmtree(city.state)
    done = json.loads(ran(city.program("restore", one, "--head", city.dir / "witness", "--succeed", "--json")).stdout)
    assert done["ledger"] == "succeeded" and done["log"] == 2 and done["master_key"], done
    city.start()
    city.raise_()
    assert city.stop() == 0
    ran(city.program("verify"))
    out = city.dir / "out"
    ran(city.program("ledger", "export", out))
    assert next(entries(out, 1 + 1)) == last, "the new log does not begin with what the witness keeps"

    empty(city)
    store = one / "store.sqlite"
    good = store.read_bytes()
    store.write_bytes(good[:4096] + bytes([good[4096] ^ 1]) + good[4097:])
    assert "damaged" in ran(city.program("restore", one), 3).stderr
    store.write_bytes(good)
    (one / "backup.json").unlink()
    assert "no finished backup" in ran(city.program("restore", one), 1).stderr
    return hashlib.sha256(last).hexdigest()[:8]


def doctor_finds(make):
    """doctor finds an open key, a lost file, a file of nobody, a clock moved by hand, a changed entry"""
    city = make("sqlite")
    city.start()
    told = city.raise_()
    city.file(told["ref"], OFFICER)
    time.sleep(1.2)
    assert city.stop() == 0
    doctor(city)
    (city.state / "master.key").chmod(0o644)
    assert "master.key" in doctor(city, 3)["keys", "fault"]
    (city.state / "master.key").chmod(0o600)
    kept = next(p for p in (city.state / "files").rglob("*") if p.is_file())
    moved = kept.rename(kept.with_name("0" * 64))
    long_ago = time.time() - 7200
    import os  # pylint: disable=import-outside-toplevel
    os.utime(moved, (long_ago, long_ago))
    found = doctor(city, 3)
    assert ("files", "fault") in found and ("files", "warning") in found, found
    moved.rename(kept)
    change(city, "update clock set fire_at = fire_at + 1")
    assert ("clocks", "fault") in doctor(city, 3)
    change(city, "update clock set fire_at = fire_at - 1")
    doctor(city)
    change(city, "update ledger_entry set entry = cast(replace(entry, 'received', 'recieved') as blob) where matter_id > 0")
    found = doctor(city, 3)
    assert ("ledger", "fault") in found, found


def change(city, text):
    import sqlite3  # pylint: disable=import-outside-toplevel
    with sqlite3.connect(city.store.removeprefix("sqlite:")) as db:
        db.execute(text)
    db.close()


if __name__ == "__main__":
    sys.exit(main([same_engine, other_engine, nothing_lost, doctor_finds]))
