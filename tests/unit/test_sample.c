#include "unit.h"

#include "loop/sample.h"
#include "matter/pack.h"

#include "sql_gen.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FROM ((mh_time)1756656000000) /* 2025-09-01 */
#define DAY ((mh_time)86400000)

static const char *pack_dir(void)
{
	static char path[400];
	snprintf(path, sizeof path, "%.350s/packs/hangzhou", getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	return path;
}

struct town {
	char dir[40];
	struct mh_db *db;
	struct mh_city *city;
	mh_time now;
	struct mh_rng_seed seed;
	struct mh_sample_count count;
	struct mh_hash root;
	int64_t size;
};

static void remove_all(const char *path)
{
	DIR *d = opendir(path);
	char name[400];
	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] == '.') continue;
		snprintf(name, sizeof name, "%.120s/%.250s", path, e->d_name);
		if (unlink(name) != 0) remove_all(name);
	}
	if (d) closedir(d);
	rmdir(path);
}

static void found(struct town *t, const char *pack, uint64_t seed)
{
	struct mh_buf report = MH_BUF(1 << 20);
	*t = (struct town){.now = FROM};
	snprintf(t->dir, sizeof t->dir, "/tmp/minhu-sample-XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	struct mh_clock clock = mh_clock_fixed(&t->now);
	assert_int_equal(mh_db_open(MH_STR("sqlite::memory:"), MH_DB_CREATE, &t->db, NULL), MH_OK);
	assert_int_equal(mh_pack_create(t->db, mh_str_c(pack), mh_str_c(t->dir), clock, mh_rng_system(), &report, NULL),
			 MH_OK);
	assert_int_equal(
		mh_city_open(t->db, mh_str_c(t->dir), true, clock, mh_rng_seeded(&t->seed, seed), &t->city, NULL),
		MH_OK);
	mh_buf_done(&report);
}

static enum mh_code play(struct town *t, const char *pack, uint64_t seed, int64_t matters, struct mh_buf *report,
			 struct mh_err *reterr)
{
	mh_time begun = 0;
	assert_int_equal(mh_sample_begin(t->db, t->city, &begun, NULL), MH_OK);
	assert_true(begun == FROM);
	struct mh_sample_config config = {.pack_dir = mh_str_c(pack),
					  .matters = matters,
					  .seed = seed,
					  .from = FROM + 1000,
					  .until = FROM + 60 * DAY};
	return mh_sample_play(t->db, t->city, &config, &t->count, report, reterr);
}

static void head(struct town *t)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_checkpoint c;
	struct mh_str note;
	assert_int_equal(mh_ledger_checkpoint(t->db, t->city->home_id, 0, &a, &note, &c, NULL), MH_OK);
	t->root = c.root;
	t->size = c.size;
	mh_arena_done(&a);
}

static void leave(struct town *t)
{
	mh_city_free(t->city);
	mh_db_close(t->db);
	remove_all(t->dir);
}

static void history(struct town *t, uint64_t seed)
{
	struct mh_err err = {0};
	struct mh_buf report = MH_BUF(1 << 20);
	found(t, pack_dir(), seed);
	enum mh_code code = play(t, pack_dir(), seed, 60, &report, &err);
	if (code != MH_OK) fprintf(stderr, "%s %s %s\n", err.message, err.detail, report.ptr ? report.ptr : "");
	assert_int_equal(code, MH_OK);
	mh_buf_done(&report);
	head(t);
}

/* The same seed gives the same tree, though the keys differ; another seed gives another. */
static void repeats(void **state)
{
	struct town a, b, c;
	history(&a, 7);
	history(&b, 7);
	history(&c, 8);
	assert_int_equal(a.size, b.size);
	assert_true(mh_hash_eq(&a.root, &b.root));
	assert_false(mh_hash_eq(&a.root, &c.root));
	assert_memory_equal(&a.count, &b.count, sizeof a.count);
	leave(&a);
	leave(&b);
	leave(&c);
}

/* It is a living city: every matter was raised, most are over, some are not, and nothing lies in the future. */
static void lives(void **state)
{
	struct town t;
	struct mh_arena a = MH_ARENA(0);
	struct mh_q_matter_list_row *rows;
	size_t n, open = 0, closed = 0, raised = 0;
	history(&t, 11);
	struct mh_q_matter_list_in in = {.home_id = t.city->home_id, .after_id = INT64_MAX, .limit = 1000};
	assert_int_equal(mh_q_matter_list(t.db, &a, &in, &rows, &n, NULL), MH_OK);
	for (size_t i = 0; i < n; i++) {
		bool over = mh_str_is(rows[i].category, "done") || mh_str_is(rows[i].category, "void");
		open += !over;
		closed += mh_str_is(rows[i].state, "closed");
		raised += !mh_str_is(rows[i].kind, "co-task") && !mh_str_is(rows[i].kind, "task") &&
			  !mh_str_is(rows[i].kind, "callback-check");
		assert_true(rows[i].created >= FROM && rows[i].updated < FROM + 60 * DAY);
	}
	assert_int_equal(t.count.raised, 60);
	assert_int_equal(n, t.count.raised + t.count.children);
	assert_true(raised >= 60);
	assert_int_equal(open, t.count.open);
	assert_true(open > 0 && closed > 10);
	assert_true(t.count.steps > 200 && t.count.clocks > 10);
	assert_true(t.count.refused < t.count.steps);
	mh_arena_done(&a);
	leave(&t);
}

/* --- what is wrong with a pack's files is said with its place --- */

static void put_file(const char *dir, const char *text)
{
	char path[200];
	snprintf(path, sizeof path, "%s/sample", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/sample/play.yaml", dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void refused(struct town *t, const char *dir, const char *text, const char *says)
{
	struct mh_buf report = MH_BUF(1 << 20);
	struct mh_err err = {0};
	put_file(dir, text);
	assert_int_equal(play(t, dir, 1, 5, &report, &err), MH_E_INVALID);
	mh_buf_c(&report, err.message);
	if (!strstr(report.ptr, says)) fprintf(stderr, "wanted %s in: %s\n", says, report.ptr);
	assert_non_null(strstr(report.ptr, says));
	mh_buf_done(&report);
}

#define TOP "format: sample/1\n"
#define CASES "cases: {request-12345: [{category: '010404', title: [x], say: [y]}]}\n"

static void wrong(void **state)
{
	struct town t;
	struct mh_err err = {0};
	struct mh_buf report = MH_BUF(1 << 20);
	char dir[] = "/tmp/minhu-words-XXXXXX";
	assert_non_null(mkdtemp(dir));
	found(&t, pack_dir(), 1);
	assert_int_equal(play(&t, dir, 1, 5, &report, &err), MH_E_NOT_FOUND);
	refused(&t, dir, "format: sample/2\n", "play.yaml:1:1: error");
	refused(&t, dir, TOP CASES, "No kind has a share");
	refused(&t, dir, TOP "kinds: {request-12345: {share: 1}}\n", "no situations");
	refused(&t, dir, TOP CASES "kinds: {request-12345: {share: 1, act: {no_such_step: 3}}}\n", "no such step");
	refused(&t, dir, TOP CASES "kinds: {request-12345: {share: 1, wait: {working: soon}}}\n", "write a time");
	refused(&t, dir, TOP CASES "kinds: {request-12345: {share: 1, wait: {nowhere: 1-2h}}}\n", "no such state");
	refused(&t, dir, TOP CASES "kinds: {request-12345: {share: 1, fill: {text: ['{nobody}']}}}\n",
		"fills {nobody}");
	refused(&t, dir, TOP CASES "kinds: {request-12345: {share: 1, fill: {text: ['{n:1-2']}}}\n", "not closed");
	refused(&t, dir, TOP "cases: {request-12345: [{category: '99'}]}\nkinds: {request-12345: {share: 1}}\n",
		"no category");
	refused(&t, dir, TOP "profile: {week: [1, 2]}\n", "needs 7 numbers");
	/* The least that can be played: nothing is said about times, weights or texts. */
	put_file(dir, TOP CASES "kinds: {request-12345: {share: 1}}\n");
	mh_buf_clear(&report);
	enum mh_code code = play(&t, dir, 1, 5, &report, &err);
	if (code != MH_OK) fprintf(stderr, "%s %s %s\n", err.message, err.detail, report.ptr ? report.ptr : "");
	assert_int_equal(code, MH_OK);
	assert_int_equal(t.count.raised, 5);
	mh_buf_done(&report);
	leave(&t);
	remove_all(dir);
}

MH_TESTS(cmocka_unit_test(repeats), cmocka_unit_test(lives), cmocka_unit_test(wrong))
