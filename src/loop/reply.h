/* 反馈: what was made public. */
#ifndef MH_LOOP_REPLY_H
#define MH_LOOP_REPLY_H
#include "matter/matter.h"

/* Publications before an entry of the ledger, newest first, of one public place or (empty) of all: an array of {"seq", "at",
 * "place", "number", "ref", "kind", "fields"}. *ret_next: where the next page goes on, 0 when there is none. New reference. */
enum mh_code mh_reply_answers(struct mh_tx *tx, struct mh_str place, int64_t before_seq, int limit, json_t **ret,
			      int64_t *ret_next, struct mh_err *reterr);
/* The one that an entry made, as an array of it; of none when there is none. */
enum mh_code mh_reply_answer_at(struct mh_tx *tx, int64_t seq, json_t **ret, struct mh_err *reterr);
/* Those of one matter, likewise; at most 100. */
enum mh_code mh_reply_answers_of(struct mh_tx *tx, int64_t matter_id, json_t **ret, struct mh_err *reterr);
#endif
