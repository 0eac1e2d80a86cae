/* What anybody may read of a log: checkpoint, receipts, proofs, and the static files. */
#include "db/db.h"
#include "ledger/ledger_priv.h"
#include "ledger/log_priv.h"

#include <inttypes.h>
#include <string.h>

static void done_arena(struct mh_arena *a)
{
	mh_arena_done(a);
}

static void done_buf(struct mh_buf *b)
{
	mh_buf_done(b);
}

static enum mh_code find_head(struct mh_ledger__place *p, struct mh_arena *a, struct mh_ledger__head *ret,
			      struct mh_err *reterr)
{
	bool found;
	if (p->log < 0) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such log");
	MH_TRY(mh_ledger__head_get(p, a, &found, ret, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such log");
	p->log = ret->log;
	return MH_OK;
}

static enum mh_code find_signed(const struct mh_ledger__place *p, struct mh_arena *a, struct mh_ledger__signed *ret,
				struct mh_err *reterr)
{
	bool found;
	MH_TRY(mh_ledger__signed_last(p, a, &found, ret, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The log has no signed head yet; wait a second");
	return MH_OK;
}

/* Head and newest checkpoint, for all that follow. Fills in the number of the log. */
static enum mh_code find_both(struct mh_ledger__place *p, struct mh_arena *a, struct mh_ledger__head *ret_head,
			      struct mh_ledger__signed *ret_signed, struct mh_err *reterr)
{
	MH_TRY(find_head(p, a, ret_head, reterr));
	return find_signed(p, a, ret_signed, reterr);
}

static enum mh_code keep(struct mh_arena *a, const struct mh_buf *b, struct mh_str *ret, struct mh_err *reterr)
{
	if (b->failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	struct mh_str s = mh_str_dup(a, mh_buf_str(b));
	MH_TRY_MEM(s.ptr, reterr);
	*ret = s;
	return MH_OK;
}

enum mh_code mh_ledger_info(struct mh_db *db, int64_t home_id, int64_t log, struct mh_arena *a,
			    struct mh_ledger_info *ret, struct mh_err *reterr)
{
	struct mh_ledger__place p = {db, home_id, log};
	struct mh_ledger__head head;
	MH_TRY(find_head(&p, a, &head, reterr));
	*ret = (struct mh_ledger_info){head.log, head.tree.size, head.origin, head.vkey};
	return MH_OK;
}

enum mh_code mh_ledger_checkpoint(struct mh_db *db, int64_t home_id, int64_t log, struct mh_arena *a,
				  struct mh_str *ret_note, struct mh_checkpoint *ret, struct mh_err *reterr)
{
	struct mh_ledger__place p = {db, home_id, log};
	struct mh_ledger__head head;
	struct mh_ledger__signed s;
	MH_TRY(find_both(&p, a, &head, &s, reterr));
	*ret_note = s.note;
	*ret = (struct mh_checkpoint){head.origin, s.size, s.root};
	return MH_OK;
}

enum mh_code mh_ledger_entry(struct mh_db *db, int64_t home_id, int64_t log, int64_t seq, struct mh_arena *a,
			     struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_ledger__place p = {db, home_id, log};
	struct mh_ledger__head head;
	struct mh_bytes entry;
	MH_TRY(find_head(&p, a, &head, reterr));
	if (seq < 0 || seq >= head.tree.size)
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "The log has no entry %" PRId64, seq);
	MH_TRY(mh_ledger__entries(&p, seq, 1, a, &entry, reterr));
	*ret = (struct mh_str){(const char *)entry.ptr, entry.len};
	return MH_OK;
}

/* A receipt that does not hold must never leave the house. */
static enum mh_code check_receipt(const struct mh_ledger__place *p, const struct mh_receipt *r,
				  const struct mh_ledger__signed *s, struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_bytes entry;
	MH_TRY(mh_ledger__entries(p, r->index, 1, &a, &entry, reterr));
	struct mh_hash leaf = mh_tlog_leaf(entry);
	return mh_tlog_check_inclusion(&leaf, r->index, s->size, &r->proof, &s->root, reterr);
}

enum mh_code mh_ledger_receipt(struct mh_db *db, int64_t home_id, int64_t log, int64_t seq, struct mh_arena *a,
			       struct mh_str *ret, struct mh_err *reterr)
{
	MH_CLEANUP(done_buf) struct mh_buf text = MH_BUF(MH_PROOF_MAX);
	struct mh_ledger__place p = {db, home_id, log};
	struct mh_ledger__head head;
	struct mh_ledger__signed s;
	struct mh_receipt r = {.index = seq};
	MH_TRY(find_head(&p, a, &head, reterr));
	if (seq < 0 || seq >= head.tree.size)
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "The log has no entry %" PRId64, seq);
	MH_TRY(find_signed(&p, a, &s, reterr));
	if (seq >= s.size)
		return MH_FAIL(reterr, MH_E_UNAVAILABLE,
			       "Entry %" PRId64 " is not under a signed head yet; wait a second", seq);
	MH_TRY(mh_ledger__stored_inclusion(&p, seq, s.size, &r.proof, reterr));
	MH_TRY(check_receipt(&p, &r, &s, reterr));
	r.note = s.note;
	mh_receipt_text(&r, &text);
	return keep(a, &text, ret, reterr);
}

enum mh_code mh_ledger_consistency(struct mh_db *db, int64_t home_id, int64_t log, int64_t from, struct mh_arena *a,
				   struct mh_str *ret, struct mh_err *reterr)
{
	MH_CLEANUP(done_buf) struct mh_buf text = MH_BUF(MH_PROOF_MAX);
	struct mh_ledger__place p = {db, home_id, log};
	struct mh_ledger__head head;
	struct mh_ledger__signed s;
	struct mh_consistency c = {.from = from};
	MH_TRY(find_both(&p, a, &head, &s, reterr));
	if (from < 0 || from > s.size)
		return MH_FAIL(reterr, MH_E_INVALID,
			       "The newest signed head has size %" PRId64 ", not %" PRId64 " or more", s.size, from);
	MH_TRY(mh_ledger__stored_consistency(&p, from, s.size, &c.proof, reterr));
	c.note = s.note;
	mh_consistency_text(&c, &text);
	return keep(a, &text, ret, reterr);
}

/* ---- static files */

static enum mh_code get_bundle(const struct mh_ledger__place *p, const struct mh_tile_name *name, struct mh_buf *out,
			       struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(64 << 20);
	struct mh_bytes entry[MH_TILE_WIDTH];
	MH_TRY(mh_ledger__entries(p, name->index * MH_TILE_WIDTH, name->width, &a, entry, reterr));
	for (int i = 0; i < name->width; i++) {
		if (entry[i].len > MH_TILE_ENTRY_MAX)
			return MH_FAIL(reterr, MH_E_CORRUPT, "Entry %" PRId64 " is too long for the format",
				       name->index * MH_TILE_WIDTH + i);
		mh_bundle_add(out, entry[i]);
	}
	return MH_OK;
}

enum mh_code mh_ledger__tile_file(struct mh_ledger__place *p, const struct mh_tile_name *name, struct mh_buf *out,
				  struct mh_err *reterr)
{
	struct mh_hash hash[MH_TILE_WIDTH];
	if (name->level == MH_TILE_ENTRIES) return get_bundle(p, name, out, reterr);
	MH_TRY(mh_ledger__tile_load(p, name, hash, reterr));
	mh_buf_add(out, hash, (size_t)name->width * sizeof hash[0]);
	return MH_OK;
}

enum mh_code mh_ledger_get(struct mh_db *db, int64_t home_id, int64_t log, struct mh_str path, struct mh_buf *out,
			   bool *ret_final, struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_ledger__place p = {db, home_id, log};
	struct mh_ledger__head head;
	struct mh_ledger__signed s;
	struct mh_tile_name name;
	bool tile = mh_tile_parse(path, &name), checkpoint = mh_str_is(path, "checkpoint");
	if (!tile && !checkpoint && !mh_str_is(path, "vkey"))
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "A log has no such file");
	MH_TRY(find_head(&p, &a, &head, reterr));
	if (tile || checkpoint) MH_TRY(find_signed(&p, &a, &s, reterr));
	if (tile && name.width > mh_tile_width(name.level, name.index, s.size))
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "The signed log does not reach this tile");
	if (tile) {
		MH_TRY(mh_ledger__tile_file(&p, &name, out, reterr));
	} else if (checkpoint) {
		mh_buf_str_add(out, s.note);
	} else {
		mh_buf_str_add(out, head.vkey);
		mh_buf_ch(out, '\n');
	}
	if (out->failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (ret_final) *ret_final = !checkpoint;
	return MH_OK;
}
