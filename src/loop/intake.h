/* 受理: a matter is raised, exactly once for each idempotency key. */
#ifndef MH_LOOP_INTAKE_H
#define MH_LOOP_INTAKE_H
#include "matter/matter.h"

struct mh_intake {
	struct mh_str kind;
	const json_t *fields; /* object */
	struct mh_party by;   /* org -1: a person without an office */
	struct mh_str key;    /* of the client, or empty: then a repeat is a second matter */
	mh_time raised;       /* when it was really raised; 0: now. Staff only */
};
/* What the engine remembers the client's key as; empty for none. ptr is NULL when memory is short. */
struct mh_str mh_intake_request_id(struct mh_arena *a, struct mh_str key);
/* The same key and content again gives the same matter and code, and ret->again; the same key for something else is
 * MH_E_REUSED_KEY. MH_E_FORBIDDEN: this kind is raised by offices only, or `raised` is not theirs to say.
 * MH_E_INVALID: `raised` lies ahead, or what the engine finds. */
enum mh_code mh_intake_raise(struct mh_tx *tx, const struct mh_intake *in, struct mh_outcome *ret,
			     struct mh_err *reterr);
#endif
