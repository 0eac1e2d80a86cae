/* Entry bundles hashed by several threads: an audit's time is nearly all SHA-256. */
#ifndef MH_LEDGER_BUNDLE_PRIV_H
#define MH_LEDGER_BUNDLE_PRIV_H
#include "ledger/tile.h"

#include <pthread.h>
#include <stdatomic.h>

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

struct mh_ledger__hashing {
	struct mh_ledger__bundle *bundle;
	size_t n;
	atomic_size_t next;
	pthread_t thread[16];
	size_t started;
};
/* Begins to fill what is "out" in each, on as many threads as there are processors besides the caller's (at least one), so that
 * the caller can read on meanwhile. The bundles are not to be touched before _end, which takes its share of what is left and
 * waits. Where no thread can be started, _end does all. */
void mh_ledger__hashing_begin(struct mh_ledger__hashing *h, struct mh_ledger__bundle *b, size_t n);
void mh_ledger__hashing_end(struct mh_ledger__hashing *h);
#endif
