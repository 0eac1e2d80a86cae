#include "unit.h"

#include "loop/handle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static int make_dir(void **state)
{
	snprintf(dir, sizeof dir, "%s", "/tmp/minhu-handle-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static struct mh_str put(struct mh_arena *a, const char *name, const void *bytes, size_t n)
{
	struct mh_str path = mh_str_fmt(a, "%s/%s", dir, name);
	FILE *f = fopen(path.ptr, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
	return path;
}

/* What the bytes are counts, not what anybody says; nothing that a browser runs. */
static void sniffs(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum mh_code code;
		const char *type;
	} cases[] = {
		{"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", 20, MH_OK, "image/jpeg"},
		{"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", 22, MH_OK, "application/pdf"},
		{"#!AMR\n\x3c\x91\x17\x16", 10, MH_OK, "audio/amr"},
		{"just a note\n", 12, MH_OK, "text/plain"},
		{"\xe9\xa9\xac\xe8\xb7\xaf\xe4\xb8\x8a\xe6\x9c\x89\xe5\x9d\x91\n", 16, MH_OK,
		 "text/plain"}, /* 马路上有坑 */
		{"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", 16, MH_E_MEDIA_TYPE, NULL},
		{"<!DOCTYPE html><html><script>alert(1)</script></html>", 53, MH_E_MEDIA_TYPE, NULL},
		{"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", 67, MH_E_MEDIA_TYPE, NULL},
		{"\x7f"
		 "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
		 20, MH_E_MEDIA_TYPE, NULL},
		{"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, MH_E_MEDIA_TYPE, NULL},
		{"", 0, MH_E_INVALID, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *type = "unset";
		struct mh_err err = {0};
		enum mh_code code = mh_handle_sniff(
			(struct mh_bytes){(const unsigned char *)cases[i].bytes, cases[i].n}, &type, &err);
		if (code != cases[i].code || (code == MH_OK && strcmp(type, cases[i].type) != 0))
			fail_msg("case %zu: %s, %s: %s", i, mh_err_info(code)->name, type, err.message);
	}
}

static void keeps(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, 1);
	struct mh_str files = mh_str_fmt(&a, "%s/files", dir), first = put(&a, "one", "x", 1), name, other;
	assert_int_equal(mh_handle_keep(&a, &rng, files, first, &name, NULL), MH_E_IO); /* no such folder */
	assert_int_equal(mkdir(files.ptr, 0700), 0);
	assert_int_equal(mh_handle_keep(&a, &rng, files, first, &name, NULL), MH_OK);
	assert_int_not_equal(access(first.ptr, F_OK), 0);
	struct mh_str kept = mh_handle_place(&a, files, name);
	assert_int_equal(name.len, 64);
	assert_int_equal(access(kept.ptr, R_OK), 0);
	first = put(&a, "one", "x", 1); /* the same bytes again: a file of their own, under a key of their own */
	assert_int_equal(mh_handle_keep(&a, &rng, files, first, &other, NULL), MH_OK);
	assert_false(mh_str_eq(name, other));
	unlink(kept.ptr);
	unlink(mh_handle_place(&a, files, other).ptr);
	rmdir(mh_str_fmt(&a, "%s/files/%.2s", dir, name.ptr).ptr);
	rmdir(mh_str_fmt(&a, "%s/files/%.2s", dir, other.ptr).ptr);
	rmdir(files.ptr);
	mh_arena_done(&a);
}

static int drop_dir(void **state)
{
	rmdir(dir);
	return 0;
}

MH_TESTS(cmocka_unit_test(sniffs), cmocka_unit_test_setup_teardown(keeps, make_dir, drop_dir))
