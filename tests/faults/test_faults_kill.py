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
    return kill_often(make, "postgres", 200 if FULL else 12)


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


def hold(city, holder, seconds):
    """Somebody else has the lease for so long."""
    until = int((time.time() + seconds) * 1000)
    city.sql(f"with l as (update lease set holder = '{holder}', until = {until} returning 1) select count(*) from l")


def refused(city, why):
    try:
        city.start(wait=False)
    except RuntimeError as e:
        assert why in str(e), e
        return
    raise AssertionError("two servers wrote one store")


def comes_in(city, seconds):
    begun = time.monotonic()
    city.start()
    took = time.monotonic() - begun
    assert took < seconds, f"it took {took:.1f} s"
    city.raise_()
    return f"{took:.1f} s"


def two_postgres(make):
    """a second server on the same PostgreSQL is refused; at once after the first one's death here, within 12 s elsewhere"""
    city = make("postgres")
    city.start()
    first = city.server
    city.raise_()
    refused(city, "another server holds it")
    city.server = first
    city.kill()
    here = comes_in(city, 8)
    city.kill()
    hold(city, "elsewhere:1:0@0000000000000000", LEASE_S)
    refused(city, "another server holds it")
    return f"{here}, {comes_in(city, LEASE_S + 2)}"


def lease_of_tomorrow(make):
    """a lease taken elsewhere under a clock a day ahead, its holder dead: a server comes in all the same"""
    city = make("postgres")
    city.start()
    city.kill()
    hold(city, "elsewhere:1:0@0000000000000000", 86400)
    return comes_in(city, LEASE_S + 5)


if __name__ == "__main__":
    sys.exit(main([kill_sqlite, two_sqlite, kill_postgres, two_postgres, lease_of_tomorrow]))
