/* The loop as a leader sees it: how many matters are in each of the six rooms, how old, how many late; what came, ended and became
 * late day by day; where more comes than before. For one territory at a time.
 *
 * Everything is counted when it is asked for, with integers only: what is open from the desk that lists are answered from, so every
 * number is the length of a list that can be opened; what is past from the store. Units, kinds, places and categories are counted;
 * no person ever is. */
#ifndef MH_LOOP_FLOW_H
#define MH_LOOP_FLOW_H
#include "loop/list.h"

/* --- what is open now --- */
#define MH_FLOW_DAYS 3660 /* older counts as this old */
struct mh_flow_count {
	int64_t open, late, marked; /* marked: on a board, for what has been missed */
};
struct mh_flow_pile {
	struct mh_flow_count n;
	int32_t *ages; /* how many were raised so many days ago, 0 … MH_FLOW_DAYS */
};
struct mh_flow_now {
	struct mh_flow_pile all, rooms[MH_ROOM_MAX];
	const struct mh_def **kinds; /* newest version of each */
	size_t n_kinds;
	struct mh_flow_pile *by_kind;                  /* n_kinds */
	struct mh_flow_count *room_kinds;              /* [room * n_kinds + kind] */
	struct mh_flow_count *units;                   /* by index of the unit that has it */
	struct mh_flow_count *places;                  /* by index of the unit: what lies there and below */
	struct mh_flow_count nobody;                   /* no unit has it yet */
	struct mh_flow_count levels[MH_LEVEL_MAX + 1]; /* by the level that answers: how far it has risen */
};
/* f: what `by` may list (mh_list_reach); open matters of it are counted. Everything in the arena of tx. */
enum mh_code mh_flow_now(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f,
			 struct mh_flow_now *ret, struct mh_err *reterr);
/* The age that p percent of the pile do not exceed: nearest rank. -1 when it is empty. */
int mh_flow_age(const struct mh_flow_pile *p, int percent);
/* How many are from … to days old. */
int64_t mh_flow_aged(const struct mh_flow_pile *p, int from, int to);

/* --- old cases --- */
enum mh_flow_tie {
	MH_FLOW_HAS = 1,     /* the unit has it */
	MH_FLOW_ANSWERS = 2, /* it answers for one that another unit has */
	MH_FLOW_NAMED = 4    /* the officer is named in it as the one in charge */
};
struct mh_flow_mine {
	struct mh_list_row row;
	unsigned ties; /* enum mh_flow_tie bits */
};
/* Open matters that are the unit's of `by`, or its officer's, the longest open first; at most `most` of *ret_all. */
enum mh_code mh_flow_mine(struct mh_tx *tx, struct mh_desk *desk, const struct mh_party *by, size_t most,
			  struct mh_flow_mine **ret, size_t *ret_n, size_t *ret_all, struct mh_err *reterr);

/* --- day by day --- */
struct mh_flow_line {
	const struct mh_def *kind;        /* newest version */
	int32_t *raised, *ended, *missed; /* one number a span */
	int64_t n_missed;                 /* in all: one that missed in two spans is one */
};
struct mh_flow_days {
	mh_day from, to; /* both counted; `to` is today */
	int step;        /* days of a span; the last may be shorter */
	int n_spans;
	struct mh_flow_line *lines;
	size_t n;
};
/* raised: taken in; ended: those that are over, on the day on which they came to their present end; missed: those that missed what
 * was promised (loop/missed.h). MH_E_TOO_LARGE beyond four million misses. */
enum mh_code mh_flow_days(struct mh_tx *tx, const struct mh_list_filter *f, int days, int step,
			  struct mh_flow_days *ret, struct mh_err *reterr);

/* --- what rises --- */
/* The last seven days, today among them, against the 28 before. */
#define MH_FLOW_RECENT 7
#define MH_FLOW_BEFORE 28
struct mh_flow_rise {
	const struct mh_class *topic; /* or NULL: a place */
	int place;
	int64_t recent, before; /* of 7 days, of 28: it doubled when recent * 4 = before * 2 */
};
struct mh_flow_rises {
	mh_day from, split, to;
	struct mh_flow_rise *topics, *places; /* the strongest first */
	size_t n_topics, n_places;
};
/* Those with at least `least` recently and half as many again as in an average week before, with all that is below them, as lists
 * have it; at most `most` of each. What stands above another that rises is left out. Places lie below the territory. */
enum mh_code mh_flow_rises(struct mh_tx *tx, const struct mh_list_filter *f, int least, size_t most,
			   struct mh_flow_rises *ret, struct mh_err *reterr);
#endif
