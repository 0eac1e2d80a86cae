/* The writer's daily round: append, commit, sign. Making and opening a log is life.c. */
#include "db/db.h"
#include "ledger/files_priv.h"
#include "ledger/log_priv.h"

#include <inttypes.h>
#include <string.h>

static void done_buf(struct mh_buf *b)
{
	mh_buf_done(b);
}

static void done_arena(struct mh_arena *a)
{
	mh_arena_done(a);
}

/* ---- append */

static enum mh_code make_room(struct mh_ledger *l, struct mh_err *reterr)
{
	if (l->n_pending >= MH_LEDGER_BATCH_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "One transaction may hold %d entries at most",
			       MH_LEDGER_BATCH_MAX);
	if (l->n_pending < l->room) return MH_OK;
	size_t room = l->room ? 2 * l->room : 256;
	struct mh_hash *p = mh_mem_resize(l->pending, room * sizeof *p);
	MH_TRY_MEM(p, reterr);
	l->pending = p;
	l->room = room;
	return MH_OK;
}

enum mh_code mh_ledger_append(struct mh_ledger *l, struct mh_db *db, int64_t matter_id, struct mh_str entry,
			      int64_t *ret_seq, struct mh_err *reterr)
{
	struct mh_bytes bytes = {(const unsigned char *)entry.ptr, entry.len};
	struct mh_ledger__place p = mh_ledger__place_of(l, db);
	int64_t seq = l->tree.frontier.size + (int64_t)l->n_pending;
	if (l->moved) return MH_FAIL(reterr, MH_E_INTERNAL, "An entry came between before_commit and committed");
	if (!entry.len) return MH_FAIL(reterr, MH_E_INVALID, "A ledger entry cannot be empty");
	if (entry.len > MH_LEDGER_ENTRY_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "A ledger entry of %zu bytes is over the limit of %d", entry.len,
			       MH_LEDGER_ENTRY_MAX);
	MH_TRY(make_room(l, reterr));
	MH_TRY(mh_ledger__entry_add(&p, seq, matter_id, bytes, reterr));
	l->pending[l->n_pending++] = mh_tlog_leaf(bytes);
	*ret_seq = seq;
	return MH_OK;
}

/* ---- commit */

static enum mh_code put_tile(void *ctx, int level, int64_t index, const struct mh_hash hash[MH_TILE_WIDTH],
			     struct mh_err *reterr)
{
	return mh_ledger__tile_put(ctx, level, index, hash, reterr);
}

enum mh_code mh_ledger_before_commit(struct mh_ledger *l, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_ledger__place p = mh_ledger__place_of(l, db);
	struct mh_ledger__edge_sink sink = {put_tile, &p};
	if (l->moved)
		return MH_FAIL(reterr, MH_E_INTERNAL, "The outcome of the last commit was not told to the ledger");
	if (!l->n_pending) return MH_OK;
	l->undo = l->tree;
	l->moved = true; /* from here on rolled_back restores, even after half of it */
	for (size_t i = 0; i < l->n_pending; i++) {
		mh_tlog_append(&l->tree.frontier, &l->pending[i]);
		MH_TRY(mh_ledger__edge_append(&l->tree.edge, &l->pending[i], &sink, reterr));
	}
	MH_TRY(mh_ledger__head_move(&p, &l->tree.frontier, l->epoch, reterr));
	l->n_pending = 0;
	return MH_OK;
}

void mh_ledger_committed(struct mh_ledger *l)
{
	l->moved = false;
}

void mh_ledger_rolled_back(struct mh_ledger *l)
{
	if (l->moved) l->tree = l->undo;
	l->moved = false;
	l->n_pending = 0;
}

/* ---- sign */

/* What the store says now, against what memory says. */
static enum mh_code check_store(struct mh_ledger *l, const struct mh_ledger__place *p, struct mh_hash *ret_root,
				struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_ledger__head head;
	struct mh_hash before = l->any_signed ? l->signed_root : mh_tlog_empty();
	struct mh_hash root, mine = mh_tlog_root(&l->tree.frontier);
	bool found;
	MH_TRY(mh_ledger__head_get(p, &a, &found, &head, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_CORRUPT, "The ledger's head has vanished from the store");
	if (head.epoch != l->epoch)
		return MH_FAIL(reterr, MH_E_STALE, "Another writer has taken over the ledger; it must be opened again");
	struct mh_hash stored = mh_tlog_root(&head.tree);
	if (head.tree.size != l->tree.frontier.size || !mh_hash_eq(&stored, &mine))
		return MH_FAIL(reterr, MH_E_CORRUPT, "The ledger's head in the store is not the one that was written");
	MH_TRY(mh_ledger__recheck(p, l->any_signed ? l->signed_size : 0, &before, head.tree.size, &root, reterr));
	if (!mh_hash_eq(&root, &mine))
		return MH_FAIL(reterr, MH_E_CORRUPT,
			       "The root of the %" PRId64
			       " entries in the store is not the one computed when they were added",
			       head.tree.size);
	*ret_root = root;
	return MH_OK;
}

static enum mh_code sign_head(struct mh_ledger *l, const struct mh_ledger__place *p, const struct mh_hash *root,
			      mh_time now, struct mh_err *reterr)
{
	MH_CLEANUP(done_buf) struct mh_buf text = MH_BUF(MH_NOTE_MAX), note = MH_BUF(MH_NOTE_MAX);
	struct mh_checkpoint c = {mh_str_c(l->signer.key.name), l->tree.frontier.size, *root};
	struct mh_ledger__signed row = {.size = c.size, .root = *root, .at = now};
	mh_checkpoint_text(&c, &text);
	if (text.failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	MH_TRY(mh_note_sign(mh_buf_str(&text), &l->signer, &note, reterr));
	row.note = mh_buf_str(&note);
	/* remembered outside before anybody can see it */
	MH_TRY(mh_ledger__mem_write(l->state_dir, l->log, row.note, reterr));
	return mh_ledger__signed_add(p, &row, reterr);
}

enum mh_code mh_ledger_publish(struct mh_ledger *l, struct mh_db *db, mh_time now, bool force, bool *ret_signed,
			       struct mh_err *reterr)
{
	struct mh_ledger__place p = mh_ledger__place_of(l, db);
	struct mh_hash root;
	if (ret_signed) *ret_signed = false;
	if (l->broken)
		return MH_FAIL(reterr, MH_E_CORRUPT, "The ledger does not sign until it is repaired and opened again");
	if (l->moved || l->n_pending || mh_db_in_tx(db))
		return MH_FAIL(reterr, MH_E_INTERNAL, "A head cannot be signed inside a transaction");
	if (l->any_signed && l->signed_size == l->tree.frontier.size) return MH_OK;
	if (!force && l->any_signed && now >= l->signed_at && now - l->signed_at < MH_LEDGER_SIGN_EVERY) return MH_OK;
	MH_DB_TX(tx, db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	enum mh_code code = check_store(l, &p, &root, reterr);
	if (code == MH_E_CORRUPT) {
		l->broken = true;
		mh_err_hint(reterr, "minhu verify finds the place; tiles can be made anew with minhu ledger rebuild");
	}
	MH_TRY(code);
	MH_TRY(sign_head(l, &p, &root, now, reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	l->any_signed = true;
	l->signed_size = l->tree.frontier.size;
	l->signed_root = root;
	l->signed_at = now;
	if (ret_signed) *ret_signed = true;
	return MH_OK;
}

/* ---- state */

int64_t mh_ledger_log(const struct mh_ledger *l)
{
	return l->log;
}

int64_t mh_ledger_size(const struct mh_ledger *l)
{
	return l->tree.frontier.size + (int64_t)l->n_pending;
}

int64_t mh_ledger_signed_size(const struct mh_ledger *l)
{
	return l->any_signed ? l->signed_size : 0;
}

bool mh_ledger_broken(const struct mh_ledger *l)
{
	return l->broken;
}

const struct mh_note_key *mh_ledger_key(const struct mh_ledger *l)
{
	return &l->signer.key;
}
