#!/usr/bin/env python3
"""The speed of Minhu as ratios, each against a raw floor that is measured beside it, in turns, in the same run.

    bench_ratios.py [sqlite] [postgres] [--matters N] [--rounds N] [--json FILE]

Prints a table and writes the numbers as JSON (build/bench.json). What each line means: docs/benchmarks.md."""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("MINHU_BUILD", SOURCE / "build"))
PACK = SOURCE / "packs/hangzhou"
STAFF = "Minhu-Actor: dispatcher@330100-D01"
BODY = {"kind": "request-12345", "fields": {"channel": "web", "subject": "request", "place": "330106", "category": "010404",
                                            "text": "小区门口的路灯三天不亮，晚上老人出行不便，请尽快派人修理。"}}
CONNECTIONS, THREADS = 64, 2
READS = 20000           # fewer are over in a blink, and one thing that comes between halves what is measured
IMPORT_BATCH = 1000     # most jobs in one transaction of the writer
LIST = "/api/v1/matters?limit=50"


def tool_lines(name, *args):
    """Lines of JSON from a program of bench/."""
    done = subprocess.run([BUILD / f"bench_{name}", *map(str, args)], check=False, capture_output=True, text=True, timeout=170)
    if done.returncode:
        sys.exit(f"bench_{name}: {done.stderr.strip()[-1500:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def tool(name, *args):
    return tool_lines(name, *args)[0]


class Sqlite:
    name = "sqlite"

    def __init__(self, folder):
        self.file = folder / "city.db"
        self.uri = f"sqlite:{self.file}"
        self.before, self.work = folder / "before.db", folder / "work.db"

    def mark(self):
        shutil.copy(self.file, self.before)

    def settle(self):
        """What a store does by and by after a large load, done at once, so that it is not done while something is measured."""

    def checkpoint(self):
        """SQLite makes its own, every few thousand pages."""

    def whole_pages(self):
        """Its log has nothing else, and its tables are filled from end to end."""
        return 0

    def floor(self, transactions):
        for end in ("", "-wal", "-shm"):
            pathlib.Path(f"{self.work}{end}").unlink(missing_ok=True)
        shutil.copy(self.before, self.work)
        os.sync()
        return tool("floor_sqlite", self.work, self.file, transactions)

    def close(self):
        pass


class Postgres:
    name = "postgres"

    def __init__(self, folder):
        folder.chmod(0o711)
        self.folder = folder / "pg"
        made = subprocess.run([SOURCE / "tools/test/pg", "start", self.folder, str(os.getpid())], check=True, capture_output=True,
                              text=True, env={**os.environ, "PG_FSYNC": "on"})
        self.info = made.stdout.strip()
        self.uri = "postgres:" + self.info

    def sql(self, text):
        return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.info.replace("dbname=minhu", "dbname=postgres"),
                               "-c", text], check=True, capture_output=True, text=True).stdout.strip()

    def mark(self):
        self.sql("drop database if exists before")
        self.sql("create database before template minhu")
        self.xid = self.sql("select pg_current_xact_id()")

    def settle(self):
        subprocess.run(["psql", "-qX", self.info, "-c", "vacuum (analyze)", "-c", "checkpoint"], check=True, capture_output=True)

    def checkpoint(self):
        """From here on the log holds every page whole that is changed for the first time."""
        self.sql("checkpoint")

    def whole_pages(self):
        """That the log has had to hold because they were changed for the first time since a checkpoint."""
        return int(self.sql("select wal_fpi from pg_stat_wal"))

    def floor(self, transactions):
        self.sql("drop database if exists work")
        self.sql("create database work template before")
        self.sql("checkpoint")
        return tool("floor_postgres", self.info.replace("dbname=minhu", "dbname=work"), self.info, self.xid, transactions)

    def close(self):
        subprocess.run([SOURCE / "tools/test/pg", "stop", self.folder], check=False, capture_output=True)


class Server:
    """The program in service, for a `with`."""

    def __init__(self, store, state):
        self.log = state.parent / "log"     # in a file, as in service
        self.args = [BUILD / "minhu", "serve", "--trust-actor-header", "--listen", "127.0.0.1:0", "--lang", "en", "--threads",
                     str(THREADS), "--store", store.uri, "--state", str(state)]

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.args, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if "http://" in line:
                self.port = int(line.rsplit(":", 1)[1])
                return self
        sys.exit("the server did not start: " + self.log.read_text()[-1000:])

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.process.stdout.close()

    def get(self, path):
        name, value = STAFF.split(": ")
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={name: value})) as r:
            return r.read()

    def metric(self, name):
        return int(re.search(rf"^{name} (\d+)", self.get("/metrics").decode(), re.M)[1])

    def load(self, n, method, path, body=""):
        return tool("load", self.port, CONNECTIONS, n, method, path, body, STAFF)


class Bench:
    def __init__(self, args):
        self.args, self.lines = args, []

    def line(self, what, store, pairs, target, unit, **more):
        """pairs: (ours, floor), the larger the better. The ratio is the median of the rounds'; the noise their spread."""
        ratios = sorted(a / b for a, b in pairs)
        self.lines.append({"what": what, "store": store, "ratio": statistics.median(ratios), "low": ratios[0], "high": ratios[-1],
                           "ours": statistics.median(a for a, _ in pairs), "floor": statistics.median(b for _, b in pairs),
                           "unit": unit, "target": target, **more})
        print(f"  {what}: {statistics.median(ratios):.2f}", file=sys.stderr, flush=True)

    # --- durable intake ---

    def intake_round(self, store, state, body):
        store.mark()
        with Server(store, state) as server:
            server.load(max(CONNECTIONS, self.args.matters // 20), "POST", "/api/v1/matters", body)     # its caches, its plans
            before = server.metric("minhu_writer_commits_total")
            ours = server.load(self.args.matters, "POST", "/api/v1/matters", body)
            ours["batch"] = ours["n"] / (server.metric("minhu_writer_commits_total") - before)
            all_ = self.args.matters + max(CONNECTIONS, self.args.matters // 20)
        floor = store.floor(max(1, round(all_ / ours["batch"])))
        if floor["matters"] != all_:
            sys.exit(f"the floor wrote {floor['matters']} matters, not {all_}")
        return ours, floor

    def intake(self, store, state, body):
        rounds = [self.intake_round(store, state, body) for _ in range(self.args.rounds)]
        self.line("durable intake over HTTP", store.name, [(a["per_second"], b["per_second"]) for a, b in rounds], ">= 0.60",
                  "matters/s", batch=statistics.median(a["batch"] for a, _ in rounds),
                  rows_per_matter=rounds[0][1]["rows"] / rounds[0][1]["matters"])
        self.line("one commit / p99 of intake", store.name, [(b["commit_ms"], a["p99_ms"]) for a, b in rounds], ">= 0.10", "ms",
                  p50_ms=statistics.median(a["p50_ms"] for a, _ in rounds))

    # --- reads ---

    def read(self, server, store, what, path, n):
        answer = server.get(path)
        with tempfile.NamedTemporaryFile() as f:
            f.write(answer)
            f.flush()
            with subprocess.Popen([BUILD / "bench_floor_http", f.name, str(THREADS)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True) as floor:
                port, pairs = int(floor.stdout.readline()), []
                server.load(n // 10, "GET", path)
                for _ in range(self.args.rounds):
                    ours = server.load(n, "GET", path)["per_second"]
                    pairs.append((ours, tool("load", port, CONNECTIONS, n * 4, "GET", path, "", STAFF)["per_second"]))
                floor.stdin.close()
        self.line(what, store.name, pairs, ">= 0.50", "requests/s", bytes=len(answer))

    def reads(self, store, state):
        with Server(store, state) as server:
            rows = json.loads(server.get(LIST))["matters"]
            n = max(READS, self.args.matters)
            self.read(server, store, "read of one matter", f"/api/v1/matters/{rows[0]['ref']}", n)
            self.read(server, store, "list of 50", LIST, n // 2)

    # --- what needs no server ---

    def imports(self, store, state, folder):
        n = self.args.matters
        text = "工单编号,工单类型,标题,主要内容,来电人,电话,被反映区,被反映街乡镇,问题分类,来电时间\n" + "".join(
            f"B{time.time_ns()}{i},投诉,路灯不亮,文三路{i}号路灯坏了一周，夜里看不清,张三,13800000000,西湖区,翠苑街道,市政道路设施,"
            "2026/1/4 9:32:09\n" for i in range(n))
        (folder / "import.csv").write_text(text, encoding="utf-8")
        store.mark()
        begun = time.monotonic()
        done = subprocess.run([BUILD / "minhu", "import", folder / "import.csv", "--store", store.uri, "--state", state, "--json"],
                              check=False, capture_output=True, text=True, timeout=170)
        took = time.monotonic() - begun
        if done.returncode or json.loads(done.stdout)["imported"] != n:
            sys.exit("import: " + done.stdout[-500:] + done.stderr[-1500:])
        floor = store.floor(max(1, n // IMPORT_BATCH))
        self.line("import of a table", store.name, [(n / took, floor["per_second"])], "", "rows/s")

    def scan(self, store):
        pairs = []
        for _ in range(self.args.rounds):
            r = tool("scan", store.file, 5000)
            pairs.append((1e9 / r["ns"], 1e9 / r["floor_ns"]))
        self.line("scan over due clocks", store.name, pairs, "", "clocks/s", clocks=r["clocks"])

    def audit(self, folder):
        """The auditor takes the processors that there are; the floor is one stream, which only one can hash."""
        rounds = tool_lines("audit", folder, 400000, self.args.rounds)
        for cpus, key, plain in (("all processors", "seconds", "plain"), ("one processor", "processor_seconds", "plain_processor")):
            self.line(f"audit, {cpus}", "files", [(r["bytes"] / r[key] / 1e6, r["bytes"] / r[plain] / 1e6) for r in rounds],
                      ">= 0.50" if key == "seconds" else "", "MB/s", bytes=rounds[0]["bytes"])

    # --- all of it ---

    def on(self, kind, folder):
        store, state = kind(folder), folder / "state"
        try:
            subprocess.run([BUILD / "minhu", "init", "--store", store.uri, "--state", state, "--pack", PACK], check=True,
                           capture_output=True)
            body = folder / "body.json"
            body.write_text(json.dumps(BODY, ensure_ascii=False), encoding="utf-8")
            self.intake(store, state, body)
            self.reads(store, state)
            if kind is Sqlite:
                self.scan(store)
            self.imports(store, state, folder)
        finally:
            store.close()

    def table(self):
        print(f"{'':28}{'store':10}{'ratio':>7}{'low':>7}{'high':>7}{'target':>9}{'ours':>12}{'floor':>12}  unit")
        for r in self.lines:
            print(f"{r['what']:28}{r['store']:10}{r['ratio']:7.2f}{r['low']:7.2f}{r['high']:7.2f}{r['target']:>9}"
                  f"{r['ours']:12,.1f}{r['floor']:12,.1f}  {r['unit']}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("stores", nargs="*", default=["sqlite", "postgres"])
    p.add_argument("--matters", type=int, default=4000)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--json", default=str(BUILD / "bench.json"))
    args = p.parse_args()
    subprocess.run(["ninja", "-C", BUILD, "bench", "minhu"], check=True, stdout=subprocess.DEVNULL)
    bench = Bench(args)
    # On the disk of the build, not in /tmp: that may be memory, where a commit costs nothing.
    for kind in (Sqlite, Postgres):
        if kind.name not in args.stores:
            continue
        print(kind.name, file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as folder:
            bench.on(kind, pathlib.Path(folder))
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as folder:
        bench.audit(pathlib.Path(folder))
    bench.table()
    load = os.getloadavg()
    print(f"{args.rounds} rounds in turns, {CONNECTIONS} connections, {os.cpu_count()} cores, load {load[0]:.1f}")
    with open(args.json, "w", encoding="utf-8") as f:
        json.dump({"cores": os.cpu_count(), "load": load, "connections": CONNECTIONS, "matters": args.matters,
                   "rounds": args.rounds, "lines": bench.lines}, f, indent=1)


if __name__ == "__main__":
    main()
