/* The write-ahead log goes into the database file from a thread beside the writer's: a checkpoint ends with an fsync of the
 * whole file, and a commit that does it itself keeps everybody waiting who waits for that commit.
 *
 * The thread copies what is committed when it starts; what comes meanwhile stays in the log, which begins anew only after a
 * checkpoint reached its end. Under unbroken load it never would. So once the log is LOG_LONG the thread copies without pause,
 * each time less, until what is left is little; that the writer copies itself, and at LOG_MAX whatever is left. A checkpoint
 * that fails loses nothing and is tried again after the next commit, and when a full disk refused one: a log that begins anew
 * needs no room. */
#include "db/db_priv.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#define STEP 1000     /* pages of the log between two checkpoints of the thread: 4 MiB */
#define LOG_LONG 2500 /* pages: 10 MiB */
#define LITTLE 250    /* pages: 1 MiB */
#define LOG_MAX 4000  /* pages: 16 MiB, which a small disk has too */

struct mh_db__checkpoint {
	sqlite3 *h; /* the thread's own connection */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t news;
	bool wanted, busy, stopping;
	/* Pages of the log: when the thread was last asked, what it had copied, when the writer last ended the log. */
	int asked, copied, ended;
};

static void *work(void *arg)
{
	struct mh_db__checkpoint *c = arg;
	pthread_mutex_lock(&c->lock);
	for (;;) {
		while (!c->wanted && !c->stopping) pthread_cond_wait(&c->news, &c->lock); /* the end wakes it too */
		if (c->stopping) break;
		c->wanted = false;
		c->busy = true;
		pthread_mutex_unlock(&c->lock);
		int copied = 0;
		/* A connection that has read nothing does not know yet that there is a log. */
		sqlite3_exec(c->h, "pragma schema_version", NULL, NULL, NULL);
		sqlite3_wal_checkpoint_v2(c->h, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &copied);
		pthread_mutex_lock(&c->lock);
		c->copied = copied;
		c->busy = false;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* A log that somebody still reads does not begin anew; it is tried again after a little more. */
static bool time_to_end(const struct mh_db__checkpoint *c, int pages)
{
	if (pages < LOG_LONG || c->busy || pages - c->ended < LITTLE) return false;
	return pages - c->copied <= LITTLE || pages >= LOG_MAX;
}

/* After each commit of the writer, in its thread. */
static int committed(void *arg, sqlite3 *h, const char *name, int pages)
{
	struct mh_db__checkpoint *c = arg;
	pthread_mutex_lock(&c->lock);
	if (pages < c->asked) c->asked = c->copied = c->ended = 0; /* the log began anew */
	bool end = time_to_end(c, pages);
	if (end) c->ended = pages;
	else if (!c->busy && pages - c->asked >= (pages < LOG_LONG ? STEP : LITTLE)) {
		c->asked = pages;
		c->wanted = true;
		pthread_cond_signal(&c->news);
	}
	pthread_mutex_unlock(&c->lock);
	if (end) sqlite3_wal_checkpoint_v2(h, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

void mh_db__checkpoint_ask(struct mh_db__checkpoint *c)
{
	if (!c) return;
	pthread_mutex_lock(&c->lock);
	c->wanted = true;
	pthread_cond_signal(&c->news);
	pthread_mutex_unlock(&c->lock);
}

int mh_db__checkpoint_start(sqlite3 *writer, const char *path, struct mh_db__checkpoint **ret)
{
	struct mh_db__checkpoint *c = mh_mem_alloc(sizeof *c);
	if (!c) return SQLITE_NOMEM;
	int rc = sqlite3_open_v2(path, &c->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->news, NULL);
	if (rc == SQLITE_OK) rc = sqlite3_db_config(c->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (rc == SQLITE_OK && pthread_create(&c->thread, NULL, work, c)) rc = SQLITE_NOMEM;
	if (rc != SQLITE_OK) {
		sqlite3_close(c->h);
		mh_mem_free(c);
		return rc;
	}
	sqlite3_wal_hook(writer, committed, c);
	*ret = c;
	return SQLITE_OK;
}

void mh_db__checkpoint_stop(struct mh_db__checkpoint *c)
{
	if (!c) return;
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_cond_signal(&c->news);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	sqlite3_close(c->h);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->news);
	mh_mem_free(c);
}
