"""PostgreSQL taken away from under a server: connections cut, the server restarted, at once or in good order."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from faults import FULL, Load, check_ledger, main  # noqa: E402
from test_faults_disk import finish, refusals, wait_for_intake  # noqa: E402


def cut(make):
    """all connections of the server are cut under load, again and again: intake goes on, nothing lost or doubled"""
    city = make("postgres")
    city.start()
    load = Load(city)
    load.begin()
    for _ in range(20 if FULL else 5):
        time.sleep(0.4)
        city.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()"
                 " and datname = current_database()")
    time.sleep(0.4)
    load.end()
    refusals(load)
    wait_for_intake(load)
    return f"{len(load.acked)} matters, {load.statuses}, ledger of {finish(city, load)}"


def restarted(make):
    """PostgreSQL restarted underneath, crashed and in good order: 503 meanwhile, then intake by itself"""
    city = make("postgres")
    city.start()
    load = Load(city)
    load.begin()
    for how in ("immediate", "fast") * (10 if FULL else 1):
        time.sleep(0.6)
        city.pg_ctl("-m", how, "-l", str(city.pg / "data/log"), "restart")
    time.sleep(0.5)
    load.end()
    refusals(load)
    wait_for_intake(load)
    return f"{len(load.acked)} matters, {load.statuses}, ledger of {finish(city, load)}"


def away(make):
    """PostgreSQL stopped for a while, the server killed meanwhile: it says so at start, and everything is there afterwards"""
    city = make("postgres")
    city.start()
    load = Load(city)
    load.run(0.6)
    city.pg_ctl("-m", "immediate", "stop")
    load.run(1)
    assert refusals(load), "the store was away and nobody was told"
    city.kill()
    try:
        city.start(wait=False)
        raise AssertionError("the server started without its store")
    except RuntimeError:
        pass
    city.pg_ctl("-l", str(city.pg / "data/log"), "start", "-o", f"-c listen_addresses='' -c unix_socket_directories='{city.pg}'")
    time.sleep(1)
    city.start()
    load.settle()
    return f"{len(load.acked)} matters, ledger of {finish(city, load)}"


__all__ = ["check_ledger"]
if __name__ == "__main__":
    sys.exit(main([cut, restarted, away]))
