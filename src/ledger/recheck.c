#include "ledger/log_priv.h"

#include <inttypes.h>
#include <string.h>

static void free_cache(struct mh_tile_cache **c)
{
	mh_mem_free(*c);
}

static struct mh_tile_cache *new_cache(const struct mh_ledger__place *p, int64_t size)
{
	struct mh_tile_cache *c = mh_mem_alloc(sizeof *c);
	struct mh_tile_source source = {mh_ledger__tile_load, (void *)(uintptr_t)p};
	if (c) mh_tile_cache_init(c, source, size);
	return c;
}

enum mh_code mh_ledger__stored_root(const struct mh_ledger__place *p, int64_t at, int64_t size, struct mh_hash *ret,
				    struct mh_err *reterr)
{
	MH_CLEANUP(free_cache) struct mh_tile_cache *c = new_cache(p, size);
	MH_TRY_MEM(c, reterr);
	struct mh_tlog_reader r = mh_tile_reader(c);
	return mh_tlog_root_of(&r, at, ret, reterr);
}

enum mh_code mh_ledger__stored_inclusion(const struct mh_ledger__place *p, int64_t index, int64_t size,
					 struct mh_tlog_proof *ret, struct mh_err *reterr)
{
	MH_CLEANUP(free_cache) struct mh_tile_cache *c = new_cache(p, size);
	MH_TRY_MEM(c, reterr);
	struct mh_tlog_reader r = mh_tile_reader(c);
	return mh_tlog_inclusion(&r, index, size, ret, reterr);
}

enum mh_code mh_ledger__stored_consistency(const struct mh_ledger__place *p, int64_t from, int64_t size,
					   struct mh_tlog_proof *ret, struct mh_err *reterr)
{
	MH_CLEANUP(free_cache) struct mh_tile_cache *c = new_cache(p, size);
	MH_TRY_MEM(c, reterr);
	struct mh_tlog_reader r = mh_tile_reader(c);
	return mh_tlog_consistency(&r, from, size, ret, reterr);
}

/* A full tile's row against the hashes that it must hold. */
static enum mh_code check_tile(const struct mh_ledger__place *p, int level, int64_t index,
			       const struct mh_hash want[MH_TILE_WIDTH], struct mh_err *reterr)
{
	struct mh_hash root, right = mh_tile_root(want, MH_TILE_WIDTH), have[MH_TILE_WIDTH];
	char path[MH_TILE_PATH_MAX];
	mh_tile_path(&(struct mh_tile_name){level, index, MH_TILE_WIDTH}, path);
	MH_TRY(mh_ledger__tile_get(p, level, index, &root, have, reterr));
	for (int i = 0; i < MH_TILE_WIDTH; i++) {
		if (mh_hash_eq(&have[i], &want[i])) continue;
		if (level == 0)
			return MH_FAIL(reterr, MH_E_CORRUPT, "Entry %" PRId64 " does not have the hash %d of %s",
				       index * MH_TILE_WIDTH + i, i, path);
		return MH_FAIL(reterr, MH_E_CORRUPT, "Hash %d of %s is not the root of the tile below", i, path);
	}
	if (!mh_hash_eq(&root, &right))
		return MH_FAIL(reterr, MH_E_CORRUPT, "The stored root of %s is not its root", path);
	return MH_OK;
}

/* Only tiles that became full since `from`. */
static enum mh_code check_level(const struct mh_ledger__place *p, int level, int64_t from, int64_t to,
				struct mh_err *reterr)
{
	struct mh_hash want[MH_TILE_WIDTH];
	int shift = MH_TILE_HEIGHT * level;
	int64_t first = from >> shift >> MH_TILE_HEIGHT, end = to >> shift >> MH_TILE_HEIGHT;
	for (int64_t i = first; i < end; i++) {
		struct mh_tile_name name = {level, i, MH_TILE_WIDTH};
		MH_TRY(mh_ledger__tile_derive(p, &name, want, reterr));
		MH_TRY(check_tile(p, level, i, want, reterr));
	}
	return MH_OK;
}

enum mh_code mh_ledger__recheck(const struct mh_ledger__place *p, int64_t from, const struct mh_hash *from_root,
				int64_t to, struct mh_hash *ret_root, struct mh_err *reterr)
{
	struct mh_hash root;
	struct mh_tlog_proof proof;
	MH_CLEANUP(free_cache) struct mh_tile_cache *c = new_cache(p, to);
	MH_TRY_MEM(c, reterr);
	struct mh_tlog_reader r = mh_tile_reader(c);
	for (int level = 0; level < MH_TILE_LEVELS; level++) MH_TRY(check_level(p, level, from, to, reterr));
	MH_TRY(mh_tlog_root_of(&r, to, &root, reterr));
	MH_TRY(mh_tlog_consistency(&r, from, to, &proof, reterr));
	MH_TRY(mh_tlog_check_consistency(from, from_root, to, &root, &proof, reterr));
	*ret_root = root;
	return MH_OK;
}
