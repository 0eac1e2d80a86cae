#include "unit.h"

#include "db/fulltext.h"
#include "text/terms.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static char path[96];

static int begin(void **state)
{
	snprintf(dir, sizeof dir, "/tmp/minhu-fulltext-XXXXXX");
	if (!mkdtemp(dir)) return -1;
	snprintf(path, sizeof path, "%s/search.db", dir);
	return 0;
}

static int end(void **state)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static struct mh_fulltext *opened(bool write)
{
	struct mh_fulltext *f = NULL;
	struct mh_err err = {0};
	if (mh_fulltext_open(mh_str_c(path), write, &f, &err) != MH_OK) fail_msg("%s %s", err.message, err.internal);
	return f;
}

static void put(struct mh_fulltext *f, int64_t id, const char *text)
{
	struct mh_buf b = MH_BUF(1 << 16);
	mh_terms_of(mh_str_c(text), &b);
	assert_int_equal(mh_fulltext_put(f, MH_FULLTEXT_STAFF, id, mh_buf_str(&b), NULL), MH_OK);
	mh_buf_done(&b);
}

/* "3 1" for what is found, newest first. */
static void finds(struct mh_fulltext *f, const char *typed, int64_t before, int limit, const char *want)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf q = MH_BUF(1 << 16), have = MH_BUF(1 << 16);
	struct mh_err err = {0};
	int64_t *ids;
	size_t n;
	mh_terms_query(mh_str_c(typed), &q);
	if (mh_fulltext_find(f, &a, MH_FULLTEXT_STAFF, mh_buf_str(&q), before, limit, &ids, &n, &err) != MH_OK)
		fail_msg("%s: %s %s", typed, err.message, err.internal);
	for (size_t i = 0; i < n; i++) mh_buf_fmt(&have, i ? " %lld" : "%lld", (long long)ids[i]);
	if (strcmp(have.ptr ? have.ptr : "", want) != 0)
		fail_msg("%s: %s, not %s", typed, have.ptr ? have.ptr : "", want);
	mh_buf_done(&q);
	mh_buf_done(&have);
	mh_arena_done(&a);
}

static void finds_newest_first(void **state)
{
	struct mh_fulltext *f = opened(true), *r;
	assert_int_equal(mh_fulltext_begin(f, NULL), MH_OK);
	put(f, 1, "小区路灯不亮，电话13800001111");
	put(f, 2, "噪音扰民");
	put(f, 3, "路灯坏了 Café");
	assert_int_equal(mh_fulltext_end(f, MH_STR("ledger"), 7, NULL), MH_OK);
	r = opened(false);
	finds(r, "路灯", INT64_MAX, 10, "3 1");
	finds(r, "路灯", INT64_MAX, 1, "3");
	finds(r, "路灯", 3, 10, "1");
	finds(r, "路灯不亮", INT64_MAX, 10, "1");
	finds(r, "灯路", INT64_MAX, 10, "");
	finds(r, "了", INT64_MAX, 10, "3"); /* the last character of a run */
	finds(r, "138", INT64_MAX, 10, "1");
	finds(r, "路灯 1380000", INT64_MAX, 10, "1");
	finds(r, "café", INT64_MAX, 10, "3");
	finds(r, "NOT OR", INT64_MAX, 10, "");
	mh_fulltext_close(r);
	mh_fulltext_close(f);
}

static bool file_holds(const char *what)
{
	static char content[1 << 22];
	static const char *const tails[] = {"", "-wal"};
	bool found = false;
	for (size_t i = 0; i < 2; i++) {
		char name[128];
		snprintf(name, sizeof name, "%s%s", path, tails[i]);
		int fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0) continue;
		ssize_t n = read(fd, content, sizeof content);
		close(fd);
		found |= n > 0 && memmem(content, (size_t)n, what, strlen(what));
	}
	return found;
}

/* What is dropped is found no more and, once the log is scrubbed, is in no file any more. */
static void what_is_dropped_is_gone(void **state)
{
	struct mh_fulltext *f = opened(true);
	assert_int_equal(mh_fulltext_begin(f, NULL), MH_OK);
	put(f, 4, "zebraworduniquex 斑马");
	assert_int_equal(mh_fulltext_end(f, MH_STR("ledger"), 8, NULL), MH_OK);
	assert_true(file_holds("zebraworduniquex"));
	finds(f, "zebraworduniquex", INT64_MAX, 10, "4");
	assert_int_equal(mh_fulltext_begin(f, NULL), MH_OK);
	assert_int_equal(mh_fulltext_drop(f, MH_FULLTEXT_STAFF, 4, NULL), MH_OK);
	assert_int_equal(mh_fulltext_drop(f, MH_FULLTEXT_STAFF, 99, NULL), MH_OK);
	assert_int_equal(mh_fulltext_end(f, MH_STR("ledger"), 9, NULL), MH_OK);
	finds(f, "zebraworduniquex", INT64_MAX, 10, "");
	bool done = false;
	assert_int_equal(mh_fulltext_scrub(f, &done, NULL), MH_OK);
	assert_true(done);
	assert_false(file_holds("zebraworduniquex")); /* neither file nor log, while it is open */
	mh_fulltext_close(f);
	assert_false(file_holds("zebraworduniquex"));
}

static void remembers_where_it_was(void **state)
{
	struct mh_fulltext *f = opened(true);
	int64_t at = -1;
	struct stat st;
	assert_int_equal(mh_fulltext_position(f, MH_STR("ledger"), &at, NULL), MH_OK);
	assert_int_equal(at, 9);
	assert_int_equal(mh_fulltext_position(f, MH_STR("another"), &at, NULL), MH_OK);
	assert_int_equal(at, 0);
	assert_int_equal(mh_fulltext_begin(f, NULL), MH_OK);
	put(f, 5, "不算数");
	mh_fulltext_undo(f);
	finds(f, "不算数", INT64_MAX, 10, "");
	mh_fulltext_close(f);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(mh_fulltext_remove(mh_str_c(path), NULL), MH_OK);
	assert_int_not_equal(stat(path, &st), 0);
	assert_int_equal(mh_fulltext_remove(mh_str_c(path), NULL), MH_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds_newest_first),
					   cmocka_unit_test(what_is_dropped_is_gone),
					   cmocka_unit_test(remembers_where_it_was)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
