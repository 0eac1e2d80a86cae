/* Audit of a whole log, as a stranger would do it: from its files and its public key alone.
 *
 * Checked: the checkpoint's signature; every entry against its hash in the tile above it; every full tile against the tile
 * above; the top against the root; the number of entries against the size. The first fault is named by its place. Memory
 * does not grow with the log. */
#ifndef MH_LEDGER_AUDIT_H
#define MH_LEDGER_AUDIT_H
#include "ledger/checkpoint.h"
#include "ledger/source.h"

struct mh_ledger_audit {
	/* How far it came; filled also on failure. */
	int64_t size, entries, bytes; /* of the checkpoint; checked; bytes of entries */
	struct mh_hash root;
	bool signed_; /* the signature was checked */
	/* First fault: "entry 517 in tile/entries/002", "tile/1/000 hash 3", "checkpoint signature", "size". Empty if none. */
	char place[128];
};
struct mh_ledger_progress {
	void (*at)(void *ctx, int64_t done, int64_t total); /* after every bundle */
	void *ctx;
};

/* key NULL: no signature is checked. progress may be NULL. MH_E_CORRUPT: the log is wrong, *report names the place;
 * other codes: it could not be read to the end. */
enum mh_code mh_ledger_audit(const struct mh_ledger_source *source, const struct mh_note_key *key,
			     const struct mh_ledger_progress *progress, struct mh_ledger_audit *report,
			     struct mh_err *reterr);
#endif
