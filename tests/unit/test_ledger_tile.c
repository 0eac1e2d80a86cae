#include "unit.h"

#include "ledger/tile.h"

#include <string.h>

static void paths(void **state)
{
	static const struct {
		struct mh_tile_name name;
		const char *path;
	} v[] = {
		{{0, 0, 256}, "tile/0/000"},
		{{1, 67, 3}, "tile/1/067.p/3"},
		{{0, 1234067, 256}, "tile/0/x001/x234/067"},
		{{MH_TILE_ENTRIES, 273, 112}, "tile/entries/273.p/112"},
		{{MH_TILE_ENTRIES, 1000, 256}, "tile/entries/x001/000"},
		{{7, 999999999999, 1}, "tile/7/x999/x999/x999/999.p/1"},
	};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		char path[MH_TILE_PATH_MAX];
		struct mh_tile_name back;
		mh_tile_path(&v[i].name, path);
		assert_string_equal(path, v[i].path);
		assert_true(mh_tile_parse(mh_str_c(path), &back));
		assert_int_equal(back.level, v[i].name.level);
		assert_int_equal(back.index, v[i].name.index);
		assert_int_equal(back.width, v[i].name.width);
	}
}

static void bad_paths(void **state)
{
	static const char *const bad[] = {"",
					  "tile/",
					  "tile/0",
					  "tile/0/",
					  "tile/0/0",
					  "tile/0/0000",
					  "tile/0/x000/001",
					  "tile/0/001/002",
					  "tile/0/x001",
					  "tile/00/000",
					  "tile/8/000",
					  "tile/-1/000",
					  "tile/0/000.p/0",
					  "tile/0/000.p/256",
					  "tile/0/000.p/01",
					  "tile/0/000.p/",
					  "tile/0/000/",
					  "tile/0/../000",
					  "tile/entries/000.p",
					  "/tile/0/000",
					  "tile/0/x001/x001/x001/x001/x001/x001/001"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct mh_tile_name t;
		if (mh_tile_parse(mh_str_c(bad[i]), &t)) fail_msg("accepted %s", bad[i]);
	}
}

static void widths(void **state)
{
	assert_int_equal(mh_tile_width(0, 0, 0), 0);
	assert_int_equal(mh_tile_width(0, 0, 255), 255);
	assert_int_equal(mh_tile_width(0, 0, 256), 256);
	assert_int_equal(mh_tile_width(0, 1, 256), 0);
	assert_int_equal(mh_tile_width(0, 1, 257), 1);
	assert_int_equal(mh_tile_width(1, 0, 70000), 256);
	assert_int_equal(mh_tile_width(1, 1, 70000), 17);
	assert_int_equal(mh_tile_width(2, 0, 70000), 1);
	assert_int_equal(mh_tile_width(3, 0, 70000), 0);
	assert_int_equal(mh_tile_width(MH_TILE_ENTRIES, 273, 70000), 112);
	assert_int_equal(mh_tile_width(0, -1, 70000), 0);
	assert_int_equal(mh_tile_width(0, INT64_MAX, 70000), 0);
}

static void bundles(void **state)
{
	struct mh_buf b = MH_BUF(MH_TILE_BUNDLE_MAX);
	static unsigned char big[MH_TILE_ENTRY_MAX];
	struct mh_bytes rest, e;
	memset(big, 'x', sizeof big);
	mh_bundle_add(&b, (struct mh_bytes){(const unsigned char *)"abc", 3});
	mh_bundle_add(&b, (struct mh_bytes){NULL, 0});
	mh_bundle_add(&b, (struct mh_bytes){big, sizeof big});
	assert_memory_equal(b.ptr,
			    "\x00\x03"
			    "abc\x00\x00\xFF\xFFxxx",
			    12);
	rest = (struct mh_bytes){(unsigned char *)b.ptr, b.len};
	assert_true(mh_bundle_next(&rest, &e) && e.len == 3 && memcmp(e.ptr, "abc", 3) == 0);
	assert_true(mh_bundle_next(&rest, &e) && e.len == 0);
	assert_true(mh_bundle_next(&rest, &e) && e.len == sizeof big);
	assert_int_equal(rest.len, 0);
	assert_false(mh_bundle_next(&rest, &e));
	rest = (struct mh_bytes){(unsigned char *)b.ptr, 4}; /* cut */
	assert_false(mh_bundle_next(&rest, &e));
	mh_buf_done(&b);
}

/* Three levels of tiles over 70,000 leaves; proofs from tiles lead where the frontier says. */
#define SIZE 70000
static struct mh_hash nodes[3][SIZE];
static int loads;

static enum mh_code load(void *ctx, const struct mh_tile_name *name, struct mh_hash *out, struct mh_err *reterr)
{
	loads++;
	memcpy(out, &nodes[name->level][name->index * MH_TILE_WIDTH], (size_t)name->width * sizeof *out);
	return MH_OK;
}

static void reading_through_tiles(void **state)
{
	struct mh_tlog t = {0};
	for (int i = 0; i < SIZE; i++) {
		nodes[0][i] = mh_tlog_leaf((struct mh_bytes){(const unsigned char *)&i, sizeof i});
		mh_tlog_append(&t, &nodes[0][i]);
	}
	for (int level = 1; level < 3; level++)
		for (int i = 0; i < SIZE >> (8 * level); i++)
			nodes[level][i] = mh_tile_root(&nodes[level - 1][i * MH_TILE_WIDTH], MH_TILE_WIDTH);
	struct mh_hash root = mh_tlog_root(&t), got;
	struct mh_tile_cache *c = mh_mem_alloc(sizeof *c);
	mh_tile_cache_init(c, (struct mh_tile_source){load, NULL}, SIZE);
	struct mh_tlog_reader r = mh_tile_reader(c);
	assert_int_equal(mh_tlog_root_of(&r, SIZE, &got, NULL), MH_OK);
	assert_memory_equal(&got, &root, 32);
	static const int64_t at[] = {0, 1, 255, 256, 65535, 65536, 69887, 69888, 69999};
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		struct mh_tlog_proof p;
		loads = 0;
		assert_int_equal(mh_tlog_inclusion(&r, at[i], SIZE, &p, NULL), MH_OK);
		assert_true(loads <= 6);
		assert_int_equal(mh_tlog_check_inclusion(&nodes[0][at[i]], at[i], SIZE, &p, &root, NULL), MH_OK);
	}
	assert_int_equal(r.read(r.ctx, 0, SIZE, &got, NULL), MH_E_INVALID);
	assert_int_equal(r.read(r.ctx, 17, 0, &got, NULL), MH_E_INVALID);
	mh_mem_free(c);
}

MH_TESTS(cmocka_unit_test(paths), cmocka_unit_test(bad_paths), cmocka_unit_test(widths), cmocka_unit_test(bundles),
	 cmocka_unit_test(reading_through_tiles))
