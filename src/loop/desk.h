/* The desk: every open matter of the city in memory, as lists know it, so that each filter, order and count of what is being
 * worked on is one pass over some megabytes, whatever it is and however many matters the store holds.
 *
 * It follows the ledger: an entry names its matter, and that row is read anew. A reader catches up in its own snapshot before it
 * looks, so that whoever has just done something sees it; a thread follows too, so that there is little to catch up with. */
#ifndef MH_LOOP_DESK_H
#define MH_LOOP_DESK_H
#include "loop/list.h"

struct mh_desk_config {
	struct mh_str uri;    /* of the store; the thread opens a read connection of its own */
	struct mh_city *city; /* constant parts; outlives the desk */
	struct mh_clock clock;
	int poll_ms; /* 0: 250; negative: no thread, readers catch up by themselves */
	/* Something failed that nobody waits for; called on the thread, may be NULL. It goes on trying. */
	void (*trouble)(void *ctx, const struct mh_err *err);
	void *trouble_ctx;
};
enum mh_code mh_desk_start(const struct mh_desk_config *config, struct mh_desk **ret, struct mh_err *reterr);
void mh_desk_stop(struct mh_desk *d); /* NULL is accepted */

/* Brings the desk up to the state that tx reads. The first time it reads every open matter. */
enum mh_code mh_desk_sync(struct mh_desk *d, struct mh_tx *tx, struct mh_err *reterr);
/* Grows with every change; any thread. */
uint64_t mh_desk_version(struct mh_desk *d);
/* Between _open and _close the rows stand still; keep it short. */
size_t mh_desk_open(struct mh_desk *d);
const struct mh_list_row *mh_desk_row(const struct mh_desk *d, size_t i);
const struct mh_list_row *mh_desk_find(const struct mh_desk *d, int64_t id); /* NULL: not open */
void mh_desk_close(struct mh_desk *d);

/* One row of the store; due and clock are not set. MH_E_CORRUPT when the city lacks its definition. */
struct mh_q_lane_row;
enum mh_code mh_desk_read(const struct mh_city *c, const struct mh_q_lane_row *q, struct mh_list_row *ret,
			  struct mh_err *reterr);
#endif
