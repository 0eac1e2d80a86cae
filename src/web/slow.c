/* The thread for what takes long: a password hash holds 19 MiB and a core for some 20 ms, which neither the threads that answer
 * nor the writer should pay. One at a time bounds memory and the share of the machine that a flood of logins can take. */
#include "web/http_priv.h"

#define WAITING_MAX 64

static enum mh_code run(struct mh_web_exchange *ex, struct mh_err *reterr)
{
	struct mh_http_store *store = &ex->http->config.store;
	struct mh_db *db = NULL;
	if (store->read) MH_TRY(store->read(store->ctx, &db, reterr));
	enum mh_code code = ex->slow(&ex->req, ex->job_arg, db, reterr);
	if (db && store->unread) store->unread(store->ctx, db);
	return code;
}

static struct mh_web_exchange *take(struct mh_web__slow *s, bool *ret_stopping)
{
	pthread_mutex_lock(&s->lock);
	while (!s->first && !s->stopping) pthread_cond_wait(&s->changed, &s->lock);
	struct mh_web_exchange *ex = s->first;
	if (ex) {
		s->first = ex->next_slow;
		if (!s->first) s->last = NULL;
		s->n--;
	}
	*ret_stopping = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return ex;
}

static void *work(void *arg)
{
	struct mh_http *h = arg;
	struct mh_web_exchange *ex;
	bool stopping;
	while ((ex = take(&h->slow, &stopping))) {
		struct mh_err err = {0};
		enum mh_code code = stopping ? MH_FAIL(&err, MH_E_UNAVAILABLE, "The server is stopping")
					     : run(ex, &err);
		mh_web__slow_done(ex, code, &err);
	}
	return NULL;
}

enum mh_code mh_web__slow_start(struct mh_http *h, struct mh_err *reterr)
{
	struct mh_web__slow *s = &h->slow;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	s->running = pthread_create(&s->thread, NULL, work, h) == 0;
	return s->running ? MH_OK : MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not start a thread");
}

void mh_web__slow_stop(struct mh_http *h)
{
	struct mh_web__slow *s = &h->slow;
	if (!s->running) return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	s->running = false;
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
}

enum mh_code mh_web__slow_add(struct mh_web_exchange *ex, struct mh_err *reterr)
{
	struct mh_web__slow *s = &ex->http->slow;
	pthread_mutex_lock(&s->lock);
	bool room = s->n < WAITING_MAX;
	if (room) {
		ex->next_slow = NULL;
		if (s->last) s->last->next_slow = ex;
		else s->first = ex;
		s->last = ex;
		s->n++;
		pthread_cond_signal(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
	return room ? MH_OK : MH_FAIL(reterr, MH_E_BUSY, "Too many are logging in just now");
}
