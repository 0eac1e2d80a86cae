#include "loop/signer_priv.h"

#include "base/time.h"

#include <pthread.h>

#define RETRY_MS 1000
#define DISK_MS 60000

struct mh_loop__signer {
	struct mh_loop__signer_config config;
	pthread_t thread;
	pthread_mutex_t lock; /* guards down to `due` */
	pthread_cond_t news;
	bool wanted, busy, stopping; /* busy: from the offer until it is settled */
	int64_t not_before;          /* ticks: after a failure */
	struct mh_ledger_due due;
	uint64_t commit; /* that it covers */
	struct mh_db *
		db; /* the thread's, as all below until the job is submitted, and then the writer's until it is settled */
	struct mh_arena arena;
	struct mh_ledger_proved head;
	enum mh_code code;
	struct mh_err err;
};

/* --- on the writer's thread --- */

void mh_loop__signer_offer(struct mh_loop__signer *s, uint64_t commit)
{
	mh_time now = mh_now(&s->config.clock);
	pthread_mutex_lock(&s->lock);
	if (!s->busy && !s->stopping && mh_ticks() >= s->not_before &&
	    mh_ledger_due(s->config.city->ledger, now, false, &s->due)) {
		s->busy = s->wanted = true;
		s->commit = commit;
		pthread_cond_signal(&s->news);
	}
	pthread_mutex_unlock(&s->lock);
}

static enum mh_code keep(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct mh_loop__signer *s = arg;
	if (s->code == MH_E_CORRUPT) mh_ledger_break(s->config.city->ledger);
	if (s->code != MH_OK) return MH_OK; /* nothing to keep: only to be told */
	return mh_ledger_keep(s->config.city->ledger, db, &s->head, reterr);
}

/* --- on whichever is done with it --- */

static void settle(struct mh_loop__signer *s, bool failed)
{
	pthread_mutex_lock(&s->lock);
	s->busy = false;
	if (failed) s->not_before = mh_ticks() + RETRY_MS;
	pthread_cond_signal(&s->news);
	pthread_mutex_unlock(&s->lock);
}

static void kept(void *arg, enum mh_code code, const struct mh_err *err)
{
	struct mh_loop__signer *s = arg;
	if (s->code != MH_OK) code = s->code, err = &s->err;
	if (code != MH_OK) s->config.trouble(s->config.ctx, err);
	settle(s, code != MH_OK);
}

/* --- on its own --- */

static enum mh_code prove(struct mh_loop__signer *s, const struct mh_ledger_due *due, struct mh_err *reterr)
{
	if (s->db && mh_db_lost(s->db)) s->db = mh_db_close(s->db);
	if (!s->db) MH_TRY(mh_db_open(s->config.uri, MH_DB_READ, &s->db, reterr));
	return mh_ledger_prove(due, s->config.state_dir, s->db, mh_now(&s->config.clock), &s->arena, &s->head, reterr);
}

/* False: it is time to end. */
static bool wait_due(struct mh_loop__signer *s, struct mh_ledger_due *ret, uint64_t *ret_commit)
{
	pthread_mutex_lock(&s->lock);
	while (!s->wanted && !(s->stopping && !s->busy)) pthread_cond_wait(&s->news, &s->lock);
	bool any = s->wanted;
	if (any) *ret = s->due;
	*ret_commit = s->commit;
	mh_ledger_due_done(&s->due);
	s->wanted = false;
	pthread_mutex_unlock(&s->lock);
	return any;
}

static void *run(void *arg)
{
	struct mh_loop__signer *s = arg;
	struct mh_ledger_due due;
	uint64_t commit;
	while (wait_due(s, &due, &commit)) {
		mh_arena_clear(&s->arena);
		s->err = (struct mh_err){0};
		/* what a lost disk could still take back must not be signed */
		s->code = mh_writer_wait_durable(s->config.writer, commit, DISK_MS, &s->err);
		if (s->code == MH_OK) s->code = prove(s, &due, &s->err);
		mh_ledger_due_done(&due);
		/* refused: what was signed is remembered, and the next head covers it */
		if (mh_writer_submit(s->config.writer, keep, s, kept, NULL) != MH_OK) settle(s, true);
	}
	return NULL;
}

/* --- life --- */

void mh_loop__signer_free(struct mh_loop__signer *s)
{
	if (!s) return;
	mh_db_close(s->db);
	mh_arena_done(&s->arena);
	pthread_cond_destroy(&s->news);
	pthread_mutex_destroy(&s->lock);
	mh_mem_free(s);
}

enum mh_code mh_loop__signer_start(const struct mh_loop__signer_config *config, struct mh_loop__signer **ret,
				   struct mh_err *reterr)
{
	struct mh_loop__signer *s = mh_mem_alloc(sizeof *s);
	MH_TRY_MEM(s, reterr);
	s->config = *config;
	s->arena = MH_ARENA(1 << 20);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->news, NULL);
	if (pthread_create(&s->thread, NULL, run, s) != 0) {
		mh_loop__signer_free(s);
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Could not start a thread");
	}
	*ret = s;
	return MH_OK;
}

void mh_loop__signer_end(struct mh_loop__signer *s)
{
	if (!s) return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_signal(&s->news);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
}
