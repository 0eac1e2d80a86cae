-- Lists of matters. Each statement walks one index in the order of ids, which is that of arrival; whatever else was asked for is
-- compared in C (src/loop/list.c), so that every plan is the same on both engines and known beforehand.

-- let: lane = id, ref, number, kind, version, state, level, owner_id, super_id, place_id, class_code, mark, main_id, created,
--   entered, last_seq

-- name: lane_all :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and id < :from_id order by id desc limit :limit;

-- name: lane_all_up :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and id > :from_id order by id limit :limit;

-- name: lane_owner :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and owner_id = :owner_id and id < :from_id order by id desc limit :limit;

-- name: lane_owner_up :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and owner_id = :owner_id and id > :from_id order by id limit :limit;

-- name: lane_place :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and place_id = :place_id and id < :from_id order by id desc limit :limit;

-- name: lane_place_up :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and place_id = :place_id and id > :from_id order by id limit :limit;

-- name: lane_class :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and class_code = :class_code and class_code > '' and id < :from_id order by id desc limit :limit;

-- name: lane_class_up :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and class_code = :class_code and class_code > '' and id > :from_id order by id limit :limit;

-- name: lane_over :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and category = :category and category in ('done', 'void') and id < :from_id order by id desc limit :limit;

-- name: lane_over_up :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and category = :category and category in ('done', 'void') and id > :from_id order by id limit :limit;

-- name: lane_parent :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and parent_id = :parent_id and parent_id > 0 and id < :from_id order by id desc limit :limit;

-- name: lane_parent_up :many
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and parent_id = :parent_id and parent_id > 0 and id > :from_id order by id limit :limit;

-- name: lane_open_up :many
-- What the desk holds, when it is opened.
-- row: lane
-- param: from_id int
-- param: limit int
select {lane}
from matter
where home_id = :home_id and category in ('initial', 'active', 'waiting') and id > :from_id order by id limit :limit;

-- name: lane_one :opt
-- row: lane
select {lane}
from matter
where home_id = :home_id and id = :id;

-- name: lane_clocks :many
-- row: lane_clocks
-- Clocks of the matters that lane_open_up gives for the same from_id and as many of them.
-- param: from_id int
-- param: matters int
-- param: limit int
select k.matter_id, k.name, k.unit, k.fire_at from clock k
where k.home_id = :home_id and k.how in ('running', 'expired') and k.matter_id in (
  select id from matter where home_id = :home_id and category in ('initial', 'active', 'waiting') and id > :from_id
  order by id limit :matters)
order by k.matter_id, k.name limit :limit;

-- name: lane_clocks_of :many
-- row: lane_clocks
-- bounded: clocks of one definition
select k.matter_id, k.name, k.unit, k.fire_at from clock k
where k.home_id = :home_id and k.matter_id = :matter_id and k.how in ('running', 'expired') order by k.matter_id, k.name;

-- name: lane_news :many
-- Whose entries came, in order: what the desk follows.
-- param: from_seq int
-- param: limit int
select seq, matter_id from ledger_entry where home_id = :home_id and log = :log and seq >= :from_seq order by seq limit :limit;
