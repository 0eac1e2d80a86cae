"""The same life on PostgreSQL; moved to SQLite at the end."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import life  # noqa: E402
from kit import MINHU, SOURCE, run_all  # noqa: E402

PG = os.path.join(SOURCE, 'tools/test/pg')


def whole(kit):
    """On PostgreSQL, and from there to SQLite"""
    where = kit.path('pg')
    started = subprocess.run([PG, 'start', where, str(os.getpid())], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    try:
        kit.store, kit.state = 'postgres:' + started.stdout.strip().splitlines()[-1], kit.path('state')
        life.make(kit)
        life.take_in(kit)
        life.look(kit)
        life.audit(kit)
        life.change(kit)
        life.move(kit, 'sqlite:' + kit.path('b.db'), kit.path('b.state'))
        life.serving(kit, MINHU)
        life.sample(kit)
    finally:
        subprocess.run([PG, 'stop', where], check=False)


sys.exit(run_all([whole]))
