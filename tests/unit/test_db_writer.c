/* The writer on both engines: batches, faults, ticks, deadlines. */
#include "unit.h"

#include "base/time.h"
#include "db/writer.h"
#include "pg.h"
#include "testsql_gen.h"

#include <semaphore.h>
#include <stdatomic.h>

static const char *const drop[] = {"drop table item_event", "drop table item", "drop table home", NULL};
static char dir[64];
static char uri[256];

/* What the hooks saw. */
static struct seen {
	atomic_bool flushes; /* after_commit waits for the disk */
	atomic_int flushed;
	atomic_int opened, before, after, undone, ticks, trouble;
	atomic_int opened_code, before_code, tick_code;
	char ahead[256]; /* the keys, those of one transaction after a | */
} seen;

static enum mh_code on_opened(void *ctx, struct mh_db *db, struct mh_err *reterr)
{
	seen.opened++;
	return seen.opened_code ? MH_FAIL(reterr, (enum mh_code)seen.opened_code, "refused") : MH_OK;
}
static enum mh_code on_ahead(void *ctx, struct mh_db *db, const struct mh_str *keys, size_t n, struct mh_err *reterr)
{
	assert_true(mh_db_in_tx(db));
	for (size_t i = 0; i < n; i++) {
		size_t at = strlen(seen.ahead);
		snprintf(seen.ahead + at, sizeof seen.ahead - at, "%s" MH_STR_FMT, i ? " " : "|", MH_STR_ARG(keys[i]));
	}
	return MH_OK;
}
static enum mh_code on_before(void *ctx, struct mh_db *db, struct mh_err *reterr)
{
	seen.before++;
	return (enum mh_code)seen.before_code;
}
static void on_after(void *ctx, struct mh_writer *w)
{
	seen.after++;
	if (seen.flushes) seen.flushed = (int)mh_writer_flush(w, NULL);
}
static void on_undone(void *ctx)
{
	seen.undone++;
}
static enum mh_code on_tick(void *ctx, struct mh_db *db, struct mh_err *reterr)
{
	seen.ticks++;
	return (enum mh_code)seen.tick_code;
}
static void on_trouble(void *ctx, const struct mh_err *err)
{
	assert_true(err->message[0]);
	seen.trouble++;
}

static int setup(void **state)
{
	struct mh_db *db = NULL;
	snprintf(dir, sizeof dir, "/tmp/minhu-db-XXXXXX");
	if (!mkdtemp(dir)) return -1;
	const char *pg = strcmp(*state, "postgres") == 0 ? pg_start() : "";
	if (!pg) return -1;
	if (pg[0]) snprintf(uri, sizeof uri, "%s", pg);
	else snprintf(uri, sizeof uri, "sqlite:%s/test.db", dir);
	memset(&seen, 0, sizeof seen);
	if (mh_db_open(mh_str_c(uri), MH_DB_CREATE, &db, NULL)) return -1;
	enum mh_code code = mh_db_schema(db, &t_sql_catalog, NULL);
	mh_db_close(db);
	return code;
}

static int teardown(void **state)
{
	struct mh_db *db = NULL;
	mh_db_fail_after(-1, MH_OK);
	if (mh_db_open(mh_str_c(uri), MH_DB_WRITE, &db, NULL)) return -1;
	if (strcmp(*state, "postgres") == 0) mh_db_script(db, drop, NULL);
	mh_db_close(db);
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static struct mh_writer *start(int tick_ms, size_t queue_cap)
{
	struct mh_writer *w = NULL;
	struct mh_err err = {0};
	struct mh_writer_config c = {
		.uri = mh_str_c(uri),
		.mode = MH_DB_WRITE,
		.tick_ms = tick_ms,
		.queue_cap = queue_cap,
		.hooks = {on_opened, on_ahead, on_before, on_after, on_undone, tick_ms ? on_tick : NULL, on_trouble}};
	enum mh_code code = mh_writer_start(&c, &w, &err);
	if (code) print_error("%s / %s\n", err.message, err.internal);
	assert_int_equal(code, MH_OK);
	return w;
}

static int64_t stored(void)
{
	struct mh_db *db = NULL;
	struct mh_arena a = MH_ARENA(0);
	struct t_q_item_total_row row = {0};
	assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_READ, &db, NULL), MH_OK);
	assert_int_equal(t_q_item_total(db, &a, &row, NULL), MH_OK);
	mh_arena_done(&a);
	mh_db_close(db);
	return row.n;
}

/* ---- jobs */

struct task {
	int64_t id;
	enum mh_code early, late; /* fail before or after writing */
	atomic_int runs, told;
	enum mh_code code;
	char message[64];
};

static enum mh_code job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct task *t = arg;
	t->runs++;
	if (t->early) return MH_FAIL(reterr, t->early, "early %d", (int)t->id);
	struct t_q_item_push_in in = {.home_id = 1, .id = t->id, .note_null = true};
	MH_TRY(t_q_item_push(db, &in, reterr));
	return t->late ? MH_FAIL(reterr, t->late, "late %d", (int)t->id) : MH_OK;
}

static void told(void *arg, enum mh_code code, const struct mh_err *err)
{
	struct task *t = arg;
	assert_int_equal(code != MH_OK, err != NULL);
	if (err) snprintf(t->message, sizeof t->message, "%.60s", err->message);
	t->code = code;
	t->told++;
}

static sem_t gate, inside;
static enum mh_code gate_job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	sem_post(&inside);
	sem_wait(&gate);
	return MH_OK;
}

/* Holds the writer in a job until release(), so that what is submitted meanwhile becomes one batch. */
static void hold(struct mh_writer *w)
{
	sem_init(&gate, 0, 0);
	sem_init(&inside, 0, 0);
	assert_int_equal(mh_writer_submit(w, gate_job, NULL, NULL, NULL), MH_OK);
	sem_wait(&inside);
}

static void release(void)
{
	sem_post(&gate);
}

static void submit(struct mh_writer *w, struct task *t, size_t n)
{
	for (size_t i = 0; i < n; i++) assert_int_equal(mh_writer_submit(w, job, &t[i], told, NULL), MH_OK);
}

/* ---- tests */

static void a_batch_is_one_commit(void **state)
{
	struct task t[100] = {0};
	struct mh_writer *w = start(0, 0);
	hold(w);
	for (int i = 0; i < 100; i++) t[i].id = i + 1;
	submit(w, t, 100);
	release();
	w = mh_writer_stop(w);
	for (int i = 0; i < 100; i++) assert_true(t[i].told == 1 && t[i].code == MH_OK && t[i].runs == 1);
	assert_int_equal(stored(), 100);
	assert_int_equal(seen.opened, 1);
	assert_int_equal(seen.after, 2); /* the gate, and the hundred */
	assert_int_equal(seen.undone, 0);
}

static void an_early_failure_is_its_own(void **state)
{
	struct task t[3] = {{.id = 1}, {.id = 2, .early = MH_E_FORBIDDEN}, {.id = 3}};
	struct mh_writer *w = start(0, 0);
	hold(w);
	submit(w, t, 3);
	release();
	mh_writer_stop(w);
	assert_true(t[0].code == MH_OK && t[2].code == MH_OK && t[0].runs == 1 && t[2].runs == 1);
	assert_int_equal(t[1].code, MH_E_FORBIDDEN);
	assert_string_equal(t[1].message, "early 2");
	assert_int_equal(stored(), 2);
	assert_int_equal(seen.undone, 0);
}

static void a_late_failure_is_undone_alone(void **state)
{
	struct task t[4] = {{.id = 1}, {.id = 2, .late = MH_E_CONFLICT}, {.id = 3}, {.id = 1}};
	struct mh_writer *w = start(0, 0);
	hold(w);
	submit(w, t, 4);
	release();
	mh_writer_stop(w);
	assert_true(t[0].code == MH_OK && t[2].code == MH_OK);
	assert_int_equal(t[1].code, MH_E_CONFLICT);
	assert_string_equal(t[1].message, "late 2");
	assert_int_equal(t[3].code,
			 MH_E_CONFLICT); /* the same key as the first: found by the store, perhaps at the commit */
	for (int i = 0; i < 4; i++) assert_int_equal(t[i].told, 1);
	assert_int_equal(stored(), 2);
	assert_int_equal(seen.undone, 3); /* the batch, and the two that failed again */
}

/* The keys of each transaction are told before its jobs run: of all, and of each that runs again alone. */
static void keys_are_told_ahead(void **state)
{
	struct task t[4] = {{.id = 1}, {.id = 2, .late = MH_E_CONFLICT}, {.id = 3}, {.id = 4}};
	const char *keys[] = {"a", "b", "", "d"};
	struct mh_writer *w = start(0, 0);
	hold(w);
	for (int i = 0; i < 4; i++)
		assert_int_equal(mh_writer_submit_as(w, job, &t[i], mh_str_c(keys[i]), told, NULL), MH_OK);
	release();
	mh_writer_stop(w);
	assert_string_equal(seen.ahead, "|a b d|a|b|d");
	assert_int_equal(stored(), 3);
}

static void what_may_pass_is_tried_again(void **state)
{
	struct task t[2] = {{.id = 1}, {.id = 2}};
	struct mh_writer *w = start(0, 0);
	for (long n = 1; n <= 3; n++) { /* begin, statement, commit */
		mh_db_fail_after(n, MH_E_BUSY);
		t[0] = (struct task){.id = n};
		submit(w, t, 1);
		while (!t[0].told) usleep(1000);
		assert_int_equal(t[0].code, MH_OK);
	}
	hold(w);
	mh_db_fail_after(2, MH_E_STORE); /* the gate's commit is the first call */
	t[0] = (struct task){.id = 11};
	t[1] = (struct task){.id = 12};
	submit(w, t, 2);
	release();
	mh_writer_stop(w);
	assert_true(t[0].code == MH_E_STORE || t[0].code == MH_OK);
	assert_int_equal(stored(), 3 + (t[0].code == MH_OK) + (t[1].code == MH_OK));
}

static void a_refusing_hook_fails_all(void **state)
{
	struct task t[3] = {{.id = 1}, {.id = 2}, {.id = 3}};
	struct mh_writer *w = start(0, 0);
	hold(w);
	seen.before_code = MH_E_STALE;
	submit(w, t, 3);
	release();
	mh_writer_stop(w);
	for (int i = 0; i < 3; i++) assert_true(t[i].told == 1 && t[i].code == MH_E_STALE && t[i].message[0]);
	assert_int_equal(stored(), 0);
	assert_int_equal(seen.after, 0);
}

static void a_full_queue_refuses(void **state)
{
	struct task t[5] = {{.id = 1}, {.id = 2}, {.id = 3}, {.id = 4}, {.id = 5}};
	struct mh_writer *w = start(0, 4);
	hold(w);
	submit(w, t, 4);
	assert_int_equal(mh_writer_submit(w, job, &t[4], told, NULL), MH_E_BUSY);
	assert_int_equal(mh_writer_stats(w).queued, 4);
	release();
	mh_writer_stop(w);
	assert_int_equal(t[4].told, 0);
	assert_int_equal(stored(), 4);
}

static void a_caller_can_wait(void **state)
{
	struct task t = {.id = 1}, late = {.id = 2, .late = MH_E_GONE}, never = {.id = 3};
	struct mh_err err = {0};
	struct mh_writer *w = start(0, 0);
	assert_int_equal(mh_writer_run(w, job, &t, 10000, &err), MH_OK);
	assert_int_equal(stored(), 1);
	assert_int_equal(mh_writer_run(w, job, &late, 10000, &err), MH_E_GONE);
	assert_string_equal(err.message, "late 2");
	hold(w);
	assert_int_equal(mh_writer_run(w, job, &never, 30, &err), MH_E_TIMEOUT);
	release();
	struct mh_writer_stats s = mh_writer_stats(w);
	assert_true(s.jobs >= 2 && s.failed == 1);
	mh_writer_stop(w);
	assert_int_equal(never.runs, 0);
	assert_int_equal(stored(), 1);
}

static sem_t slow_disk;
static void held(void *arg, enum mh_code code, const struct mh_err *err)
{
	told(arg, code, err);
	sem_wait(&slow_disk);
}

/* Whoever waits for the disk does not hold up the work of the next. */
static void the_next_batch_runs_meanwhile(void **state)
{
	struct task first = {.id = 1}, next = {.id = 2};
	struct mh_writer *w = start(0, 0);
	sem_init(&slow_disk, 0, 0);
	assert_int_equal(mh_writer_submit(w, job, &first, held, NULL), MH_OK);
	while (!first.told) usleep(1000);
	submit(w, &next, 1);
	while (!next.runs) usleep(1000);
	assert_int_equal(next.told, 0);
	sem_post(&slow_disk);
	mh_writer_stop(w);
	assert_true(next.told == 1 && next.code == MH_OK);
	assert_int_equal(stored(), 2);
}

/* A flush that fails: nobody is told that it was kept, and the store is opened anew before more is written. */
static void what_the_disk_does_not_confirm(void **state)
{
	struct task t = {.id = 1}, next = {.id = 2};
	struct mh_err err = {0};
	struct mh_writer *w = start(0, 0);
	mh_db_fail_after(4, MH_E_STORE); /* begin, statement, commit, flush */
	assert_int_equal(mh_writer_run(w, job, &t, 10000, &err), MH_E_UNKNOWN);
	assert_true(err.message[0] && err.hint[0]);
	assert_int_equal(mh_writer_wait_durable(w, 1, 1000, &err), MH_E_UNKNOWN);
	assert_int_equal(mh_writer_run(w, job, &next, 10000, &err), MH_OK);
	assert_int_equal(mh_writer_wait_durable(w, 1, 1000, &err), MH_E_UNKNOWN);
	assert_int_equal(mh_writer_wait_durable(w, 2, 1000, &err), MH_OK);
	assert_int_equal(mh_writer_wait_durable(w, 3, 10, &err), MH_E_TIMEOUT);
	mh_writer_stop(w);
	assert_true(seen.opened == 2 && seen.undone == 1 && seen.trouble == 1);
	assert_int_equal(stored(), 2); /* it was kept after all */
}

static void a_commit_that_leaves_traces_waits(void **state)
{
	struct task t = {.id = 1}, next = {.id = 2};
	struct mh_writer *w = start(0, 0);
	seen.flushes = true;
	seen.flushed = -1;
	assert_int_equal(mh_writer_run(w, job, &t, 10000, NULL), MH_OK);
	assert_int_equal(seen.flushed, MH_OK);
	mh_db_fail_after(4, MH_E_STORE);
	assert_int_equal(mh_writer_run(w, job, &next, 10000, NULL), MH_E_UNKNOWN);
	assert_int_equal(seen.flushed, MH_E_UNKNOWN);
	mh_writer_stop(w);
}

static struct mh_writer *self;
static enum mh_code waits_for_itself(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	return mh_writer_run(self, job, arg, 10, reterr);
}

static void the_thread_cannot_wait_for_itself(void **state)
{
	struct task t = {.id = 1};
	self = start(0, 0);
	assert_int_equal(mh_writer_run(self, waits_for_itself, &t, 10000, NULL), MH_E_INTERNAL);
	mh_writer_stop(self);
}

static void ticks_come(void **state)
{
	struct mh_writer *w = start(5, 0);
	int64_t end = mh_ticks() + 10000;
	while (seen.ticks < 3 && mh_ticks() < end) usleep(1000);
	assert_true(seen.ticks >= 3 && seen.trouble == 0);
	seen.tick_code = MH_E_STORE;
	while (seen.trouble < 1 && mh_ticks() < end) usleep(1000);
	assert_true(seen.trouble >= 1 && seen.undone >= 1);
	struct task t = {.id = 1};
	assert_int_equal(mh_writer_run(w, job, &t, 10000, NULL), MH_OK);
	mh_writer_stop(w);
}

static void a_refused_start_says_why(void **state)
{
	struct mh_writer *w = NULL;
	struct mh_err err = {0};
	struct mh_writer_config c = {.uri = mh_str_c(uri), .mode = MH_DB_WRITE, .hooks = {.opened = on_opened}};
	seen.opened_code = MH_E_STALE;
	assert_int_equal(mh_writer_start(&c, &w, &err), MH_E_STALE);
	assert_string_equal(err.message, "refused");
	c.uri = MH_STR("nothing:here");
	assert_int_equal(mh_writer_start(&c, &w, &err), MH_E_INVALID);
	assert_null(w);
}

/* Every call to the store in the life of a batch fails once, in turn: nobody is told twice, nothing is half there. */
static void every_call_may_fail(void **state)
{
	for (long n = 1; n < 40; n++) {
		struct mh_db *db = NULL;
		assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_WRITE, &db, NULL), MH_OK);
		MH_DB_TX(tx, db);
		assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
		assert_int_equal(t_q_item_clear(db, &(struct t_q_item_clear_in){1}, NULL), MH_OK);
		assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);
		mh_db_close(db);

		struct task t[4] = {{.id = 1}, {.id = 2}, {.id = 3, .late = MH_E_GONE}, {.id = 4}};
		struct mh_writer *w = start(0, 0);
		hold(w);
		mh_db_fail_after(n, n % 2 ? MH_E_STORE : MH_E_UNAVAILABLE);
		submit(w, t, 4);
		release();
		mh_writer_stop(w);
		bool reached = mh_db_fail_left() == 0;
		mh_db_fail_after(-1, MH_OK);
		int64_t kept = 0, unknown = 0;
		for (int i = 0; i < 4; i++) {
			assert_int_equal(t[i].told, 1);
			kept += t[i].code == MH_OK;
			unknown += t[i].code == MH_E_UNKNOWN; /* the flush failed: the commit has happened */
		}
		assert_int_equal(stored(), kept + unknown);
		if (n % 2 == 0) assert_int_equal(kept + unknown, 3); /* what may pass is tried again */
		assert_int_not_equal(t[2].code, MH_OK);
		if (!reached) return;
	}
	fail_msg("the batch never ends");
}

#define BOTH(f)                                                                                                        \
	cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, (void *)(uintptr_t) "sqlite"),                    \
		cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, (void *)(uintptr_t) "postgres")

MH_TESTS(BOTH(a_batch_is_one_commit), BOTH(keys_are_told_ahead), BOTH(an_early_failure_is_its_own),
	 BOTH(a_late_failure_is_undone_alone), BOTH(what_may_pass_is_tried_again), BOTH(a_refusing_hook_fails_all),
	 BOTH(a_full_queue_refuses), BOTH(a_caller_can_wait), BOTH(the_thread_cannot_wait_for_itself), BOTH(ticks_come),
	 BOTH(the_next_batch_runs_meanwhile), BOTH(what_the_disk_does_not_confirm),
	 BOTH(a_commit_that_leaves_traces_waits), BOTH(a_refused_start_says_why), BOTH(every_call_may_fail))
