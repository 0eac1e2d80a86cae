#!/usr/bin/env python3
"""A new version of a definition while the city serves: a broken one changes nothing and says where, matters under way keep theirs."""
import pathlib
import re
import signal
import sys
import threading
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import city as e2e  # noqa: E402

ADMIN, DISPATCHER = "admin@330100", "dispatcher@330100-D01"
FILE = (e2e.PACK / "process/request-12345.yaml").read_text()


def version(n, more=""):
    return re.sub(r"^version: 1$", f"version: {n}", FILE, flags=re.M) + more


def versions(c):
    return [p["version"] for p in c.get("/api/v1/processes").j["processes"] if p["kind"] == "request-12345"]


def post(c, text, status, actor=ADMIN):
    return c.post("/api/v1/processes", {"text": text}, status, actor=actor).j


def story(engine):
    c = e2e.City(engine)
    try:
        made = c.program("init", "--pack", e2e.PACK)
        assert made.returncode == 0, made.stderr
        c.start()
        first = c.raise_()
        size = c.get("/api/v1/ledger").j["size"]
        line = FILE.count("\n") + 1
        said = post(c, version(2, "nonsense: yes\n"), 400)
        assert f":{line}:" in said["detail"] and "nonsense" in said["detail"], said
        post(c, version(2).replace("to: gathering", "to: nowhere", 1), 400)
        # fits the language, and not this city: it makes matters of a kind that nobody knows
        said = post(c, version(2).replace("kind: co-task", "kind: no-task"), 400) if "kind: co-task" in FILE else None
        post(c, version(2), 403, "admin@330105")
        post(c, version(2), 403, DISPATCHER)
        c.ask("POST", "/api/v1/processes", {"text": version(2)})
        post(c, FILE + "\n# changed\n", 409)                 # a version in force is never edited
        assert versions(c) == [1] and c.get("/api/v1/ledger").j["size"] == size, said
        # under load: nobody sees half of it, and every matter has one of the versions
        raised, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                raised.append(c.raise_()["ref"])

        clients = [threading.Thread(target=load) for _ in range(4)]
        for t in clients:
            t.start()
        for n in range(2, 6):
            assert post(c, version(n), 201)["version"] == n
            post(c, version(n), 201)                          # again: nothing happens
        stop.set()
        for t in clients:
            t.join()
        assert versions(c) == [1, 2, 3, 4, 5]
        post(c, version(4, "# otherwise\n"), 409)
        last = c.raise_()
        assert c.view(last["ref"])["version"] == 5
        have = {c.view(ref)["version"] for ref in raised}
        assert have <= {1, 2, 3, 4, 5} and len(have) > 1, have
        assert c.view(first["ref"])["version"] == 1
        c.step(first["ref"], "register", "operator@330100-D01")
        assert c.view(first["ref"])["version"] == 1
        noted = [h["detail"] for h in c.get("/api/v1/account-history", actor=ADMIN).j["changes"] if h["what"] == "definition"]
        assert noted[0] == "request-12345@5", noted
        c.stop(signal.SIGKILL)
        c.start()
        assert versions(c) == [1, 2, 3, 4, 5] and c.view(first["ref"])["version"] == 1
        assert c.stop() == 0
        done = c.program("verify")
        assert done.returncode == 0, done.stderr
    finally:
        c.close()


def main():
    failed = 0
    print("1..2")
    for n, engine in enumerate(("sqlite", "postgres"), 1):
        try:
            story(engine)
            print(f"ok {n} - a definition comes while the city serves, on {engine}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {n} - {engine}\n# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
