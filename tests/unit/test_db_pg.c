/* What is PostgreSQL's alone: connections that cannot be made, are refused, or break. */
#include "unit.h"

#include "db/writer.h"
#include "pg.h"
#include "testsql_gen.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

static struct mh_db *connect_to(const char *uri)
{
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	enum mh_code code = mh_db_open(mh_str_c(uri), MH_DB_WRITE, &db, &err);
	if (code) print_error("%s / %s\n", err.message, err.internal);
	assert_int_equal(code, MH_OK);
	return db;
}

/* Ends every other connection, as a restart or a broken line would, and waits until they have ended. */
static void cut_lines(void)
{
	static const char *const sql[] = {"select pg_terminate_backend(pid, 10000) from pg_stat_activity where pid <> "
					  "pg_backend_pid() and backend_type = 'client backend'",
					  NULL};
	struct mh_db *db = connect_to(pg_start());
	assert_int_equal(mh_db_script(db, sql, NULL), MH_OK);
	mh_db_close(db);
}

static void nobody_there(void **state)
{
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	assert_int_equal(
		mh_db_open(MH_STR("postgres:host=/nowhere user=a password=geheim dbname=b"), MH_DB_WRITE, &db, &err),
		MH_E_UNAVAILABLE);
	assert_null(strstr(err.message, "geheim"));
	assert_null(strstr(err.detail, "geheim"));
	assert_null(strstr(err.internal, "geheim"));
	assert_true(err.hint[0]);
	assert_int_equal(mh_db_open(MH_STR("postgres:what is this"), MH_DB_WRITE, &db, &err), MH_E_UNAVAILABLE);
	assert_int_equal(mh_db_open(MH_STR("postgres://u:geheim@127.0.0.1:1/x"), MH_DB_WRITE, &db, &err),
			 MH_E_UNAVAILABLE);
	assert_null(strstr(err.internal, "geheim"));
	assert_null(db);
}

static void only_the_order_of_bytes(void **state)
{
	char command[512], uri[256];
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	assert_non_null(pg_start());
	snprintf(command, sizeof command,
		 "$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)/createdb -h %s -U postgres -T template0 "
		 "--lc-collate=C.UTF-8 other",
		 pg_dir);
	assert_int_equal(system(command), 0);
	snprintf(uri, sizeof uri, "postgres:host=%s user=postgres dbname=other", pg_dir);
	assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_READ, &db, &err), MH_E_INVALID);
	assert_non_null(strstr(err.detail, "C.UTF-8"));
	assert_non_null(strstr(err.hint, "createdb"));
}

static void a_cut_line_is_noticed(void **state)
{
	struct mh_err err = {0};
	struct mh_arena a = MH_ARENA(0);
	struct t_q_is_answer_row row;
	struct mh_db *db = connect_to(pg_start());
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	assert_int_equal(t_q_is_answer(db, &a, &(struct t_q_is_answer_in){1}, &row, &err), MH_OK);
	cut_lines();
	assert_int_equal(t_q_is_answer(db, &a, &(struct t_q_is_answer_in){1}, &row, &err), MH_E_UNAVAILABLE);
	assert_true(mh_db_lost(db));
	assert_int_equal(mh_db_commit(&tx, &err), MH_E_UNAVAILABLE);
	assert_false(mh_db_in_tx(db));
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_E_UNAVAILABLE);
	mh_arena_done(&a);
	mh_db_close(db);
}

static void a_cut_line_at_commit(void **state)
{
	struct mh_err err = {0};
	struct mh_db *db = connect_to(pg_start());
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	assert_int_equal(t_q_item_push(db, &(struct t_q_item_push_in){.home_id = 9, .id = 9, .note_null = true}, &err),
			 MH_OK);
	cut_lines();
	assert_int_equal(mh_db_commit(&tx, &err), MH_E_UNAVAILABLE);
	mh_db_close(db);
}

static enum mh_code push(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	return t_q_item_push(db, &(struct t_q_item_push_in){.home_id = 1, .id = *(int64_t *)arg, .note_null = true},
			     reterr);
}

static void the_writer_comes_back(void **state)
{
	struct mh_writer *w = NULL;
	int64_t id = 1;
	struct mh_writer_config c = {.uri = mh_str_c(pg_start()), .mode = MH_DB_WRITE};
	assert_int_equal(mh_writer_start(&c, &w, NULL), MH_OK);
	assert_int_equal(mh_writer_run(w, push, &id, 10000, NULL), MH_OK);
	for (id = 2; id < 5; id++) {
		cut_lines();
		assert_int_equal(mh_writer_run(w, push, &id, 10000, NULL), MH_OK);
	}
	mh_writer_stop(w);
}

struct lonely {
	int64_t id;
	int runs;
	bool spoils, cuts; /* the batch, at the first run; the lines, at the second */
	struct mh_writer *w;
	atomic_int told;
};

static enum mh_code lonely_job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct lonely *l = arg;
	l->runs++;
	while (mh_writer_stats(l->w).jobs == 0) usleep(1000); /* the gate's flush is over and covers none of these */
	if (l->cuts && l->runs == 2) cut_lines();
	MH_TRY(push(db, &l->id, reterr));
	return l->spoils && l->runs == 1 ? MH_FAIL(reterr, MH_E_CONFLICT, "spoilt") : MH_OK;
}

static void lonely_told(void *arg, enum mh_code code, const struct mh_err *err)
{
	((struct lonely *)arg)->told = 1 + (int)code;
}

static enum mh_code gate_job(struct mh_db *db, void *gate, struct mh_err *reterr)
{
	sem_wait(gate);
	return MH_OK;
}

/* A job committed alone, and before that was flushed the lines were cut: a flush on new ones says nothing of it. */
static void what_was_committed_before_the_cut(void **state)
{
	struct mh_writer *w = NULL;
	struct lonely l[] = {{.id = 20}, {.id = 21, .spoils = true, .cuts = true}, {.id = 22}};
	struct mh_writer_config c = {.uri = mh_str_c(pg_start()), .mode = MH_DB_WRITE};
	assert_int_equal(mh_writer_start(&c, &w, NULL), MH_OK);
	sem_t gate;
	sem_init(&gate, 0, 0);
	assert_int_equal(mh_writer_submit(w, gate_job, &gate, NULL, NULL), MH_OK);
	while (mh_writer_stats(w).queued) usleep(1000);
	for (int i = 0; i < 3; i++) {
		l[i].w = w;
		assert_int_equal(mh_writer_submit(w, lonely_job, &l[i], lonely_told, NULL), MH_OK);
	}
	sem_post(&gate);
	mh_writer_stop(w);
	sem_destroy(&gate);
	assert_int_equal(l[0].told, 1 + MH_E_UNKNOWN);
	assert_int_equal(l[1].told, 1 + MH_OK);
	assert_int_equal(l[2].told, 1 + MH_OK);
}

static void large_values_come_back(void **state)
{
	struct mh_db *db = connect_to(pg_start());
	struct mh_arena a = MH_ARENA(0);
	size_t n = (size_t)8 << 20;
	unsigned char *big = mh_mem_alloc(n);
	assert_non_null(big);
	for (size_t i = 0; i < n; i++) big[i] = (unsigned char)(i * 31);
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	int64_t changed = 0;
	for (int64_t id = 100; id < 103; id++) {
		struct t_q_item_add_in in = {
			.home_id = 1, .id = id, .owner_id_null = true, .note_null = true, .body = {big, n}};
		assert_int_equal(t_q_item_add(db, &in, &changed, NULL), MH_OK);
	}
	struct t_q_item_row *rows = NULL;
	size_t got = 0;
	assert_int_equal(t_q_item_list(db, &a, &(struct t_q_item_list_in){1, 99, 10}, &rows, &got, NULL), MH_OK);
	assert_int_equal(got, 3);
	assert_int_equal(rows[2].body.len, n);
	assert_memory_equal(rows[2].body.ptr, big, n);
	mh_db_rollback(&tx);
	mh_mem_free(big);
	mh_arena_done(&a);
	mh_db_close(db);
}

static int setup(void **state)
{
	if (!pg_start()) return -1;
	struct mh_db *db = connect_to(pg_start());
	enum mh_code code = mh_db_schema(db, &t_sql_catalog, NULL);
	mh_db_close(db);
	return code;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_there),           cmocka_unit_test(only_the_order_of_bytes),
		cmocka_unit_test(a_cut_line_is_noticed),  cmocka_unit_test(a_cut_line_at_commit),
		cmocka_unit_test(the_writer_comes_back),  cmocka_unit_test(what_was_committed_before_the_cut),
		cmocka_unit_test(large_values_come_back),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
