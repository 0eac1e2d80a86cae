#!/usr/bin/env python3
"""The peak hour of a city of ten million people, with everybody at work: does the server keep the pace, and how long do people wait?

    bench_day.py [--seconds N] [--matters N] [--store URI --state DIR] [--json FILE]

Requests come at their own times, whether earlier ones were answered or not; a wait counts from the time at which the request
was due. Then the same mixture as fast as it goes. Where the rates come from: docs/benchmarks.md."""
import argparse
import csv
import heapq
import http.client
import json
import os
import pathlib
import queue
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("MINHU_BUILD", SOURCE / "build"))
PACK = SOURCE / "packs/hangzhou"
PASSWORD = "a peak hour of work"

A_DAY, BUSY_DAY, PEAK_HOUR = 30000, 1.32, 0.11          # reports a day; Tuesday against the mean; the hour from ten to eleven
INTAKE = A_DAY * BUSY_DAY * PEAK_HOUR / 3600
STEPS = 10                                              # steps that people take in a matter's life
STAFF = 5000                                            # at their desks in that hour
A_MINUTE = {"list": 1, "matter": 2, "tally": 0.5, "actions": 0.5, "events": 0.25, "search": 0.05}     # what each of them asks for
FOLLOWS = 3                                             # times that a person looks after what they raised
RATES = {"intake": INTAKE, "step": INTAKE * STEPS, "follow": INTAKE * FOLLOWS,
         **{what: n * STAFF / 60 for what, n in A_MINUTE.items()}}
LISTS = ["open=true&sort=due", "open=true&sort=due&mine=true", "open=true&overdue=true&sort=due", "sort=newest", "open=false",
         "room=handle&open=true&sort=due", "category=01&open=true", "marked=true&open=true"]
GROUPS = ["state", "unit", "kind", "room", "level", "due", "category"]
TEXTS = ["小区门口的路灯三天不亮，晚上老人出行不便", "楼下工地夜间施工噪音很大", "路面有坑，下雨积水", "垃圾桶满了没有人清运"]
PLACES = ["330106", "330105", "330110", "330109", "330102"]
WORDS = ["路灯", "噪音", "积水", "垃圾"]


class City:
    """The program in service; a store of its own with a year of sample history, or the one that was named."""

    def __init__(self, folder, args):
        self.folder, self.made = folder, not args.store
        self.store = args.store or f"sqlite:{folder}/city.db"
        self.state = args.state or str(folder / "state")
        if self.made:
            year_ago = time.strftime("%Y-%m-%d", time.localtime(time.time() - 366 * 86400))
            self.program("init", "--pack", PACK, "--as-of", year_ago)
            self.program("sample", "--pack", PACK, "--matters", args.matters)
        self.accounts()

    def program(self, *args, text=None, good=(0,)):
        done = subprocess.run([BUILD / "minhu", *map(str, args), "--store", self.store, "--state", self.state], check=False,
                              capture_output=True, text=True, input=text)
        if done.returncode not in good:
            sys.exit(f"minhu {args[0]}: {done.stderr[-1000:]}")

    def accounts(self):
        """Those of the pack, with another name and a known password."""
        with open(PACK / "accounts.csv", encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        mine = self.folder / "accounts.csv"
        with open(mine, "w", encoding="utf-8") as f:
            out = csv.writer(f)
            out.writerow(["login", "zh", "en", "roles"])
            for row in rows:
                out.writerow(["bench-" + row["login"], row["zh"], row["en"], row["roles"]])
        self.program("user", "import", mine, text=PASSWORD + "\n", good=(0, 1))     # 1: they are there from the last time
        self.logins = ["bench-" + row["login"] for row in rows if not row["roles"].startswith("admin@")]

    def __enter__(self):
        log = open(self.folder / "log", "wb")
        self.server = subprocess.Popen([BUILD / "minhu", "serve", "--listen", "127.0.0.1:0", "--lang", "en", "--store", self.store,
                                        "--state", self.state], stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        for line in self.server.stdout:
            if "http://" in line:
                self.port = int(line.rsplit(":", 1)[1])
                return self
        sys.exit("the server did not start: " + (self.folder / "log").read_text()[-1000:])

    def __exit__(self, *_):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(60)
        self.server.stdout.close()


class Client:
    """One connection that stays, of one person."""

    def __init__(self, port, token=None):
        self.conn, self.token = http.client.HTTPConnection("127.0.0.1", port, timeout=60), token

    def ask(self, method, path, body=None, **headers):
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if body is not None:
            body = json.dumps(body)
            headers |= {"Content-Type": "application/json", "Idempotency-Key": f"day-{random.getrandbits(80):020x}"}
        self.conn.request(method, path, body, headers)
        answer = self.conn.getresponse()
        return answer.status, answer.read()


def filled(form):
    """Values for what a form requires, by the types of its fields; None: it asks for more than that."""
    if any(e["min"] for e in form["evidence"]):
        return None
    values = {"text": "已联系诉求人，正在办理。", "bool": True, "org": PLACES[0], "date": time.strftime("%Y-%m-%d"), "category": "010404"}
    out = {}
    for f in form["fields"]:
        if not f["required"]:
            continue
        if f["type"] == "enum":
            out[f["name"]] = f["values"][0]["name"]
        elif f["type"] == "int":
            out[f["name"]] = max(f["min"], 0)
        elif f["type"] in values:
            out[f["name"]] = values[f["type"]]
        else:
            return None
    return out


class Work:
    """What people do, each by its name. A result of None: it could not be done and is not counted."""

    def __init__(self, city):
        self.city, self.refs, self.codes = city, [], []
        self.tokens = []
        for login in city.logins:
            status, body = Client(city.port).ask("POST", "/api/v1/session", {"login": login, "password": PASSWORD, "bearer": True})
            if status != 200:
                sys.exit(f"logging in: {body[:300]}")
            self.tokens.append(json.loads(body)["token"])
        self.local = threading.local()
        _, body = self.staff().ask("GET", "/api/v1/matters?limit=200&open=true")
        self.refs = [m["ref"] for m in json.loads(body)["matters"]]
        self.intake()

    def client(self, kind, token):
        kept = self.local.__dict__.setdefault("clients", {})
        if (kind, token) not in kept:
            kept[kind, token] = Client(self.city.port, token)
        return kept[kind, token]

    def staff(self):
        return self.client("staff", random.choice(self.tokens))

    def read(self, path):
        status, body = self.staff().ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:200]}")
        return body

    def intake(self):
        """By an operator: the limit of writes by address is for people who are not logged in."""
        fields = {"channel": "phone", "subject": "request", "place": random.choice(PLACES), "category": "010404",
                  "text": random.choice(TEXTS)}
        token = self.tokens[self.city.logins.index("bench-operator")]
        status, body = self.client("staff", token).ask("POST", "/api/v1/matters", {"kind": "request-12345", "fields": fields})
        if status != 201:
            raise RuntimeError(f"intake: {status} {body[:300]}")
        made = json.loads(body)
        self.refs.append(made["ref"])
        if made.get("code"):
            self.codes.append(made["code"])
        return True

    def list(self):
        return self.read("/api/v1/matters?limit=50&" + random.choice(LISTS))

    def tally(self):
        return self.read(f"/api/v1/matters/tally?open=true&group={random.choice(GROUPS)}")

    def matter(self):
        return self.read("/api/v1/matters/" + random.choice(self.refs))

    def events(self):
        return self.read(f"/api/v1/matters/{random.choice(self.refs)}/events")

    def actions(self):
        return self.read(f"/api/v1/matters/{random.choice(self.refs)}/actions")

    def search(self):
        return self.read("/api/v1/search?limit=20&q=" + "".join(f"%{b:02X}" for b in random.choice(WORDS).encode()))

    def follow(self):
        if not self.codes:
            return None
        status, _ = self.client("public", None).ask("GET", "/api/v1/follow", Authorization="Tracking " + random.choice(self.codes))
        return True if status == 200 else None

    def step(self):
        """The first step that the definition offers to some of the staff and that can be filled in without knowing it."""
        for _ in range(20):
            who, ref = self.staff(), random.choice(self.refs)
            _, body = who.ask("GET", f"/api/v1/matters/{ref}/actions")
            for form in json.loads(body).get("actions", []):
                fields = filled(form)
                if fields is None:
                    continue
                begun = time.monotonic()
                status, _ = who.ask("POST", f"/api/v1/matters/{ref}/actions/{form['name']}", {"fields": fields})
                if status == 200:
                    return time.monotonic() - begun
        return None


class Tally:
    def __init__(self):
        self.took, self.failed, self.lock = {}, [], threading.Lock()

    def add(self, what, seconds):
        with self.lock:
            self.took.setdefault(what, []).append(seconds * 1000)

    def fail(self, text):
        with self.lock:
            self.failed.append(text)

    def lines(self, seconds):
        out = []
        for what in RATES:
            took = sorted(self.took.get(what, []))
            if took:
                out.append({"what": what, "needed": RATES[what], "done": len(took) / seconds, "n": len(took),
                            "p50_ms": took[len(took) // 2], "p95_ms": took[len(took) * 95 // 100],
                            "p99_ms": took[len(took) * 99 // 100], "max_ms": took[-1]})
        return out


def schedule(seconds):
    """(instant, what) in order: each kind as a Poisson stream of its own."""
    draw, all_ = random.Random(12345), []
    for what, rate in RATES.items():
        at = draw.expovariate(rate)
        while at < seconds:
            all_.append((at, what))
            at += draw.expovariate(rate)
    heapq.heapify(all_)
    return [heapq.heappop(all_) for _ in range(len(all_))]


def paced(work, seconds, threads):
    """Open loop: a worker that is late does not make the next one later than it is."""
    jobs, tally = queue.SimpleQueue(), Tally()
    begun = time.monotonic() + 0.5

    def run():
        while (job := jobs.get()) is not None:
            at, what = job
            due = begun + at
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                done = getattr(work, what)()
            except (OSError, RuntimeError, http.client.HTTPException) as e:
                tally.fail(f"{what}: {e!r}")
                continue
            if done is not None:
                tally.add(what, done if isinstance(done, float) else time.monotonic() - due)

    crew = [threading.Thread(target=run, daemon=True) for _ in range(threads)]
    for t in crew:
        t.start()
    for job in schedule(seconds):
        jobs.put(job)
    for _ in crew:
        jobs.put(None)
    for t in crew:
        t.join()
    return tally, time.monotonic() - begun


def flat_out(work, seconds, threads):
    """The same mixture without pauses."""
    names, weights, done = list(RATES), list(RATES.values()), []
    until = time.monotonic() + seconds

    def run():
        draw, n = random.Random(), 0
        while time.monotonic() < until:
            try:
                n += getattr(work, draw.choices(names, weights)[0])() is not None
            except (OSError, RuntimeError, http.client.HTTPException):
                pass
        done.append(n)

    crew = [threading.Thread(target=run) for _ in range(threads)]
    for t in crew:
        t.start()
    for t in crew:
        t.join()
    return sum(done) / seconds


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seconds", type=int, default=20)
    p.add_argument("--matters", type=int, default=1500)
    p.add_argument("--threads", type=int, default=32)
    p.add_argument("--store")
    p.add_argument("--state")
    p.add_argument("--json", default=str(BUILD / "bench-day.json"))
    args = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-day-", dir=BUILD) as folder, City(pathlib.Path(folder), args) as city:
        work = Work(city)
        paced(work, 3, args.threads)
        tally, seconds = paced(work, args.seconds, args.threads)
        most = flat_out(work, args.seconds / 2, 8)
    needed = sum(RATES.values())
    print(f"{'':10}{'needed/s':>10}{'done/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    for r in tally.lines(seconds):
        print(f"{r['what']:10}{r['needed']:10.1f}{r['done']:9.1f}{r['p50_ms']:9.1f}{r['p95_ms']:9.1f}{r['p99_ms']:9.1f}{r['max_ms']:9.0f}")
    print(f"needed {needed:.0f} requests a second; at full speed {most:.0f} ({most / needed:.1f} times that, by one generator in Python "
          f"on the same {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}); {len(tally.failed)} failed")
    for text in tally.failed[:5]:
        print("  " + text)
    with open(args.json, "w", encoding="utf-8") as f:
        json.dump({"needed": needed, "most": most, "failed": len(tally.failed), "cores": os.cpu_count(), "load": os.getloadavg(),
                   "lines": tally.lines(seconds)}, f, indent=1)
    sys.exit(1 if tally.failed else 0)


main()
