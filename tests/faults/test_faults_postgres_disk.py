"""A durable PostgreSQL under load: its postmaster killed, its fsync failing, its disk full. What was acknowledged is there afterwards.

A failed fsync is what the kernel reports (shim.c); that pages are dropped by it afterwards, as Linux may do, cannot be had without
another kernel. PostgreSQL panics either way and recovers from its log, which is what is tried here. The full disk is a real one, a
small tmpfs, where the machine allows it."""
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from faults import FULL, Load, Shim, main  # noqa: E402
from test_faults_disk import finish, refusals, wait_for_intake  # noqa: E402


def start(city, env=None):
    """Durable, whatever the harness has chosen for speed."""
    saved = dict(os.environ)
    os.environ.update(env or {})
    try:
        city.pg_ctl("-l", str(city.pg / "data/log"), "start", "-o",
                    f"-c listen_addresses='' -c unix_socket_directories='{city.pg}' -c fsync=on -c full_page_writes=on "
                    "-c shared_buffers=16MB -c max_connections=40 -c max_wal_size=64MB -c min_wal_size=32MB")
    finally:
        os.environ.clear()
        os.environ.update(saved)


def durable(make, shim=False):
    city = make("postgres")
    city.pg_ctl("-m", "fast", "stop")
    control = None
    if shim:
        control = Shim(city.dir)
        control.lib.chmod(0o755)
        control.control.chmod(0o666)
        start(city, control.env(city.pg / "data/pg_wal"))
    else:
        start(city)
    city.start()
    return city, control


def postmaster(city):
    """Its process, or None when there is none."""
    try:
        pid = int((city.pg / "data/postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, 0)
        return pid
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None


def backends(pid):
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], check=False, capture_output=True, text=True)
    return [int(p) for p in done.stdout.split()]


def wait_gone(pids, seconds=30):
    until = time.monotonic() + seconds
    for pid in pids:
        while pathlib.Path(f"/proc/{pid}").exists() and "Z" not in state_of(pid):
            assert time.monotonic() < until, f"{pid} is still there"
            time.sleep(0.05)


def state_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


def start_patiently(city, seconds=30):
    """A child that was being born when its postmaster died holds the shared memory until it notices."""
    until = time.monotonic() + seconds
    while True:
        try:
            return start(city)
        except subprocess.CalledProcessError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def killed(make):
    """SIGKILL of the postmaster under load: 503 until it is started again, nothing acknowledged is lost"""
    city, _ = durable(make)
    load = Load(city)
    load.begin()
    for _ in range(10 if FULL else 2):
        time.sleep(0.8)
        pid = postmaster(city)
        children = backends(pid)
        os.kill(pid, signal.SIGKILL)
        wait_gone([pid, *children])
        time.sleep(0.3)
        start_patiently(city)
    time.sleep(0.8)
    load.end()
    told = refusals(load)
    wait_for_intake(load)
    assert told, "PostgreSQL was gone and nobody was told"
    return f"{len(load.acked)} matters, {load.statuses}, ledger of {finish(city, load)}"


def fsync_failed(make):
    """fsync of PostgreSQL's log fails under load: it panics and recovers; nothing acknowledged is lost"""
    city, shim = durable(make, shim=True)
    load = Load(city)
    load.begin()
    for _ in range(5 if FULL else 2):
        time.sleep(0.8)
        shim.fsync_fail = 1
        time.sleep(1.5)
        if not postmaster(city):
            start(city, shim.env(city.pg / "data/pg_wal"))
    load.end()
    assert shim.failed >= 1, "no fsync failed"
    log = (city.pg / "data/log").read_text(errors="replace")
    assert "could not fsync" in log or "could not fdatasync" in log, log[-2000:]
    refusals(load)
    wait_for_intake(load)
    return f"{shim.failed} failed, {len(load.acked)} matters, {load.statuses}, ledger of {finish(city, load)}"


def full(make):
    """the disk of PostgreSQL's log is full: intake is refused and says so, comes back when there is room"""
    city, _ = durable(make)
    assert city.stop() == 0
    city.pg_ctl("-m", "fast", "stop")
    wal = city.pg / "data/pg_wal"
    aside = city.pg / "data/pg_wal.aside"
    wal.rename(aside)
    wal.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m,mode=0700,uid=" + owner(city), "tmpfs", wal], check=False,
                      capture_output=True).returncode:
        return "skipped: no tmpfs can be mounted here"
    try:
        subprocess.run(["cp", "-a", *aside.iterdir(), wal], check=True)
        start(city)
        city.start()
        load = Load(city)
        load.run(0.8)
        before = len(load.acked)
        assert before, load.statuses
        filler = wal / "filler"
        with open(filler, "wb") as f:
            try:
                while True:
                    f.write(bytes(1 << 16))
                    f.flush()
            except OSError:
                pass
        load.begin()
        until = time.monotonic() + 40
        while not any(s >= 500 for s in load.statuses) and time.monotonic() < until:
            time.sleep(0.2)
        load.end()
        told = refusals(load)
        filler.unlink()
        if not postmaster(city):
            start(city)
        wait_for_intake(load)
        assert told, f"the log's disk was full and nobody was told: {load.statuses}"
        said = f"{before} matters before, {len(load.acked)} after, {load.statuses}, ledger of {finish(city, load)}"
    finally:
        city.stop(signal.SIGKILL)
        pid = postmaster(city)
        if pid:
            city.pg_ctl("-m", "immediate", "stop")
        subprocess.run(["umount", "-l", wal], check=False)
    return said


def owner(city):
    return str((city.pg / "data").stat().st_uid)


if __name__ == "__main__":
    sys.exit(main([killed, fsync_failed, full]))
