/* Wishes for erasure: whoever holds the code asks, an administrator of the territory decides, and the erasure itself is an entry of
 * the ledger. Asking is no event of the matter: it changes nothing that anybody is measured by. */
#ifndef MH_LOOP_WISH_H
#define MH_LOOP_WISH_H
#include "access/party.h"
#include "loop/glance.h"

/* Notes the wish; asked before, it stays as it was. MH_E_CONFLICT while the matter is open (it could not be handled without);
 * MH_E_GONE when it is erased already. In a job of the writer. */
enum mh_code mh_wish_erasure(struct mh_tx *tx, const struct mh_glance *g, struct mh_err *reterr);
/* *ret: since when it is wished for; 0: it is not. */
enum mh_code mh_wish_asked(struct mh_tx *tx, int64_t matter_id, mh_time *ret, struct mh_err *reterr);
/* Wishes not answered yet, in the party's territory, oldest first: an array of {"ref", "number", "kind", "state", "asked"}. New
 * reference. At most `limit`, of the first 1,000. */
enum mh_code mh_wish_list(struct mh_tx *tx, const struct mh_party *by, int limit, json_t **ret, struct mh_err *reterr);
#endif
