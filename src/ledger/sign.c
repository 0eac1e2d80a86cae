/* Signing a head: the second look at everything since the last one, the signature, and the memory of it outside the store. What
 * takes long touches nothing of the writer's. */
#include "db/db.h"
#include "ledger/files_priv.h"
#include "ledger/log_priv.h"

#include <inttypes.h>

static void done_buf(struct mh_buf *b)
{
	mh_buf_done(b);
}

static void done_arena(struct mh_arena *a)
{
	mh_arena_done(a);
}

bool mh_ledger_due(const struct mh_ledger *l, mh_time now, bool force, struct mh_ledger_due *ret)
{
	int64_t size = l->tree.frontier.size;
	if (l->broken || l->moved || (l->any_signed && l->last.size == size)) return false;
	if (!force && l->any_signed && now >= l->last.at && now - l->last.at < MH_LEDGER_SIGN_EVERY) return false;
	*ret = (struct mh_ledger_due){.home_id = l->home_id,
				      .log = l->log,
				      .epoch = l->epoch,
				      .from = l->any_signed ? l->last.size : 0,
				      .to = size,
				      .from_root = l->any_signed ? l->last.root : mh_tlog_empty(),
				      .root = mh_tlog_root(&l->tree.frontier),
				      .signer = l->signer};
	return true;
}

void mh_ledger_due_done(struct mh_ledger_due *due)
{
	mh_note_signer_done(&due->signer);
}

/* ---- the second look */

static enum mh_code wrong_head(struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_CORRUPT, "The ledger's head in the store is not the one that was written");
}

static enum mh_code check_head(const struct mh_ledger__place *p, int64_t epoch, struct mh_ledger__head *ret,
			       struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	bool found;
	MH_TRY(mh_ledger__head_get(p, &a, &found, ret, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_CORRUPT, "The ledger's head has vanished from the store");
	if (ret->epoch == epoch) return MH_OK;
	return MH_FAIL(reterr, MH_E_STALE, "Another writer has taken over the ledger; it must be opened again");
}

static bool is_head(const struct mh_ledger__head *head, int64_t size, const struct mh_hash *root)
{
	struct mh_hash stored = mh_tlog_root(&head->tree);
	return head->tree.size == size && mh_hash_eq(&stored, root);
}

/* What the store says now, against what memory said. It may have grown since. */
static enum mh_code check_store(const struct mh_ledger_due *due, const struct mh_ledger__place *p,
				struct mh_err *reterr)
{
	struct mh_ledger__head head;
	struct mh_hash root;
	MH_TRY(check_head(p, due->epoch, &head, reterr));
	if (head.tree.size <= due->to && !is_head(&head, due->to, &due->root)) return wrong_head(reterr);
	MH_TRY(mh_ledger__recheck(p, due->from, &due->from_root, due->to, &root, reterr));
	if (mh_hash_eq(&root, &due->root)) return MH_OK;
	return MH_FAIL(reterr, MH_E_CORRUPT,
		       "The root of the %" PRId64 " entries in the store is not the one computed when they were added",
		       due->to);
}

/* ---- signing */

static enum mh_code sign(const struct mh_ledger_due *due, struct mh_str state_dir, mh_time now, struct mh_arena *a,
			 struct mh_ledger_proved *ret, struct mh_err *reterr)
{
	MH_CLEANUP(done_buf) struct mh_buf text = MH_BUF(MH_NOTE_MAX), note = MH_BUF(MH_NOTE_MAX);
	struct mh_checkpoint c = {mh_str_c(due->signer.key.name), due->to, due->root};
	mh_checkpoint_text(&c, &text);
	if (text.failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	MH_TRY(mh_note_sign(mh_buf_str(&text), &due->signer, &note, reterr));
	struct mh_ledger_proved head = {.log = due->log,
					.epoch = due->epoch,
					.size = due->to,
					.root = due->root,
					.note = mh_str_dup(a, mh_buf_str(&note)),
					.at = now};
	MH_TRY_MEM(head.note.ptr, reterr);
	/* remembered outside before anybody can see it */
	MH_TRY(mh_ledger__mem_write(state_dir, due->log, head.note, reterr));
	*ret = head;
	return MH_OK;
}

enum mh_code mh_ledger_prove(const struct mh_ledger_due *due, struct mh_str state_dir, struct mh_db *db, mh_time now,
			     struct mh_arena *a, struct mh_ledger_proved *ret, struct mh_err *reterr)
{
	struct mh_ledger__place p = {db, due->home_id, due->log};
	MH_DB_TX(snapshot, db);
	if (!mh_db_in_tx(db)) MH_TRY(mh_db_begin_read(&snapshot, reterr));
	enum mh_code code = check_store(due, &p, reterr);
	if (code == MH_E_CORRUPT)
		mh_err_hint(reterr, "minhu verify finds the place; tiles can be made anew with minhu ledger rebuild");
	MH_TRY(code);
	return sign(due, state_dir, now, a, ret, reterr);
}

/* ---- keeping */

static enum mh_code keep(struct mh_ledger *l, struct mh_db *db, const struct mh_ledger_proved *head,
			 struct mh_err *reterr)
{
	struct mh_ledger__place p = mh_ledger__place_of(l, db);
	struct mh_ledger__head stored;
	struct mh_hash mine = mh_tlog_root(&l->tree.frontier);
	struct mh_ledger__signed row = {.size = head->size, .root = head->root, .note = head->note, .at = head->at};
	if (l->moved || head->log != l->log || head->epoch != l->epoch)
		return MH_FAIL(reterr, MH_E_STALE, "The ledger was opened anew since this head was signed");
	MH_TRY(check_head(&p, l->epoch, &stored, reterr));
	if (!is_head(&stored, l->tree.frontier.size, &mine)) return wrong_head(reterr);
	MH_TRY(mh_ledger__signed_add(&p, &row, reterr));
	l->kept = (struct mh_ledger__last){head->size, head->root, head->at};
	l->keeping = true;
	return MH_OK;
}

enum mh_code mh_ledger_keep(struct mh_ledger *l, struct mh_db *db, const struct mh_ledger_proved *head,
			    struct mh_err *reterr)
{
	enum mh_code code = keep(l, db, head, reterr);
	if (code == MH_E_CORRUPT) l->broken = true;
	return code;
}

void mh_ledger_break(struct mh_ledger *l)
{
	l->broken = true;
}

/* ---- all at once */

static enum mh_code publish(struct mh_ledger *l, struct mh_db *db, const struct mh_ledger_due *due, mh_time now,
			    struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_ledger_proved head;
	MH_DB_TX(tx, db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	enum mh_code code = mh_ledger_prove(due, l->state_dir, db, now, &a, &head, reterr);
	if (code == MH_E_CORRUPT) l->broken = true;
	MH_TRY(code);
	MH_TRY(mh_ledger_keep(l, db, &head, reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	mh_ledger_committed(l);
	return MH_OK;
}

enum mh_code mh_ledger_publish(struct mh_ledger *l, struct mh_db *db, mh_time now, bool force, bool *ret_signed,
			       struct mh_err *reterr)
{
	MH_CLEANUP(mh_ledger_due_done) struct mh_ledger_due due = {0};
	if (ret_signed) *ret_signed = false;
	if (l->broken)
		return MH_FAIL(reterr, MH_E_CORRUPT, "The ledger does not sign until it is repaired and opened again");
	if (l->moved || l->n_pending || mh_db_in_tx(db))
		return MH_FAIL(reterr, MH_E_INTERNAL, "A head cannot be signed inside a transaction");
	if (!mh_ledger_due(l, now, force, &due)) return MH_OK;
	MH_TRY(publish(l, db, &due, now, reterr));
	if (ret_signed) *ret_signed = true;
	return MH_OK;
}
