"""Cities under faults: load that remembers what it was told, and the check that all of it is still true.

What is promised, and checked after every fault by `Load.settle` and `check_ledger`:
  - what was answered with 201 is there, under the same reference, and once;
  - what was not answered can be sent again under its key, and is there once;
  - every checkpoint that was ever handed out is a beginning of the ledger as it is now, by a computation of our own.
"""
import base64
import hashlib
import http.client
import json
import mmap
import os
import pathlib
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import city as e2e  # noqa: E402

FULL = os.environ.get("MINHU_FAULTS") == "full"
HERE = pathlib.Path(__file__).resolve().parent
LEASE_S = 10


class Shim:
    """The preloaded library and its controls; a field is set like an attribute."""
    FIELDS = ("fsync_fail", "write_full", "sync_us", "clock_ms", "clock_stuck", "synced", "failed")

    def __init__(self, folder):
        self.__dict__["lib"] = folder / "shim.so"
        control = folder / "control"
        control.write_bytes(bytes(4096))
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.lib, HERE / "shim.c", "-ldl"], check=True)
        self.__dict__["file"] = open(control, "r+b")
        self.__dict__["map"] = mmap.mmap(self.file.fileno(), 4096)
        self.__dict__["control"] = control

    def env(self, below):
        asan = os.environ.get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": str(self.lib), "FAULT_CONTROL": str(self.control), "FAULT_DIR": str(below),
                "ASAN_OPTIONS": asan + ":verify_asan_link_order=0"}

    def __setattr__(self, name, value):
        struct.pack_into("=q", self.map, 8 * self.FIELDS.index(name), value)

    def __getattr__(self, name):
        return struct.unpack_from("=q", self.map, 8 * self.FIELDS.index(name))[0]

    def clear(self):
        for name in self.FIELDS:
            setattr(self, name, 0)


class City(e2e.City):
    """With the shim under it, and restarts that wait for a lease."""

    def __init__(self, engine, shim=False):
        super().__init__(engine)
        self.shim = None
        self.extra = {}
        if shim:
            self.shim = Shim(self.dir)
            self.extra = self.shim.env(self.dir)
        made = self.program("init", "--pack", e2e.PACK)
        if made.returncode:
            raise RuntimeError(made.stderr)

    def start(self, wait=True):
        """Starts the server. A lease of a dead one is waited for, as whoever restarts services would."""
        until = time.monotonic() + 3 * LEASE_S
        saved = dict(os.environ)
        os.environ.update(self.extra)
        try:
            while True:
                try:
                    return super().start()
                except RuntimeError as e:
                    self.server.wait()
                    self.server.stdout.close()
                    self.server = None
                    if not wait or "holds it" not in str(e) or time.monotonic() > until:
                        raise
                    time.sleep(1)
        finally:
            os.environ.clear()
            os.environ.update(saved)

    def kill(self):
        self.stop(signal.SIGKILL)

    def log(self):
        return (self.dir / "log").read_text()

    def sql(self, text):
        """One number from the store, asked without the program."""
        if self.pg:
            out = subprocess.run(["psql", "-AtX", "-d", self.store.removeprefix("postgres:"), "-c", text], check=True,
                                 capture_output=True, text=True)
            return int(out.stdout.strip() or 0)
        with sqlite3.connect(self.store.removeprefix("sqlite:")) as db:
            n = db.execute(text).fetchone()[0]
        db.close()
        return n

    def pg_ctl(self, *args):
        done = subprocess.run(["find", "/usr/lib/postgresql", "-name", "pg_ctl"], check=True, capture_output=True, text=True)
        tool = sorted(done.stdout.split())[-1]
        command = [tool, "-D", self.pg / "data", "-w", *args]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env", "-C", "/", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=90)


class Load:
    """Clients that raise matters, each under a key of its own, and somebody who keeps every checkpoint."""

    def __init__(self, city, clients=8, seed=1, name="fault"):
        self.city = city
        self.name = name
        self.clients = clients
        self.random = random.Random(seed)
        self.acked = {}    # key → reference
        self.open = set()  # keys whose fate nobody told us
        self.heads = {}    # size → (root, note)
        self.statuses = {}
        self.slowest = 0.0
        self.n = 0
        self.lock = threading.Lock()
        self.running = False
        self.threads = []

    def key(self):
        with self.lock:
            self.n += 1
            return f"{self.name}-{self.n:08d}"

    def post(self, connection, key):
        body = json.dumps({"kind": "request-12345", "fields": {
            "channel": "web", "subject": "request", "text": f"路灯不亮 {key}", "place": "330106", "category": "010404"}})
        with self.lock:
            self.open.add(key)
        begun = time.monotonic()
        connection.request("POST", "/api/v1/matters", body.encode(),
                           {"Content-Type": "application/json", "Idempotency-Key": key})
        answer = connection.getresponse()
        text = answer.read()
        with self.lock:
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
            if answer.status in (200, 201):
                j = json.loads(text)
                self.open.discard(key)
                if self.acked.setdefault(key, j["ref"]) != j["ref"]:
                    raise AssertionError(f"{key} became two matters")
        return answer.status, text

    def host(self):
        return self.city.url.removeprefix("http://")

    def client(self):
        connection = None
        while self.running:
            try:
                connection = connection or http.client.HTTPConnection(self.host(), timeout=30)
                status, _ = self.post(connection, self.key())
                if status >= 500:
                    time.sleep(0.05)
            except (OSError, http.client.HTTPException):
                connection = None
                time.sleep(0.02)

    def keeper(self):
        while self.running:
            try:
                self.keep()
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.1)

    def keep(self):
        connection = http.client.HTTPConnection(self.host(), timeout=30)
        connection.request("GET", "/ledger/checkpoint")
        answer = connection.getresponse()
        note = answer.read().decode()
        connection.close()
        if answer.status != 200:
            return None
        _, size, root = note.split("\n")[:3]
        with self.lock:
            had = self.heads.setdefault(int(size), (base64.b64decode(root), note))
        if had[0] != base64.b64decode(root):
            raise AssertionError(f"two roots were signed for size {size}")
        return int(size)

    def begin(self):
        self.running = True
        self.threads = [threading.Thread(target=self.client) for _ in range(self.clients)]
        self.threads.append(threading.Thread(target=self.keeper))
        for t in self.threads:
            t.start()

    def end(self):
        self.running = False
        for t in self.threads:
            t.join()
        self.threads = []

    def run(self, seconds):
        self.begin()
        time.sleep(seconds)
        self.end()

    def again(self, keys):
        """Sends keys again; every one must be answered now."""
        connection = http.client.HTTPConnection(self.host(), timeout=30)
        for key in keys:
            was = self.acked.get(key)
            status, text = self.post(connection, key)
            assert status in (200, 201), (key, status, text)
            assert was in (None, self.acked[key]), f"{key}: acknowledged as {was}, now {self.acked[key]}"
        connection.close()

    def settle(self, sample=40):
        """Nothing lost, nothing doubled."""
        self.again(sorted(self.open))
        assert not self.open
        keys = sorted(self.acked)
        self.again(self.random.sample(keys, min(sample, len(keys))))
        assert len(set(self.acked.values())) == len(self.acked), "two keys share a matter"

    def count(self):
        n = self.city.sql("select count(*) from matter")
        assert n == len(self.acked), f"{len(self.acked)} were acknowledged, the store has {n}"


# --- the ledger, computed anew from its published entries ---

def tile_index(n):
    parts = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        parts.insert(0, f"x{n % 1000:03d}")
    return "/".join(parts)


def entries(folder, size):
    for tile in range((size + 255) // 256):
        width = min(256, size - tile * 256)
        path = folder / "tile/entries" / tile_index(tile)
        if width < 256 and not path.exists():
            path = pathlib.Path(f"{path}.p") / str(width)
        data, at = path.read_bytes(), 0
        for _ in range(width):
            n = int.from_bytes(data[at:at + 2], "big")
            yield data[at + 2:at + 2 + n]
            at += 2 + n


def roots(folder, size, wanted):
    """size → root of the tree of the first so many entries (RFC 6962)."""
    found, peaks = {}, []  # peaks: (height, hash), the tallest first
    if 0 in wanted:
        found[0] = hashlib.sha256(b"").digest()
    for i, entry in enumerate(entries(folder, size)):
        node = (0, hashlib.sha256(b"\0" + entry).digest())
        while peaks and peaks[-1][0] == node[0]:
            node = (node[0] + 1, hashlib.sha256(b"\1" + peaks.pop()[1] + node[1]).digest())
        peaks.append(node)
        if i + 1 in wanted:
            root = peaks[-1][1]
            for _, left in reversed(peaks[:-1]):
                root = hashlib.sha256(b"\1" + left + root).digest()
            found[i + 1] = root
    return found


def check_ledger(city, heads, log=None):
    """Every checkpoint handed out is a beginning of the ledger as it is now; and our own auditor finds it sound."""
    out = pathlib.Path(tempfile.mkdtemp(prefix="export-", dir=city.dir))
    args = ["--log", log] if log else []
    done = city.program("ledger", "export", out, *args)
    assert done.returncode == 0, done.stderr
    size = int((out / "checkpoint").read_text().split("\n")[1])
    assert not heads or max(heads) <= size, f"a head of {max(heads)} was handed out, the ledger has {size}"
    now = roots(out, size, set(heads) | {size})
    for n, (root, _) in heads.items():
        assert now[n] == root, f"the checkpoint of size {n} is no beginning of the ledger of size {size}"
    done = city.program("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    return size


# --- a small runner: TAP ---

def main(stories):
    failed = 0
    print(f"1..{len(stories)}", flush=True)
    for i, story in enumerate(stories, 1):
        begun = time.monotonic()
        cities = []
        try:
            said = story(lambda *a, **k: cities.append(City(*a, **k)) or cities[-1])
            print(f"ok {i} - {story.__doc__.strip()} ({time.monotonic() - begun:.0f} s){': ' + said if said else ''}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {i} - {story.__doc__.strip()}")
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            for c in cities:
                log = c.log()[-3000:] if (c.dir / "log").exists() else ""
                for line in [l for l in log.splitlines() if " info access " not in l][-12:]:
                    print("# log: " + line)
            sys.stdout.flush()
        finally:
            for c in cities:
                c.close()
    return 1 if failed else 0
