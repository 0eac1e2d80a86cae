/* The one writer: a thread that runs jobs in order and commits many of them at once.
 *
 * It takes whatever has queued (natural batching: waiting to fill a batch gains nothing), runs the jobs in one transaction, and
 * commits. While that commit is on its way to the disk, which a second thread sees to, the next batch is run; each job is told
 * when its own is there (docs/decisions/0009). What fails in company is run again alone, so one job's fault is never another's. Jobs must therefore be re-runnable: all that a job does, it does to the
 * store through `db`, or to state that the hook `rolled_back` puts right. After a lost connection a job may even be run again
 * though its commit did happen, so a job recognises its own work (by a request key). */
#ifndef MH_DB_WRITER_H
#define MH_DB_WRITER_H
#include "db/db.h"

struct mh_writer;

/* Runs inside a write transaction, on the writer thread; must not begin, commit or wait. An error given before anything was
 * written fails this job alone; after that it undoes the batch. */
typedef enum mh_code mh_writer_job(struct mh_db *db, void *arg, struct mh_err *reterr);
/* Called once for each accepted job, on the thread that flushes, when its fate is sealed: committed durably (MH_OK, err is
 * NULL), failed (nothing of it is in the store), or MH_E_UNKNOWN (the disk or the server failed between the two: it may be in
 * the store or not). Must be quick; may submit. */
typedef void mh_writer_done(void *arg, enum mh_code code, const struct mh_err *err);

/* All are called on the writer thread, `trouble` on the one that flushes too; all may be NULL, `ctx` is config.ctx. */
struct mh_writer_hooks {
	/* After each connect, before any job: read what is kept in memory, take the lease. An error ends the connection. */
	enum mh_code (*opened)(void *ctx, struct mh_db *db, struct mh_err *reterr);
	/* The first statements of each transaction, before the jobs: what they were submitted under (_submit_as), so that it is asked
	 * for all of them at once. An error undoes it. */
	enum mh_code (*ahead)(void *ctx, struct mh_db *db, const struct mh_str *keys, size_t n, struct mh_err *reterr);
	/* The last statements of each transaction: number the events, sign the head, check the lease. An error undoes it. */
	enum mh_code (*before_commit)(void *ctx, struct mh_db *db, struct mh_err *reterr);
	/* It is done and seen by others, and on its way to the disk: mh_writer_flush waits for that. */
	void (*after_commit)(void *ctx, struct mh_writer *w);
	/* A transaction in which jobs or the tick ran was undone, or the store is opened anew: drop what is in memory only. */
	void (*rolled_back)(void *ctx);
	/* Each tick_ms, in a transaction of its own (timers, lease, outbox). Ticks that fall due during a batch come as one. */
	enum mh_code (*tick)(void *ctx, struct mh_db *db, struct mh_err *reterr);
	/* Something failed of which jobs are told little or nothing: a tick, a flush. For the log. */
	void (*trouble)(void *ctx, const struct mh_err *err);
};

struct mh_writer_config {
	struct mh_str uri;    /* copied */
	enum mh_db_mode mode; /* MH_DB_WRITE or MH_DB_CREATE */
	void *ctx;
	struct mh_writer_hooks hooks;
	int tick_ms;      /* 0: no ticks */
	size_t queue_cap; /* jobs waiting; 0: 10,000 */
	size_t batch_max; /* jobs in one transaction; 0: 1,000 */
};

/* Returns when the store is open and `opened` was content. */
enum mh_code mh_writer_start(const struct mh_writer_config *config, struct mh_writer **ret, struct mh_err *reterr);
/* Accepts no more, finishes what was accepted, closes the store, frees. NULL is accepted; returns NULL. Any other use of the
 * writer must have ended. */
struct mh_writer *mh_writer_stop(struct mh_writer *w);

/* Any thread. MH_E_BUSY when the queue is full, MH_E_UNAVAILABLE when stopping: then the job never runs and `done` is never
 * called. `done` may be NULL. `arg` must live until `done`. */
enum mh_code mh_writer_submit(struct mh_writer *w, mh_writer_job *job, void *arg, mh_writer_done *done,
			      struct mh_err *reterr);
/* The same for a job that recognises its own work by a request key, which the hook `ahead` is told. It must live until `done`. */
enum mh_code mh_writer_submit_as(struct mh_writer *w, mh_writer_job *job, void *arg, struct mh_str key,
				 mh_writer_done *done, struct mh_err *reterr);
/* As submit, and waits for the job's fate. MH_E_TIMEOUT: it had not begun after wait_ms and will not. A job that has begun is
 * waited for: the store's own deadline for statements bounds that. Not on the writer thread (MH_E_INTERNAL). */
enum mh_code mh_writer_run(struct mh_writer *w, mh_writer_job *job, void *arg, int wait_ms, struct mh_err *reterr);

/* In `after_commit`, for what leaves traces outside of the store: waits until that commit is on the disk. MH_E_UNKNOWN. */
enum mh_code mh_writer_flush(struct mh_writer *w, struct mh_err *reterr);
/* On any other thread: waits until the commit of that number (stats.commits, read in its `after_commit`) is on the disk.
 * MH_E_UNKNOWN, MH_E_TIMEOUT. */
enum mh_code mh_writer_wait_durable(struct mh_writer *w, uint64_t commit, int wait_ms, struct mh_err *reterr);

struct mh_writer_stats {
	uint64_t jobs, failed;    /* fates told; of them with an error */
	uint64_t commits, undone; /* transactions */
	size_t queued;            /* waiting now */
	size_t largest;           /* batch so far */
};
struct mh_writer_stats mh_writer_stats(struct mh_writer *w);
#endif
