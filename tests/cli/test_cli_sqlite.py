"""A city's life by the command line, on SQLite; moved to another file at the end."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import life  # noqa: E402
from kit import MINHU, run_all  # noqa: E402


def whole(kit):
    """init, import, why, receipt, verify, ledger, process, calendar, export, import-archive"""
    kit.store = 'sqlite:' + kit.path('a.db')
    life.make(kit)
    life.take_in(kit)
    life.look(kit)
    life.audit(kit)
    life.change(kit)
    life.move(kit, 'sqlite:' + kit.path('b.db'), kit.path('b.state'))
    life.serving(kit, MINHU)
    life.sample(kit)


def tampering(kit):
    """A row that does not agree with its events is found"""
    kit.store = 'sqlite:' + kit.path('a.db')
    life.make(kit)
    life.take_in(kit)
    db = sqlite3.connect(kit.path('a.db'))
    db.execute("update matter set state = 'closed' where id = (select max(id) from matter)")
    db.commit()
    db.close()
    kit.run('verify').expect(3, 'does not agree')
    kit.run('verify', '--json').expect(3, '"CORRUPT"')


sys.exit(run_all([whole, tampering]))
