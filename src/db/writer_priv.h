/* What the writer's queue (writer.c), its transactions (writer_batch.c) and its way to the disk (writer_flush.c) share. */
#ifndef MH_DB_WRITER_PRIV_H
#define MH_DB_WRITER_PRIV_H
#include "db/writer.h"

#include <pthread.h>

enum mh_writer__state { MH_WRITER__QUEUED, MH_WRITER__BEGUN, MH_WRITER__TOLD };
/* A waiting caller's own memory; guarded by the writer's lock. */
struct mh_writer__ticket {
	enum mh_writer__state state;
	enum mh_code code;
	struct mh_err *reterr;
};

struct mh_writer__job {
	mh_writer_job *run; /* NULL: withdrawn by its caller */
	void *arg;
	mh_writer_done *done;
	struct mh_str key; /* empty: none */
	struct mh_writer__ticket *ticket;
	enum mh_code code;
};

/* Jobs that go together. There are two: one is run while the other is on its way to the disk. */
struct mh_writer__batch {
	struct mh_writer__job *jobs;
	struct mh_err *errs; /* of jobs[i], when its code is an error */
	size_t n;
};

struct mh_writer {
	struct mh_writer_config config;
	char *uri;
	pthread_t thread, flusher;

	pthread_mutex_t lock;      /* guards everything down to `stats` */
	pthread_cond_t work, news; /* for the thread; for waiting callers */
	pthread_cond_t sent;       /* for the flusher */
	struct mh_writer__job *ring;
	size_t head, n;
	bool stopping, started, over; /* over: nothing more will be sent */
	bool aloft;                   /* `flushed` and `disk` are the flusher's; else the thread's */
	bool broken;                  /* a flush failed: the store is opened anew before more is written */
	uint64_t durable;             /* of stats.commits, those on the disk … */
	uint64_t lost_after, lost;    /* … except that those from lost_after + 1 to lost nobody knows of */
	enum mh_code start_code;
	struct mh_err *start_err;
	struct mh_writer_stats stats;

	struct mh_db *disk; /* flushes what `db` commits */
	struct mh_writer__batch flushed;

	struct mh_db *db; /* the thread's own, like all below; NULL while there is no connection */
	struct mh_writer__batch batch;
	struct mh_str *keys; /* of the jobs of one transaction, those that have one */
	int64_t tick_at;
	int pauses; /* waited so far for this batch */
};

/* writer_batch.c: on the writer thread only. */
enum mh_code mh_writer__connect(struct mh_writer *w, struct mh_err *reterr);
/* Runs the batch to the end and leaves in each job its code. */
void mh_writer__settle(struct mh_writer *w);
void mh_writer__tick(struct mh_writer *w);

/* writer_flush.c: the thread that flushes, and for the writer's: to hand it the batch, and to wait until it has none. */
void *mh_writer__flusher(void *arg);
void mh_writer__send(struct mh_writer *w);
/* All that is committed, by whichever thread has `disk`. */
enum mh_code mh_writer__flush(struct mh_writer *w);
enum mh_code mh_writer__unknown(struct mh_err *reterr); /* MH_E_UNKNOWN, in words */
void mh_writer__wait_landed(struct mh_writer *w);
#endif
