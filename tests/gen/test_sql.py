"""tools/gen/sql.py refuses each fault that it is for, with file and line, and gives the types that it should."""
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get('MINHU_SOURCE') or pathlib.Path(__file__).resolve().parents[2])
SCHEMA = (SOURCE / 'tests/db/schema.sql').read_text(encoding='utf-8')
WHERE = 'where home_id = :home_id'

# (what, statement with its head, part of the message)
BAD = [
    ('a text without its words', f'-- name: x1 :opt\nselect {{cols}} from item {WHERE};', '{cols} needs its `-- let: cols'),
    ('a text that nothing uses', f'-- let: cols = id\n\n-- name: x1 :opt\nselect id from item {WHERE};', 'nothing uses the text cols'),
    ('a fault in a text', f'-- let: cols = id,\n--   wrong\n\n-- name: x1 :opt\nselect {{cols}} from item {WHERE};', 's.sql:5'),
    ('no kind', '-- name: x\nselect id from item;', 'name: lower_case_name'),
    ('an unknown kind', '-- name: x1 :some\nselect id from item;', 'the kind is one of'),
    ('a missing column', f'-- name: x1 :opt\nselect id from item {WHERE} and wrong = 1;', 'no such column'),
    ('a missing table', '-- name: x1 :opt\nselect id from thing;', 'no table thing'),
    ('bad syntax', f'-- name: x1 :opt\nselect id from item {WHERE} and;', 'incomplete input'),
    ('no semicolon', f'-- name: x1 :opt\nselect id from item {WHERE}', 'lacks its'),
    ('no home', '-- name: x1 :opt\nselect state from item where id = :id;', 'home_id = :home_id'),
    ('a write over all homes', "-- name: x1 :exec\n-- fanout\nupdate item set state = 'x';", 'may only read'),
    ('many without a limit', f'-- name: x1 :many\nselect id from item {WHERE} order by id;', 'limit :limit'),
    ('bounded without a reason', f'-- name: x1 :many\n-- bounded:\nselect id from item {WHERE} order by id;', 'reason'),
    ('an unknown parameter', f'-- name: x1 :opt\nselect id from item {WHERE} and id > :after;', '-- param: after'),
    ('a tag for no parameter', f'-- name: x1 :opt\n-- param: other int\nselect id from item {WHERE};', 'names no parameter'),
    ('a tag for no result', f'-- name: x1 :opt\n-- type: other int\nselect id from item {WHERE};', 'neither result nor parameter'),
    ('an unknown type', f'-- name: x1 :opt\nselect case when id > 1 then 1 else 0 end as big from item {WHERE};', '-- type: big'),
    ('a result without a name', f'-- name: x1 :opt\nselect id + 1 from item {WHERE};', 'a name with `as`'),
    ('two results of one name', f'-- name: x1 :opt\nselect id, seq as id from item_event {WHERE};', 'two results'),
    ('a word of C', f'-- name: x1 :opt\nselect id as default from item {WHERE};', 'word of C'),
    ('select *', f'-- name: x1 :opt\nselect * from item {WHERE};', 'list the columns'),
    ('returning *', '-- name: x1 :opt\ninsert into home (home_id, title) values (:home_id, :title) returning *;', 'list the columns'),
    ('an insert without columns', '-- name: x1 :exec\ninsert into home values (:home_id, :title);', 'lists its columns'),
    ('an insert that lacks a value', '-- name: x1 :exec\ninsert into item_event (home_id, seq, id) values (:home_id, :seq, :id);', 'item_event.word'),
    ('an insert with home_id elsewhere', '-- name: x1 :exec\ninsert into item (id, home_id) values (:id, :home_id);', 'first column'),
    ('a read that is :exec', f'-- name: x1 :exec\nselect id from item {WHERE};', 'has no result'),
    ('a write that is :has', f"-- name: x1 :has\nupdate item set state = 'x' {WHERE} returning id;", 'only reads'),
    ('avg', f'-- name: x1 :one\n-- type: n int\nselect avg(id) as n from item {WHERE};', 'avg()'),
    ('round', f'-- name: x1 :one\n-- type: n int\nselect round(id) as n from item {WHERE};', 'round()'),
    ('now', f'-- name: x1 :one\n-- type: n int\nselect now() as n from item {WHERE};', 'now()'),
    ('random', f'-- name: x1 :one\n-- type: n int\nselect random() as n from item {WHERE};', 'random()'),
    ('max of two', f'-- name: x1 :one\n-- type: n int\nselect max(id, 3) as n from item {WHERE};', 'two values'),
    ('like', f"-- name: x1 :opt\nselect id from item {WHERE} and note like 'a%';", 'ranges'),
    ('a cast by ::', f'-- name: x1 :opt\n-- type: id text\nselect id::text as id from item {WHERE};', 'cast('),
    ('JSON', f"-- name: x1 :opt\n-- type: v text\nselect note->>'a' as v from item {WHERE};", 'opaque'),
    ('a blob literal', f"-- name: x1 :opt\nselect id from item {WHERE} and body = x'00';", 'blob literals'),
    ('a quoted name', f'-- name: x1 :opt\nselect "id" from item {WHERE};', 'quoted identifiers'),
    ('a float', f'-- name: x1 :opt\nselect id from item {WHERE} and id > 1.5;', 'integers only'),
    ('a question mark', '-- name: x1 :opt\nselect id from item where home_id = ?;', 'name parameters'),
    ('distinct on', f'-- name: x1 :opt\nselect distinct on (id) id from item {WHERE};', 'only PostgreSQL'),
    ('a row lock', f'-- name: x1 :opt\nselect id from item {WHERE} for update;', 'driver'),
    ('an order without a key', f'-- name: x1 :many\nselect id from item {WHERE} order by state limit :limit;', 'holds no key'),
    ('an order by number', f'-- name: x1 :many\nselect id from item {WHERE} order by 1 limit :limit;', 'not by numbers'),
    ('an order of nulls', f'-- name: x1 :many\nselect id from item {WHERE} order by owner_id, id limit :limit;', 'nulls first'),
    ('an order of nulls in a window',
     f'-- name: x1 :many\nselect id, row_number() over (order by owner_id, id) as n from item {WHERE} order by id limit :limit;', 'nulls first'),
    ('a row shared by different results',
     f'-- name: x1 :opt\n-- row: r\nselect id from item {WHERE};\n\n-- name: x2 :opt\n-- row: r\nselect state from item {WHERE};', 'differ'),
    ('one name twice', f'-- name: x1 :opt\nselect id from item {WHERE};\n\n-- name: x1 :opt\nselect id from item {WHERE};', 'already'),
]

# (what, statement, texts that the header must hold)
GOOD = [
    ('a text that stands for its words', f'-- let: cols = id,\n--   state\n\n-- name: x1 :opt\nselect {{cols}} from item {WHERE};',
     ['int64_t id;\n\tstruct mh_str state;']),
    ('an outer join may give nulls', '-- name: x1 :many\n-- bounded: few\nselect i.id, e.word from item i left join item_event e '
     f'on e.home_id = i.home_id and e.id = i.id where i.home_id = :home_id order by i.id, e.seq nulls last;',
     ['bool word_null;', 'int64_t id;\n\tstruct mh_str word;']),
    ('an order by a fixed key is total', f'-- name: x1 :many\nselect seq from item_event {WHERE} order by seq limit :limit;', ['int64_t limit;']),
    ('a group is total', f'-- name: x1 :many\n-- bounded: states\nselect state, count(*) as n from item {WHERE} group by state order by state;',
     ['struct mh_str state;\n\tint64_t n;']),
    ('a sum may be null', f'-- name: x1 :one\nselect sum(id) as n, coalesce(max(id), 0) as m from item {WHERE};', ['n_null', 'int64_t m;\n}']),
    ('an override', f'-- name: x1 :one\n-- notnull: n\nselect max(id) as n from item {WHERE};', ['int64_t n;\n}']),
    ('a common table expression', '-- name: x1 :many\n-- bounded: few\nwith recursive up(id, depth) as (select id, 0 from item where '
     'home_id = :home_id union all select up.id, depth + 1 from up where depth < 3) select up.id from up order by id;', ['int64_t id;']),
    ('a claim', '-- name: x1 :many\nupdate item set owner_id = :owner_id where home_id = :home_id and id in (select id from item '
     'where home_id = :home_id order by id limit :limit) returning id;', ['int64_t id;', 'bool owner_id_null;']),
    ('a question for many', f'-- name: x1 :has\nselect id from item {WHERE} and id = :id;',
     ['const struct mh_q_x1_in *in, size_t n, bool *ret_found']),
    ('a comment in the text', f"-- name: x1 :opt\nselect id -- :not a parameter\nfrom item {WHERE} and note = ':nor this';", ['int64_t home_id;\n}']),
]


def generate(statements):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / 'statements').mkdir()
        (root / 'schema.sql').write_text(SCHEMA, encoding='utf-8')
        (root / 'statements' / 's.sql').write_text(statements + '\n', encoding='utf-8')
        done = subprocess.run([sys.executable, '-B', str(SOURCE / 'tools/gen/sql.py'), folder, folder], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, check=False)
        header = root / 'sql_gen.h'
        return done.returncode, done.stdout, header.read_text(encoding='utf-8') if header.exists() else ''


def main():
    cases = []
    for what, statement, message in BAD:
        rc, out, _ = generate(statement)
        cases.append((rc == 1 and message in out and 's.sql:' in out and 'Traceback' not in out, f'refuses {what}', out))
    for what, statement, wanted in GOOD:
        rc, out, header = generate(statement)
        cases.append((rc == 0 and all(w in header for w in wanted), what, out + header))
    print(f'1..{len(cases)}')
    for i, (ok, what, out) in enumerate(cases, 1):
        print(f"{'ok' if ok else 'not ok'} {i} - {what}")
        if not ok:
            print('\n'.join('# ' + line for line in out.splitlines()))
    return 0 if all(case[0] for case in cases) else 1


sys.exit(main())
