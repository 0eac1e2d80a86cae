-- name: item_add :count
-- A new item; a second one with the same id is a conflict.
insert into item (home_id, id, owner_id, note, body) values (:home_id, :id, :owner_id, :note, :body);

-- name: item_push :exec
-- As item_add, for a caller that does not wait for the answer.
insert into item (home_id, id, note) values (:home_id, :id, :note);

-- name: item_get :opt
-- One item, if there is one.
-- row: item
select id, state, owner_id, note, body from item where home_id = :home_id and id = :id;

-- name: item_known :has
select id from item where home_id = :home_id and id = :id and note = :note;

-- name: item_must :one
-- One item that the caller knows to exist.
-- row: item
select id, state, owner_id, note, body from item where home_id = :home_id and id = :id;

-- name: item_list :many
-- A page of items in key order.
-- param: after int
-- row: item
select id, state, owner_id, note, body from item where home_id = :home_id and id > :after order by id limit :limit;

-- name: item_state :count
-- Moves an item on.
update item set state = :state where home_id = :home_id and id = :id;

-- name: item_clear :exec
-- Empties a home.
delete from item where home_id = :home_id;

-- name: item_claim :opt
-- The next free item for an owner.
update item set owner_id = :owner_id where home_id = :home_id and id in (
  select id from item where home_id = :home_id and owner_id is null order by id limit 1) returning id, state;

-- name: item_total :one
-- How many, the sum and the largest of all ids; the sum of bigints is numeric in PostgreSQL.
-- fanout
select count(*) as n, coalesce(sum(id), 0) as total, max(id) as top from item;

-- name: item_joined :many
-- Items with what happened to them.
-- bounded: a test keeps a handful
select i.id, e.word, e.seq from item i left join item_event e on e.home_id = i.home_id and e.id = i.id
  where i.home_id = :home_id order by i.id, e.seq nulls first;

-- name: event_add :exec
-- Appends to the log.
insert into item_event (home_id, seq, id, word) values (:home_id, :seq, :id, :word);

-- name: home_put :exec
-- Names a home.
insert into home (home_id, title) values (:home_id, :title) on conflict (home_id) do update set title = excluded.title;

-- name: home_list :many
-- All names.
-- bounded: homes are few
select home_id, title from home order by home_id;

-- name: is_answer :one
-- A comparison is a boolean in PostgreSQL and a number in SQLite.
-- param: x int
-- type: bigger int
-- type: y int
select (:x > 41) as bigger, :x as y;
