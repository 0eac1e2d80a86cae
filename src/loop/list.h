/* Lists of matters: what a row says, which rows are meant, in which order they come, page by page. Never personal data.
 *
 * Open matters are answered from the desk (loop/desk.h); the others from lanes: an index of the store, or several merged, walked
 * in the order of ids, everything else compared here. A walk that meets too little of what was asked for stops after
 * MH_LIST_SCAN rows and says where to go on. */
#ifndef MH_LOOP_LIST_H
#define MH_LOOP_LIST_H
#include "access/party.h"
#include "matter/matter.h"

#define MH_LIST_SCAN 20000 /* rows looked at for one page */
#define MH_LIST_PAGE 1000  /* the most that a page may hold */

struct mh_list_row {
	int64_t id;
	mh_time due; /* the first clock that has run or will run out; MH_TIME_MAX: none runs */
	mh_time created, entered;
	int64_t seq;
	const struct mh_def *def;
	int32_t owner, super, place, cls; /* indexes of units and of the category, -1: none */
	int16_t state, clock;             /* indexes in def; clock -1: none, or one that no definition names */
	int8_t level;
	int8_t unit; /* of the clock: enum mh_unit, or MH_UNIT_MAX: it waits for a date */
	bool merged;
	char mark[8]; /* board colour, or empty; a NUL ends it */
	unsigned char ref[16];
	char number[32];
};

enum mh_list_sort { MH_LIST_NEWEST, MH_LIST_OLDEST, MH_LIST_DUE, MH_LIST_SORT_MAX };
enum mh_list_is { MH_LIST_EITHER, MH_LIST_YES, MH_LIST_NO };
/* What is asked for. {0} with `reach` and -1 where said means everything in reach. */
struct mh_list_filter {
	const bool *reach;         /* by unit: the territory of whoever asks */
	bool whole;                /* that is the whole city: what has neither owner nor place is theirs too */
	const bool *place, *cls;   /* by unit, by category: it and what is below; NULL: any */
	struct mh_str kind, state; /* empty: any */
	int room, phase, level;    /* -1: any; level 0: any */
	int owner;                 /* -1: any */
	int64_t parent_id;         /* 0: any */
	enum mh_list_is open, merged, marked, late, assigned; /* assigned: some unit has it */
	mh_time due_from, due_to;         /* due_from <= due < due_to; 0: any. Only what is open has a due time */
	mh_time created_from, created_to; /* likewise */
	mh_time ended_from, ended_to;     /* likewise; only what is over has ended */
	const int64_t *missed;            /* ids of those meant, ascending (mh_missed_filter); NULL: any */
	size_t n_missed;
	mh_time now; /* what is late is before this */
};
/* Units of a territory and below as a table of the city's units, in the arena. NULL when memory is short. */
const bool *mh_list_below(struct mh_arena *a, const struct mh_orgs *o, int org);
/* Likewise of the categories. cls: index in the city. */
const bool *mh_list_classes(struct mh_arena *a, const struct mh_city *c, int cls);
/* What `by` may list: exactly what mh_party_reaches. MH_E_FORBIDDEN for whoever holds no office. */
enum mh_code mh_list_reach(struct mh_arena *a, const struct mh_city *c, const struct mh_party *by,
			   struct mh_list_filter *f, struct mh_err *reterr);
bool mh_list_is_open(const struct mh_list_row *r);
/* parent_id is not compared: the lane or the desk sees to it. */
bool mh_list_match(const struct mh_list_filter *f, const struct mh_list_row *r);
/* Does the filter mean open matters only, so that the desk has them all? */
bool mh_list_open_only(const struct mh_list_filter *f);

/* Where a page begins: behind the row of this key. {0} of `set`: at the start. */
struct mh_list_at {
	bool set;
	int64_t key, id; /* key: the due time with MH_LIST_DUE, else 0 */
};
struct mh_list_page {
	const struct mh_list_row *rows; /* in the arena */
	size_t n;
	struct mh_list_at next; /* not set: nothing comes behind */
};
struct mh_desk;
/* A page of at most `limit` rows. MH_LIST_DUE asks for open matters. Errors: the store's; MH_E_UNAVAILABLE while there is no desk. */
enum mh_code mh_list_page(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f,
			  enum mh_list_sort sort, struct mh_list_at at, size_t limit, struct mh_list_page *ret,
			  struct mh_err *reterr);

/* The row of one matter; *ret_found is false when there is none that can be read. Whether it may be seen is the caller's question.
 * `desk` has been brought up to date (mh_desk_sync); NULL: an open matter's clock is left out. */
enum mh_code mh_list_one(struct mh_tx *tx, struct mh_desk *desk, int64_t id, bool *ret_found, struct mh_list_row *ret,
			 struct mh_err *reterr);

/* Counting: every row that matches is handed to `one`. Open matters all; of the others at most MH_LIST_SCAN are looked at, and
 * *ret_all says whether that was all of them. */
typedef void mh_list_each(void *ctx, const struct mh_list_row *r);
enum mh_code mh_list_count(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f, mh_list_each *one,
			   void *ctx, bool *ret_all, struct mh_err *reterr);
#endif
