"""Ten thousand connections that say nothing, and some that say it slowly: everybody else is served as if they were not there."""
import http.client
import pathlib
import resource
import select
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from city import City, PACK  # noqa: E402

WANTED, SPARE, DRIPPING, HEAD_S = 10000, 600, 100, 15
STAFF = {"Minhu-Actor": "dispatcher@330100-D01"}


def crowd(address, n):
    """Connections that are open and silent."""
    socks = []
    for _ in range(n):
        s = socket.create_connection(address, timeout=20)
        s.setblocking(False)
        socks.append(s)
    return socks


def drip(socks, stop):
    """A byte of a head now and then: never silent for long, never done."""
    text, at = b"GET /api/v1/forms HTTP/1.1\r\nX-Slow: " + b"x" * 400, 0
    while not stop.wait(0.5) and at < len(text):
        for s in socks:
            try:
                s.send(text[at:at + 1])
            except OSError:
                pass
        at += 1


def ask(conn, path):
    begun = time.monotonic()
    conn.request("GET", path, headers=STAFF)
    answer = conn.getresponse()
    body = answer.read()
    assert answer.status == 200, (answer.status, body[:200])
    return time.monotonic() - begun


def served(address, seconds):
    """What a person at work meets meanwhile: on a connection of theirs, and on new ones."""
    took, until = [], time.monotonic() + seconds
    mine = http.client.HTTPConnection(*address, timeout=20)
    while time.monotonic() < until:
        took.append(ask(mine, "/api/v1/matters?limit=50"))
        fresh = http.client.HTTPConnection(*address, timeout=20)
        took.append(ask(fresh, "/healthz"))
        fresh.close()
        time.sleep(0.02)
    mine.close()
    return sorted(took)


def closed(socks):
    """How many of them the server has closed."""
    done, poll, left = 0, select.poll(), {s.fileno(): s for s in socks}
    for fd in left:
        poll.register(fd, select.POLLIN | select.POLLHUP)
    for fd, _ in poll.poll(0):
        try:
            done += not left[fd].recv(1, socket.MSG_PEEK)
        except ConnectionError:
            done += 1
    return done


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    n = min(WANTED, hard - SPARE)
    if n < 1000:
        print(f"1..0 # SKIP only {hard} open files are allowed")
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("1..4")
    c = City("sqlite")
    socks, stop = [], threading.Event()
    try:
        assert c.program("init", "--pack", PACK).returncode == 0
        c.start()
        where = urllib.parse.urlparse(c.url)
        address = (where.hostname, where.port)
        alone = served(address, 2)
        socks = crowd(address, n)
        dripping = crowd(address, DRIPPING)
        socks += dripping
        threading.Thread(target=drip, args=(dripping, stop), daemon=True).start()
        print(f"ok 1 - {len(socks)} connections stand open")
        full = served(address, 5)
        print(f"# alone: median {alone[len(alone) // 2] * 1000:.1f} ms, slowest {alone[-1] * 1000:.0f} ms; beside {len(socks)}: "
              f"median {full[len(full) // 2] * 1000:.1f} ms, slowest {full[-1] * 1000:.0f} ms, {len(full)} answers")
        good = full[len(full) // 2] < 3 * alone[len(alone) // 2] + 0.02 and full[-1] < 3
        print(f"{'ok' if good else 'not ok'} 2 - others are served as before")
        until = time.monotonic() + 2 * HEAD_S + 10
        while closed(socks) < len(socks) and time.monotonic() < until:
            time.sleep(0.3)
        print(f"{'ok' if closed(socks) == len(socks) else 'not ok'} 3 - silent and dripping ones are closed by their deadline "
              f"({closed(socks)} of {len(socks)})")
        stop.set()
        after = served(address, 1)
        print(f"{'ok' if after and c.stop() == 0 else 'not ok'} 4 - the server goes on and stops in order")
    finally:
        stop.set()
        for s in socks:
            s.close()
        c.stop()
        c.close()


main()
