#include "ledger/store_priv.h"

#include "db/db.h"
#include "sql_gen.h"

#include <inttypes.h>
#include <string.h>

#define ROW_ARENA ((size_t)64 << 20)

static void done(struct mh_arena *a)
{
	mh_arena_done(a);
}

static struct mh_bytes hash_bytes(const struct mh_hash *h)
{
	return (struct mh_bytes){h->b, sizeof h->b};
}

static enum mh_code to_hash(struct mh_bytes b, struct mh_hash *ret, struct mh_err *reterr)
{
	if (b.len != sizeof ret->b) return MH_FAIL(reterr, MH_E_CORRUPT, "The store holds a hash of %zu bytes", b.len);
	memcpy(ret->b, b.ptr, sizeof ret->b);
	return MH_OK;
}

/* ---- head */

static enum mh_code to_head(int64_t log, int64_t size, struct mh_bytes frontier, int64_t epoch, struct mh_str origin,
			    struct mh_str vkey, struct mh_ledger__head *ret, struct mh_err *reterr)
{
	struct mh_ledger__head h = {.log = log, .epoch = epoch, .origin = origin, .vkey = vkey};
	if (!mh_tlog_unpack(size, frontier, &h.tree))
		return MH_FAIL(reterr, MH_E_CORRUPT, "The ledger's frontier does not fit its size %" PRId64, size);
	*ret = h;
	return MH_OK;
}

enum mh_code mh_ledger__head_get(const struct mh_ledger__place *p, struct mh_arena *a, bool *ret_found,
				 struct mh_ledger__head *ret, struct mh_err *reterr)
{
	bool found;
	if (p->log == 0) {
		struct mh_q_ledger_head_last_row r;
		MH_TRY(mh_q_ledger_head_last(p->db, a, &(struct mh_q_ledger_head_last_in){.home_id = p->home_id},
					     &found, &r, reterr));
		if (found) MH_TRY(to_head(r.log, r.size, r.frontier, r.epoch, r.origin, r.vkey, ret, reterr));
	} else {
		struct mh_q_ledger_head_of_row r;
		MH_TRY(mh_q_ledger_head_of(p->db, a,
					   &(struct mh_q_ledger_head_of_in){.home_id = p->home_id, .log = p->log},
					   &found, &r, reterr));
		if (found) MH_TRY(to_head(r.log, r.size, r.frontier, r.epoch, r.origin, r.vkey, ret, reterr));
	}
	*ret_found = found;
	return MH_OK;
}

enum mh_code mh_ledger__head_add(const struct mh_ledger__place *p, const struct mh_ledger__head *head,
				 struct mh_err *reterr)
{
	unsigned char packed[MH_TLOG_PACKED_MAX];
	struct mh_bytes frontier = {packed, mh_tlog_pack(&head->tree, packed)};
	return mh_q_ledger_head_add(p->db,
				    &(struct mh_q_ledger_head_add_in){.home_id = p->home_id,
								      .log = p->log,
								      .size = head->tree.size,
								      .frontier = frontier,
								      .epoch = head->epoch,
								      .origin = head->origin,
								      .vkey = head->vkey},
				    reterr);
}

enum mh_code mh_ledger__head_move(const struct mh_ledger__place *p, const struct mh_tlog *tree, int64_t epoch,
				  struct mh_err *reterr)
{
	unsigned char packed[MH_TLOG_PACKED_MAX];
	struct mh_bytes frontier = {packed, mh_tlog_pack(tree, packed)};
	int64_t changed = 0;
	MH_TRY(mh_q_ledger_head_move(
		p->db,
		&(struct mh_q_ledger_head_move_in){
			.home_id = p->home_id, .log = p->log, .size = tree->size, .frontier = frontier, .epoch = epoch},
		&changed, reterr));
	if (changed == 1) return MH_OK;
	return MH_FAIL(reterr, MH_E_STALE, "Another writer has taken over the ledger; it must be opened again");
}

enum mh_code mh_ledger__head_claim(const struct mh_ledger__place *p, int64_t was, int64_t epoch, struct mh_err *reterr)
{
	int64_t changed = 0;
	MH_TRY(mh_q_ledger_head_claim(
		p->db,
		&(struct mh_q_ledger_head_claim_in){.home_id = p->home_id, .log = p->log, .epoch = epoch, .was = was},
		&changed, reterr));
	if (changed == 1) return MH_OK;
	return MH_FAIL(reterr, MH_E_STALE, "Another writer opened the ledger at the same moment");
}

/* ---- signed heads */

enum mh_code mh_ledger__signed_last(const struct mh_ledger__place *p, struct mh_arena *a, bool *ret_found,
				    struct mh_ledger__signed *ret, struct mh_err *reterr)
{
	struct mh_q_ledger_signed_last_row r;
	bool found;
	MH_TRY(mh_q_ledger_signed_last(p->db, a,
				       &(struct mh_q_ledger_signed_last_in){.home_id = p->home_id, .log = p->log},
				       &found, &r, reterr));
	if (found) {
		struct mh_ledger__signed s = {.size = r.size, .note = r.note, .at = r.at};
		MH_TRY(to_hash(r.root, &s.root, reterr));
		*ret = s;
	}
	*ret_found = found;
	return MH_OK;
}

enum mh_code mh_ledger__signed_add(const struct mh_ledger__place *p, const struct mh_ledger__signed *row,
				   struct mh_err *reterr)
{
	return mh_q_ledger_signed_add(p->db,
				      &(struct mh_q_ledger_signed_add_in){.home_id = p->home_id,
									  .log = p->log,
									  .size = row->size,
									  .root = hash_bytes(&row->root),
									  .note = row->note,
									  .at = row->at},
				      reterr);
}

/* ---- entries */

enum mh_code mh_ledger__entry_add(const struct mh_ledger__place *p, int64_t seq, int64_t matter_id,
				  struct mh_bytes entry, struct mh_err *reterr)
{
	return mh_q_ledger_entry_add(
		p->db,
		&(struct mh_q_ledger_entry_add_in){
			.home_id = p->home_id, .log = p->log, .seq = seq, .matter_id = matter_id, .entry = entry},
		reterr);
}

enum mh_code mh_ledger__entries(const struct mh_ledger__place *p, int64_t from, int n, struct mh_arena *a,
				struct mh_bytes *ret, struct mh_err *reterr)
{
	struct mh_q_ledger_entry_range_row *rows = NULL;
	size_t got = 0;
	MH_TRY(mh_q_ledger_entry_range(p->db, a,
				       &(struct mh_q_ledger_entry_range_in){
					       .home_id = p->home_id, .log = p->log, .from_seq = from, .limit = n},
				       &rows, &got, reterr));
	for (int i = 0; i < n; i++) {
		if ((size_t)i >= got || rows[i].seq != from + i)
			return MH_FAIL(reterr, MH_E_CORRUPT, "Entry %" PRId64 " is missing from the store", from + i);
		ret[i] = rows[i].entry;
	}
	return MH_OK;
}

/* ---- tiles */

static enum mh_code missing_tile(int level, int64_t index, struct mh_err *reterr)
{
	char path[MH_TILE_PATH_MAX];
	mh_tile_path(&(struct mh_tile_name){level, index, MH_TILE_WIDTH}, path);
	enum mh_code code = MH_FAIL(reterr, MH_E_CORRUPT, "The store lacks %s, or it is cut", path);
	mh_err_hint(reterr, "Tiles can be made anew from the entries: minhu ledger rebuild");
	return code;
}

enum mh_code mh_ledger__tile_get(const struct mh_ledger__place *p, int level, int64_t index, struct mh_hash *ret_root,
				 struct mh_hash ret_hash[MH_TILE_WIDTH], struct mh_err *reterr)
{
	MH_CLEANUP(done) struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_q_ledger_tile_of_row r;
	bool found;
	MH_TRY(mh_q_ledger_tile_of(p->db, &a,
				   &(struct mh_q_ledger_tile_of_in){
					   .home_id = p->home_id, .log = p->log, .tile_level = level, .idx = index},
				   &found, &r, reterr));
	if (!found || r.hashes.len != MH_TILE_BYTES) return missing_tile(level, index, reterr);
	MH_TRY(to_hash(r.root, ret_root, reterr));
	memcpy(ret_hash, r.hashes.ptr, MH_TILE_BYTES);
	return MH_OK;
}

enum mh_code mh_ledger__tile_put(const struct mh_ledger__place *p, int level, int64_t index,
				 const struct mh_hash hash[MH_TILE_WIDTH], struct mh_err *reterr)
{
	struct mh_hash root = mh_tile_root(hash, MH_TILE_WIDTH);
	return mh_q_ledger_tile_put(p->db,
				    &(struct mh_q_ledger_tile_put_in){.home_id = p->home_id,
								      .log = p->log,
								      .tile_level = level,
								      .idx = index,
								      .root = hash_bytes(&root),
								      .hashes = {hash[0].b, MH_TILE_BYTES}},
				    reterr);
}

enum mh_code mh_ledger__tile_roots(const struct mh_ledger__place *p, int level, int64_t from, int n,
				   struct mh_hash *ret, struct mh_err *reterr)
{
	MH_CLEANUP(done) struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_q_ledger_tile_roots_row *rows = NULL;
	size_t got = 0;
	MH_TRY(mh_q_ledger_tile_roots(
		p->db, &a,
		&(struct mh_q_ledger_tile_roots_in){
			.home_id = p->home_id, .log = p->log, .tile_level = level, .from_idx = from, .limit = n},
		&rows, &got, reterr));
	for (int i = 0; i < n; i++) {
		if ((size_t)i >= got || rows[i].idx != from + i) return missing_tile(level, from + i, reterr);
		MH_TRY(to_hash(rows[i].root, &ret[i], reterr));
	}
	return MH_OK;
}

static enum mh_code leaves_of_entries(const struct mh_ledger__place *p, int64_t from, int n, struct mh_hash *out,
				      struct mh_err *reterr)
{
	MH_CLEANUP(done) struct mh_arena a = MH_ARENA(ROW_ARENA);
	struct mh_bytes entry[MH_TILE_WIDTH];
	MH_TRY(mh_ledger__entries(p, from, n, &a, entry, reterr));
	for (int i = 0; i < n; i++) out[i] = mh_tlog_leaf(entry[i]);
	return MH_OK;
}

enum mh_code mh_ledger__tile_derive(const struct mh_ledger__place *p, const struct mh_tile_name *name,
				    struct mh_hash *out, struct mh_err *reterr)
{
	int64_t first = name->index * MH_TILE_WIDTH;
	if (name->level == 0) return leaves_of_entries(p, first, name->width, out, reterr);
	return mh_ledger__tile_roots(p, name->level - 1, first, name->width, out, reterr);
}

enum mh_code mh_ledger__tile_load(void *place, const struct mh_tile_name *name, struct mh_hash *out,
				  struct mh_err *reterr)
{
	const struct mh_ledger__place *p = place;
	struct mh_hash root;
	if (name->width < MH_TILE_WIDTH) return mh_ledger__tile_derive(p, name, out, reterr);
	return mh_ledger__tile_get(p, name->level, name->index, &root, out, reterr);
}
