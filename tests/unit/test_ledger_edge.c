#include "unit.h"

#include "ledger/edge_priv.h"

#include <string.h>

#define SIZE 70000
static struct mh_hash rows[3][SIZE];
static int64_t full[3];

static enum mh_code take(void *ctx, int level, int64_t index, const struct mh_hash hash[MH_TILE_WIDTH],
			 struct mh_err *reterr)
{
	assert_int_equal(index, full[level]); /* in order, each once */
	full[level]++;
	memcpy(&rows[level][index * MH_TILE_WIDTH], hash, MH_TILE_BYTES);
	return MH_OK;
}

static enum mh_code refuse(void *ctx, int level, int64_t index, const struct mh_hash hash[MH_TILE_WIDTH],
			   struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_STORE, "no");
}

static enum mh_code load(void *ctx, const struct mh_tile_name *name, struct mh_hash *out, struct mh_err *reterr)
{
	const struct mh_ledger__edge *e = ctx; /* the partial tiles of another edge */
	memcpy(out, e->hash[name->level], (size_t)name->width * sizeof *out);
	return MH_OK;
}

/* The edge's root is the frontier's at every size; tiles come when they are full. */
static void grows(void **state)
{
	struct mh_tlog t = {0};
	struct mh_ledger__edge *e = mh_mem_alloc(sizeof *e), *again = mh_mem_alloc(sizeof *again);
	struct mh_ledger__edge_sink sink = {take, NULL};
	for (int64_t i = 0; i < SIZE; i++) {
		if (i < 600 || i % 256 < 2 || i % 4999 == 0) {
			struct mh_hash a = mh_tlog_root(&t), b = mh_ledger__edge_root(e);
			assert_memory_equal(&a, &b, sizeof a);
		}
		struct mh_hash leaf = mh_tlog_leaf((struct mh_bytes){(const unsigned char *)&i, sizeof i});
		mh_tlog_append(&t, &leaf);
		assert_int_equal(mh_ledger__edge_append(e, &leaf, &sink, NULL), MH_OK);
	}
	assert_int_equal(full[0], 273);
	assert_int_equal(full[1], 1);
	assert_int_equal(full[2], 0);
	assert_int_equal(mh_ledger__edge_load(again, SIZE, &(struct mh_tile_source){load, e}, NULL), MH_OK);
	struct mh_hash a = mh_tlog_root(&t), b = mh_ledger__edge_root(again);
	assert_memory_equal(&a, &b, sizeof a);
	mh_mem_free(again);
	mh_mem_free(e);
}

static void passes_errors_on(void **state)
{
	struct mh_ledger__edge *e = mh_mem_alloc(sizeof *e);
	struct mh_ledger__edge_sink sink = {refuse, NULL};
	struct mh_hash h = {{0}};
	for (int i = 0; i < 255; i++) assert_int_equal(mh_ledger__edge_append(e, &h, &sink, NULL), MH_OK);
	assert_int_equal(mh_ledger__edge_append(e, &h, &sink, NULL), MH_E_STORE);
	mh_mem_free(e);
}

MH_TESTS(cmocka_unit_test(grows), cmocka_unit_test(passes_errors_on))
