-- The schema of a Minhu store: one text for SQLite and PostgreSQL. %I is an integer, %T a text, %B bytes.
-- Rules (docs/storage.md, checked by tools/lint/lint_schema.py): every table has a class (home: belongs to one jurisdiction and
-- begins with home_id; ref: small, the same everywhere; local: this store only); no NULL unless said; no generated ids; no
-- triggers; instants are Unix milliseconds, days are numbers since 1970-01-01.

-- Settings of this store: schema hash, home, origin, zone, pack.
-- class: local
-- store: clustered
create table setting (
	name %T not null,
	value %T not null,
	constraint setting_pk primary key (name)
);

-- Who may write: one row a duty; the epoch fences a writer that has been replaced.
-- class: local
-- store: clustered
create table lease (
	name %T not null,
	holder %T not null,  -- host:pid:random of the process
	epoch %I not null,   -- grows with every change of holder
	until %I not null,   -- instant at which others may take it
	constraint lease_pk primary key (name)
);

-- The tree of units: city > county > township > village, departments beside them.
-- class: ref
create table org (
	id %I not null,         -- first 53 bits of SHA-256 of the code: the same in every store
	code %T not null,       -- official statistics code, or parent-Dnn for a department
	parent_id %I not null,  -- 0 for the root
	org_level %I not null,  -- 1 village, 2 township, 3 county, 4 city
	kind_of_org %T not null,-- government, township, street, zone, village, community, department, hotline, …
	duty %T not null,       -- key of the duty catalogue for a department, else empty
	zh %T not null,
	en %T not null,
	constraint org_pk primary key (id)
);

-- Staff who hold a role in a unit: electors of panels, named owners. Not residents.
-- class: ref
create table officer (
	id %I not null,
	code %T not null,      -- how the officer is known: letters and digits
	zh %T not null,
	en %T not null,
	role %T not null,
	org_id %I not null,
	constraint officer_pk primary key (id)
);
create index officer_role on officer (role, id);

-- The category tree.
-- class: ref
-- store: clustered
create table class (
	class_code %T not null,   -- 01, 0103, 010305
	parent_code %T not null,
	zh %T not null,
	en %T not null,
	keywords %T not null,     -- separated by |
	constraint class_pk primary key (class_code)
);

-- The duty catalogue: who leads for a category.
-- class: ref
-- store: clustered
create table duty_entry (
	class_code %T not null,
	org_level %I not null,    -- level at which it is handled
	lead %T not null,         -- duty key of a department, or 'territory'
	co %T not null,           -- duty keys separated by |
	urgent %I not null,
	zh %T not null,           -- note
	constraint duty_entry_pk primary key (class_code)
);

-- Immutable versions of process definitions. The hash is an entry of the ledger.
-- class: ref
create table definition (
	kind %T not null,
	version %I not null,
	since %I not null,        -- day from which new matters use it
	at %I not null,
	hash %T not null,
	body %T not null,         -- the YAML file, verbatim
	constraint definition_pk primary key (kind, version)
);

-- Revisions of a calendar, never edited.
-- class: ref
create table calendar_rev (
	region %T not null,
	rev %I not null,
	at %I not null,
	hash %T not null,
	body %T not null,         -- the day table as CSV, canonical
	hours %T not null,        -- business hours, e.g. 08:30-12:00,14:00-17:30
	source %T not null,
	constraint calendar_rev_pk primary key (region, rev)
);

-- Matters: the current state of each, a projection of its events.
-- class: home
create table matter (
	home_id %I not null,      -- jurisdiction of intake; never changes
	id %I not null,
	ref %T not null,          -- the second of intake and 96 random bits, in hex: the "m" of ledger entries, unrelated to the person
	number %T not null,       -- for people: 2026-330100-000042
	kind %T not null,
	version %I not null,      -- of the definition; kept to the end
	state %T not null,
	category %T not null,     -- initial, active, waiting, done, void
	room %T not null,         -- of the six
	level %I not null,        -- which of the four levels answers now; rises with every escalation
	owner_id %I not null,     -- the unit that has it; 0: nobody yet
	super_id %I not null,     -- the unit that answers for it at `level`; 0: the owner itself
	place_id %I not null,     -- territory it belongs to
	class_code %T not null,   -- category, or empty
	channel %T not null,
	mark %T not null,         -- board colour, or empty
	main_id %I not null,      -- the matter it was merged into; 0: it stands for itself
	parent_id %I not null,    -- the matter whose child it is; 0: none
	facts %T not null,        -- values of the fields that are not personal, as JSON
	uses %T not null,         -- how often each bounded or counted transition was used, as JSON
	created %I not null,
	entered %I not null,      -- when it came into its state
	updated %I not null,
	last_seq %I not null,     -- its newest entry in the ledger
	constraint matter_pk primary key (home_id, id)
);
create index matter_ref on matter (home_id, ref);
create index matter_number on matter (home_id, number);
create index matter_owner on matter (home_id, owner_id, id);
create index matter_place on matter (home_id, place_id, id);
create index matter_ended on matter (home_id, category, id) where category in ('done', 'void');
create index matter_open on matter (home_id, id) where category in ('initial', 'active', 'waiting');
create index matter_created on matter (home_id, created, kind, class_code, place_id, owner_id);
create index matter_over on matter (home_id, entered, kind, place_id, owner_id) where category in ('done', 'void');
create index matter_parent on matter (home_id, parent_id, id) where parent_id > 0;
create index matter_main on matter (home_id, main_id, id) where main_id > 0;
create index matter_class on matter (home_id, class_code, id) where class_code > '';

-- The only place of personal data: what an event carried that is not for the ledger, sealed under the matter's key.
-- The only table with deletes.
-- class: home
create table private (
	home_id %I not null,
	seq %I not null,
	matter_id %I not null,
	sealed %B not null,       -- nonce, then AEAD of (salt, payload); see src/matter/seal.h
	constraint private_pk primary key (home_id, seq)
);
create index private_matter on private (home_id, matter_id, seq);

-- One key a matter, sealed under the city's master key. Erasure deletes it, and so reaches old copies of `private`.
-- class: home
-- store: clustered
create table matter_key (
	home_id %I not null,
	matter_id %I not null,
	sealed %B not null,
	constraint matter_key_pk primary key (home_id, matter_id)
);

-- Clocks that have been started. Budget and consumption are the truth; fire_at is derived from them.
-- class: home
create table clock (
	home_id %I not null,
	matter_id %I not null,
	name %T not null,
	unit %T not null,         -- wd, wh, d, h, min, or day (at: a date)
	budget %I not null,       -- in the unit (a day number for `day`)
	used %I not null,         -- steps of the unit behind it when it began to run; -1 see calendar/timer.h
	running_since %I not null,-- instant; -1: paused, stopped or expired
	rev %I not null,          -- calendar revision that fire_at was derived under
	fire_at %I not null,      -- instant; the largest integer when it does not run
	warn_at %I not null,      -- instant of the warning still due; the largest integer: none
	next_at %I not null,      -- the smaller of the two
	rung %I not null,         -- how often it has fired
	then_name %T not null,    -- transition that it fires in the present state, or empty
	how %T not null,          -- running, paused, stopped, expired
	constraint clock_pk primary key (home_id, matter_id, name)
);
create index clock_next on clock (home_id, next_at, matter_id, name);

-- What happened to each clock and why: the answer to "why this date". Append-only.
-- class: home
-- store: clustered
create table clock_log (
	home_id %I not null,
	matter_id %I not null,
	seq %I not null,          -- entry of the ledger that caused it
	step %I not null,         -- order within one entry
	name %T not null,
	what %T not null,         -- start, continue, pause, resume, extend, restart, warn, fire, stop, revise
	at %I not null,
	unit %T not null,
	budget %I not null,
	used %I not null,
	rev %I not null,
	fire_at %I not null,
	constraint clock_log_pk primary key (home_id, matter_id, seq, step)
);
create index clock_log_fire on clock_log (home_id, at) where what = 'fire';

-- Requests that were carried out, by their idempotency key: a retry gets the same answer and does nothing.
-- class: home
-- store: clustered
create table request_key (
	home_id %I not null,
	request_id %T not null,   -- the key, with what it was used for
	hash %T not null,         -- SHA-256 of the request, so that a key is not used for two things
	matter_id %I not null,
	seq %I not null,
	at %I not null,
	constraint request_key_pk primary key (home_id, request_id)
);

-- Files that prove something. The bytes are in the state folder (src/loop/vault.h).
-- class: home
create table file (
	home_id %I not null,
	id %I not null,
	matter_id %I not null,
	seq %I not null,          -- event that it supports; -1: uploaded, not yet used
	evidence %T not null,     -- name in the definition, or empty for what the person sent along
	hash %T not null,         -- SHA-256 of the bytes as they came
	size %I not null,         -- of them
	media_type %T not null,
	at %I not null,
	name %T not null,         -- where they lie: 64 hexadecimal digits; empty: they are gone by the rule of retention
	sealed_key %B not null,   -- of the sealed file, sealed under the matter's key; empty: a plain file of the sample city
	constraint file_pk primary key (home_id, id)
);
create index file_matter on file (home_id, matter_id, id);

-- Relations between matters: child, main (merged into), class, or a name that a definition gives.
-- class: home
-- store: clustered
create table link (
	home_id %I not null,
	from_id %I not null,
	to_id %I not null,
	word %T not null,
	seq %I not null,          -- event that made it
	ended_seq %I not null,    -- event that ended it; -1: stands
	constraint link_pk primary key (home_id, from_id, to_id, word, seq)
);
create index link_to on link (home_id, to_id, word, from_id);

-- Votes: one row a round.
-- class: home
create table vote (
	home_id %I not null,
	matter_id %I not null,
	seq %I not null,          -- event that opened it
	name %T not null,
	drawn_seq %I not null,    -- event by which the electors were drawn; -1: not yet
	draw_root %T not null,    -- root hash of the checkpoint that the draw used; empty: not yet
	outcome %T not null,      -- empty while open
	constraint vote_pk primary key (home_id, matter_id, seq)
);
create index vote_open on vote (home_id, drawn_seq, matter_id, seq);

-- Electors of a round and what each chose.
-- class: home
-- store: clustered
create table ballot (
	home_id %I not null,
	matter_id %I not null,
	seq %I not null,          -- of the vote
	officer_id %I not null,
	choice %T not null,       -- empty: not yet
	constraint ballot_pk primary key (home_id, matter_id, seq, officer_id)
);
create index ballot_waiting on ballot (home_id, officer_id, matter_id) where choice = '';

-- Messages to be sent, and boards to be marked: the effects that leave the engine.
-- class: home
create table message (
	home_id %I not null,
	id %I not null,
	matter_id %I not null,
	seq %I not null,
	recipient %T not null,    -- owner, citizen, superior, or a role
	org_id %I not null,       -- unit that it goes to; 0: the person who raised the matter
	template %T not null,
	at %I not null,
	sent_at %I not null,      -- -1: not yet
	constraint message_pk primary key (home_id, id)
);
create index message_matter on message (home_id, matter_id, id);

-- What was made public: the fields, as they stood.
-- class: home
create table publication (
	home_id %I not null,
	seq %I not null,
	matter_id %I not null,
	public_place %T not null,
	body %T not null,
	at %I not null,
	constraint publication_pk primary key (home_id, seq)
);
create index publication_matter on publication (home_id, matter_id, seq);

-- Which partner system sent a matter by Open311: only it gets the person's own words back (docs/open311.md).
-- class: home
-- store: clustered
create table open311_request (
	home_id %I not null,
	matter_id %I not null,
	client %T not null,       -- name of the partner's key
	constraint open311_request_pk primary key (home_id, matter_id)
);

-- Running numbers for people.
-- class: home
-- store: clustered
create table counter (
	home_id %I not null,
	name %T not null,
	n %I not null,
	constraint counter_pk primary key (home_id, name)
);

-- The ledger (src/ledger): entries verbatim, full tiles, the head, and the heads that were signed.
-- `log` numbers the logs of a home: a restore closes one and opens the next.
-- class: home
create table ledger_entry (
	home_id %I not null,
	log %I not null,
	seq %I not null,
	matter_id %I not null,    -- whose event it is; 0: of the city itself
	entry %B not null,
	constraint ledger_entry_pk primary key (home_id, log, seq)
);
create index ledger_entry_matter on ledger_entry (home_id, matter_id, log, seq);

-- class: home
create table ledger_tile (
	home_id %I not null,
	log %I not null,
	tile_level %I not null,
	idx %I not null,
	root %B not null,         -- root of the 256: what the tile above holds of this one
	hashes %B not null,       -- 256 hashes
	constraint ledger_tile_pk primary key (home_id, log, tile_level, idx)
);

-- class: home
-- store: clustered
create table ledger_head (
	home_id %I not null,
	log %I not null,
	size %I not null,
	frontier %B not null,
	epoch %I not null,
	origin %T not null,
	vkey %T not null,         -- public key of the log, a note verifier key
	constraint ledger_head_pk primary key (home_id, log)
);

-- class: home
-- store: clustered
create table ledger_signed (
	home_id %I not null,
	log %I not null,
	size %I not null,
	root %B not null,
	note %T not null,
	at %I not null,
	constraint ledger_signed_pk primary key (home_id, log, size)
);

-- Accounts of staff (src/access). Residents have none: a tracking code opens their own matter and nothing else.
-- class: ref
create table account (
	login %T not null,
	zh %T not null,           -- how the person is called on screens
	en %T not null,
	officer %T not null,      -- code of the officer it belongs to, or empty
	pwhash %T not null,       -- Argon2id with its salt and costs; empty: cannot log in
	totp %B not null,         -- secret of the second factor, sealed under the city's master key; empty: none
	totp_step %I not null,    -- the newest time step that was used: a code works once
	totp_next %B not null,    -- a secret that is being entered in an authenticator, sealed likewise; empty: none
	locked %I not null,       -- 1: shut by an administrator
	must_change %I not null,  -- 1: opens nothing but the change of its password
	at %I not null,
	constraint account_pk primary key (login)
);

-- What an account may act as; several are possible.
-- class: ref
-- store: clustered
create table account_role (
	login %T not null,
	role %T not null,
	org_code %T not null,
	constraint account_role_pk primary key (login, role, org_code)
);

-- What was done to accounts, by whom: words and units, never a secret. Append-only.
-- class: home
create table account_log (
	home_id %I not null,
	id %I not null,
	login %T not null,        -- the account
	by_login %T not null,     -- who did it; empty: whoever runs the machine (minhu user)
	by_role %T not null,
	by_org %T not null,
	what %T not null,         -- a word of access/manage.h
	detail %T not null,       -- +role@unit, -role@unit or names of members
	at %I not null,
	constraint account_log_pk primary key (home_id, id)
);
create index account_log_login on account_log (home_id, login, id);

-- Lists that a person has kept under a name: a query of the list's address, never its result.
-- class: ref
-- store: clustered
create table account_view (
	login %T not null,
	name %T not null,
	place %I not null,        -- order on the screen
	query %T not null,
	at %I not null,
	constraint account_view_pk primary key (login, name)
);

-- How a person likes their pages.
-- class: ref
-- store: clustered
create table account_setting (
	login %T not null,
	name %T not null,         -- a key of access/own.h
	value %T not null,
	constraint account_setting_pk primary key (login, name)
);

-- Sessions: only the hash of each token is here, so a stolen copy of the store opens nothing.
-- class: local
create table session (
	token_hash %T not null,   -- SHA-256
	login %T not null,
	at %I not null,           -- when it began; over after 12 hours
	seen %I not null,         -- last use, to the minute; over after 30 minutes without
	constraint session_pk primary key (token_hash)
);
create index session_login on session (login, token_hash);

-- Failed logins, by hash of the name or address that was tried, whether it exists or not.
-- class: local
-- store: clustered
create table login_wait (
	key_hash %T not null,
	failures %I not null,
	until %I not null,        -- no further try before this instant
	at %I not null,
	constraint login_wait_pk primary key (key_hash)
);

-- Every time that somebody saw personal data of a matter in full. Append-only; the reason is a word of a fixed list, so that
-- it holds no personal data itself.
-- class: home
create table unmask_log (
	home_id %I not null,
	id %I not null,
	matter_id %I not null,
	login %T not null,        -- of the account; empty without accounts
	role %T not null,
	org_id %I not null,
	reason %T not null,
	at %I not null,
	constraint unmask_log_pk primary key (home_id, id)
);
create index unmask_log_matter on unmask_log (home_id, matter_id, id);

-- Wishes of people who raised a matter that what is personal in it be erased. Answered by the erasure, which is an entry of the
-- ledger and takes the matter's key; a wish whose matter has no key any more is fulfilled.
-- class: home
-- store: clustered
create table erasure_wish (
	home_id %I not null,
	matter_id %I not null,
	at %I not null,           -- when it was first asked for
	constraint erasure_wish_pk primary key (home_id, matter_id)
);
