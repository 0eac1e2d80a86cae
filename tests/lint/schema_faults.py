"""Faults of sql/schema.sql that lint_schema must find; read by test_lints.py."""
GOOD = """-- Homes.
-- class: ref
create table home (
  home_id %I not null,
  title %T not null,
  constraint home_pk primary key (home_id)
);

-- Things.
-- class: home
create table thing (
  home_id %I not null,
  id %I not null,
  note %T,
  constraint thing_pk primary key (home_id, id),
  constraint thing_home foreign key (home_id) references home (home_id)
);
create index thing_note on thing (home_id, note, id);

-- Parts of things.
-- class: home
create table part (
  home_id %I not null,
  id %I not null,
  thing_id %I not null,
  constraint part_pk primary key (home_id, id),
  constraint part_thing foreign key (home_id, thing_id) references thing (home_id, id)
);
"""

# (what, old text, new text, part of the message)
CHANGES = [
    ('a table without a class', '-- class: ref\n', '', 'class: home'),
    ('home_id not first', '  home_id %I not null,\n  id %I not null,\n  note', '  id %I not null,\n  home_id %I not null,\n  note', 'first column'),
    ('home_id that may be null', '  home_id %I not null,\n  id %I not null,\n  note', '  home_id %I,\n  id %I not null,\n  note', 'first column'),
    ('a primary key without home_id', 'primary key (home_id, id),\n  constraint thing_home', 'primary key (id),\n  constraint thing_home',
     'must begin with home_id'),
    ('a unique constraint without home_id', "constraint thing_home", 'constraint thing_one unique (note),\n  constraint thing_home',
     'must begin with home_id'),
    ('a unique index without home_id', 'create index thing_note on thing (home_id, note, id)', 'create unique index thing_note on thing (note)',
     'unique index'),
    ('a table without a primary key', '  title %T not null,\n  constraint home_pk primary key (home_id)\n', '  title %T not null\n', 'no primary key'),
    ('a constraint without a name', 'constraint thing_pk primary', 'primary', 'name this constraint'),
    ('a check without a name', 'note %T,', "note %T check (note <> ''),", 'name this constraint'),
    ('a generated id', 'id %I not null,\n  note', 'id serial,\n  note', 'must be %I'),
    ('a default from the clock', 'note %T,', 'note %I default (now()),', 'time comes'),
    ('a boolean', 'note %T,', 'note boolean,', 'must be %I'),
    ('a float', 'note %T,', 'note %I default 1.5,', '1.5'),
    ('a trigger', 'create index thing_note', 'create trigger t after insert on thing begin select 1; end;\ncreate index thing_note', 'only `create table`'),
    ('an extension', '-- Homes.', 'create extension citext;\n\n-- Homes.', 'only `create table`'),
    ('a key from ref to home', "  title %T not null,\n", "  title %T not null,\n  constraint h foreign key (home_id) references thing (home_id),\n",
     'cannot refer'),
    ('a key between homes', 'foreign key (home_id, thing_id) references thing (home_id, id)', 'foreign key (thing_id) references thing (id)',
     'pair home_id'),
    ('a key to no table', 'references thing (home_id, id)', 'references things (home_id, id)', 'does not stand above'),
    ('a name of 51 bytes', 'constraint part_thing', 'constraint part_' + 'x' * 46, 'longer than 50'),
    ('a name in capitals', 'note %T,\n', 'note %T,\n  Note2 %T,\n', 'lower case'),
    ('a quoted name', 'note %T,\n', 'note %T,\n  x %T default "y",\n', 'plain names'),
    ('one name of two types', '  thing_id %I not null,\n', '  thing_id %I not null,\n  note %I,\n', 'one name has one type'),
    ('a cascade', 'references thing (home_id, id)', 'references thing (home_id, id) on delete cascade', 'named statements'),
    ('a key of an unknown column', 'constraint part_pk primary key (home_id, id)', 'constraint part_pk primary key (home_id, od)', 'no column'),
    ('a statement without its end', ');\n', ')', 'lacks its `;`'),
]


def changed(old, new):
    """The last occurrence for `);`, the first one else."""
    if old == ');\n':
        return GOOD.rstrip()[:-1] + '\n'
    assert old in GOOD, old
    return GOOD.replace(old, new, 1)


BAD = [('schema', what, {'sql/schema.sql': changed(old, new)}, message) for what, old, new, message in CHANGES]
