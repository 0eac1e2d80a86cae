/* The writer's state, shared by the files that make, open and use it. */
#ifndef MH_LEDGER_LOG_PRIV_H
#define MH_LEDGER_LOG_PRIV_H
#include "ledger/edge_priv.h"
#include "ledger/log.h"
#include "ledger/store_priv.h"

/* The tree of everything committed, twice: as a frontier and as the edge of tiles. */
struct mh_ledger__tree {
	struct mh_tlog frontier;
	struct mh_ledger__edge edge;
};

struct mh_ledger__last {
	int64_t size;
	struct mh_hash root;
	mh_time at;
};

struct mh_ledger {
	int64_t home_id, log, epoch;
	struct mh_arena mem; /* the strings below */
	struct mh_str state_dir;
	struct mh_note_signer signer;
	struct mh_ledger__tree tree, undo; /* undo: before before_commit */
	bool moved;                        /* before_commit ran, and how the commit went is not known yet */
	struct mh_hash *pending;           /* leaves since the last before_commit */
	size_t n_pending, room;
	bool any_signed, broken;
	struct mh_ledger__last last; /* when any is signed */
	bool keeping;                /* `kept` becomes the last when this transaction is committed */
	struct mh_ledger__last kept;
};

static inline struct mh_ledger__place mh_ledger__place_of(const struct mh_ledger *l, struct mh_db *db)
{
	return (struct mh_ledger__place){db, l->home_id, l->log};
}

/* The second look (recheck.c): reads back what grew between two sizes and computes the root from that alone.
 * `from` is the last signed head, or size 0. MH_E_CORRUPT names the place. */
enum mh_code mh_ledger__recheck(const struct mh_ledger__place *p, int64_t from, const struct mh_hash *from_root,
				int64_t to, struct mh_hash *ret_root, struct mh_err *reterr);
/* Root of the first `at` entries of a log that has `size`, from the store. */
enum mh_code mh_ledger__stored_root(const struct mh_ledger__place *p, int64_t at, int64_t size, struct mh_hash *ret,
				    struct mh_err *reterr);
/* Appends the bytes of a tile or bundle (view.c), whatever its width. */
enum mh_code mh_ledger__tile_file(struct mh_ledger__place *p, const struct mh_tile_name *name, struct mh_buf *out,
				  struct mh_err *reterr);
/* Proofs from the store; *ret is set on success only. */
enum mh_code mh_ledger__stored_inclusion(const struct mh_ledger__place *p, int64_t index, int64_t size,
					 struct mh_tlog_proof *ret, struct mh_err *reterr);
enum mh_code mh_ledger__stored_consistency(const struct mh_ledger__place *p, int64_t from, int64_t size,
					   struct mh_tlog_proof *ret, struct mh_err *reterr);
#endif
