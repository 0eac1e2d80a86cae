-- name: open311_list :many
-- Matters raised in a window, newest first, before one (where the last page ended). What else is asked for is looked at
-- outside, so that a caller bounds how much is read.
-- param: before_at int
-- param: before_id int
-- param: from_at int
-- param: limit int
select id, number, ref, kind, version, state, category, room, owner_id, place_id, class_code, channel, created, updated
from matter
where home_id = :home_id and created >= :from_at and created <= :before_at
  and (created < :before_at or id < :before_id)
order by created desc, id desc limit :limit;

-- name: open311_row :opt
select id, number, ref, kind, version, state, category, room, owner_id, place_id, class_code, channel, created, updated
from matter where home_id = :home_id and id = :id;

-- name: open311_client :opt
select client from open311_request where home_id = :home_id and matter_id = :matter_id;

-- name: open311_request_add :exec
insert into open311_request (home_id, matter_id, client) values (:home_id, :matter_id, :client)
on conflict (home_id, matter_id) do nothing;

-- name: open311_due :one
-- The latest deadline that still runs; -1: none.
-- type: due int
select coalesce(max(fire_at), -1) as due from clock where home_id = :home_id and matter_id = :matter_id and how = 'running';

-- name: open311_published :opt
-- What was made public last.
select seq, body, at from publication where home_id = :home_id and matter_id = :matter_id order by seq desc limit 1;

-- name: open311_published_at :opt
-- What one event made public.
select body from publication where home_id = :home_id and seq = :seq;

-- name: open311_events :many
-- Entries of a log in order.
-- param: from_seq int
-- param: limit int
select seq, matter_id, entry from ledger_entry where home_id = :home_id and log = :log and seq >= :from_seq
order by seq limit :limit;
