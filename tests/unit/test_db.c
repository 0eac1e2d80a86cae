/* The store seam on both engines: every test here runs twice. */
#include "unit.h"

#include "db/db.h"
#include "pg.h"
#include "testsql_gen.h"

#include <sys/stat.h>

static const char *engines[] = {"sqlite", "postgres"};
static char dir[64];
static struct mh_arena scratch;

static const char *const drop[] = {"drop table item_event", "drop table item", "drop table home", NULL};

static const char *uri_of(const char *engine)
{
	static char uri[256];
	if (strcmp(engine, "postgres") == 0) return pg_start();
	snprintf(uri, sizeof uri, "sqlite:%s/test.db", dir);
	return uri;
}

static struct mh_db *open_as(const char *engine, enum mh_db_mode mode)
{
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	const char *uri = uri_of(engine);
	assert_non_null(uri);
	enum mh_code code = mh_db_open(mh_str_c(uri), mode, &db, &err);
	if (code) print_error("%s / %s / %s\n", err.message, err.detail, err.internal);
	assert_int_equal(code, MH_OK);
	return db;
}

/* A fresh schema for each test. */
static int setup(void **state)
{
	const char *engine = *state;
	snprintf(dir, sizeof dir, "/tmp/minhu-db-XXXXXX");
	if (!mkdtemp(dir)) return -1;
	struct mh_db *db = open_as(engine, MH_DB_CREATE);
	struct mh_err err = {0};
	if (mh_db_schema(db, &t_sql_catalog, &err)) {
		print_error("%s / %s / %s\n", err.message, err.detail, err.internal);
		return -1;
	}
	mh_db_close(db);
	return 0;
}

static int teardown(void **state)
{
	mh_db_fail_after(-1, MH_OK);
	if (strcmp(*state, "postgres") == 0) {
		struct mh_db *db = open_as(*state, MH_DB_WRITE);
		mh_db_script(db, drop, NULL);
		mh_db_close(db);
	}
	mh_arena_done(&scratch);
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static enum mh_code add(struct mh_db *db, int64_t home, int64_t id, const char *note, struct mh_err *reterr)
{
	int64_t n = 0;
	struct t_q_item_add_in in = {.home_id = home,
				     .id = id,
				     .owner_id_null = true,
				     .note = mh_str_c(note),
				     .note_null = note == NULL,
				     .body = {(const unsigned char *)"\0\xFF", 2}};
	return t_q_item_add(db, &in, &n, reterr);
}

static void add_committed(struct mh_db *db, int64_t home, int64_t id)
{
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	assert_int_equal(add(db, home, id, "民呼", NULL), MH_OK);
	assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);
}

static int64_t count_all(struct mh_db *db)
{
	struct t_q_item_total_row row = {0};
	assert_int_equal(t_q_item_total(db, &scratch, &row, NULL), MH_OK);
	return row.n;
}

/* ---- values */

static void values_come_back(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	assert_int_equal(add(db, -7, INT64_MIN, "民呼 'x' \"y\"", NULL), MH_OK);
	assert_int_equal(add(db, -7, INT64_MAX, NULL, NULL), MH_OK);
	assert_int_equal(add(db, -7, 0, "", NULL), MH_OK);
	assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);

	struct t_q_item_row *rows = NULL;
	size_t n = 0;
	struct t_q_item_list_in in = {.home_id = -7, .after = -1, .limit = 10};
	assert_int_equal(t_q_item_list(db, &scratch, &in, &rows, &n, NULL), MH_OK);
	assert_int_equal(n, 2);
	assert_false(rows[0].note_null);
	assert_int_equal(rows[0].note.len, 0);
	assert_true(rows[0].owner_id_null);
	assert_true(mh_str_is(rows[0].state, "open"));
	assert_int_equal(rows[0].body.len, 2);
	assert_memory_equal(rows[0].body.ptr, "\0\xFF", 2);
	assert_true(rows[1].id == INT64_MAX);
	assert_true(rows[1].note_null);

	struct t_q_item_row one = {0};
	assert_int_equal(t_q_item_must(db, &scratch, &(struct t_q_item_must_in){-7, INT64_MIN}, &one, NULL), MH_OK);
	assert_true(one.id == INT64_MIN);
	assert_true(mh_str_is(one.note, "民呼 'x' \"y\""));
	mh_db_close(db);
}

static void none_and_some(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	struct t_q_item_row row = {.id = 42};
	bool found = true;
	struct mh_err err = {0};
	assert_int_equal(t_q_item_get(db, &scratch, &(struct t_q_item_get_in){1, 1}, &found, &row, &err), MH_OK);
	assert_false(found);
	assert_int_equal(row.id, 42);
	assert_int_equal(t_q_item_must(db, &scratch, &(struct t_q_item_must_in){1, 1}, &row, &err), MH_E_NOT_FOUND);
	assert_int_equal(row.id, 42);
	struct t_q_item_row *rows = &row;
	size_t n = 7;
	assert_int_equal(t_q_item_list(db, &scratch, &(struct t_q_item_list_in){1, 0, 5}, &rows, &n, &err), MH_OK);
	assert_int_equal(n, 0);
	mh_db_close(db);
}

static void sums_and_comparisons(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	struct t_q_item_total_row t = {0};
	assert_int_equal(t_q_item_total(db, &scratch, &t, NULL), MH_OK);
	assert_true(t.n == 0 && t.total == 0 && t.top_null);
	static const int64_t ids[] = {1, 9999, 10000, 123456789012345, 100000000};
	int64_t sum = 0;
	for (size_t i = 0; i < 5; i++) {
		add_committed(db, 1, ids[i]);
		sum += ids[i];
		assert_int_equal(t_q_item_total(db, &scratch, &t, NULL), MH_OK);
		assert_true(t.total == sum);
	}
	add_committed(db, 1, -sum - 40000);
	assert_int_equal(t_q_item_total(db, &scratch, &t, NULL), MH_OK);
	assert_true(t.total == -40000);
	struct t_q_is_answer_row b = {0};
	assert_int_equal(t_q_is_answer(db, &scratch, &(struct t_q_is_answer_in){42}, &b, NULL), MH_OK);
	assert_true(b.bigger == 1 && b.y == 42);
	assert_int_equal(t_q_is_answer(db, &scratch, &(struct t_q_is_answer_in){41}, &b, NULL), MH_OK);
	assert_true(b.bigger == 0 && b.y == 41);
	mh_db_close(db);
}

static void outer_join_and_claim(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	add_committed(db, 1, 10);
	add_committed(db, 1, 11);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	struct t_q_event_add_in e = {.home_id = 1, .seq = 1, .id = 11, .word = MH_STR("made")};
	assert_int_equal(t_q_event_add(db, &e, NULL), MH_OK);
	struct t_q_item_joined_row *rows = NULL;
	size_t n = 0;
	assert_int_equal(t_q_item_joined(db, &scratch, &(struct t_q_item_joined_in){1}, &rows, &n, NULL), MH_OK);
	assert_int_equal(n, 2);
	assert_true(rows[0].word_null && !rows[1].word_null && mh_str_is(rows[1].word, "made"));
	bool found = false;
	struct t_q_item_claim_row c = {0};
	for (int i = 0; i < 2; i++) {
		assert_int_equal(t_q_item_claim(db, &scratch, &(struct t_q_item_claim_in){.owner_id = 5, .home_id = 1},
						&found, &c, NULL),
				 MH_OK);
		assert_true(found && c.id == 10 + i);
	}
	assert_int_equal(t_q_item_claim(db, &scratch, &(struct t_q_item_claim_in){.owner_id = 5, .home_id = 1}, &found,
					&c, NULL),
			 MH_OK);
	assert_false(found);
	mh_db_rollback(&tx);
	mh_db_close(db);
}

static void counts_changes(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	add_committed(db, 1, 10);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	int64_t n = -1;
	assert_int_equal(t_q_item_state(db, &(struct t_q_item_state_in){MH_STR("done"), 1, 10}, &n, NULL), MH_OK);
	assert_int_equal(n, 1);
	assert_int_equal(t_q_item_state(db, &(struct t_q_item_state_in){MH_STR("done"), 1, 99}, &n, NULL), MH_OK);
	assert_int_equal(n, 0);
	mh_db_rollback(&tx);
	mh_db_close(db);
}

/* ---- what is refused */

static void bad_text_is_refused(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	uint64_t before = mh_db_writes(db);
	assert_int_equal(add(db, 1, 1, "\xC0\x80", NULL), MH_E_INVALID);
	struct t_q_item_push_in nul = {.home_id = 1, .id = 2, .note = {"a\0b", 3}};
	assert_int_equal(t_q_item_push(db, &nul, NULL), MH_E_INVALID);
	assert_int_equal(mh_db_writes(db), before);
	assert_false(mh_db_failed(db));
	assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);
	mh_db_close(db);
}

static void conflicts_name_the_key(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	struct mh_err err = {0};
	add_committed(db, 1, 10);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	assert_int_equal(add(db, 1, 11, "x", NULL), MH_OK);
	assert_int_equal(add(db, 1, 10, "x", &err), MH_E_CONFLICT);
	assert_non_null(strstr(err.detail, "item"));
	/* Both engines: nothing but rollback now. */
	assert_true(mh_db_failed(db));
	assert_int_equal(add(db, 1, 12, "x", &err), MH_E_STORE);
	assert_int_equal(mh_db_commit(&tx, &err), MH_E_STORE);
	assert_false(mh_db_in_tx(db));
	assert_int_equal(count_all(db), 1);
	mh_db_close(db);
}

static void foreign_keys_hold(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	struct t_q_event_add_in e = {.home_id = 1, .seq = 1, .id = 404, .word = MH_STR("made")};
	enum mh_code code = t_q_event_add(db, &e, NULL); /* may be told at the commit */
	if (!code) code = mh_db_commit(&tx, NULL);
	assert_int_equal(code, MH_E_STORE);
	mh_db_rollback(&tx);
	assert_int_equal(count_all(db), 0);
	mh_db_close(db);
}

static void late_error_spoils_the_commit(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	struct mh_err err = {0};
	add_committed(db, 1, 10);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	struct t_q_item_push_in in = {.home_id = 1, .id = 9, .note = MH_STR("new")};
	assert_int_equal(t_q_item_push(db, &in, NULL), MH_OK);
	in.id = 10;
	enum mh_code code = t_q_item_push(db, &in, &err);
	if (!code) code = mh_db_commit(&tx, &err);
	assert_int_equal(code, MH_E_CONFLICT);
	mh_db_rollback(&tx);
	assert_int_equal(count_all(db), 1);
	add_committed(db, 1, 11); /* the connection is in step again */
	assert_int_equal(count_all(db), 2);
	mh_db_close(db);
}

static void writes_need_a_write_transaction(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	assert_int_equal(add(db, 1, 1, "x", NULL), MH_E_INTERNAL);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_read(&tx, NULL), MH_OK);
	assert_int_equal(add(db, 1, 1, "x", NULL), MH_E_INTERNAL);
	MH_DB_TX(second, db);
	struct mh_err err = {0};
	assert_int_equal(mh_db_begin_read(&second, &err), MH_E_INTERNAL);
	assert_non_null(strstr(err.internal, "test_db.c"));
	mh_db_rollback(&tx);
	struct mh_db *reader = open_as(*state, MH_DB_READ);
	MH_DB_TX(third, reader);
	assert_int_equal(mh_db_begin_write(&third, NULL), MH_E_INTERNAL);
	mh_db_close(reader);
	mh_db_close(db);
}

/* ---- transactions */

static void leaves(struct mh_db *db)
{
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	assert_int_equal(add(db, 1, 1, "x", NULL), MH_OK);
}

static void scope_exit_rolls_back(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	leaves(db);
	assert_false(mh_db_in_tx(db));
	assert_int_equal(count_all(db), 0);
	mh_db_close(db);
}

static void readers_see_one_state(void **state)
{
	struct mh_db *w = open_as(*state, MH_DB_WRITE), *r = open_as(*state, MH_DB_READ);
	add_committed(w, 1, 1);
	MH_DB_TX(tx, r);
	assert_int_equal(mh_db_begin_read(&tx, NULL), MH_OK);
	assert_int_equal(count_all(r), 1);
	add_committed(w, 1, 2);
	assert_int_equal(count_all(r), 1);
	assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);
	assert_int_equal(count_all(r), 2);
	mh_db_close(r);
	mh_db_close(w);
}

static void many_statements_under_way(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	for (int64_t i = 1; i <= 2000; i++)
		assert_int_equal(
			t_q_item_push(db, &(struct t_q_item_push_in){.home_id = 1, .id = i, .note_null = true}, NULL),
			MH_OK);
	assert_int_equal(count_all(db), 2000);
	assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);
	struct t_q_item_row *rows = NULL;
	size_t n = 0;
	assert_int_equal(t_q_item_list(db, &scratch, &(struct t_q_item_list_in){1, 0, 5000}, &rows, &n, NULL), MH_OK);
	assert_int_equal(n, 2000);
	for (size_t i = 0; i < n; i++) assert_int_equal(rows[i].id, (int64_t)i + 1);
	mh_db_close(db);
}

/* More than may be under way at once, and answers that belong to their questions. */
static void many_questions_at_once(void **state)
{
	enum { N = 3000 };
	static struct t_q_item_known_in in[N];
	static bool known[N];
	struct mh_err err = {0};
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	for (int64_t i = 1; i <= N; i += 3) {
		struct t_q_item_push_in item = {.home_id = 1, .id = i, .note = MH_STR("x")};
		assert_int_equal(t_q_item_push(db, &item, NULL), MH_OK);
	}
	for (size_t i = 0; i < N; i++)
		in[i] = (struct t_q_item_known_in){.home_id = 1, .id = (int64_t)i + 1, .note = MH_STR("x")};
	in[9].note = MH_STR("y");
	assert_int_equal(t_q_item_known(db, &scratch, in, N, known, &err), MH_OK);
	for (size_t i = 0; i < N; i++) assert_int_equal(known[i], i % 3 == 0 && i != 9);
	assert_int_equal(t_q_item_known(db, &scratch, in, 0, known, &err), MH_OK);
	in[7].note = (struct mh_str){"\xff", 1}; /* refused before it is sent; those before it are under way */
	assert_int_equal(t_q_item_known(db, &scratch, in, 20, known, &err), MH_E_INVALID);
	assert_false(mh_db_failed(db));
	assert_int_equal(t_q_item_known(db, &scratch, in, 7, known, &err), MH_OK);
	assert_true(known[6] && !known[5]);
	assert_int_equal(add(db, 1, 1, "again", &err), MH_E_CONFLICT);
	assert_int_not_equal(t_q_item_known(db, &scratch, in, 7, known, &err), MH_OK);
	mh_db_rollback(&tx);
	assert_int_equal(t_q_item_known(db, &scratch, in, 7, known, &err), MH_OK); /* a transaction of its own */
	assert_false(known[0] || known[6]);
	mh_db_close(db);
}

/* One unit of work, as callers write it. */
static enum mh_code work(struct mh_db *db)
{
	struct mh_err err = {0};
	MH_DB_TX(tx, db);
	MH_TRY(mh_db_begin_write(&tx, &err));
	MH_TRY(add(db, 3, 1, "x", &err));
	struct t_q_item_push_in in = {.home_id = 3, .id = 2, .note = MH_STR("new")};
	struct t_q_item_known_in known[] = {{.home_id = 3, .id = 1, .note = MH_STR("x")}, {.home_id = 3, .id = 9}};
	bool found[2] = {false, true};
	MH_TRY(t_q_item_push(db, &in, &err));
	MH_TRY(t_q_item_known(db, &scratch, known, 2, found, &err));
	if (!found[0] || found[1]) return MH_E_INTERNAL;
	struct t_q_item_row row;
	MH_TRY(t_q_item_must(db, &scratch, &(struct t_q_item_must_in){3, 2}, &row, &err));
	return mh_db_commit(&tx, &err);
}

static void every_call_may_fail(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	int failures = 0;
	for (long n = 1;; n++) {
		mh_db_fail_after(n, MH_E_BUSY);
		enum mh_code code = work(db);
		if (code == MH_OK) break;
		failures++;
		assert_int_equal(code, MH_E_BUSY);
		assert_int_equal(count_all(db), 0);
	}
	mh_db_fail_after(-1, MH_OK);
	assert_int_equal(failures, 7);
	assert_int_equal(count_all(db), 2);
	mh_db_close(db);
}

static void memory_may_be_short(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	enum mh_code code = MH_E_NO_MEMORY;
	for (long n = 0; code != MH_OK && n < 200; n++) {
		mh_mem_fail_after(n);
		code = work(db);
		mh_mem_fail_after(-1);
		if (code) assert_int_equal(code, MH_E_NO_MEMORY);
		mh_arena_done(&scratch);
	}
	assert_int_equal(code, MH_OK);
	assert_int_equal(count_all(db), 2);
	mh_db_close(db);
}

static void every_statement_prepares(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	struct mh_err err = {0};
	assert_int_equal(mh_db_prepare(db, &t_sql_catalog, &err), MH_OK);
	assert_true(strlen(mh_db_engine_version(db)) > 8);
	mh_db_close(db);
	db = open_as(*state, MH_DB_WRITE);
	assert_int_equal(mh_db_script(db, drop, NULL), MH_OK);
	assert_int_equal(mh_db_prepare(db, &t_sql_catalog, &err), MH_E_STORE);
	assert_non_null(strstr(err.message, "another version"));
	assert_true(err.internal[0] && err.hint[0]);
	assert_non_null(strstr(err.detail, "item_add"));
	assert_int_equal(mh_db_schema(db, &t_sql_catalog, &err), MH_OK);
	mh_db_close(db);
}

static void slow_statements_are_stopped(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	struct mh_err err = {0};
	static const char *const slow[] = {"create table t as with recursive n(x) as (select 1 union all select x + 1 "
					   "from n) select count(*) as c from n",
					   NULL};
	assert_int_equal(mh_db_deadline(db, 100, &err), MH_OK);
	assert_int_equal(mh_db_script(db, slow, &err), MH_E_TIMEOUT);
	assert_int_equal(mh_db_deadline(db, 30000, &err), MH_OK);
	add_committed(db, 1, 1);
	mh_db_close(db);
}

static void a_failed_script_leaves_nothing(void **state)
{
	struct mh_db *db = open_as(*state, MH_DB_WRITE);
	struct mh_err err = {0};
	static const char *const bad[] = {"create table half (x text)", "create table nonsense", NULL};
	static const char *const good[] = {"create table half (x text)", "drop table half", NULL};
	assert_int_equal(mh_db_script(db, bad, &err), MH_E_STORE);
	assert_non_null(strstr(err.detail, "nonsense"));
	assert_int_equal(mh_db_script(db, good, &err), MH_OK);
	mh_db_close(db);
}

#define BOTH(f)                                                                                                        \
	cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, (void *)(uintptr_t)engines[0]),                   \
		cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, (void *)(uintptr_t)engines[1])

MH_TESTS(BOTH(values_come_back), BOTH(none_and_some), BOTH(sums_and_comparisons), BOTH(outer_join_and_claim),
	 BOTH(counts_changes), BOTH(bad_text_is_refused), BOTH(conflicts_name_the_key), BOTH(foreign_keys_hold),
	 BOTH(late_error_spoils_the_commit), BOTH(writes_need_a_write_transaction), BOTH(scope_exit_rolls_back),
	 BOTH(readers_see_one_state), BOTH(many_statements_under_way), BOTH(many_questions_at_once),
	 BOTH(every_call_may_fail), BOTH(memory_may_be_short), BOTH(every_statement_prepares),
	 BOTH(slow_statements_are_stopped), BOTH(a_failed_script_leaves_nothing))
