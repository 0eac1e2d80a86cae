/* What the writer's queue (writer.c) and its transactions (writer_batch.c) share. */
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

struct mh_writer {
	struct mh_writer_config config;
	char *uri;
	pthread_t thread;

	pthread_mutex_t lock;      /* guards everything down to `stats` */
	pthread_cond_t work, news; /* for the thread; for waiting callers */
	struct mh_writer__job *ring;
	size_t head, n;
	bool stopping, started;
	enum mh_code start_code;
	struct mh_err *start_err;
	struct mh_writer_stats stats;

	struct mh_db *db; /* the thread's own, like all below; NULL while there is no connection */
	struct mh_writer__job *batch;
	struct mh_str *keys; /* of the jobs of one transaction, those that have one */
	struct mh_err *errs; /* of batch[i], when its code is an error */
	int64_t tick_at;
	int pauses; /* waited so far for this batch */
};

/* writer_batch.c: on the writer thread only. */
enum mh_code mh_writer__connect(struct mh_writer *w, struct mh_err *reterr);
/* Runs batch[0 … n-1] to the end and leaves in each its code. */
void mh_writer__settle(struct mh_writer *w, size_t n);
void mh_writer__tick(struct mh_writer *w);
#endif
