/* Backups: what `backup` writes and `restore` reads. The format stands in docs/operating.md.
 *
 *   DIR/backup.json      what it is; written last, so a folder without it is not a backup
 *   DIR/store.sqlite     every table but the keys of the matters and the lease, whichever engine the city runs on
 *   DIR/state/           signed heads, files that prove something; keys only when asked for
 *   DIR/ledger/1 …       each log as plain files that anybody can verify
 *   ../matter-keys-HOME.sqlite   the keys of all matters, one file beside all backups, replaced by each
 *
 * The keys of the matters are kept apart so that an erasure reaches the backups too: once the next backup has replaced that
 * file, no copy holds the key of an erased matter, and what older backups hold of it can be opened by nobody. */
#ifndef MH_CLI_KEEP_PRIV_H
#define MH_CLI_KEEP_PRIV_H
#include "cli/cmd_priv.h"
#include "db/table.h"

#define MH_KEEP_FORMAT "minhu-backup/1"

/* --- keep_copy.c: tables --- */

struct mh_keep__ids { /* a set of numbers, filled first and asked afterwards */
	int64_t *v;
	size_t n, room;
	bool sorted;
};
enum mh_code mh_keep__ids_add(struct mh_keep__ids *s, int64_t id, struct mh_err *reterr);
bool mh_keep__ids_have(struct mh_keep__ids *s, int64_t id);
void mh_keep__ids_done(struct mh_keep__ids *s);

/* One row on its way; columns by name. *ret_take false: it is left out. May be NULL: every row is taken. */
typedef enum mh_code mh_keep__row(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *row, bool *ret_take,
				  struct mh_err *reterr);
struct mh_keep__copy {
	struct mh_db *from, *to; /* `to` NULL: the rows are only looked at */
	struct mh_db_tx *tx;     /* of `to` */
	int64_t commit_every;    /* rows in one transaction of `to`; 0: all in one, which the caller commits */
	mh_keep__row *row;
	void *ctx;
	struct mh_progress *progress;
	int64_t rows, pending;
};
enum mh_code mh_keep__table(struct mh_keep__copy *c, const struct mh_db_table *t, struct mh_err *reterr);
const struct mh_db_table *mh_keep__table_named(const char *name);
const struct mh_db_cell *mh_keep__cell(const struct mh_db_table *t, const struct mh_db_cell *row, const char *column);

/* --- keep_files.c: files --- */

struct mh_str mh_keep__join(struct mh_arena *a, struct mh_str dir, const char *name);
/* Makes the folder and those above it, mode 0700; one that is there is fine. */
enum mh_code mh_keep__folder(struct mh_arena *a, struct mh_str path, struct mh_err *reterr);
/* A new file of mode 0600. MH_E_NOT_FOUND when there is no `from`; a file that is there already stays: *ret_copied false. */
enum mh_code mh_keep__file(const char *from, const char *to, bool *ret_copied, struct mh_err *reterr);
enum mh_code mh_keep__hash(struct mh_arena *a, const char *path, struct mh_str *ret_hex, struct mh_err *reterr);
/* Everything below the folder is on the disk. */
enum mh_code mh_keep__sync(const char *folder, struct mh_err *reterr);
/* Where a file is kept under its name below a state folder: PATH/files/ab/abcdef… */
struct mh_str mh_keep__evidence(struct mh_arena *a, struct mh_str state, struct mh_str name);
/* A SQLite file that is no longer open: what SQLite and the store put beside it goes too. */
void mh_keep__forget(struct mh_arena *a, struct mh_str path, bool also_itself);
/* Calls `fn` for each plain file directly in the folder; no folder is an empty one. */
enum mh_code mh_keep__each(struct mh_str folder, enum mh_code (*fn)(void *ctx, const char *name, struct mh_err *reterr),
			   void *ctx, struct mh_err *reterr);
/* The file of the matters' keys: as the option says, else beside the backups. */
struct mh_str mh_keep__keys_path(struct mh_cli *cli, struct mh_str dir, struct mh_str home);
#endif
