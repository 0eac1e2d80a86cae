/* The writer's daily round: append, commit. Making and opening a log is life.c, signing its heads is sign.c. */
#include "db/db.h"
#include "ledger/log_priv.h"

#include <inttypes.h>
#include <string.h>

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
	if (l->keeping && (!l->any_signed || l->kept.size >= l->last.size)) {
		l->any_signed = true;
		l->last = l->kept;
	}
	l->keeping = false;
}

void mh_ledger_rolled_back(struct mh_ledger *l)
{
	if (l->moved) l->tree = l->undo;
	l->moved = l->keeping = false;
	l->n_pending = 0;
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
	return l->any_signed ? l->last.size : 0;
}

bool mh_ledger_broken(const struct mh_ledger *l)
{
	return l->broken;
}

const struct mh_note_key *mh_ledger_key(const struct mh_ledger *l)
{
	return &l->signer.key;
}
