/* The ledger's rows: what stands between this folder and the store. Hashes and tiles come out as they lie there; whether
 * they are right is the caller's question. */
#ifndef MH_LEDGER_STORE_PRIV_H
#define MH_LEDGER_STORE_PRIV_H
#include "ledger/tile.h"

struct mh_db;

struct mh_ledger__place {
	struct mh_db *db;
	int64_t home_id, log;
};

struct mh_ledger__head {
	struct mh_tlog tree;
	int64_t log, epoch;
	struct mh_str origin, vkey; /* in the arena */
};
/* log 0: the last one. *ret_found false when there is none. */
enum mh_code mh_ledger__head_get(const struct mh_ledger__place *p, struct mh_arena *a, bool *ret_found,
				 struct mh_ledger__head *ret, struct mh_err *reterr);
enum mh_code mh_ledger__head_add(const struct mh_ledger__place *p, const struct mh_ledger__head *head,
				 struct mh_err *reterr);
/* Only under this epoch: MH_E_STALE otherwise. */
enum mh_code mh_ledger__head_move(const struct mh_ledger__place *p, const struct mh_tlog *tree, int64_t epoch,
				  struct mh_err *reterr);
enum mh_code mh_ledger__head_claim(const struct mh_ledger__place *p, int64_t was, int64_t epoch, struct mh_err *reterr);

struct mh_ledger__signed {
	int64_t size;
	struct mh_hash root;
	struct mh_str note; /* in the arena */
	int64_t at;
};
enum mh_code mh_ledger__signed_last(const struct mh_ledger__place *p, struct mh_arena *a, bool *ret_found,
				    struct mh_ledger__signed *ret, struct mh_err *reterr);
enum mh_code mh_ledger__signed_add(const struct mh_ledger__place *p, const struct mh_ledger__signed *row,
				   struct mh_err *reterr); /* one that is there already stays */

enum mh_code mh_ledger__entry_add(const struct mh_ledger__place *p, int64_t seq, int64_t matter_id,
				  struct mh_bytes entry, struct mh_err *reterr);
/* Entries from … from + n - 1; all of them must be there, else MH_E_CORRUPT names the first that is not. */
enum mh_code mh_ledger__entries(const struct mh_ledger__place *p, int64_t from, int n, struct mh_arena *a,
				struct mh_bytes *ret, struct mh_err *reterr);
/* A full tile. MH_E_CORRUPT names one that is missing or has not the right length. */
enum mh_code mh_ledger__tile_get(const struct mh_ledger__place *p, int level, int64_t index, struct mh_hash *ret_root,
				 struct mh_hash ret_hash[MH_TILE_WIDTH], struct mh_err *reterr);
enum mh_code mh_ledger__tile_put(const struct mh_ledger__place *p, int level, int64_t index,
				 const struct mh_hash hash[MH_TILE_WIDTH], struct mh_err *reterr);
/* Roots of the n full tiles of a level from `from` on. */
enum mh_code mh_ledger__tile_roots(const struct mh_ledger__place *p, int level, int64_t from, int n,
				   struct mh_hash *ret, struct mh_err *reterr);

/* The hashes of a tile made from what lies below it, even when it is full: entries (level 0) or roots (above). */
enum mh_code mh_ledger__tile_derive(const struct mh_ledger__place *p, const struct mh_tile_name *name,
				    struct mh_hash *out, struct mh_err *reterr);
/* Any tile, full or partial: full ones are rows, partial ones are derived. `place` is a struct mh_ledger__place. */
enum mh_code mh_ledger__tile_load(void *place, const struct mh_tile_name *name, struct mh_hash *out,
				  struct mh_err *reterr);
#endif
