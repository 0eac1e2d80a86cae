/* The log as a folder of plain files that any web server or CDN can publish: `checkpoint`, `vkey`, `tile/…`.
 *
 * Incremental: what an earlier export made durable is not written again; its checkpoint says how far that was. Files come
 * by temporary name and rename, the checkpoint last and after everything else is on the disk, so a reader never sees a
 * checkpoint over tiles that are not there. Partial tiles are kept until the full one replaces them. */
#ifndef MH_LEDGER_EXPORT_H
#define MH_LEDGER_EXPORT_H
#include "ledger/audit.h"

/* log 0: the last one. progress may be NULL and counts entries. *ret_size: entries in the folder now.
 * MH_E_UNAVAILABLE: nothing is signed yet. MH_E_CONFLICT: the folder holds another log or a longer one: an export never
 * overwrites evidence. */
enum mh_code mh_ledger_export(struct mh_db *db, int64_t home_id, int64_t log, struct mh_str dir,
			      const struct mh_ledger_progress *progress, int64_t *ret_size, struct mh_err *reterr);
#endif
