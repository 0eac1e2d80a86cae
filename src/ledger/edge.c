#include "ledger/edge_priv.h"

/* Puts h at place `at` of a level, and the roots of what becomes full above it. */
static enum mh_code climb(struct mh_ledger__edge *e, int level, int64_t at, struct mh_hash h,
			  const struct mh_ledger__edge_sink *sink, struct mh_err *reterr)
{
	for (; level < MH_TILE_LEVELS; level++) {
		int slot = (int)(at & (MH_TILE_WIDTH - 1));
		e->hash[level][slot] = h;
		if (slot < MH_TILE_WIDTH - 1) break;
		at >>= MH_TILE_HEIGHT;
		MH_TRY(sink->full(sink->ctx, level, at, e->hash[level], reterr));
		h = mh_tile_root(e->hash[level], MH_TILE_WIDTH);
	}
	return MH_OK;
}

enum mh_code mh_ledger__edge_append(struct mh_ledger__edge *e, const struct mh_hash *leaf,
				    const struct mh_ledger__edge_sink *sink, struct mh_err *reterr)
{
	MH_TRY(climb(e, 0, e->size, *leaf, sink, reterr));
	e->size++;
	return MH_OK;
}

enum mh_code mh_ledger__edge_append_tile(struct mh_ledger__edge *e, const struct mh_hash *root,
					 const struct mh_ledger__edge_sink *sink, struct mh_err *reterr)
{
	MH_TRY(climb(e, 1, e->size >> MH_TILE_HEIGHT, *root, sink, reterr));
	e->size += MH_TILE_WIDTH;
	return MH_OK;
}

enum mh_code mh_ledger__edge_load(struct mh_ledger__edge *e, int64_t size, const struct mh_tile_source *source,
				  struct mh_err *reterr)
{
	for (int level = 0; level < MH_TILE_LEVELS; level++) {
		struct mh_tile_name t = {.level = level, .index = size >> (MH_TILE_HEIGHT * level) >> MH_TILE_HEIGHT};
		t.width = mh_tile_width(level, t.index, size);
		if (t.width) MH_TRY(source->load(source->ctx, &t, e->hash[level], reterr));
	}
	e->size = size;
	return MH_OK;
}

/* Every level's partial tile is a row of complete subtrees; fold all of them from the smallest. */
struct mh_hash mh_ledger__edge_root(const struct mh_ledger__edge *e)
{
	struct mh_hash h = mh_tlog_empty();
	bool any = false;
	for (int level = 0; level < MH_TILE_LEVELS; level++) {
		int width = (int)(e->size >> (MH_TILE_HEIGHT * level) & (MH_TILE_WIDTH - 1));
		for (int n = 1; n <= width; n *= 2) { /* subtrees of n hashes, the last ones first */
			if (!(width & n)) continue;
			int first = width & ~(2 * n - 1);
			struct mh_hash left = mh_tile_root(&e->hash[level][first], n);
			h = any ? mh_tlog_node(&left, &h) : left;
			any = true;
		}
	}
	return h;
}
