/* Small files that must survive: the key and the memory of the last signed head. */
#ifndef MH_LEDGER_FILES_PRIV_H
#define MH_LEDGER_FILES_PRIV_H
#include "ledger/note.h"

#define MH_LEDGER__PATH_MAX 4096

/* Writes the whole file: temporary name beside it, then rename. `durable`: fsync of the file and of its folder too.
 * Parent folders must exist. */
enum mh_code mh_ledger__file_put(const char *path, struct mh_str content, unsigned mode, bool durable,
				 struct mh_err *reterr);
/* Makes the folders that lead to a file. */
enum mh_code mh_ledger__folders_for(const char *path, struct mh_err *reterr);
/* Waits until everything on the file system of that folder is on the disk. */
enum mh_code mh_ledger__sync_all(const char *folder, struct mh_err *reterr);
/* Removes a folder of plain files, if there is one. */
void mh_ledger__folder_remove(const char *path);
/* Appends the file to *out; *ret_found false when there is none. Longer than `max` is MH_E_TOO_LARGE. */
enum mh_code mh_ledger__file_get(const char *path, size_t max, struct mh_buf *out, bool *ret_found,
				 struct mh_err *reterr);

/* `<state>/ledger.key` for log 1, `<state>/ledger.2.key` for log 2; `kind` is "key" or "head". */
enum mh_code mh_ledger__state_path(struct mh_str state_dir, int64_t log, const char *kind,
				   char out[MH_LEDGER__PATH_MAX], struct mh_err *reterr);
/* The signing key of a log. A file that others may read is MH_E_FORBIDDEN. */
enum mh_code mh_ledger__key_read(struct mh_str state_dir, int64_t log, bool *ret_found, struct mh_note_signer *ret,
				 struct mh_err *reterr);
/* Reads the key of that name, or makes it when there is none. */
enum mh_code mh_ledger__key_make(struct mh_str state_dir, int64_t log, struct mh_str name, const struct mh_rng *rng,
				 struct mh_note_signer *ret, struct mh_err *reterr);
/* The last signed head, a note in the arena. */
enum mh_code mh_ledger__mem_read(struct mh_str state_dir, int64_t log, struct mh_arena *a, bool *ret_found,
				 struct mh_str *ret_note, struct mh_err *reterr);
enum mh_code mh_ledger__mem_write(struct mh_str state_dir, int64_t log, struct mh_str note, struct mh_err *reterr);
#endif
