#include "unit.h"

#include "ledger/bundle_priv.h"

#include <string.h>

#define N 40

static struct mh_ledger__bundle bundles[N];

static void hash(struct mh_ledger__bundle *b, size_t n)
{
	struct mh_ledger__hashing h;
	mh_ledger__hashing_begin(&h, b, n);
	mh_ledger__hashing_end(&h);
}

static void fill(struct mh_ledger__bundle *b, int64_t index, int width, int entries)
{
	*b = (struct mh_ledger__bundle){.index = index, .width = width, .file = MH_BUF(1 << 20)};
	for (int i = 0; i < entries; i++) {
		int64_t seq = index * MH_TILE_WIDTH + i;
		mh_bundle_add(&b->file, (struct mh_bytes){(const unsigned char *)&seq, 1 + (size_t)i % sizeof seq});
	}
}

/* Many bundles, by however many threads there are: every leaf and root is the one computed alone. */
static void hashes_all(void **state)
{
	for (int i = 0; i < N; i++) fill(&bundles[i], i, MH_TILE_WIDTH, MH_TILE_WIDTH);
	hash(bundles, N);
	for (int k = 0; k < N; k++) {
		struct mh_ledger__bundle *b = &bundles[k];
		assert_int_equal(b->ends_before, -1);
		assert_false(b->trailing);
		assert_int_equal(b->bytes, MH_TILE_WIDTH / 8 * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8));
		for (int i = 0; i < MH_TILE_WIDTH; i++) {
			int64_t seq = b->index * MH_TILE_WIDTH + i;
			struct mh_hash leaf = mh_tlog_leaf(
				(struct mh_bytes){(const unsigned char *)&seq, 1 + (size_t)i % sizeof seq});
			assert_memory_equal(&b->leaf[i], &leaf, sizeof leaf);
		}
		struct mh_hash root = mh_tile_root(b->leaf, MH_TILE_WIDTH);
		assert_memory_equal(&b->root, &root, sizeof root);
		mh_buf_done(&b->file);
	}
}

static void finds_cuts_and_rests(void **state)
{
	struct mh_ledger__bundle *b = &bundles[0];
	fill(b, 0, 10, 9); /* one too few */
	hash(b, 1);
	assert_int_equal(b->ends_before, 9);
	mh_buf_done(&b->file);
	fill(b, 0, 10, 10);
	b->file.len--; /* the last one is cut */
	hash(b, 1);
	assert_int_equal(b->ends_before, 9);
	mh_buf_done(&b->file);
	fill(b, 0, 10, 11); /* one too many */
	hash(b, 1);
	assert_int_equal(b->ends_before, -1);
	assert_true(b->trailing);
	b->more = true; /* … which is right when the full bundle stands for the partial one */
	hash(b, 1);
	assert_false(b->trailing);
	mh_buf_done(&b->file);
	hash(NULL, 0);
}

MH_TESTS(cmocka_unit_test(hashes_all), cmocka_unit_test(finds_cuts_and_rests))
