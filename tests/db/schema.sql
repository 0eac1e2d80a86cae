-- A small schema for the tests of the store seam: one table of each class, every type, nullable columns.

-- What must be closed, as far as these tests care.
-- class: home
-- store: clustered
create table item (
  home_id %I not null,                    -- whose
  id %I not null,                         -- made by the caller
  state %T not null default 'open',       -- a word
  owner_id %I,                            -- nobody yet: null
  note %T,                                -- any text
  body %B,                                -- any bytes
  constraint item_pk primary key (home_id, id)
);
create index item_owner on item (home_id, owner_id, id);

-- A log that refers to items.
-- class: home
create table item_event (
  home_id %I not null,                    -- whose
  seq %I not null,                        -- place in the home's order
  id %I not null,                         -- which item
  word %T not null,                       -- what happened
  constraint item_event_pk primary key (home_id, seq),
  constraint item_event_item foreign key (home_id, id) references item (home_id, id)
);

-- Names of homes.
-- class: ref
create table home (
  home_id %I not null,                    -- the home
  title %T not null,                      -- how it is called
  constraint home_pk primary key (home_id),
  constraint home_title unique (title)
);
