#!/usr/bin/env python3
"""What a matter costs to take in when there are many: the same intake on a small city and on a large one, in turns.

    bench_growth.py [SMALL LARGE] [--on postgres] [--matters N] [--rounds N] [--store FOLDER] [--json FILE]

SMALL and LARGE are numbers of matters (20,000 and 500,000: some minutes; 50,000 and 5,000,000 take half an hour and 16 GB, once
with --store, which keeps the large city). Prints a table and writes the numbers as JSON (build/growth.json); docs/benchmarks.md
says what they mean."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

from bench_ratios import BODY, BUILD, PACK, STAFF, Postgres, Server, Sqlite, tool

SAMPLE = 3000   # matters that the engine plays; each is the pattern of many


def year_ago():
    return time.strftime("%Y-%m-%d", time.localtime(time.time() - 366 * 86400))


def init(uri, state):
    subprocess.run([BUILD / "minhu", "init", "--store", uri, "--state", state, "--pack", PACK, "--as-of", year_ago()], check=True,
                   capture_output=True)


class City:
    def __init__(self, kind, folder, name, sample, matters):
        folder.mkdir(parents=True, exist_ok=True)
        self.name, self.store, self.state = name, kind(folder), folder / "state"
        self.rates, self.p99, self.memory, self.found = [], [], [], []
        if not (folder / "made").exists():
            init(self.store.uri, self.state)
            print(f"making a city of {matters} matters …", file=sys.stderr)
            subprocess.run([BUILD / "bench_fill", f"sqlite:{sample}/city.db", sample / "state", self.store.uri, self.state,
                            str(matters)], check=True, stdout=subprocess.DEVNULL)
            self.store.settle()
            self.use_gaps()
            (folder / "made").touch()

    def use_gaps(self):
        """A load leaves room at the end of many pages, and PostgreSQL puts each new row that fits into another of them. A city that
        grew has used it up as it came."""
        body = self.state.parent / "body.json"
        body.write_text(json.dumps(BODY, ensure_ascii=False), encoding="utf-8")
        with Server(self.store, self.state) as server:
            for _ in range(100):
                self.store.checkpoint()
                before = self.store.whole_pages()
                server.load(4000, "POST", "/api/v1/matters", body)
                time.sleep(1.5)     # the statistics come once a second
                if self.store.whole_pages() - before < 400:
                    return
        sys.exit("PostgreSQL goes on filling gaps")

    def round(self, n, body):
        with Server(self.store, self.state) as server:
            server.get("/api/v1/matters?limit=50&open=true")        # reads all that is open into memory
            server.load(n // 4, "POST", "/api/v1/matters", body)    # its caches
            self.store.checkpoint()
            took = server.load(n, "POST", "/api/v1/matters", body)
            self.rates.append(took["per_second"])
            self.p99.append(took["p99_ms"])
            for _ in range(20):     # as many pages as there are, read by staff
                server.get("/api/v1/matters?limit=50&open=true")
            self.memory.append(resident(server.process.pid))
            self.found.append(search_lag(server, body.parent))


def resident(pid):
    """MiB: the program's own memory, and with the pages of files that it has mapped (which the system may take back)."""
    lines = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines())
    return [int(lines[k].split()[0]) / 1024 for k in ("RssAnon", "VmRSS")]


def search_lag(server, folder):
    """Seconds from the answer to an intake until search finds it."""
    word = "z" + os.urandom(6).hex()
    body = folder / "one.json"
    body.write_text(json.dumps({**BODY, "fields": {**BODY["fields"], "text": "路灯 " + word}}), encoding="utf-8")
    tool("load", server.port, 1, 1, "POST", "/api/v1/matters", body, STAFF)
    begun = time.monotonic()
    while not json.loads(server.get("/api/v1/search?q=" + urllib.parse.quote(word)))["hits"]:
        if time.monotonic() - begun > 30:
            sys.exit("search does not find what was taken in")
        time.sleep(0.02)
    return time.monotonic() - begun


def line(what, ratio, target, values):
    print(f"{what:34}{ratio:>10}{target:>10}   " + "   ".join(values))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("sizes", nargs="*", type=int, default=[20000, 500000])
    p.add_argument("--on", choices=["sqlite", "postgres"], default="sqlite")
    p.add_argument("--matters", type=int, default=8000)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--store", type=pathlib.Path)
    p.add_argument("--json", default=str(BUILD / "growth.json"))
    args = p.parse_args()
    small, large = args.sizes
    if args.store and args.on == "postgres":
        p.error("--store keeps a SQLite file; a PostgreSQL cluster is made anew each time")
    subprocess.run(["ninja", "-C", BUILD, "bench", "minhu"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="growth-", dir=BUILD) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o711)     # PostgreSQL may run as somebody else
        sample, body = folder / "sample", folder / "body.json"
        body.write_text(json.dumps(BODY, ensure_ascii=False), encoding="utf-8")
        sample.mkdir()
        init(f"sqlite:{sample}/city.db", sample / "state")
        subprocess.run([BUILD / "minhu", "sample", "--store", f"sqlite:{sample}/city.db", "--state", sample / "state", "--pack", PACK,
                        "--matters", str(SAMPLE)], check=True, capture_output=True)
        kind, cities = Postgres if args.on == "postgres" else Sqlite, []
        try:
            cities.append(City(kind, folder / "small", f"{small:,}", sample, small))
            cities.append(City(kind, args.store or folder / "large", f"{large:,}", sample, large))
            for i in range(args.rounds):
                for city in cities[:: -1 if i % 2 else 1]:
                    city.round(args.matters, body)
        finally:
            for city in cities:
                city.store.close()
    report(cities, args)


def report(cities, args):
    costs = sorted(a / b for a, b in zip(cities[0].rates, cities[1].rates))
    middle = statistics.median
    line("", "", "target", [f"{c.name:>14}" for c in cities])
    line("cost of an intake, large / small", f"{middle(costs):.2f}", "<= 1.30",
         [f"{middle(c.rates):10,.0f} /s " for c in cities] + [f"rounds {costs[0]:.2f} to {costs[-1]:.2f}"])
    line("p99 of an intake", "", "", [f"{middle(c.p99):11.1f} ms" for c in cities])
    line("resident memory, own", "", "< 150", [f"{max(m[0] for m in c.memory):10.0f} MiB" for c in cities])
    line("resident memory, with files", "", "", [f"{max(m[1] for m in c.memory):10.0f} MiB" for c in cities])
    line("search finds an intake after", "", "<= 2 s", [f"{max(c.found):12.2f} s" for c in cities])
    with open(args.json, "w", encoding="utf-8") as f:
        json.dump({"store": args.on, "cost": middle(costs), "costs": costs, "load": os.getloadavg(),
                   "cities": [{"matters": c.name, "per_second": c.rates, "p99_ms": c.p99, "memory_mib": c.memory,
                               "found_s": c.found} for c in cities]}, f, indent=1)


if __name__ == "__main__":
    main()
