/* The log of one home in the store: append, commit, sign; and what anybody may read of it.
 *
 * Who calls what, in the writer thread (the only one that has a struct mh_ledger):
 *
 *   open … { begin · append × n · before_commit · commit · committed · publish } …  or rolled_back after a rollback
 *
 * Numbers are given at once and without gaps, because the one writer is the sequencer. A head is signed only after the
 * entries are durable and have been read back, and never twice for trees that do not agree: the last signed head is
 * remembered in a file beside the key, outside the store, so a store restored from an older copy is found out.
 *
 * A home has a row of logs, 1, 2, …; only the last one grows. Origins are `<origin>`, `<origin>/2`, … The state folder
 * holds `ledger.key` and `ledger.head` (log n: `ledger.n.key`, `ledger.n.head`), mode 0600; one folder for each home. */
#ifndef MH_LEDGER_LOG_H
#define MH_LEDGER_LOG_H
#include "base/random.h"
#include "base/time.h"
#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "ledger/tile.h"

struct mh_db;

#define MH_LEDGER_ENTRY_MAX 4096  /* our own rule; the format allows 65,535 */
#define MH_LEDGER_BATCH_MAX 65536 /* entries of one transaction */
#define MH_LEDGER_SIGN_EVERY 1000 /* ms between two heads */

struct mh_ledger; /* one writer, one thread */

/* Makes log 1: the key file (kept if a rolled-back attempt left one) and an empty head. In the caller's write
 * transaction. MH_E_CONFLICT when the home has a log. origin: a note name without scheme, "city.example/ledger/110101". */
enum mh_code mh_ledger_create(struct mh_db *db, int64_t home_id, struct mh_str origin, struct mh_str state_dir,
			      const struct mh_rng *rng, struct mh_err *reterr);

/* Opens the home's last log for writing and fences off earlier writers (a small write transaction of its own, or the
 * caller's). Recomputes the root from the store. Errors: MH_E_NOT_FOUND (no log), MH_E_CONFLICT with a hint at
 * succession (the store is behind what was signed), MH_E_CORRUPT (it contradicts it or itself), MH_E_IO (key, head). */
enum mh_code mh_ledger_open(struct mh_db *db, int64_t home_id, struct mh_str state_dir, struct mh_ledger **ret,
			    struct mh_err *reterr);
struct mh_ledger *mh_ledger_close(struct mh_ledger *l); /* wipes the key; NULL is accepted; returns NULL */

/* What a restore from an old copy needs, and the only legal way on: freezes the last log and makes the next one, with a
 * new key, whose entry 0 is the last signed checkpoint of the old, verbatim. In the caller's write transaction; the
 * log must not be open. *ret_log is the number of the new one. */
enum mh_code mh_ledger_succeed(struct mh_db *db, int64_t home_id, struct mh_str state_dir, const struct mh_rng *rng,
			       int64_t *ret_log, struct mh_err *reterr);

/* In the writer's transaction. matter_id only files the entry and is not part of the log (0: of the city itself).
 * MH_E_TOO_LARGE over MH_LEDGER_ENTRY_MAX or MH_LEDGER_BATCH_MAX; MH_E_INVALID when empty. */
enum mh_code mh_ledger_append(struct mh_ledger *l, struct mh_db *db, int64_t matter_id, struct mh_str entry,
			      int64_t *ret_seq, struct mh_err *reterr);
/* Last thing before commit: tiles that became full, and the head, both under this writer's epoch (MH_E_STALE when
 * another writer has taken over: close and open again). Nothing to do is no error. */
enum mh_code mh_ledger_before_commit(struct mh_ledger *l, struct mh_db *db, struct mh_err *reterr);
void mh_ledger_committed(struct mh_ledger *l);   /* others can see it; nothing is signed before it is durable too */
void mh_ledger_rolled_back(struct mh_ledger *l); /* forgets everything since the last commit */

/* Signs a head for all that is committed, unless it is signed already or the last one is less than a second old and
 * `force` is false. Outside a transaction; it makes its own. Reads every new entry and tile back, computes the root a
 * second way and proves consistency with the last signed head first. MH_E_CORRUPT: something does not agree; nothing was
 * signed and nothing will be until the ledger is opened anew, which checks again. *ret_signed may be NULL. */
enum mh_code mh_ledger_publish(struct mh_ledger *l, struct mh_db *db, mh_time now, bool force, bool *ret_signed,
			       struct mh_err *reterr);

/* The same in parts, so that a busy writer need not wait for what takes long. _due and _keep are the writer's; _prove
 * is for any thread, with a read connection of its own, and touches nothing of the ledger's. */
struct mh_ledger_due {
	int64_t home_id, log, epoch;
	int64_t from, to; /* sizes: of the last head, and of this one */
	struct mh_hash from_root, root;
	struct mh_note_signer signer; /* a copy: wipe it with _due_done */
};
struct mh_ledger_proved {
	int64_t log, epoch, size;
	struct mh_hash root;
	struct mh_str note;
	mh_time at;
};
/* False: nothing to sign, or not yet. Between transactions, after _committed. */
bool mh_ledger_due(const struct mh_ledger *l, mh_time now, bool force, struct mh_ledger_due *ret);
void mh_ledger_due_done(struct mh_ledger_due *due);
/* Checks as _publish does, signs, and remembers the head beside the key. The note is in the arena. */
enum mh_code mh_ledger_prove(const struct mh_ledger_due *due, struct mh_str state_dir, struct mh_db *db, mh_time now,
			     struct mh_arena *a, struct mh_ledger_proved *ret, struct mh_err *reterr);
/* In a write transaction, before its _before_commit; counts from _committed on. MH_E_STALE: the ledger was opened anew
 * meanwhile; nothing is lost. After MH_E_CORRUPT nothing is signed any more. */
enum mh_code mh_ledger_keep(struct mh_ledger *l, struct mh_db *db, const struct mh_ledger_proved *head,
			    struct mh_err *reterr);
void mh_ledger_break(struct mh_ledger *l); /* _prove said MH_E_CORRUPT: sign no more */

/* State, for pages, metrics and waits. */
int64_t mh_ledger_log(const struct mh_ledger *l);         /* number of this log */
int64_t mh_ledger_size(const struct mh_ledger *l);        /* with what is pending */
int64_t mh_ledger_signed_size(const struct mh_ledger *l); /* what receipts can be had for */
bool mh_ledger_broken(const struct mh_ledger *l);         /* refuses to sign */
const struct mh_note_key *mh_ledger_key(const struct mh_ledger *l);

/* ---- Reading: on any connection, for anybody. log 0 means the last one. */

struct mh_ledger_info {
	int64_t log, size; /* size of the store, at least that of the last checkpoint */
	struct mh_str origin, vkey;
};
enum mh_code mh_ledger_info(struct mh_db *db, int64_t home_id, int64_t log, struct mh_arena *a,
			    struct mh_ledger_info *ret, struct mh_err *reterr);
/* The newest signed checkpoint. MH_E_UNAVAILABLE when nothing was signed yet. */
enum mh_code mh_ledger_checkpoint(struct mh_db *db, int64_t home_id, int64_t log, struct mh_arena *a,
				  struct mh_str *ret_note, struct mh_checkpoint *ret, struct mh_err *reterr);
/* Receipt (proof.h) of an entry under the newest checkpoint. MH_E_UNAVAILABLE (wait a second) when the entry exists but
 * is not yet under one; MH_E_NOT_FOUND when there is no such entry. */
enum mh_code mh_ledger_receipt(struct mh_db *db, int64_t home_id, int64_t log, int64_t seq, struct mh_arena *a,
			       struct mh_str *ret, struct mh_err *reterr);
/* Consistency text (proof.h) from size `from` to the newest checkpoint. */
enum mh_code mh_ledger_consistency(struct mh_db *db, int64_t home_id, int64_t log, int64_t from, struct mh_arena *a,
				   struct mh_str *ret, struct mh_err *reterr);
/* One entry's bytes, signed or not. */
enum mh_code mh_ledger_entry(struct mh_db *db, int64_t home_id, int64_t log, int64_t seq, struct mh_arena *a,
			     struct mh_str *ret, struct mh_err *reterr);
/* The static log, byte for byte C2SP: "checkpoint", "vkey", "tile/…" as far as the newest checkpoint reaches.
 * Appends to *out (give it a cap of MH_TILE_BUNDLE_MAX). *ret_final may be NULL; true: these bytes never change, a cache
 * may keep them for ever. MH_E_NOT_FOUND for every other path. */
enum mh_code mh_ledger_get(struct mh_db *db, int64_t home_id, int64_t log, struct mh_str path, struct mh_buf *out,
			   bool *ret_final, struct mh_err *reterr);

/* Makes all tiles anew from the entries, in the caller's write transaction; the ledger must not be open. MH_E_CORRUPT when
 * the entries do not lead to the head that the store remembers: roll back then. */
enum mh_code mh_ledger_rebuild_tiles(struct mh_db *db, int64_t home_id, int64_t log, struct mh_err *reterr);
#endif
