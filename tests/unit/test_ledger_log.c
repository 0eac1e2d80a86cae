#include "unit.h"

#include "ledger/audit.h"
#include "ledger_sample.h"
#include "pg.h"

#include <sys/stat.h>

/* Each test runs on both engines. PostgreSQL is one server: tables are dropped in between. */
static const char *uri_of(void **state)
{
	return *state;
}

static void drop_all(const char *uri)
{
	struct mh_db *db = NULL;
	struct mh_err err;
	assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_WRITE, &db, &err), MH_OK);
	const char *const script[] = {"drop schema public cascade", "create schema public", NULL};
	assert_int_equal(mh_db_script(db, script, &err), MH_OK);
	mh_db_close(db);
}

static int on_sqlite(void **state)
{
	static char uri[] = "sqlite::memory:";
	*state = uri;
	return 0;
}

static int on_postgres(void **state)
{
	static char uri[300];
	const char *got = pg_start();
	if (!got) return 1;
	snprintf(uri, sizeof uri, "%s", got);
	drop_all(uri);
	*state = uri;
	return 0;
}

static void check_receipt(struct sample *s, int64_t seq)
{
	struct mh_str text, e = entry_text(s, seq);
	struct mh_checkpoint c;
	ok(mh_ledger_receipt(s->db, 1, 0, seq, &s->a, &text, &s->err));
	ok(mh_receipt_check(text, (struct mh_bytes){(const unsigned char *)e.ptr, e.len}, mh_ledger_key(s->l), &c,
			    &s->err));
	assert_int_equal(c.size, mh_ledger_signed_size(s->l));
}

static void audit_store(struct sample *s, int64_t log, int64_t size)
{
	struct mh_ledger_source src;
	struct mh_ledger_audit report;
	struct mh_ledger_info info;
	struct mh_note_key key;
	ok(mh_ledger_info(s->db, 1, log, &s->a, &info, &s->err));
	ok(mh_note_vkey_parse(info.vkey, &key, &s->err));
	ok(mh_ledger_source_store(s->db, 1, log, &src, &s->err));
	ok(mh_ledger_audit(&src, &key, NULL, &report, &s->err));
	mh_ledger_source_done(&src);
	assert_int_equal(report.entries, size);
	assert_true(report.signed_);
}

static void rounds(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_str text, first;
	struct mh_checkpoint c;
	start(s, uri_of(state));
	assert_int_equal(mh_ledger_checkpoint(s->db, 1, 0, &s->a, &text, &c, &s->err), MH_E_UNAVAILABLE);
	append(s, 3);
	assert_int_equal(mh_ledger_receipt(s->db, 1, 0, 2, &s->a, &text, &s->err), MH_E_UNAVAILABLE);
	sign(s);
	ok(mh_ledger_checkpoint(s->db, 1, 0, &s->a, &first, &c, &s->err));
	assert_int_equal(c.size, 3);
	static const int batches[] = {1, 252, 1, 300, 0, 700};
	for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) append(s, batches[i]);
	sign(s);
	for (int64_t seq = 0; seq < 1257; seq += 97) check_receipt(s, seq);
	check_receipt(s, 1256);
	assert_int_equal(mh_ledger_receipt(s->db, 1, 0, 1257, &s->a, &text, &s->err), MH_E_NOT_FOUND);
	assert_int_equal(mh_ledger_receipt(s->db, 1, 7, 0, &s->a, &text, &s->err), MH_E_NOT_FOUND);
	ok(mh_ledger_consistency(s->db, 1, 0, 3, &s->a, &text, &s->err));
	ok(mh_consistency_check(text, first, mh_ledger_key(s->l), &c, &s->err));
	assert_int_equal(c.size, 1257);
	audit_store(s, 0, 1257);
	reopen(s);
	assert_int_equal(mh_ledger_size(s->l), 1257);
	assert_int_equal(mh_ledger_signed_size(s->l), 1257);
	append(s, 30);
	sign(s);
	audit_store(s, 1, 1287);
	stop(s);
}

static void limits(void **state)
{
	struct sample sample, *s = &sample;
	static char big[MH_LEDGER_ENTRY_MAX + 1];
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, 5);
	int64_t seq = -1;
	start(s, uri_of(state));
	memset(big, 'x', sizeof big);
	{
		MH_DB_TX(tx, s->db);
		ok(mh_db_begin_write(&tx, &s->err));
		assert_int_equal(mh_ledger_append(s->l, s->db, 0, (struct mh_str){big, sizeof big}, &seq, &s->err),
				 MH_E_TOO_LARGE);
		assert_int_equal(mh_ledger_append(s->l, s->db, 0, (struct mh_str){NULL, 0}, &seq, &s->err),
				 MH_E_INVALID);
		assert_int_equal(seq, -1);
		assert_int_equal(mh_ledger_create(s->db, 1, MH_STR(ORIGIN), state_dir(s), &rng, &s->err),
				 MH_E_CONFLICT);
		ok(mh_ledger_append(s->l, s->db, 9, (struct mh_str){big, sizeof big - 1}, &seq, &s->err));
		assert_int_equal(mh_ledger_publish(s->l, s->db, s->now, true, NULL, &s->err), MH_E_INTERNAL);
	}
	mh_ledger_rolled_back(s->l);
	append(s, 1);
	stop(s);
}

/* At most one head a second, and none for nothing new. */
static void pace(void **state)
{
	struct sample sample, *s = &sample;
	bool done;
	start(s, uri_of(state));
	append(s, 1);
	ok(mh_ledger_publish(s->l, s->db, s->now, false, &done, &s->err));
	assert_true(done);
	append(s, 1);
	ok(mh_ledger_publish(s->l, s->db, s->now + 999, false, &done, &s->err));
	assert_false(done);
	ok(mh_ledger_publish(s->l, s->db, s->now + 1000, false, &done, &s->err));
	assert_true(done);
	ok(mh_ledger_publish(s->l, s->db, s->now + 9000, true, &done, &s->err));
	assert_false(done);
	stop(s);
}

static void rollback(void **state)
{
	struct sample sample, *s = &sample;
	int64_t seq;
	start(s, uri_of(state));
	append(s, 250);
	for (int late = 0; late < 2; late++) { /* before and after before_commit, over the end of a tile */
		MH_DB_TX(tx, s->db);
		ok(mh_db_begin_write(&tx, &s->err));
		for (int i = 0; i < 20; i++) ok(mh_ledger_append(s->l, s->db, 0, MH_STR("lost"), &seq, &s->err));
		if (late) ok(mh_ledger_before_commit(s->l, s->db, &s->err));
		mh_db_rollback(&tx);
		mh_ledger_rolled_back(s->l);
		assert_int_equal(mh_ledger_size(s->l), 250);
	}
	append(s, 20);
	sign(s);
	{ /* a rollback without entries undoes nothing of the batch before */
		MH_DB_TX(tx, s->db);
		ok(mh_db_begin_write(&tx, &s->err));
		ok(mh_ledger_before_commit(s->l, s->db, &s->err));
		mh_db_rollback(&tx);
		mh_ledger_rolled_back(s->l);
	}
	assert_int_equal(mh_ledger_size(s->l), 270);
	audit_store(s, 1, 270);
	stop(s);
}

static void fencing(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger *second;
	int64_t seq;
	start(s, uri_of(state));
	append(s, 2);
	ok(mh_ledger_open(s->db, 1, state_dir(s), &second, &s->err));
	{
		MH_DB_TX(tx, s->db);
		ok(mh_db_begin_write(&tx, &s->err));
		ok(mh_ledger_append(s->l, s->db, 0, MH_STR("late"), &seq, &s->err));
		assert_int_equal(mh_ledger_before_commit(s->l, s->db, &s->err), MH_E_STALE);
		mh_db_rollback(&tx);
		mh_ledger_rolled_back(s->l);
	}
	assert_int_equal(mh_ledger_publish(s->l, s->db, s->now, true, NULL, &s->err), MH_E_STALE);
	assert_false(mh_ledger_broken(s->l));
	mh_ledger_close(s->l);
	s->l = second;
	append(s, 1);
	sign(s);
	audit_store(s, 1, 3);
	stop(s);
}

/* What a restore from yesterday's copy looks like: the rows after entry 4 are gone, the state folder is not. */
static void restored_copy(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, 6);
	struct mh_str old, entry;
	struct mh_checkpoint c;
	int64_t log = 0;
	start(s, uri_of(state));
	append(s, 4);
	sign(s);
	sql(s, "create table kept as select * from ledger_head");
	append(s, 4);
	sign(s);
	ok(mh_ledger_checkpoint(s->db, 1, 0, &s->a, &old, &c, &s->err));
	s->l = mh_ledger_close(s->l);
	sql(s, "delete from ledger_entry where seq >= 4");
	sql(s, "delete from ledger_signed where size > 4");
	sql(s, "update ledger_head set size = kept.size, frontier = kept.frontier from kept where ledger_head.log = "
	       "kept.log");
	assert_int_equal(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err), MH_E_CONFLICT);
	assert_non_null(strstr(s->err.detail, "the store has 4 entries, signed were 8"));
	assert_non_null(strstr(s->err.hint, "succeed"));
	{
		MH_DB_TX(tx, s->db);
		ok(mh_db_begin_write(&tx, &s->err));
		ok(mh_ledger_succeed(s->db, 1, state_dir(s), &rng, &log, &s->err));
		ok(mh_db_commit(&tx, &s->err));
	}
	assert_int_equal(log, 2);
	ok(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err));
	assert_int_equal(mh_ledger_log(s->l), 2);
	assert_string_equal(mh_ledger_key(s->l)->name, ORIGIN "/2");
	ok(mh_ledger_entry(s->db, 1, 2, 0, &s->a, &entry, &s->err));
	assert_true(mh_str_eq(entry, old)); /* the old log's last checkpoint, verbatim */
	append(s, 5);
	sign(s);
	audit_store(s, 2, 6);
	audit_store(s, 1, 4); /* the old one stays readable as far as it is there */
	/* restored once more, to before the succession: found out too, and the numbers go on */
	s->l = mh_ledger_close(s->l);
	sql(s, "delete from ledger_entry where log = 2");
	sql(s, "delete from ledger_signed where log = 2");
	sql(s, "delete from ledger_head where log = 2");
	assert_int_equal(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err), MH_E_CONFLICT);
	{
		MH_DB_TX(tx, s->db);
		ok(mh_db_begin_write(&tx, &s->err));
		ok(mh_ledger_succeed(s->db, 1, state_dir(s), &rng, &log, &s->err));
		ok(mh_db_commit(&tx, &s->err));
	}
	assert_int_equal(log, 3);
	ok(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err));
	sign(s);
	audit_store(s, 3, 1);
	stop(s);
}

/* The store changes behind our back before a head is signed: it must stop, not sign. */
static void corrupted(void **state)
{
	static const struct {
		const char *harm, *heal, *says;
	} v[] = {
		{"update ledger_entry set entry = (select e.entry from ledger_entry e where e.seq = 1) where seq = 300",
		 "update ledger_entry set entry = (select k.entry from kept_entry k where k.seq = 300) where seq = 300",
		 "Entry 300"},
		{"update ledger_entry set entry = (select e.entry from ledger_entry e where e.seq = 1) where seq = 520",
		 "update ledger_entry set entry = (select k.entry from kept_entry k where k.seq = 520) where seq = 520",
		 "The root of the 530 entries"},
		{"delete from ledger_entry where seq = 515",
		 "insert into ledger_entry select * from kept_entry where seq = 515", "Entry 515 is missing"},
		{"update ledger_tile set root = (select t.root from ledger_tile t where t.idx = 1) where idx = 0",
		 "update ledger_tile set root = (select k.root from kept_tile k where k.idx = 0) where idx = 0",
		 "The stored root of tile/0/000"},
		{"delete from ledger_tile where idx = 1",
		 "insert into ledger_tile select * from kept_tile where idx = 1", "tile/0/001"},
	};
	struct sample sample, *s = &sample;
	start(s, uri_of(state));
	append(s, 100);
	sign(s);
	append(s, 430);
	sql(s, "create table kept_entry as select * from ledger_entry");
	sql(s, "create table kept_tile as select * from ledger_tile");
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		bool done = true;
		sql(s, v[i].harm);
		assert_int_equal(mh_ledger_publish(s->l, s->db, s->now, true, &done, &s->err), MH_E_CORRUPT);
		assert_false(done);
		if (!strstr(s->err.message, v[i].says)) fail_msg("case %zu: %s", i, s->err.message);
		sql(s, v[i].heal);
		assert_true(mh_ledger_broken(s->l)); /* until opened anew */
		assert_int_equal(mh_ledger_publish(s->l, s->db, s->now, true, &done, &s->err), MH_E_CORRUPT);
		assert_int_equal(mh_ledger_signed_size(s->l), 100);
		reopen(s);
	}
	sign(s);
	audit_store(s, 1, 530);
	/* and what contradicts a signed head is found when it is opened */
	sql(s, "delete from ledger_tile where idx = 0");
	assert_int_not_equal(mh_ledger_publish(s->l, s->db, s->now, true, NULL, &s->err),
			     MH_E_CORRUPT); /* nothing new */
	s->l = mh_ledger_close(s->l);
	assert_int_equal(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err), MH_E_CORRUPT);
	{
		MH_DB_TX(tx, s->db);
		ok(mh_db_begin_write(&tx, &s->err));
		ok(mh_ledger_rebuild_tiles(s->db, 1, 1, &s->err));
		ok(mh_db_commit(&tx, &s->err));
	}
	ok(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err));
	audit_store(s, 1, 530);
	stop(s);
}

static void state_files(void **state)
{
	struct sample sample, *s = &sample;
	char key[4000], head[4000], away[4000];
	struct stat st;
	start(s, uri_of(state));
	append(s, 1);
	sign(s);
	s->l = mh_ledger_close(s->l);
	snprintf(key, sizeof key, "%s/ledger.key", s->dir);
	snprintf(head, sizeof head, "%s/ledger.head", s->dir);
	snprintf(away, sizeof away, "%s/away", s->dir);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(chmod(key, 0644), 0);
	assert_int_equal(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err), MH_E_FORBIDDEN);
	assert_int_equal(chmod(key, 0600), 0);
	assert_int_equal(rename(key, away), 0);
	assert_int_equal(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err), MH_E_IO);
	assert_int_equal(rename(away, key), 0);
	assert_int_equal(rename(head, away), 0);
	assert_int_equal(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err), MH_E_CONFLICT);
	assert_int_equal(rename(away, head), 0);
	/* a crash between the file and the row: the row comes back */
	sql(s, "delete from ledger_signed");
	ok(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err));
	audit_store(s, 1, 1);
	stop(s);
}

/* Every call to the store fails once, at every place of two rounds; afterwards the log must be whole. */
static void failing_store(void **state)
{
	struct sample sample, *s = &sample;
	start(s, uri_of(state));
	append(s, 255);
	sign(s);
	for (int n = 1; n < 200; n++) {
		int64_t seq, before = mh_ledger_size(s->l);
		mh_db_fail_after(n, MH_E_BUSY);
		MH_DB_TX(tx, s->db);
		enum mh_code code = mh_db_begin_write(&tx, &s->err);
		for (int i = 0; code == MH_OK && i < 3; i++)
			code = mh_ledger_append(s->l, s->db, 0, entry_text(s, mh_ledger_size(s->l)), &seq, &s->err);
		if (code == MH_OK) code = mh_ledger_before_commit(s->l, s->db, &s->err);
		if (code == MH_OK) code = mh_db_commit(&tx, &s->err);
		if (code == MH_OK) mh_ledger_committed(s->l);
		else {
			mh_db_rollback(&tx);
			mh_ledger_rolled_back(s->l);
			assert_int_equal(mh_ledger_size(s->l), before);
		}
		enum mh_code signing = mh_ledger_publish(s->l, s->db, s->now, true, NULL, &s->err);
		bool all_tried = mh_db_fail_left() > 0;
		mh_db_fail_after(-1, MH_OK);
		if (all_tried) break;
		assert_true(code != MH_OK || signing != MH_OK || mh_ledger_size(s->l) == before + 3);
		assert_false(mh_ledger_broken(s->l));
		assert_true(n < 199);
	}
	append(s, 1);
	sign(s);
	reopen(s);
	audit_store(s, 1, mh_ledger_size(s->l));
	stop(s);
}

#define BOTH(f)                                                                                                        \
	{#f " (SQLite)", f, on_sqlite, NULL, NULL},                                                                    \
	{                                                                                                              \
#f " (PostgreSQL)", f, on_postgres, NULL, NULL                                                         \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {BOTH(rounds),    BOTH(limits),      BOTH(pace),
					   BOTH(rollback),  BOTH(fencing),     BOTH(restored_copy),
					   BOTH(corrupted), BOTH(state_files), BOTH(failing_store)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
