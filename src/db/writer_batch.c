/* The writer's transactions: all together, and if that fails, one by one. */
#include "db/writer_priv.h"

#include <time.h>

#define TRIES 5       /* of what may work next time; pauses of 10, 20, 40, 80 ms */
#define PAUSES_MAX 20 /* in one batch: with a full disk, a thousand jobs do not wait one after the other */

static void pause_before(int attempt)
{
	struct timespec t = {.tv_nsec = 10000000L << (attempt > 3 ? 3 : attempt)};
	nanosleep(&t, NULL);
}

static bool is_broken(struct mh_writer *w)
{
	pthread_mutex_lock(&w->lock);
	bool broken = w->broken;
	pthread_mutex_unlock(&w->lock);
	return broken;
}

/* What jobs of this batch committed alone, on connections that are given up: the next ones cannot vouch for it. Those that run
 * again, or have not run yet, get their own fate. */
static void doubt(struct mh_writer *w)
{
	for (size_t i = 0; i < w->batch.n; i++)
		if (w->batch.jobs[i].code == MH_OK) w->batch.jobs[i].code = mh_writer__unknown(&w->batch.errs[i]);
}

static void disconnect(struct mh_writer *w)
{
	w->db = mh_db_close(w->db);
	w->disk = mh_db_close(w->disk);
}

/* The one that flushes is there before the first commit of the one that writes: see mh_db_commit_early. */
static enum mh_code connect(struct mh_writer *w, struct mh_err *reterr)
{
	MH_TRY(mh_db_open(mh_str_c(w->uri), w->config.mode, &w->db, reterr));
	MH_TRY(mh_db_commit_early(w->db, is_broken(w), reterr));
	MH_TRY(mh_db_open(mh_str_c(w->uri), MH_DB_READ, &w->disk, reterr));
	if (w->config.hooks.opened) MH_TRY(w->config.hooks.opened(w->config.ctx, w->db, reterr));
	pthread_mutex_lock(&w->lock);
	w->broken = false;
	pthread_mutex_unlock(&w->lock);
	return MH_OK;
}

enum mh_code mh_writer__connect(struct mh_writer *w, struct mh_err *reterr)
{
	if (w->db && !mh_db_lost(w->db) && !is_broken(w)) return MH_OK;
	if (w->db && w->config.hooks.rolled_back) w->config.hooks.rolled_back(w->config.ctx);
	mh_writer__wait_landed(w);
	if (w->db && mh_writer__flush(w) != MH_OK) doubt(w);
	disconnect(w);
	enum mh_code code = connect(w, reterr);
	if (code) disconnect(w);
	return code;
}

static void count(struct mh_writer *w, uint64_t *what)
{
	pthread_mutex_lock(&w->lock);
	++*what;
	pthread_mutex_unlock(&w->lock);
}

static void undone(struct mh_writer *w)
{
	count(w, &w->stats.undone);
	if (w->config.hooks.rolled_back) w->config.hooks.rolled_back(w->config.ctx);
}

static enum mh_code finish(struct mh_writer *w, struct mh_db_tx *tx, struct mh_err *reterr)
{
	if (w->config.hooks.before_commit) MH_TRY(w->config.hooks.before_commit(w->config.ctx, w->db, reterr));
	MH_TRY(mh_db_commit(tx, reterr));
	count(w, &w->stats.commits);
	if (w->config.hooks.after_commit) w->config.hooks.after_commit(w->config.ctx, w);
	return MH_OK;
}

/* An error without words gets the common ones of its code. */
static void complete(struct mh_err *err, enum mh_code code)
{
	if (err->code != code) MH_FAIL(err, code, "%s", mh_err_info(code)->en);
}

static enum mh_code run_job(struct mh_writer *w, size_t i)
{
	struct mh_writer__job *job = &w->batch.jobs[i];
	w->batch.errs[i].code = MH_OK;
	job->code = job->run(w->db, job->arg, &w->batch.errs[i]);
	if (job->code == MH_OK && mh_db_failed(w->db))
		job->code = MH_FAIL(&w->batch.errs[i], MH_E_INTERNAL, "A job went on after a failure of the store");
	if (job->code) complete(&w->batch.errs[i], job->code);
	return job->code;
}

static enum mh_code look_ahead(struct mh_writer *w, size_t at, size_t n, struct mh_err *reterr)
{
	size_t keys = 0;
	if (!w->config.hooks.ahead) return MH_OK;
	for (size_t i = at; i < at + n; i++)
		if (w->batch.jobs[i].key.len) w->keys[keys++] = w->batch.jobs[i].key;
	return keys ? w->config.hooks.ahead(w->config.ctx, w->db, w->keys, keys, reterr) : MH_OK;
}

/* One transaction over jobs[at … at+n-1]. *ret_begun: whether a job ran, so that there is something to undo. */
static enum mh_code together(struct mh_writer *w, size_t at, size_t n, bool *ret_begun, struct mh_err *reterr)
{
	MH_TRY(mh_writer__connect(w, reterr));
	MH_DB_TX(tx, w->db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	*ret_begun = true;
	MH_TRY(look_ahead(w, at, n, reterr));
	for (size_t i = at; i < at + n; i++) {
		uint64_t before = mh_db_writes(w->db);
		enum mh_code code = run_job(w, i);
		if (!code || (!mh_db_failed(w->db) && mh_db_writes(w->db) == before)) continue;
		*reterr = w->batch.errs[i];
		return code;
	}
	return finish(w, &tx, reterr);
}

static bool may_pass(enum mh_code code)
{
	return code == MH_E_BUSY || code == MH_E_UNAVAILABLE;
}

/* A few tries. False: it was undone and *reterr says why; *ret_begun whether that may be one job's fault. */
static bool attempt(struct mh_writer *w, size_t at, size_t n, bool *ret_begun, struct mh_err *reterr)
{
	for (int i = 0;; i++) {
		*ret_begun = false;
		enum mh_code code = together(w, at, n, ret_begun, reterr);
		if (code == MH_OK) return true;
		complete(reterr, code);
		if (*ret_begun) undone(w);
		/* What failed while jobs ran is tried again one by one; here only the lonely are. */
		if (!may_pass(code) || (*ret_begun && n > 1) || i + 1 == TRIES || w->pauses == PAUSES_MAX) return false;
		w->pauses++;
		pause_before(i);
	}
}

static void fail_all(struct mh_writer *w, size_t at, size_t n, const struct mh_err *err)
{
	for (size_t i = at; i < at + n; i++) {
		w->batch.jobs[i].code = err->code;
		w->batch.errs[i] = *err;
	}
}

void mh_writer__settle(struct mh_writer *w)
{
	struct mh_err err = {0};
	size_t n = w->batch.n;
	bool begun = false;
	w->pauses = 0;
	if (attempt(w, 0, n, &begun, &err)) return;
	if (!begun || n == 1) {
		fail_all(w, 0, n, &err);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (attempt(w, i, 1, &begun, &err)) continue;
		/* A store that cannot even begin is gone for the rest too. */
		fail_all(w, i, begun ? 1 : n - i, &err);
		if (!begun) return;
	}
}

static enum mh_code tick(struct mh_writer *w, bool *ret_begun, struct mh_err *reterr)
{
	MH_TRY(mh_writer__connect(w, reterr));
	MH_DB_TX(tx, w->db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	*ret_begun = true;
	MH_TRY(w->config.hooks.tick(w->config.ctx, w->db, reterr));
	return finish(w, &tx, reterr);
}

void mh_writer__tick(struct mh_writer *w)
{
	struct mh_err err = {0};
	bool begun = false;
	enum mh_code code = tick(w, &begun, &err);
	if (code == MH_OK) return;
	complete(&err, code);
	if (begun) undone(w);
	if (w->config.hooks.trouble) w->config.hooks.trouble(w->config.ctx, &err);
}
