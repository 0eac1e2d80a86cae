"""The disk under a server: full, failing to sync, slow. And a clock that steps."""
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from faults import Load, check_ledger, main  # noqa: E402


LOG_MOST = 32 << 20  # twice what src/db/sqlite_checkpoint.c lets it grow to


def finish(city, load):
    """The fault is over: everything that was sent is there, once, and the server still stops in good order."""
    load.settle()
    time.sleep(1.2)
    load.keep()
    assert city.stop() == 0, "the server did not stop in good order"
    load.count()
    return check_ledger(city, load.heads)


def refusals(load, also=()):
    """How often the server said no; it must have been in a way that says `later`."""
    odd = {s: n for s, n in load.statuses.items() if s not in (200, 201, 503, *also)}
    assert not odd, f"answers other than 200, 201 and 503: {odd}"
    return load.statuses.get(503, 0)


def wait_for_intake(load, seconds=20):
    until = time.monotonic() + seconds
    had = len(load.acked)
    while time.monotonic() < until:
        load.run(0.3)
        if len(load.acked) > had:
            return
    raise AssertionError(f"no matter was taken in {seconds} s after the fault: {load.statuses}")


def full_disk(make):
    """a full disk (a small file system): 503 that says why, reading goes on, intake comes back by itself, kill -9 while full"""
    city = make("sqlite")
    small = city.dir / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", small], check=False, capture_output=True).returncode:
        return "only root can make a small file system; the preloaded fault stands for it"
    try:
        city.store, city.state = f"sqlite:{small}/city.db", small / "state"
        assert city.program("init", "--pack", city_pack(city)).returncode == 0
        return fill_and_free(city, small)
    finally:
        city.kill()
        subprocess.run(["umount", "-l", small], check=False)


def city_pack(city):
    return pathlib.Path(os.environ.get("MINHU_SOURCE", ".")) / "packs/hangzhou"


def fill(path):
    try:
        with open(path, "wb", buffering=0) as f:
            while True:
                f.write(bytes(4096))
    except OSError:
        pass


def fill_and_free(city, small):
    city.start()
    load = Load(city)
    load.run(0.5)
    for round_ in range(2):
        load.begin()
        fill(small / "ballast")
        time.sleep(1.5)
        status, text = city.ask("GET", "/ledger/checkpoint").status, "disk is full"
        assert status == 200, f"reading on a full disk: {status}"
        load.end()
        seen = refusals(load)
        assert seen, "the disk was full and nobody was told"
        refused = city.ask("POST", "/api/v1/matters", {"kind": "request-12345", "fields": {
            "channel": "web", "subject": "request", "text": "满", "place": "330106", "category": "010404"}}, key="full-disk-0")
        assert refused.status == 201 or text in refused.body.decode(), refused
        if refused.status == 201:
            load.acked["full-disk-0"] = refused.j["ref"]
        else:
            load.open.add("full-disk-0")
        if round_ == 1:
            city.kill()
        (small / "ballast").unlink()
        if round_ == 1:
            city.start()
        wait_for_intake(load)
    load.run(2)
    held = (small / "city.db-wal").stat().st_size
    assert held < LOG_MOST, f"the log has grown to {held} bytes: somebody reads for too long in one state"
    return f"{refusals(load)} refused, ledger of {finish_full(city, load)}"


def finish_full(city, load):
    city_text = load.open & {"full-disk-0"}
    for key in city_text:  # its text is not the one of Load.post, so it is not sent again
        load.open.discard(key)
    had = load.acked.pop("full-disk-0", None)
    load.settle()
    if had:
        load.acked["full-disk-0"] = had
    time.sleep(1.2)
    load.keep()
    assert city.stop() == 0
    load.count()
    return check_ledger(city, load.heads)


def full_shim(make):
    """writes that fail for want of room, at any call: nothing acknowledged is lost"""
    city = make("sqlite", shim=True)
    city.start()
    load = Load(city)
    load.begin()
    for n in (1, 2, 3, 5, 8, 40):
        city.shim.write_full = n
        time.sleep(0.25)
    city.shim.write_full = 0
    load.end()
    refusals(load)
    failed = city.shim.failed
    assert failed > 10, f"only {failed} writes failed: the fault did not reach the server"
    wait_for_intake(load)
    return f"{failed} writes failed, ledger of {finish(city, load)}"


def failed_sync(make):
    """an fsync that fails: the commit is refused, nothing of it is signed, intake goes on, also after kill -9"""
    city = make("sqlite", shim=True)
    city.start()
    load = Load(city)
    load.begin()
    for n in (1, 1, 2, 4, 9):
        city.shim.fsync_fail = n
        time.sleep(0.3)
    city.shim.fsync_fail = -1
    time.sleep(0.3)
    city.kill()
    load.end()
    city.shim.fsync_fail = 0
    refusals(load, also=(500,))  # a disk that fails is not promised to be well later
    failed = city.shim.failed
    assert failed > 15, f"only {failed} syncs failed: the fault did not reach the server"
    city.start()
    wait_for_intake(load)
    return f"{failed} syncs failed, ledger of {finish(city, load)}"


def slow_disk(make):
    """a slow disk (60 ms a sync): everything is answered, many to a commit, and reading does not wait"""
    city = make("sqlite", shim=True)
    city.start()
    load = Load(city, clients=16)
    city.shim.sync_us = 60000
    load.begin()
    time.sleep(1)
    begun = time.monotonic()
    assert city.ask("GET", "/ledger/checkpoint").status == 200
    reading = time.monotonic() - begun
    time.sleep(2)
    load.end()
    synced = city.shim.synced
    city.shim.clear()
    assert not refusals(load)
    assert load.slowest < 3, f"the slowest answer took {load.slowest:.1f} s"
    assert reading < 2, f"a reader waited {reading:.1f} s for the disk"
    assert len(load.acked) > synced, f"{len(load.acked)} matters took {synced} syncs"
    return f"{len(load.acked)} matters with {synced} syncs, slowest {load.slowest * 1000:.0f} ms, ledger of {finish(city, load)}"


def clock_steps(make):
    """a clock that steps a day forwards and two back, stands still, and is behind after a restart: intake and signing go on"""
    city = make("sqlite", shim=True)
    city.start()
    load = Load(city)
    for step in (0, 86400_000, -2 * 86400_000, 3600_000):
        before = max(load.heads, default=0)
        city.shim.clock_ms = step
        load.run(1.3)
        assert load.keep() > before, f"nothing was signed after the clock stepped to {step} ms"
    assert not refusals(load)
    city.shim.clock_ms = 0
    city.shim.clock_stuck = int(time.time() * 1000)
    for _ in range(2):  # the same instant again after a restart: no number may be given twice
        load.run(0.5)
        assert not refusals(load)
        assert city.stop() == 0
        city.start()
    load.run(0.5)
    assert not refusals(load)
    city.shim.clear()
    return f"{len(load.acked)} matters, ledger of {finish(city, load)}"


if __name__ == "__main__":
    sys.exit(main([full_disk, full_shim, failed_sync, slow_disk, clock_steps]))
