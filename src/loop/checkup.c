#include "loop/checkup.h"

#include "ledger/audit.h"
#include "sql_gen.h"

#include <pthread.h>
#include <string.h>

#define LONGEST_MS ((int64_t)3600 * 1000)

struct mh_checkup {
	struct mh_checkup_config config;
	struct mh_arena arena;
	pthread_mutex_t lock;
	pthread_t thread;
	bool started; /* there is a thread to join */
	bool stopping;
	struct mh_checkup_report report;
};

/* --- a source that can be stopped --- */

struct stoppable {
	struct mh_checkup *c;
	struct mh_ledger_source inner;
};

static enum mh_code get(void *ctx, const char *path, struct mh_buf *out, struct mh_err *reterr)
{
	struct stoppable *s = ctx;
	pthread_mutex_lock(&s->c->lock);
	bool stopping = s->c->stopping, late = mh_now(&s->c->config.clock) - s->c->report.began > LONGEST_MS;
	pthread_mutex_unlock(&s->c->lock);
	if (stopping) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The server is stopping");
	if (late) return MH_FAIL(reterr, MH_E_TIMEOUT, "An hour was not enough: use minhu verify");
	return s->inner.get(s->inner.ctx, path, out, reterr);
}

static void step(void *ctx, int64_t done, int64_t total)
{
	struct mh_checkup *c = ctx;
	pthread_mutex_lock(&c->lock);
	c->report.done = done;
	c->report.total = total;
	pthread_mutex_unlock(&c->lock);
}

/* --- one run --- */

static enum mh_code one_log(struct mh_checkup *c, struct mh_db *db, struct mh_arena *a, int64_t log,
			    struct mh_err *reterr)
{
	struct mh_ledger_info info;
	struct mh_note_key key;
	struct mh_ledger_audit audit = {0};
	struct stoppable s = {.c = c};
	enum mh_code code = mh_ledger_info(db, c->config.home_id, log, a, &info, reterr);
	if (code == MH_E_NOT_FOUND) return MH_OK; /* it ended behind the copy that this store was restored from */
	MH_TRY(code);
	MH_TRY(mh_note_vkey_parse(info.vkey, &key, reterr));
	MH_TRY(mh_ledger_source_store(db, c->config.home_id, log, &s.inner, reterr));
	pthread_mutex_lock(&c->lock);
	c->report.log = log;
	c->report.done = c->report.total = 0;
	pthread_mutex_unlock(&c->lock);
	struct mh_ledger_source source = {.get = get, .ctx = &s};
	struct mh_ledger_progress progress = {step, c};
	code = mh_ledger_audit(&source, &key, &progress, &audit, reterr);
	mh_ledger_source_done(&s.inner);
	pthread_mutex_lock(&c->lock);
	c->report.entries += audit.entries;
	snprintf(c->report.place, sizeof c->report.place, "%s", audit.place);
	pthread_mutex_unlock(&c->lock);
	return code;
}

static enum mh_code all_logs(struct mh_checkup *c, struct mh_arena *a, struct mh_err *reterr)
{
	struct mh_db *db;
	struct mh_ledger_info last;
	MH_TRY(mh_db_open(c->config.uri, MH_DB_READ, &db, reterr));
	enum mh_code code = mh_db_prepare(db, &mh_sql_catalog, reterr);
	if (code == MH_OK) code = mh_ledger_info(db, c->config.home_id, 0, a, &last, reterr);
	for (int64_t log = 1; code == MH_OK && log <= last.log; log++) code = one_log(c, db, a, log, reterr);
	mh_db_close(db);
	return code;
}

static void *run(void *arg)
{
	struct mh_checkup *c = arg;
	struct mh_arena a = MH_ARENA(0);
	struct mh_err err = {0};
	enum mh_code code = all_logs(c, &a, &err);
	mh_arena_done(&a);
	pthread_mutex_lock(&c->lock);
	c->report.state = code == MH_OK          ? MH_CHECKUP_SOUND
			  : code == MH_E_CORRUPT ? MH_CHECKUP_WRONG
						 : MH_CHECKUP_FAILED;
	c->report.ended = mh_now(&c->config.clock);
	if (code != MH_OK) snprintf(c->report.message, sizeof c->report.message, "%s", err.message);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* --- life --- */

enum mh_code mh_checkup_new(const struct mh_checkup_config *config, struct mh_checkup **ret, struct mh_err *reterr)
{
	struct mh_checkup *c = mh_mem_alloc(sizeof *c);
	MH_TRY_MEM(c, reterr);
	c->arena = MH_ARENA(0);
	c->config = *config;
	pthread_mutex_init(&c->lock, NULL);
	c->config.uri = mh_str_dup(&c->arena, config->uri);
	if (!c->config.uri.ptr) {
		mh_checkup_free(c);
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	*ret = c;
	return MH_OK;
}

void mh_checkup_free(struct mh_checkup *c)
{
	if (!c) return;
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_mutex_unlock(&c->lock);
	if (c->started) pthread_join(c->thread, NULL);
	pthread_mutex_destroy(&c->lock);
	mh_arena_done(&c->arena);
	mh_mem_free(c);
}

enum mh_code mh_checkup_begin(struct mh_checkup *c, struct mh_err *reterr)
{
	enum mh_code code = MH_OK;
	pthread_mutex_lock(&c->lock);
	if (c->report.state == MH_CHECKUP_RUNNING) {
		code = MH_FAIL(reterr, MH_E_CONFLICT, "The ledger is being read already");
	} else {
		struct mh_checkup_report before = c->report;
		if (c->started) pthread_join(c->thread, NULL); /* its last act was to leave RUNNING */
		c->report = (struct mh_checkup_report){.state = MH_CHECKUP_RUNNING, .began = mh_now(&c->config.clock)};
		c->started = pthread_create(&c->thread, NULL, run, c) == 0;
		if (!c->started) {
			c->report = before;
			code = MH_FAIL(reterr, MH_E_NO_MEMORY, "Could not start a thread");
		}
	}
	pthread_mutex_unlock(&c->lock);
	return code;
}

struct mh_checkup_report mh_checkup_report(struct mh_checkup *c)
{
	pthread_mutex_lock(&c->lock);
	struct mh_checkup_report r = c->report;
	pthread_mutex_unlock(&c->lock);
	return r;
}
