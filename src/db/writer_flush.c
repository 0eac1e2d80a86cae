/* The writer's way to the disk: while one batch is flushed, the next is run. */
#include "base/time.h"
#include "db/writer_priv.h"

#include <errno.h>
#include <time.h>

enum mh_code mh_writer__unknown(struct mh_err *reterr)
{
	MH_FAIL(reterr, MH_E_UNKNOWN, "Could not make sure that this was kept");
	mh_err_hint(reterr, "Look whether it is there, or send it again under the same request key");
	return MH_E_UNKNOWN;
}

/* ---- fates */

static void tell_ticket(struct mh_writer *w, const struct mh_writer__job *job, const struct mh_err *err)
{
	pthread_mutex_lock(&w->lock);
	if (job->code && job->ticket->reterr) *job->ticket->reterr = *err;
	job->ticket->code = job->code;
	job->ticket->state = MH_WRITER__TOLD; /* its memory may be gone once the lock is free */
	pthread_cond_broadcast(&w->news);
	pthread_mutex_unlock(&w->lock);
}

static void tell_all(struct mh_writer *w, enum mh_code flushed)
{
	struct mh_writer__batch *b = &w->flushed;
	size_t failed = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (flushed && b->jobs[i].code == MH_OK) b->jobs[i].code = mh_writer__unknown(&b->errs[i]);
		failed += b->jobs[i].code != MH_OK;
	}
	pthread_mutex_lock(&w->lock);
	w->stats.jobs += b->n;
	w->stats.failed += failed;
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < b->n; i++) {
		struct mh_writer__job *job = &b->jobs[i];
		if (job->ticket) tell_ticket(w, job, &b->errs[i]);
		if (job->done) job->done(job->arg, job->code, job->code ? &b->errs[i] : NULL);
	}
}

/* ---- the disk */

/* Commits that come while it is under way may or may not be covered; they have their own. */
enum mh_code mh_writer__flush(struct mh_writer *w)
{
	struct mh_err err = {0};
	pthread_mutex_lock(&w->lock);
	uint64_t upto = w->stats.commits;
	bool due = upto > w->durable, broken = w->broken;
	pthread_mutex_unlock(&w->lock);
	/* After a failure nothing that the same connections did is known, whatever the disk says now. */
	enum mh_code code = broken ? MH_E_UNKNOWN : due ? mh_db_flush(w->disk, &err) : MH_OK;
	if (!due) return code;
	pthread_mutex_lock(&w->lock);
	if (code && w->lost < w->durable) w->lost_after = w->durable; /* else the one before failed too */
	if (code) w->lost = upto;
	w->broken = code != MH_OK;
	w->durable = upto;
	pthread_cond_broadcast(&w->news);
	pthread_mutex_unlock(&w->lock);
	if (code && !broken && w->config.hooks.trouble) w->config.hooks.trouble(w->config.ctx, &err);
	return code;
}

void *mh_writer__flusher(void *arg)
{
	struct mh_writer *w = arg;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!w->aloft && !w->over) pthread_cond_wait(&w->sent, &w->lock); /* the end wakes it too */
		if (!w->aloft) break;
		pthread_mutex_unlock(&w->lock);
		tell_all(w, mh_writer__flush(w));
		pthread_mutex_lock(&w->lock);
		w->aloft = false;
		pthread_cond_broadcast(&w->news);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* ---- for the writer's thread */

/* Under the lock. A flush has the store's own deadline. */
static void wait_landed(struct mh_writer *w)
{
	while (w->aloft) pthread_cond_wait(&w->news, &w->lock);
}

void mh_writer__wait_landed(struct mh_writer *w)
{
	pthread_mutex_lock(&w->lock);
	wait_landed(w);
	pthread_mutex_unlock(&w->lock);
}

void mh_writer__send(struct mh_writer *w)
{
	pthread_mutex_lock(&w->lock);
	wait_landed(w);
	struct mh_writer__batch landed = w->flushed;
	w->flushed = w->batch;
	w->batch = landed;
	w->batch.n = 0;
	w->aloft = true;
	pthread_cond_signal(&w->sent);
	pthread_mutex_unlock(&w->lock);
}

enum mh_code mh_writer_flush(struct mh_writer *w, struct mh_err *reterr)
{
	mh_writer__wait_landed(w);
	return mh_writer__flush(w) ? mh_writer__unknown(reterr) : MH_OK;
}

/* ---- for others */

enum mh_code mh_writer_wait_durable(struct mh_writer *w, uint64_t commit, int wait_ms, struct mh_err *reterr)
{
	int64_t end = mh_ticks() + wait_ms;
	struct timespec until = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
	pthread_mutex_lock(&w->lock);
	while (w->durable < commit && pthread_cond_timedwait(&w->news, &w->lock, &until) != ETIMEDOUT) {
	}
	bool reached = w->durable >= commit, lost = commit > w->lost_after && commit <= w->lost;
	pthread_mutex_unlock(&w->lock);
	if (!reached) return MH_FAIL(reterr, MH_E_TIMEOUT, "Waited too long for the disk");
	return lost ? mh_writer__unknown(reterr) : MH_OK;
}
