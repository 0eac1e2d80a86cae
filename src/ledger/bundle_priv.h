/* Entry bundles hashed by several threads: an audit's time is nearly all SHA-256. */
#ifndef MH_LEDGER_BUNDLE_PRIV_H
#define MH_LEDGER_BUNDLE_PRIV_H
#include "ledger/tile.h"

struct mh_ledger__bundle {
	/* in */
	int64_t index;
	int width;          /* entries that count, from the first on */
	bool more;          /* the file may hold more entries than these: a full bundle read for a partial one */
	struct mh_buf file; /* its bytes; kept by the caller */
	/* out */
	int ends_before; /* the entry that is cut or missing; -1: none is */
	bool trailing;   /* bytes after the last entry */
	int64_t bytes;   /* of entries */
	struct mh_hash leaf[MH_TILE_WIDTH];
	struct mh_hash root; /* of the leaves, when there are 256 */
};

/* Fills what is "out" in each. Starts as many threads as there are processors, and waits for them; where none can be
 * started, the caller's does all. */
void mh_ledger__bundles_hash(struct mh_ledger__bundle *b, size_t n);
#endif
