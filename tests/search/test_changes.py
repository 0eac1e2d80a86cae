"""Changes as they happen: who hears of what, coming back without a gap, and that listeners cost nobody anything."""
import http.client
import json
import pathlib
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from city import City, PACK  # noqa: E402

DISPATCHER, HERE, ELSEWHERE = "dispatcher@330100-D01", "handler@330106", "handler@330108"


class Listener:
    def __init__(self, c, actor=DISPATCHER, after=None, status=200):
        host = urllib.parse.urlparse(c.url)
        self.conn = http.client.HTTPConnection(host.hostname, host.port, timeout=20)
        headers = {"Minhu-Actor": actor} if actor else {}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        self.conn.request("GET", "/api/v1/changes", headers=headers)
        self.answer = self.conn.getresponse()
        assert self.answer.status == status, (self.answer.status, self.answer.read())
        if status == 200:
            assert self.answer.headers["Content-Type"] == "text/event-stream"
            assert self.block() == ["retry: 2000"]

    def block(self):
        lines = []
        while True:
            line = self.answer.readline().decode()
            assert line, "the stream ended"
            if line == "\n":
                return lines
            lines.append(line.rstrip("\n"))

    def event(self):
        """Number and entry of the next event."""
        while True:
            lines = self.block()
            if lines[0].startswith("id: "):
                assert lines[1] == "event: entry" and lines[2].startswith("data: "), lines
                return int(lines[0][4:]), json.loads(lines[2][6:])

    def silent(self, seconds):
        self.conn.sock.settimeout(seconds)
        try:
            lines = self.block()
            return lines == [":"]
        except (socket.timeout, TimeoutError):
            return True

    def close(self):
        self.answer.close()
        self.conn.close()


def soon(c):
    mine, theirs = Listener(c), Listener(c, ELSEWHERE)
    m = c.raise_()
    start = time.monotonic()
    seq, entry = mine.event()
    assert time.monotonic() - start < 2
    assert entry["m"] == m["ref"] and seq <= m["seq"], (entry, m)
    assert theirs.silent(1.5), "another district must not hear of it"
    mine.close()
    theirs.close()


def without_a_gap(c):
    first = Listener(c)
    c.raise_()
    seq, _ = first.event()
    first.close()
    made = [c.raise_()["ref"] for _ in range(150)]
    again = Listener(c, after=seq)
    seen, at = [], seq
    while made[-1] not in seen:
        n, entry = again.event()
        assert n > at
        at = n
        if "m" in entry and entry["m"] not in seen:
            seen.append(entry["m"])
    assert [r for r in seen if r in made] == made
    again.close()


def who_may(c):
    Listener(c, actor=None, status=401).close()
    c.get("/api/v1/changes", 403, actor="handler@no-such-unit")


def many(c):
    time.sleep(1)                   # those that were closed before are noticed
    listeners = [Listener(c, HERE) for _ in range(64)]
    Listener(c, HERE, status=429).close()
    start = time.monotonic()
    for _ in range(20):
        c.get("/healthz")
    assert time.monotonic() - start < 5, "listeners must not hold up others"
    m = c.raise_()
    assert all(x.event()[1]["m"] == m["ref"] for x in listeners)
    for x in listeners:
        x.close()
    time.sleep(1)
    Listener(c, HERE).close()


def stopping(c):
    listener = Listener(c)
    start = time.monotonic()
    code = c.stop()
    assert code == 0, (code, (c.dir / "log").read_text()[-1500:])
    assert time.monotonic() - start < 8, "a listener must not hold up the stop"
    try:
        listener.event()
        raise RuntimeError("the stream went on")
    except (AssertionError, http.client.IncompleteRead, ConnectionError):
        pass


STORIES = [soon, without_a_gap, who_may, many, stopping]


def main():
    c = City("sqlite")
    failed = 0
    print(f"1..{len(STORIES)}")
    try:
        made = c.program("init", "--pack", PACK)
        assert made.returncode == 0, made.stderr
        c.start()
        for i, story in enumerate(STORIES, 1):
            try:
                story(c)
                print(f"ok {i} - {story.__name__}", flush=True)
            except Exception as e:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {i} - {story.__name__}\n# {type(e).__name__}: {str(e)[:800]}", flush=True)
    finally:
        c.close()
    return 1 if failed else 0


sys.exit(main())
