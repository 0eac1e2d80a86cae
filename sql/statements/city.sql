-- name: setting_get :opt
-- local
select value from setting where name = :name;

-- name: setting_put :exec
insert into setting (name, value) values (:name, :value) on conflict (name) do update set value = excluded.value;

-- name: org_add :exec
insert into org (id, code, parent_id, org_level, kind_of_org, duty, zh, en)
values (:id, :code, :parent_id, :org_level, :kind_of_org, :duty, :zh, :en)
on conflict (id) do update set code = excluded.code, parent_id = excluded.parent_id, org_level = excluded.org_level,
  kind_of_org = excluded.kind_of_org, duty = excluded.duty, zh = excluded.zh, en = excluded.en;

-- name: org_all :many
-- bounded: the tree of one city
select id, code, parent_id, org_level, kind_of_org, duty, zh, en from org order by id;

-- name: officer_add :exec
insert into officer (id, code, zh, en, role, org_id) values (:id, :code, :zh, :en, :role, :org_id)
on conflict (id) do update set code = excluded.code, zh = excluded.zh, en = excluded.en, role = excluded.role, org_id = excluded.org_id;

-- name: officer_all :many
-- bounded: the officers whom one city names in its pack
select code, zh, en, role, org_id from officer order by id;

-- name: officer_by_role :many
-- bounded: holders of one role in one city
select id, code, org_id from officer where role = :role order by id;

-- name: officer_get :opt
select id, code, zh, en, role, org_id from officer where id = :id;

-- name: class_add :exec
insert into class (class_code, parent_code, zh, en, keywords) values (:class_code, :parent_code, :zh, :en, :keywords)
on conflict (class_code) do update set parent_code = excluded.parent_code, zh = excluded.zh, en = excluded.en, keywords = excluded.keywords;

-- name: class_all :many
-- bounded: the category tree of one city
select class_code, parent_code, zh, en, keywords from class order by class_code;

-- name: duty_add :exec
insert into duty_entry (class_code, org_level, lead, co, urgent, zh) values (:class_code, :org_level, :lead, :co, :urgent, :zh)
on conflict (class_code) do update set org_level = excluded.org_level, lead = excluded.lead, co = excluded.co, urgent = excluded.urgent, zh = excluded.zh;

-- name: duty_all :many
-- bounded: the duty catalogue of one city
select class_code, org_level, lead, co, urgent, zh from duty_entry order by class_code;

-- name: definition_add :exec
insert into definition (kind, version, since, at, hash, body) values (:kind, :version, :since, :at, :hash, :body);

-- name: definition_all :many
-- bounded: versions of one city's definitions
select kind, version, since, at, hash, body from definition order by kind, version;

-- name: calendar_rev_add :exec
insert into calendar_rev (region, rev, at, hash, body, hours, source) values (:region, :rev, :at, :hash, :body, :hours, :source);

-- name: calendar_rev_all :many
-- bounded: a few revisions a year
select region, rev, at, hash, body, hours, source from calendar_rev order by region, rev;

-- name: counter_get :opt
select n from counter where home_id = :home_id and name = :name;

-- name: counter_set :exec
insert into counter (home_id, name, n) values (:home_id, :name, :n) on conflict (home_id, name) do update set n = excluded.n;

-- name: lease_take :count
-- Taken when it is free, ours already, or has run out; the epoch grows with every change of holder.
-- param: now int
insert into lease (name, holder, epoch, until) values (:name, :holder, 1, :until)
on conflict (name) do update set holder = excluded.holder, until = excluded.until,
  epoch = case when lease.holder = excluded.holder then lease.epoch else lease.epoch + 1 end
where lease.holder = excluded.holder or lease.until < :now;

-- name: lease_get :opt
select holder, epoch, until from lease where name = :name;

-- name: lease_seize :count
-- From a holder that has been watched for a whole term and did not stir.
-- param: was_holder text
-- param: was_until int
update lease set holder = :holder, until = :until, epoch = epoch + 1
where name = :name and holder = :was_holder and until = :was_until;

-- name: lease_drop :count
-- A holder that stops in good order leaves at once.
update lease set until = 0 where name = :name and holder = :holder;
