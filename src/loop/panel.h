/* Panels: what waits for an elector who was drawn, and that they may see what they judge. */
#ifndef MH_LOOP_PANEL_H
#define MH_LOOP_PANEL_H
#include "loop/list.h"

#define MH_PANEL_MAX 50 /* ballots that are shown as waiting */

/* Does `by` act in the office that its officer holds: the same role in the same unit? */
enum mh_code mh_panel_is_officer(struct mh_tx *tx, const struct mh_party *by, bool *ret, struct mh_err *reterr);
/* Was the officer of `by` drawn for the vote that is open on the matter now, and does `by` act in that office? */
enum mh_code mh_panel_sits(struct mh_tx *tx, int64_t matter_id, const struct mh_party *by, bool *ret,
			   struct mh_err *reterr);
/* The matters that wait for the officer's ballot, the oldest first, at most MH_PANEL_MAX. Rows in the arena of tx; `desk` may be NULL. */
enum mh_code mh_panel_waiting(struct mh_tx *tx, struct mh_desk *desk, const struct mh_party *by,
			      struct mh_list_row **ret, size_t *ret_n, struct mh_err *reterr);
#endif
