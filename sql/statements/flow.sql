-- The leader's view (src/loop/flow.c): numbers of matters, never of persons. Each has an index that it reads from end to end
-- without touching the rows, bounded by what is open or by the window.

-- name: flow_raised_in :many
-- What was raised in a stretch of time. Grouping here would sort and take longer than looking at each.
-- bounded: what a day brings
-- param: from_at int
-- param: to_at int
select kind, class_code, owner_id, place_id from matter
where home_id = :home_id and created >= :from_at and created < :to_at;

-- name: flow_over_in :many
-- bounded: what ends in a day
-- param: from_at int
-- param: to_at int
select kind, owner_id, place_id from matter
where home_id = :home_id and category in ('done', 'void') and entered >= :from_at and entered < :to_at;

-- name: flow_fired_in :many
-- Clocks that ran out in a stretch of time, with the definition that says which of them were promises.
-- bounded: what a day brings
-- param: from_at int
-- param: to_at int
select l.matter_id, l.name, m.kind, m.version, m.owner_id, m.place_id
from clock_log l join matter m on m.home_id = l.home_id and m.id = l.matter_id
where l.home_id = :home_id and l.what = 'fire' and l.at >= :from_at and l.at < :to_at;

-- name: flow_named :many
-- Open matters of one kind with their facts, which may name the officer in charge.
-- param: after_id int
-- param: limit int
select id, facts from matter
where home_id = :home_id and kind = :kind and category in ('initial', 'active', 'waiting') and id > :after_id
order by id limit :limit;
