/* Search: a thread reads the ledger in order, behind the intake, and keeps the index of words up to date.
 *
 * The index (STATE/search.db, db/fulltext.h) remembers up to which entry it has come, so it goes on where it ended, is built
 * anew when it is missing or belongs to another ledger, and follows erasure because erasure is an entry like any other. Nothing
 * that a resident waits for waits for it.
 *
 * It holds two sorts of documents: matters, with all that was said in them, for staff; and publications, with what everybody may
 * read. A search is for one of the two. */
#ifndef MH_LOOP_SEARCH_H
#define MH_LOOP_SEARCH_H
#include "matter/matter.h"

struct mh_search_config {
	struct mh_str uri;    /* of the store; a read connection of its own is opened */
	struct mh_str path;   /* of the index */
	struct mh_city *city; /* constant parts; outlives the search */
	struct mh_clock clock;
	int poll_ms; /* 0: 300 */
	/* Something failed that nobody waits for; called on the thread, may be NULL. It goes on trying. */
	void (*trouble)(void *ctx, const struct mh_err *err);
	void *trouble_ctx;
};
struct mh_search;
enum mh_code mh_search_start(const struct mh_search_config *config, struct mh_search **ret, struct mh_err *reterr);
void mh_search_stop(struct mh_search *s); /* NULL is accepted */

/* Ids of matters below `before` (INT64_MAX: from the newest) whose texts hold what was typed, newest first. What was typed may be
 * anything; MH_E_INVALID when no letter or digit is in it, MH_E_TIMEOUT after two seconds. Says nothing about who may see
 * them. Any thread. */
enum mh_code mh_search_find(struct mh_search *s, struct mh_arena *a, struct mh_str typed, int64_t before, int limit,
			    int64_t **ret, size_t *ret_n, struct mh_err *reterr);

/* Entries of the ledger (mh_seq_join) below `before` that made public what was typed, newest first: for everybody. As above, but
 * staff and residents do not wait for each other. */
enum mh_code mh_search_public(struct mh_search *s, struct mh_arena *a, struct mh_str typed, int64_t before, int limit,
			      int64_t **ret, size_t *ret_n, struct mh_err *reterr);

struct mh_search_stats {
	int64_t indexed, behind; /* entries of the ledger: dealt with, and waiting */
	mh_time behind_since;    /* 0: it is up to date */
};
struct mh_search_stats mh_search_stats(struct mh_search *s); /* any thread */
#endif
