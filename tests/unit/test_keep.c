#include "unit.h"

#include "cli/keep_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void numbers(void **state)
{
	struct mh_keep__ids s = {0};
	assert_false(mh_keep__ids_have(&s, 0));
	for (int64_t i = 5000; i > 0; i--) assert_int_equal(mh_keep__ids_add(&s, i * 3, NULL), MH_OK);
	assert_true(mh_keep__ids_have(&s, 3));
	assert_true(mh_keep__ids_have(&s, 15000));
	assert_false(mh_keep__ids_have(&s, 4));
	assert_int_equal(mh_keep__ids_add(&s, 4, NULL), MH_OK); /* asked before, added since */
	assert_true(mh_keep__ids_have(&s, 4));
	mh_keep__ids_done(&s);
	assert_false(mh_keep__ids_have(&s, 3));
}

static void columns(void **state)
{
	const struct mh_db_table *t = mh_keep__table_named("matter_key");
	struct mh_db_cell row[3] = {{.i = 1}, {.i = 2}, {.null = true}};
	assert_non_null(t);
	assert_null(mh_keep__table_named("no_such_table"));
	assert_int_equal(mh_keep__cell(t, row, "matter_id")->i, 2);
	assert_true(mh_keep__cell(t, row, "no_such_column")->null);
}

static void files(void **state)
{
	char dir[] = "/tmp/minhu-keep-XXXXXX";
	struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_err err = {0};
	struct mh_str hex;
	struct stat st;
	bool copied = false;
	assert_non_null(mkdtemp(dir));
	struct mh_str deep = mh_keep__join(&a, mh_str_c(dir), "a/b"), to = mh_keep__join(&a, deep, "copy");
	assert_int_equal(mh_keep__folder(&a, deep, &err), MH_OK);
	assert_int_equal(mh_keep__folder(&a, deep, &err), MH_OK);
	assert_int_equal(mh_keep__file("/proc/version", to.ptr, &copied, &err), MH_OK);
	assert_true(copied);
	assert_int_equal(stat(to.ptr, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(mh_keep__file("/dev/null", to.ptr, &copied, &err), MH_OK); /* what is there stays */
	assert_false(copied);
	assert_int_equal(mh_keep__hash(&a, to.ptr, &hex, &err), MH_OK);
	assert_int_equal(hex.len, 64);
	assert_int_equal(mh_keep__file("/no/such/file", to.ptr, &copied, &err), MH_E_NOT_FOUND);
	assert_int_equal(mh_keep__hash(&a, "/no/such/file", &hex, &err), MH_E_NOT_FOUND);
	assert_true(mh_str_ends(mh_keep__evidence(&a, mh_str_c("s"), mh_str_c("abcdef")), "s/files/ab/abcdef"));
	mh_keep__forget(&a, to, true);
	assert_int_not_equal(access(to.ptr, F_OK), 0);
	assert_int_equal(rmdir(deep.ptr), 0);
	assert_int_equal(rmdir(mh_keep__join(&a, mh_str_c(dir), "a").ptr), 0);
	assert_int_equal(rmdir(dir), 0);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(numbers), cmocka_unit_test(columns), cmocka_unit_test(files))
