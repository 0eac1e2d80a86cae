/* A pack: a city's configuration as a folder of files (docs/packs.md). Reading it makes a city in an empty store. */
#ifndef MH_MATTER_PACK_H
#define MH_MATTER_PACK_H
#include "matter/matter.h"

/* Tables, units, categories, duties, officers, calendar revision 1, the ledger's log 1, and every definition of the
 * pack, in one transaction; the keys into state_dir (made when absent, mode 0700). `db` must be open for creating.
 * Diagnostics of the pack's files go to `report`. Errors: MH_E_INVALID with the first diagnostic; MH_E_CONFLICT when the
 * store holds a city already. */
enum mh_code mh_pack_create(struct mh_db *db, struct mh_str pack_dir, struct mh_str state_dir, struct mh_clock clock,
			    struct mh_rng rng, struct mh_buf *report, struct mh_err *reterr);
/* A whole file. MH_E_NOT_FOUND, MH_E_TOO_LARGE (over `max` bytes), MH_E_IO. */
enum mh_code mh_file_read(struct mh_arena *a, const char *path, size_t max, struct mh_str *ret, struct mh_err *reterr);
/* Names in a folder that end in `suffix`, sorted. */
enum mh_code mh_dir_list(struct mh_arena *a, const char *path, const char *suffix, struct mh_str **ret, size_t *ret_n,
			 struct mh_err *reterr);
#endif
