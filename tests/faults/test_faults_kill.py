"""kill -9 under load, both stores; two servers on one store."""
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from faults import FULL, LEASE_S, Load, check_ledger, main  # noqa: E402


def kill_often(make, engine, times):
    city = make(engine)
    load = Load(city)
    pause = random.Random(7)
    for _ in range(times):
        city.start()
        load.begin()
        time.sleep(0.3 + pause.random())
        city.kill()
        load.end()
    city.start()
    load.settle()
    load.run(1)
    load.settle()
    time.sleep(1.2)
    load.keep()
    assert city.stop() == 0, "the server did not stop in good order"
    load.count()
    size = check_ledger(city, load.heads)
    return f"{times} kills, {len(load.acked)} matters, {len(load.heads)} checkpoints, ledger of {size}"


def kill_sqlite(make):
    """kill -9 under load, SQLite: nothing acknowledged is lost, nothing doubled, every checkpoint holds"""
    return kill_often(make, "sqlite", 200 if FULL else 20)


def kill_postgres(make):
    """kill -9 under load, PostgreSQL: the same"""
    return kill_often(make, "postgres", 200 if FULL else 3)


def two_sqlite(make):
    """a second server on the same SQLite file is refused by name, and comes in when the first is killed"""
    city = make("sqlite")
    city.start()
    first = city.server
    try:
        city.start(wait=False)
        raise AssertionError("two servers wrote one file")
    except RuntimeError as e:
        assert f"process {first.pid}" in str(e), e
    city.server = first
    city.kill()
    city.start()
    city.raise_()


def two_postgres(make):
    """a second server on the same PostgreSQL is refused, and comes in within 12 s of the first one's death"""
    city = make("postgres")
    city.start()
    first = city.server
    city.raise_()
    try:
        city.start(wait=False)
        raise AssertionError("two servers wrote one store")
    except RuntimeError as e:
        assert "another server holds it" in str(e), e
    city.server = first
    city.kill()
    begun = time.monotonic()
    city.start()
    took = time.monotonic() - begun
    assert took < LEASE_S + 2, f"it took {took:.1f} s"
    city.raise_()
    return f"{took:.1f} s"


def lease_of_tomorrow(make):
    """a lease that was taken under a clock a day ahead, its holder dead, the clock put right: a server comes in all the same"""
    city = make("postgres", shim=True)
    city.shim.clock_ms = 86400_000
    city.start()
    city.raise_()
    city.kill()
    city.shim.clear()
    begun = time.monotonic()
    city.start()
    took = time.monotonic() - begun
    assert took < LEASE_S + 5, f"it took {took:.1f} s"
    city.raise_()
    return f"{took:.1f} s"


if __name__ == "__main__":
    sys.exit(main([kill_sqlite, two_sqlite, kill_postgres, two_postgres, lease_of_tomorrow]))
