-- What the workshop shows (src/web/api_workshop*.c).

-- name: definition_dates :many
-- bounded: versions of one city's definitions
select kind, version, at from definition order by kind, version;

-- name: definition_live :many
-- Which versions still have matters that are not over.
-- bounded: kinds x versions
-- type: n int
select kind, version, count(*) as n from matter
where home_id = :home_id and category in ('initial', 'active', 'waiting')
group by kind, version order by kind, version;

-- name: calendar_rev_dates :many
-- bounded: a few revisions a year
select rev, at, hash from calendar_rev where region = :region order by rev;

-- name: officer_of_org :many
select code, zh, en, role from officer where org_id = :org_id order by id limit :limit;

-- name: account_of_org :many
select r.login, r.role, a.zh, a.en, a.locked
from account_role r join account a on a.login = r.login
where r.org_code = :org_code order by r.login, r.role limit :limit;

-- name: account_count :one
-- type: n int
-- type: n_locked int
select count(*) as n, coalesce(sum(locked), 0) as n_locked from account;

-- name: session_count :one
-- type: n int
-- param: at_after int
-- param: seen_after int
select count(*) as n from session where at >= :at_after and seen >= :seen_after;

-- name: clock_waiting :many
-- Clocks that are due and not yet dealt with, the oldest first: few, or something is wrong.
-- param: now int
-- param: limit int
select next_at from clock where home_id = :home_id and next_at <= :now order by next_at, matter_id, name limit :limit;
