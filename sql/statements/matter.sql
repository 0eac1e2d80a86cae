-- name: matter_add :exec
insert into matter (home_id, id, ref, number, kind, version, state, category, room, level, owner_id, super_id, place_id,
  class_code, channel, mark, main_id, parent_id, facts, uses, created, entered, updated, last_seq)
values (:home_id, :id, :ref, :number, :kind, :version, :state, :category, :room, :level, :owner_id, :super_id, :place_id,
  :class_code, :channel, :mark, :main_id, :parent_id, :facts, :uses, :created, :entered, :updated, :last_seq);

-- name: matter_save :count
-- Refuses (0 rows) when somebody else moved the matter since it was read.
-- param: old_seq int
update matter set version = :version, state = :state, category = :category, room = :room, level = :level,
  owner_id = :owner_id, super_id = :super_id, place_id = :place_id, class_code = :class_code, mark = :mark,
  main_id = :main_id, facts = :facts, uses = :uses, entered = :entered, updated = :updated, last_seq = :last_seq
where home_id = :home_id and id = :id and last_seq = :old_seq;

-- name: matter_by_id :opt
select id, ref, number, kind, version, state, category, room, level, owner_id, super_id, place_id, class_code, channel,
  mark, main_id, parent_id, facts, uses, created, entered, updated, last_seq
from matter where home_id = :home_id and id = :id;

-- name: matter_id_by_ref :opt
-- row: matter_id
select id from matter where home_id = :home_id and ref = :ref;

-- name: matter_definition :opt
select kind, version from matter where home_id = :home_id and id = :id;

-- name: matter_id_by_number :opt
-- row: matter_id
select id from matter where home_id = :home_id and number = :number;

-- name: matter_list :many
-- Newest first. An empty filter value, or 0, means any. after_id: the last id of the page before.
-- param: after_id int
-- param: limit int
-- param: open int
select id, ref, number, kind, state, category, room, level, owner_id, place_id, class_code, mark, main_id, created,
  entered, updated, last_seq
from matter
where home_id = :home_id and id < :after_id
  and (:kind = '' or kind = :kind) and (:state = '' or state = :state) and (:room = '' or room = :room)
  and (:owner_id = 0 or owner_id = :owner_id)
  and (:open = 0 or category in ('initial', 'active', 'waiting'))
order by id desc limit :limit;

-- name: matter_followers :many
-- What was merged into this one directly.
-- param: after_id int
-- param: limit int
select id from matter where home_id = :home_id and main_id = :main_id and main_id > 0 and id > :after_id
order by id limit :limit;

-- name: matter_children_open :one
-- type: n int
select count(*) as n from matter
where home_id = :home_id and parent_id = :parent_id and parent_id > 0 and kind = :kind
  and category in ('initial', 'active', 'waiting');

-- name: matter_children :many
-- param: limit int
select id, ref, number, kind, state, category, owner_id from matter
where home_id = :home_id and parent_id = :parent_id and parent_id > 0 order by id limit :limit;

-- name: matter_count :many
-- Reports are all rows, matters those that stand for themselves.
-- bounded: kinds x categories
-- type: reports int
-- type: matters int
select kind, category, count(*) as reports, sum(case when main_id = 0 then 1 else 0 end) as matters
from matter where home_id = :home_id group by kind, category order by kind, category;

-- name: matter_live_states :many
-- For a migration: which states hold live matters.
-- bounded: states of one definition
-- type: n int
select state, count(*) as n from matter
where home_id = :home_id and kind = :kind and version = :version and category in ('initial', 'active', 'waiting')
group by state order by state;

-- name: matter_of_version :many
-- param: after_id int
-- param: limit int
select id from matter
where home_id = :home_id and kind = :kind and version = :version and category in ('initial', 'active', 'waiting')
  and id > :after_id order by id limit :limit;

-- name: private_add :exec
insert into private (home_id, seq, matter_id, sealed) values (:home_id, :seq, :matter_id, :sealed);

-- name: private_of_matter :many
-- param: limit int
select seq, sealed from private where home_id = :home_id and matter_id = :matter_id order by seq limit :limit;

-- name: private_erase :count
delete from private where home_id = :home_id and matter_id = :matter_id;

-- name: matter_key_add :exec
insert into matter_key (home_id, matter_id, sealed) values (:home_id, :matter_id, :sealed);

-- name: matter_key_get :opt
select sealed from matter_key where home_id = :home_id and matter_id = :matter_id;

-- name: matter_key_erase :count
delete from matter_key where home_id = :home_id and matter_id = :matter_id;

-- name: event_of_matter :many
-- A matter's own history, oldest first, straight from the ledger.
-- param: limit int
select log, seq, entry from ledger_entry where home_id = :home_id and matter_id = :matter_id
order by log, seq limit :limit;

-- name: clock_put :exec
insert into clock (home_id, matter_id, name, unit, budget, used, running_since, rev, fire_at, warn_at, next_at, rung, then_name, how)
values (:home_id, :matter_id, :name, :unit, :budget, :used, :running_since, :rev, :fire_at, :warn_at, :next_at, :rung, :then_name, :how)
on conflict (home_id, matter_id, name) do update set unit = excluded.unit, budget = excluded.budget, used = excluded.used,
  running_since = excluded.running_since, rev = excluded.rev, fire_at = excluded.fire_at, warn_at = excluded.warn_at,
  next_at = excluded.next_at, rung = excluded.rung, then_name = excluded.then_name, how = excluded.how;

-- name: clock_of_matter :many
-- bounded: clocks of one definition
select name, unit, budget, used, running_since, rev, fire_at, warn_at, next_at, rung, then_name, how
from clock where home_id = :home_id and matter_id = :matter_id order by name;

-- name: clock_due :many
-- param: now int
-- param: limit int
select matter_id, name, next_at from clock where home_id = :home_id and next_at <= :now
order by next_at, matter_id, name limit :limit;

-- name: clock_next :many
-- The instant of the next clock, for the scheduler's sleep and for scenarios.
-- param: limit int
select next_at, matter_id, name from clock where home_id = :home_id order by next_at, matter_id, name limit :limit;

-- name: clock_running :many
-- For a new calendar revision: every clock that counts by the old one.
-- param: after_id int
-- param: limit int
select matter_id, name from clock where home_id = :home_id and how = 'running' and rev < :rev and matter_id > :after_id
order by matter_id, name limit :limit;

-- name: clock_log_add :exec
insert into clock_log (home_id, matter_id, seq, step, name, what, at, unit, budget, used, rev, fire_at)
values (:home_id, :matter_id, :seq, :step, :name, :what, :at, :unit, :budget, :used, :rev, :fire_at);

-- name: clock_log_of_matter :many
-- param: limit int
select seq, step, name, what, at, unit, budget, used, rev, fire_at from clock_log
where home_id = :home_id and matter_id = :matter_id order by seq, step limit :limit;

-- name: request_key_get :opt
select hash, matter_id, seq from request_key where home_id = :home_id and request_id = :request_id;

-- name: request_key_known :has
-- Asked together for all the requests of a transaction. Not `in (…)`: of that PostgreSQL makes a scan as long as it has not looked
-- at a young table.
select seq from request_key where home_id = :home_id and request_id = :request_id;

-- name: request_key_add :exec
insert into request_key (home_id, request_id, hash, matter_id, seq, at) values (:home_id, :request_id, :hash, :matter_id, :seq, :at);

-- name: file_add :exec
insert into file (home_id, id, matter_id, seq, evidence, hash, size, media_type, at, name, sealed_key)
values (:home_id, :id, :matter_id, :seq, :evidence, :hash, :size, :media_type, :at, :name, :sealed_key);

-- name: file_get :opt
select id, matter_id, seq, evidence, hash, size, media_type, at, name, sealed_key from file where home_id = :home_id and id = :id;

-- name: file_of_matter :many
-- param: limit int
select id, seq, evidence, hash, size, media_type, at, name, sealed_key from file where home_id = :home_id and matter_id = :matter_id
order by id limit :limit;

-- name: file_forget :count
-- The bytes are gone; what they were stays.
-- param: none text
-- param: no_key blob
update file set name = :none, sealed_key = :no_key where home_id = :home_id and matter_id = :matter_id and name > :none;

-- name: matter_retain_page :many
-- Every matter in turn, for the rule of retention.
-- param: after_id int
select id, kind, category, entered, main_id, parent_id from matter where home_id = :home_id and id > :after_id
order by id limit :limit;

-- name: file_use :count
update file set seq = :seq, evidence = :evidence where home_id = :home_id and id = :id and seq = -1;

-- name: link_add :exec
insert into link (home_id, from_id, to_id, word, seq, ended_seq) values (:home_id, :from_id, :to_id, :word, :seq, -1);

-- name: link_end :count
update link set ended_seq = :ended_seq where home_id = :home_id and from_id = :from_id and word = :word and ended_seq = -1;

-- name: link_from :many
-- total: one link of a word to one matter in one event
-- param: limit int
select l.to_id, l.word, l.seq, l.ended_seq, m.ref, m.number, m.kind, m.state
from link l join matter m on m.home_id = l.home_id and m.id = l.to_id
where l.home_id = :home_id and l.from_id = :from_id order by l.seq, l.to_id limit :limit;

-- name: link_to :many
-- total: one link of a word from one matter in one event
-- param: limit int
select l.from_id, l.word, l.seq, l.ended_seq, m.ref, m.number, m.kind, m.state
from link l join matter m on m.home_id = l.home_id and m.id = l.from_id
where l.home_id = :home_id and l.to_id = :to_id order by l.seq, l.from_id limit :limit;

-- name: vote_add :exec
insert into vote (home_id, matter_id, seq, name, drawn_seq, draw_root, outcome) values (:home_id, :matter_id, :seq, :name, -1, '', '');

-- name: vote_last :opt
select seq, name, drawn_seq, draw_root, outcome from vote where home_id = :home_id and matter_id = :matter_id
order by seq desc limit 1;

-- name: vote_undrawn :many
-- param: limit int
select matter_id, seq, name from vote where home_id = :home_id and drawn_seq = -1 order by matter_id, seq limit :limit;

-- name: vote_drawn :exec
update vote set drawn_seq = :drawn_seq, draw_root = :draw_root where home_id = :home_id and matter_id = :matter_id and seq = :seq;

-- name: vote_close :exec
update vote set outcome = :outcome where home_id = :home_id and matter_id = :matter_id and seq = :seq;

-- name: ballot_add :exec
insert into ballot (home_id, matter_id, seq, officer_id, choice) values (:home_id, :matter_id, :seq, :officer_id, '');

-- name: ballot_cast :count
update ballot set choice = :choice
where home_id = :home_id and matter_id = :matter_id and seq = :seq and officer_id = :officer_id and choice = '';

-- name: ballot_of_vote :many
-- bounded: electors of one vote
select officer_id, choice from ballot where home_id = :home_id and matter_id = :matter_id and seq = :seq order by officer_id;

-- name: ballot_waiting :many
-- Open votes whose panel an officer is on and has not voted in, the oldest first.
-- param: limit int
select b.matter_id from ballot b join vote v on v.home_id = b.home_id and v.matter_id = b.matter_id and v.seq = b.seq
where b.home_id = :home_id and b.officer_id = :officer_id and b.choice = '' and v.outcome = ''
order by b.matter_id, b.seq limit :limit;

-- name: ballot_seat :opt
-- The officer's place on the panel of the vote that is open.
select b.seq, b.choice from ballot b join vote v on v.home_id = b.home_id and v.matter_id = b.matter_id and v.seq = b.seq
where b.home_id = :home_id and b.matter_id = :matter_id and b.officer_id = :officer_id and v.outcome = ''
order by b.seq desc limit 1;

-- name: message_add :exec
insert into message (home_id, id, matter_id, seq, recipient, org_id, template, at, sent_at)
values (:home_id, :id, :matter_id, :seq, :recipient, :org_id, :template, :at, -1);

-- name: message_of_matter :many
-- param: limit int
select id, seq, recipient, org_id, template, at, sent_at from message
where home_id = :home_id and matter_id = :matter_id order by id limit :limit;

-- name: publication_add :exec
insert into publication (home_id, seq, matter_id, public_place, body, at)
values (:home_id, :seq, :matter_id, :public_place, :body, :at) on conflict (home_id, seq) do nothing;

-- name: publication_list :many
-- param: before_seq int
-- param: limit int
select seq, matter_id, public_place, body, at from publication
where home_id = :home_id and seq < :before_seq order by seq desc limit :limit;

-- name: publication_between :many
-- What entries of the ledger made public, in their order: for the index of search.
-- bounded: at most one an entry, and the caller names a range of a few hundred
-- param: from_seq int
-- param: before_seq int
select seq, matter_id, public_place, body, at from publication
where home_id = :home_id and seq >= :from_seq and seq < :before_seq order by seq;

-- name: publication_of_matter :many
-- param: limit int
select seq, public_place, body, at from publication
where home_id = :home_id and matter_id = :matter_id order by seq desc limit :limit;

-- name: clock_silence :exec
-- For the scenario runner, whose city in memory serves one story after another: none hears the clocks of the last.
update clock set next_at = :next_at where home_id = :home_id;

-- name: vote_silence :exec
-- Likewise for panels not yet drawn.
update vote set drawn_seq = :drawn_seq where home_id = :home_id and drawn_seq = -1;

-- name: matter_newest :opt
-- Where ids go on after a start, whatever the clock says by then.
select id from matter where home_id = :home_id order by id desc limit 1;

-- name: file_newest :opt
select id from file where home_id = :home_id order by id desc limit 1;

-- name: message_newest :opt
select id from message where home_id = :home_id order by id desc limit 1;
