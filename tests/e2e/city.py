"""A whole city for end-to-end tests: the real program on a store of its own, spoken to over HTTP only."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

SOURCE = pathlib.Path(os.environ.get("MINHU_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("MINHU_BUILD", SOURCE / "build"))
MINHU = os.environ.get("MINHU", str(BUILD / "minhu"))
PACK = SOURCE / "packs/hangzhou"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(40)
START_S = 60


class Answer:
    """Status, headers and body of one answer; `.j` is the body as JSON."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def j(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class City:
    """Made once, started and killed as often as a story wants."""

    def __init__(self, engine):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="minhu-e2e-"))
        self.state = self.dir / "state"
        self.pg = None
        self.server = None
        self.url = None
        self.store = f"sqlite:{self.dir}/city.db"
        if engine == "postgres":
            self.pg = self.dir / "pg"
            os.chmod(self.dir, 0o711)
            made = subprocess.run([SOURCE / "tools/test/pg", "start", self.pg, str(os.getpid())], check=True,
                                  capture_output=True, text=True)
            self.store = "postgres:" + made.stdout.strip()

    def program(self, *args):
        return subprocess.run([MINHU, *map(str, args), "--store", self.store, "--state", str(self.state)], check=False,
                              capture_output=True, text=True, timeout=240)

    def start(self):
        log = open(self.dir / "log", "ab")
        self.server = subprocess.Popen([MINHU, "serve", "--trust-actor-header", "--listen", "127.0.0.1:0", "--lang", "en", "--store", self.store,
                                        "--state", str(self.state)], stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            line = self.server.stdout.readline()
            if "http://" in line:
                self.url = "http://" + line.split("http://")[1].strip()
                return
            if not line:
                break
        raise RuntimeError("the server did not start: " + (self.dir / "log").read_text()[-2000:])

    def stop(self, how=signal.SIGTERM):
        """The exit code."""
        if not self.server:
            return 0
        self.server.send_signal(how)
        code = self.server.wait(60)
        self.server.stdout.close()
        self.server = None
        return code

    def close(self):
        self.stop(signal.SIGKILL)
        if self.pg:
            subprocess.run([SOURCE / "tools/test/pg", "stop", self.pg], check=False, capture_output=True)
        shutil.rmtree(self.dir, ignore_errors=True)

    # --- HTTP ---

    def ask(self, method, path, body=None, *, actor=None, code=None, key=None, type_=None, lang=None):
        headers = {}
        if actor:
            headers["Minhu-Actor"] = actor
        if code:
            headers["Authorization"] = "Tracking " + code
        if key:
            headers["Idempotency-Key"] = key
        if lang:
            headers["Accept-Language"] = lang
        if isinstance(body, (dict, list)):
            body, type_ = json.dumps(body).encode(), type_ or "application/json"
        if type_:
            headers["Content-Type"] = type_
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as r:
                return Answer(r.status, r.headers, r.read())
        except urllib.error.HTTPError as e:
            return Answer(e.code, e.headers, e.read())

    def get(self, path, status=200, **who):
        return self.expect(self.ask("GET", path, **who), status, path)

    def post(self, path, body, status=200, **who):
        return self.expect(self.ask("POST", path, body, **who), status, path)

    @staticmethod
    def expect(answer, status, path):
        if answer.status != status:
            raise AssertionError(f"{path}: expected {status}, got {answer}")
        if status >= 400:
            problem = answer.j
            assert problem["status"] == status and problem["title"] and problem["title_zh"], problem
        return answer

    # --- what stories do all the time ---

    def raise_(self, fields=None, kind="request-12345", **who):
        given = {"channel": "web", "subject": "request", "text": "路灯不亮", "place": "330106", "category": "010404"}
        given = {**given, **fields} if fields and kind == "request-12345" else (fields or given)
        return self.post("/api/v1/matters", {"kind": kind, "fields": given}, 201, **who).j

    def view(self, ref, actor="dispatcher@330100-D01"):
        return self.get(f"/api/v1/matters/{ref}", actor=actor).j

    def step(self, ref, name, actor, fields=None, status=200, evidence=None, **more):
        body = {"fields": fields or {}}
        if evidence:
            body["evidence"] = {k: [self.file(ref, actor, b) for b in v] for k, v in evidence.items()}
        return self.post(f"/api/v1/matters/{ref}/actions/{name}", body, status, actor=actor, **more).j

    def own_step(self, code, name, fields=None, status=200):
        return self.post(f"/api/v1/follow/actions/{name}", {"fields": fields or {}}, status, code=code).j

    def file(self, ref, actor, content=JPEG):
        return self.post(f"/api/v1/matters/{ref}/files", content, 201, actor=actor, type_="application/octet-stream").j["id"]

    def state_of(self, ref):
        return self.view(ref)["state"]["name"]


def tell(city, stories):
    """Starts a made city, tells each story as TAP from number 2 on, stops it and reads its log. How many failed, and the log."""
    failed = 0
    city.start()
    for i, story in enumerate(stories, 2):
        try:
            story(city)
            print(f"ok {i} - {story.__name__}", flush=True)
        except Exception as e:  # whatever it was, the other stories are told too
            failed += 1
            print(f"not ok {i} - {story.__name__}\n# {type(e).__name__}: {str(e)[:800]}", flush=True)
    city.stop()
    log = (city.dir / "log").read_text()
    assert "ERROR: AddressSanitizer" not in log and "runtime error" not in log and "LeakSanitizer" not in log, log[-3000:]
    return failed, log
