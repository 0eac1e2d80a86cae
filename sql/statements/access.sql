-- name: account_add :count
insert into account (login, zh, en, officer, pwhash, totp, totp_step, totp_next, locked, must_change, at)
values (:login, :zh, :en, :officer, :pwhash, :totp, 0, :totp, 0, :must_change, :at) on conflict (login) do nothing;

-- name: account_get :opt
select login, zh, en, officer, pwhash, totp, totp_step, totp_next, locked, must_change, at from account where login = :login;

-- name: account_list :many
-- type: totp_bytes int
-- param: after_login text
select login, zh, en, officer, locked, must_change, length(totp) as totp_bytes, at from account where login > :after_login order by login limit :limit;

-- name: account_set_password :count
update account set pwhash = :pwhash, must_change = :must_change where login = :login;

-- name: account_set_names :count
update account set zh = :zh, en = :en, officer = :officer where login = :login;

-- name: account_set_must_change :count
update account set must_change = :must_change where login = :login;

-- name: account_set_locked :count
update account set locked = :locked where login = :login;

-- name: account_set_totp :count
-- With the secret that was being entered, if there was one, because it is in force or out of date now.
-- param: none blob
update account set totp = :totp, totp_step = :totp_step, totp_next = :none where login = :login;

-- name: account_set_totp_next :count
update account set totp_next = :totp_next where login = :login;

-- name: account_use_totp :count
-- Only forwards: of two logins with one code the second finds it used.
update account set totp_step = :totp_step where login = :login and totp_step < :totp_step;

-- name: account_role_add :exec
insert into account_role (login, role, org_code) values (:login, :role, :org_code) on conflict (login, role, org_code) do nothing;

-- name: account_role_drop :count
delete from account_role where login = :login and role = :role and org_code = :org_code;

-- name: account_role_of :many
-- bounded: the roles of one person
select role, org_code from account_role where login = :login order by role, org_code;

-- name: account_role_page :many
-- param: after_login text
-- param: last_login text
-- bounded: the roles of a page of accounts
select login, role, org_code from account_role where login > :after_login and login <= :last_login order by login, role, org_code;

-- name: account_log_add :exec
insert into account_log (home_id, id, login, by_login, by_role, by_org, what, detail, at)
values (:home_id, :id, :login, :by_login, :by_role, :by_org, :what, :detail, :at);

-- name: account_log_page :many
-- param: before_id int
select id, login, by_login, by_role, by_org, what, detail, at from account_log
where home_id = :home_id and id < :before_id order by id desc limit :limit;

-- name: account_log_of :many
-- param: before_id int
select id, login, by_login, by_role, by_org, what, detail, at from account_log
where home_id = :home_id and login = :login and id < :before_id order by id desc limit :limit;

-- name: account_view_put :exec
insert into account_view (login, name, place, query, at) values (:login, :name, :place, :query, :at)
on conflict (login, name) do update set place = excluded.place, query = excluded.query, at = excluded.at;

-- name: account_view_of :many
select name, place, query, at from account_view where login = :login order by place, name limit :limit;

-- name: account_view_drop :count
delete from account_view where login = :login and name = :name;

-- name: account_setting_put :exec
insert into account_setting (login, name, value) values (:login, :name, :value)
on conflict (login, name) do update set value = excluded.value;

-- name: account_setting_of :many
-- bounded: one row a known key
select name, value from account_setting where login = :login order by name;

-- name: session_add :exec
insert into session (token_hash, login, at, seen) values (:token_hash, :login, :at, :at);

-- name: session_get :opt
select s.login, s.at, s.seen, a.zh, a.en, a.officer, a.locked, a.must_change
from session s join account a on a.login = s.login where s.token_hash = :token_hash;

-- name: session_of :many
select token_hash, at, seen from session where login = :login order by token_hash limit :limit;

-- name: session_seen :exec
update session set seen = :seen where token_hash = :token_hash and seen < :seen;

-- name: session_drop :count
delete from session where token_hash = :token_hash and login = :login;

-- name: session_drop_others :exec
delete from session where login = :login and token_hash <> :token_hash;

-- name: session_drop_all :exec
delete from session where login = :login;

-- name: session_sweep :exec
-- param: at_before int
-- param: seen_before int
delete from session where at < :at_before or seen < :seen_before;

-- name: login_wait_get :opt
select failures, until, at from login_wait where key_hash = :key_hash;

-- name: login_wait_put :exec
insert into login_wait (key_hash, failures, until, at) values (:key_hash, :failures, :until, :at)
on conflict (key_hash) do update set failures = excluded.failures, until = excluded.until, at = excluded.at;

-- name: login_wait_drop :exec
delete from login_wait where key_hash = :key_hash;

-- name: login_wait_sweep :exec
-- param: at_before int
delete from login_wait where at < :at_before;

-- name: unmask_add :exec
insert into unmask_log (home_id, id, matter_id, login, role, org_id, reason, at)
values (:home_id, :id, :matter_id, :login, :role, :org_id, :reason, :at);

-- name: unmask_of_matter :many
select id, login, role, org_id, reason, at from unmask_log
where home_id = :home_id and matter_id = :matter_id order by id limit :limit;
