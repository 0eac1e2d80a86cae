#include "web/pool.h"

#include <pthread.h>

#define KEPT 16 /* idle connections; as many as there are threads are ever in use */

struct mh_http_pool {
	struct mh_arena arena;
	struct mh_str uri;
	struct mh_writer *writer;
	enum mh_code (*prepared)(struct mh_db *db, struct mh_err *reterr);
	pthread_mutex_t lock;
	struct mh_db *idle[KEPT];
	size_t n;
};

static enum mh_code pool_read(void *ctx, struct mh_db **ret, struct mh_err *reterr)
{
	struct mh_http_pool *p = ctx;
	struct mh_db *db = NULL;
	pthread_mutex_lock(&p->lock);
	if (p->n) db = p->idle[--p->n];
	pthread_mutex_unlock(&p->lock);
	if (!db) {
		MH_TRY(mh_db_open(p->uri, MH_DB_READ, &db, reterr));
		enum mh_code code = p->prepared ? p->prepared(db, reterr) : MH_OK;
		if (code != MH_OK) {
			mh_db_close(db);
			return code;
		}
	}
	*ret = db;
	return MH_OK;
}

/* A handler that left a transaction open, or a connection that is lost, costs the connection and nothing else. */
static void pool_unread(void *ctx, struct mh_db *db)
{
	struct mh_http_pool *p = ctx;
	bool good = !mh_db_lost(db) && !mh_db_in_tx(db);
	pthread_mutex_lock(&p->lock);
	if (good && p->n < KEPT) {
		p->idle[p->n++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	mh_db_close(db);
}

static enum mh_code pool_submit(void *ctx, mh_http_job *job, void *arg, struct mh_str key, mh_http_done *done,
				struct mh_err *reterr)
{
	struct mh_http_pool *p = ctx;
	return mh_writer_submit_as(p->writer, job, arg, key, done, reterr);
}

enum mh_code mh_http_pool_open(struct mh_str uri, struct mh_writer *writer,
			       enum mh_code (*prepared)(struct mh_db *db, struct mh_err *reterr),
			       struct mh_http_pool **ret, struct mh_err *reterr)
{
	struct mh_db *first;
	struct mh_http_pool *p = mh_mem_alloc(sizeof *p);
	MH_TRY_MEM(p, reterr);
	pthread_mutex_init(&p->lock, NULL);
	p->arena = MH_ARENA(0);
	p->uri = mh_str_dup(&p->arena, uri);
	p->writer = writer;
	p->prepared = prepared;
	enum mh_code code = p->uri.ptr ? pool_read(p, &first, reterr)
				       : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code != MH_OK) {
		mh_http_pool_close(p);
		return code;
	}
	pool_unread(p, first);
	*ret = p;
	return MH_OK;
}

/* A commit whose end is not known counts as undone, and may have changed something. */
static uint64_t pool_version(void *ctx)
{
	struct mh_http_pool *p = ctx;
	struct mh_writer_stats s = mh_writer_stats(p->writer);
	return s.commits + s.undone;
}

struct mh_http_store mh_http_pool_store(struct mh_http_pool *p)
{
	return (struct mh_http_store){.ctx = p,
				      .read = pool_read,
				      .unread = pool_unread,
				      .submit = p->writer ? pool_submit : NULL,
				      .version = p->writer ? pool_version : NULL};
}

void mh_http_pool_close(struct mh_http_pool *p)
{
	if (!p) return;
	while (p->n) mh_db_close(p->idle[--p->n]);
	pthread_mutex_destroy(&p->lock);
	mh_arena_done(&p->arena);
	mh_mem_free(p);
}
