/* The writer's queue and thread. */
#include "base/time.h"
#include "db/writer_priv.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define QUEUE_CAP 10000
#define BATCH_MAX 1000

/* ---- the thread */

/* Under the lock: waits until there is work, a tick is due or the end is near. */
static void wait_for_work(struct mh_writer *w)
{
	while (w->n == 0 && !w->stopping) {
		if (!w->config.tick_ms) {
			pthread_cond_wait(&w->work, &w->lock); /* mh_writer_stop always wakes it */
			continue;
		}
		if (mh_ticks() >= w->tick_at) return;
		struct timespec until = {.tv_sec = w->tick_at / 1000, .tv_nsec = w->tick_at % 1000 * 1000000};
		pthread_cond_timedwait(&w->work, &w->lock, &until);
	}
}

static void take_batch(struct mh_writer *w)
{
	size_t n = 0;
	while (w->n > 0 && n < w->config.batch_max) {
		struct mh_writer__job job = w->ring[w->head];
		w->head = (w->head + 1) % w->config.queue_cap;
		w->n--;
		if (!job.run) continue;
		if (job.ticket) job.ticket->state = MH_WRITER__BEGUN;
		w->batch.jobs[n++] = job;
	}
	w->batch.n = n;
	if (n > w->stats.largest) w->stats.largest = n;
}

static void work(struct mh_writer *w)
{
	w->tick_at = mh_ticks() + w->config.tick_ms;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		wait_for_work(w);
		take_batch(w);
		bool over = w->batch.n == 0 && w->n == 0 && w->stopping;
		pthread_mutex_unlock(&w->lock);
		if (over) return;
		if (w->batch.n) {
			mh_writer__settle(w);
			mh_writer__send(w);
		}
		if (w->config.tick_ms && mh_ticks() >= w->tick_at) {
			mh_writer__tick(w);
			mh_writer__send(w);
			w->tick_at = mh_ticks() + w->config.tick_ms;
		}
		pthread_mutex_lock(&w->lock);
	}
}

static void end_flusher(struct mh_writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->over = true;
	pthread_cond_signal(&w->sent);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->flusher, NULL);
}

static void *thread_main(void *arg)
{
	struct mh_writer *w = arg;
	struct mh_err err = {0};
	enum mh_code code = mh_writer__connect(w, &err);
	bool flushes = code == MH_OK && pthread_create(&w->flusher, NULL, mh_writer__flusher, w) == 0;
	if (!code && !flushes) code = MH_FAIL(&err, MH_E_UNAVAILABLE, "Could not start the writer's second thread");
	pthread_mutex_lock(&w->lock);
	w->started = true;
	w->start_code = code;
	if (code && w->start_err) *w->start_err = err;
	pthread_cond_broadcast(&w->news);
	pthread_mutex_unlock(&w->lock);
	if (!code) work(w);
	if (flushes) end_flusher(w);
	w->db = mh_db_close(w->db);
	w->disk = mh_db_close(w->disk);
	return NULL;
}

/* ---- starting and stopping */

static bool batch_new(struct mh_writer__batch *b, size_t max)
{
	b->jobs = mh_mem_alloc(max * sizeof *b->jobs);
	b->errs = mh_mem_alloc(max * sizeof *b->errs);
	return b->jobs && b->errs;
}

static void batch_free(struct mh_writer__batch *b)
{
	mh_mem_free(b->jobs);
	mh_mem_free(b->errs);
}

static void writer_free(struct mh_writer *w)
{
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->news);
	pthread_cond_destroy(&w->sent);
	mh_mem_free(w->uri);
	mh_mem_free(w->ring);
	mh_mem_free(w->keys);
	batch_free(&w->batch);
	batch_free(&w->flushed);
	mh_mem_free(w);
}

static struct mh_writer *writer_new(const struct mh_writer_config *config)
{
	struct mh_writer *w = mh_mem_alloc(sizeof *w);
	if (!w) return NULL;
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, &attr);
	pthread_cond_init(&w->news, &attr);
	pthread_cond_init(&w->sent, NULL);
	pthread_condattr_destroy(&attr);
	w->config = *config;
	if (!w->config.queue_cap) w->config.queue_cap = QUEUE_CAP;
	if (!w->config.batch_max) w->config.batch_max = BATCH_MAX;
	w->uri = mh_mem_alloc(config->uri.len + 1);
	w->ring = mh_mem_alloc(w->config.queue_cap * sizeof *w->ring);
	w->keys = mh_mem_alloc(w->config.batch_max * sizeof *w->keys);
	bool room = batch_new(&w->batch, w->config.batch_max) && batch_new(&w->flushed, w->config.batch_max);
	if (!w->uri || !w->ring || !w->keys || !room) {
		writer_free(w);
		return NULL;
	}
	if (config->uri.len) memcpy(w->uri, config->uri.ptr, config->uri.len);
	w->config.uri = (struct mh_str){w->uri, config->uri.len};
	return w;
}

enum mh_code mh_writer_start(const struct mh_writer_config *config, struct mh_writer **ret, struct mh_err *reterr)
{
	if (config->mode == MH_DB_READ)
		return MH_FAIL(reterr, MH_E_INTERNAL, "A writer cannot open its store for reading");
	if (config->queue_cap > 1000000 || config->batch_max > 100000)
		return MH_FAIL(reterr, MH_E_INVALID, "The writer's queue or batch is set too large");
	struct mh_writer *w = writer_new(config);
	MH_TRY_MEM(w, reterr);
	w->start_err = reterr;
	if (pthread_create(&w->thread, NULL, thread_main, w)) {
		writer_free(w);
		return MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not start the writer's thread");
	}
	pthread_mutex_lock(&w->lock);
	while (!w->started) pthread_cond_wait(&w->news, &w->lock); /* connecting has its own deadlines */
	w->start_err = NULL;
	enum mh_code code = w->start_code;
	pthread_mutex_unlock(&w->lock);
	if (code) {
		pthread_join(w->thread, NULL);
		writer_free(w);
		return code;
	}
	*ret = w;
	return MH_OK;
}

struct mh_writer *mh_writer_stop(struct mh_writer *w)
{
	if (!w) return NULL;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->work);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	writer_free(w);
	return NULL;
}

/* ---- jobs */

/* Under the lock. */
static enum mh_code enqueue(struct mh_writer *w, struct mh_writer__job job, size_t *ret_at, struct mh_err *reterr)
{
	if (w->stopping) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The service is stopping");
	if (w->n == w->config.queue_cap) return MH_FAIL(reterr, MH_E_BUSY, "Too much is waiting to be written");
	*ret_at = (w->head + w->n++) % w->config.queue_cap;
	w->ring[*ret_at] = job;
	pthread_cond_signal(&w->work);
	return MH_OK;
}

enum mh_code mh_writer_submit_as(struct mh_writer *w, mh_writer_job *job, void *arg, struct mh_str key,
				 mh_writer_done *done, struct mh_err *reterr)
{
	size_t at;
	struct mh_writer__job it = {.run = job, .arg = arg, .done = done, .key = key};
	pthread_mutex_lock(&w->lock);
	enum mh_code code = enqueue(w, it, &at, reterr);
	pthread_mutex_unlock(&w->lock);
	return code;
}

enum mh_code mh_writer_submit(struct mh_writer *w, mh_writer_job *job, void *arg, mh_writer_done *done,
			      struct mh_err *reterr)
{
	return mh_writer_submit_as(w, job, arg, (struct mh_str){0}, done, reterr);
}

/* Under the lock, which it gives up while waiting. False: not begun in time. */
static bool wait_told(struct mh_writer *w, const struct mh_writer__ticket *t, int wait_ms)
{
	int64_t end = mh_ticks() + wait_ms;
	struct timespec until = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
	while (t->state == MH_WRITER__QUEUED)
		if (pthread_cond_timedwait(&w->news, &w->lock, &until) == ETIMEDOUT && t->state == MH_WRITER__QUEUED)
			return false;
	while (t->state != MH_WRITER__TOLD) pthread_cond_wait(&w->news, &w->lock);
	return true;
}

enum mh_code mh_writer_run(struct mh_writer *w, mh_writer_job *job, void *arg, int wait_ms, struct mh_err *reterr)
{
	if (pthread_equal(pthread_self(), w->thread) || pthread_equal(pthread_self(), w->flusher))
		return MH_FAIL(reterr, MH_E_INTERNAL, "The writer cannot wait for itself");
	struct mh_writer__ticket t = {.state = MH_WRITER__QUEUED, .reterr = reterr};
	size_t at = 0;
	pthread_mutex_lock(&w->lock);
	enum mh_code code = enqueue(w, (struct mh_writer__job){.run = job, .arg = arg, .ticket = &t}, &at, reterr);
	if (!code && wait_told(w, &t, wait_ms)) code = t.code;
	else if (!code) {
		w->ring[at] = (struct mh_writer__job){0}; /* withdrawn: it stays in the ring as a gap */
		code = MH_FAIL(reterr, MH_E_TIMEOUT, "Too much is waiting to be written");
	}
	pthread_mutex_unlock(&w->lock);
	return code;
}

struct mh_writer_stats mh_writer_stats(struct mh_writer *w)
{
	pthread_mutex_lock(&w->lock);
	struct mh_writer_stats s = w->stats;
	s.queued = w->n;
	pthread_mutex_unlock(&w->lock);
	return s;
}
