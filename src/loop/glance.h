/* One look at a matter: what rooms and pages ask before they decide who may see or do what. */
#ifndef MH_LOOP_GLANCE_H
#define MH_LOOP_GLANCE_H
#include "matter/matter.h"

struct mh_glance {
	int64_t id, last_seq, main_id;
	struct mh_str ref, number, state, class_code;
	const struct mh_def *def; /* the city's; never NULL */
	int at_state;             /* index in def */
	int owner, place;         /* indexes of units, -1: none */
	bool open;                /* its state is neither done nor void */
	bool erased;              /* its personal contents are gone */
};
/* Texts live in tx->arena. MH_E_NOT_FOUND; MH_E_CORRUPT when the city lacks its definition. */
enum mh_code mh_glance(struct mh_tx *tx, int64_t id, struct mh_glance *ret, struct mh_err *reterr);
#endif
