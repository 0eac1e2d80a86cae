/* Which matters missed a promise, and when: a lasting clock ran out on them. What a chart counts and what a list shows are both
 * asked here, so that the number is the length of the list. */
#ifndef MH_LOOP_MISSED_H
#define MH_LOOP_MISSED_H
#include "loop/list.h"

struct mh_missed {
	int64_t matter_id, owner_id, place_id; /* of the store; 0: none */
	const struct mh_def *def;
};
/* Every promise that was missed in from <= t < to, a day at a time and in no order within it; one that was missed twice comes
 * twice. `one` tells by false that it cannot take more: then MH_E_TOO_LARGE. */
typedef bool mh_missed_one(void *ctx, const struct mh_missed *m, mh_time day);
enum mh_code mh_missed_each(struct mh_tx *tx, mh_time from, mh_time to, mh_missed_one *one, void *ctx,
			    struct mh_err *reterr);
/* Restricts the list to matters that missed one then. */
enum mh_code mh_missed_filter(struct mh_tx *tx, mh_time from, mh_time to, struct mh_list_filter *f,
			      struct mh_err *reterr);
#endif
