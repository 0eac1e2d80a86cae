/* Where a whole log can be read from, file by file: a folder, a web address, or the store. For audits and copies. */
#ifndef MH_LEDGER_SOURCE_H
#define MH_LEDGER_SOURCE_H
#include "base/err.h"
#include "base/str.h"
#include "ledger/tile.h"

struct mh_db;

/* `get` appends the file `path` ("checkpoint", "tile/0/000") to *out; MH_E_NOT_FOUND when there is none, other codes when
 * it could not be read. At most MH_TILE_BUNDLE_MAX bytes. */
struct mh_ledger_source {
	enum mh_code (*get)(void *ctx, const char *path, struct mh_buf *out, struct mh_err *reterr);
	void (*close)(void *ctx);
	void *ctx;
};

/* "http://…" and "https://…" are addresses (10 s to connect, 60 s a file, three redirects, no other protocols);
 * everything else is a folder. */
enum mh_code mh_ledger_source_open(struct mh_str place, struct mh_ledger_source *ret, struct mh_err *reterr);
/* The store itself; db must outlive it. */
enum mh_code mh_ledger_source_store(struct mh_db *db, int64_t home_id, int64_t log, struct mh_ledger_source *ret,
				    struct mh_err *reterr);
void mh_ledger_source_done(struct mh_ledger_source *s); /* an empty one is accepted */
#endif
