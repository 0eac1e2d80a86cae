/* A whole city as one file: to move it from one store to another, also to the other engine, or to keep it.
 *
 * JSON, one value a line, so that a person with `less` and any language with a JSON parser can read it:
 *   {"format":"minhu-archive/1","schema":HASH,"home":"330100","at":MS,"program":"0.1.0"}
 *   {"key":"ledger.key","bytes":BASE64}                            with keys only
 *   {"table":"org","columns":["id","code",…]}                      then its rows, by primary key:
 *   [1,"330100",…]                                                 blobs in base64, NULL as null
 *   {"ledger":[{"log":1,"size":N,"root":HEX}]}
 *   {"end":ROWS,"sha256":HEX}                                      of every byte before this line
 * The lease and sessions are left out: they are of the store. Uploaded files and, unless asked for, keys are in the state folder, which is
 * copied apart from this: whoever holds both can read everything. */
#ifndef MH_LOOP_ARCHIVE_H
#define MH_LOOP_ARCHIVE_H
#include "base/hash.h"
#include "base/time.h"
#include "db/db.h"

#include <stdio.h>

#define MH_ARCHIVE_LOGS_MAX 64

struct mh_archive_log {
	int64_t log, size;
	struct mh_hash root;
};
struct mh_archive {
	int64_t rows, keys;
	struct mh_archive_log logs[MH_ARCHIVE_LOGS_MAX];
	size_t n_logs;
};
struct mh_archive_config {
	mh_time now;
	struct mh_str keys_dir; /* writing: take the keys of this folder along (empty: none); reading: put them there */
	void (*progress)(void *ctx, int64_t rows); /* may be NULL */
	void *ctx;
};

/* One state of the store, in one read transaction: beside a server that goes on writing. */
enum mh_code mh_archive_write(struct mh_db *db, FILE *out, const struct mh_archive_config *config,
			      struct mh_archive *ret, struct mh_err *reterr);
/* `in` is read twice: first the whole of it is checked. `db` must be open for creating and hold nothing; all comes in one
 * transaction, at whose end the roots of the ledger are computed from the entries as they stand in the new store.
 * MH_E_CORRUPT: damaged, or the roots are not those of the archive. MH_E_CONFLICT: there is a city already, another schema,
 * or another key. */
enum mh_code mh_archive_read(FILE *in, struct mh_db *db, const struct mh_archive_config *config, struct mh_archive *ret,
			     struct mh_err *reterr);
#endif
