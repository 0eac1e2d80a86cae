-- name: matter_alike :many
-- Open matters of one kind and category that stand for themselves, newest first: candidates for one handling. Where they lie
-- is asked of the tree of units in memory.
-- param: after_id int
-- param: limit int
select id, ref, number, state, room, owner_id, place_id, created
from matter
where home_id = :home_id and class_code = :class_code and class_code > '' and id < :after_id
  and kind = :kind and main_id = 0 and category in ('initial', 'active', 'waiting')
order by id desc limit :limit;

-- name: file_shared :one
-- How many other matters that have not been erased use the same plain file.
-- type: n int
select count(*) as n
from file f join matter_key k on k.home_id = f.home_id and k.matter_id = f.matter_id
where f.home_id = :home_id and f.name = :name and f.matter_id <> :matter_id;

-- name: event_at :opt
-- One entry of a matter by its number; of the newest log, should two logs have given the number to it.
select log, seq, entry from ledger_entry
where home_id = :home_id and matter_id = :matter_id and seq = :seq order by log desc limit 1;

-- name: search_entries :many
-- Entries in order, with whose they are: what the index of search follows.
-- param: from_seq int
select seq, matter_id, entry from ledger_entry where home_id = :home_id and log = :log and seq >= :from_seq
order by seq limit :limit;

-- name: matter_last_seq :opt
select last_seq from matter where home_id = :home_id and id = :id;

-- name: erasure_wish_add :exec
insert into erasure_wish (home_id, matter_id, at) values (:home_id, :matter_id, :at)
on conflict (home_id, matter_id) do nothing;

-- name: erasure_wish_get :opt
select at from erasure_wish where home_id = :home_id and matter_id = :matter_id;

-- name: erasure_wish_list :many
-- Those not fulfilled yet, oldest first.
-- param: limit int
select w.matter_id, w.at
from erasure_wish w join matter_key k on k.home_id = w.home_id and k.matter_id = w.matter_id
where w.home_id = :home_id order by w.at, w.matter_id limit :limit;
