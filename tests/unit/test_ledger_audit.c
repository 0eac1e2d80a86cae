#include "unit.h"

#include "ledger/export.h"
#include "ledger_sample.h"

#include <sys/stat.h>

#define SIZE 600 /* tiles of 256, 256 and 88 */

static char folder[2000];

static struct mh_str in_folder(void)
{
	return mh_str_c(folder);
}

static void export_log(struct sample *s, int64_t want)
{
	int64_t size = -1;
	ok(mh_ledger_export(s->db, 1, 0, in_folder(), NULL, &size, &s->err));
	assert_int_equal(size, want);
}

static enum mh_code audit(struct sample *s, struct mh_ledger_audit *report)
{
	struct mh_ledger_source src;
	ok(mh_ledger_source_open(in_folder(), &src, &s->err));
	enum mh_code code = mh_ledger_audit(&src, mh_ledger_key(s->l), NULL, report, &s->err);
	mh_ledger_source_done(&src);
	return code;
}

static bool exists(const char *name)
{
	char path[4096];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return stat(path, &st) == 0;
}

/* Flips one bit; twice is as before. */
static void flip(const char *name, long at)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	fseek(f, at, SEEK_SET);
	int c = fgetc(f);
	fseek(f, at, SEEK_SET);
	fputc(c ^ 1, f);
	fclose(f);
}

static void begin(struct sample *s)
{
	start(s, "sqlite::memory:");
	snprintf(folder, sizeof folder, "%s/log", s->dir);
}

static void grows_by_export(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger_audit r;
	int64_t size;
	begin(s);
	assert_int_equal(mh_ledger_export(s->db, 1, 0, in_folder(), NULL, &size, &s->err), MH_E_UNAVAILABLE);
	static const int steps[] = {0, 1, 2, 252, 1, 1, 255, 0, 1, 1000};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		append(s, steps[i]);
		ok(mh_ledger_publish(s->l, s->db, s->now, true, NULL, &s->err));
		export_log(s, mh_ledger_size(s->l));
		assert_int_equal(audit(s, &r), MH_OK);
		assert_int_equal(r.entries, mh_ledger_size(s->l));
	}
	assert_false(exists("tile/0/000.p")); /* partial tiles go when the full one has come */
	assert_true(exists("tile/0/000"));
	assert_true(exists("vkey"));
	/* what the store serves is what lies in the folder */
	struct mh_buf a = MH_BUF(MH_TILE_BUNDLE_MAX), b = MH_BUF(MH_TILE_BUNDLE_MAX);
	struct mh_ledger_source src;
	static const char *const names[] = {
		"checkpoint", "vkey", "tile/0/003", "tile/1/000.p/5", "tile/entries/002", "tile/entries/005.p/233"};
	ok(mh_ledger_source_open(in_folder(), &src, &s->err));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		bool final;
		mh_buf_clear(&a);
		mh_buf_clear(&b);
		ok(src.get(src.ctx, names[i], &a, &s->err));
		ok(mh_ledger_get(s->db, 1, 0, mh_str_c(names[i]), &b, &final, &s->err));
		assert_true(mh_str_eq(mh_buf_str(&a), mh_buf_str(&b)));
		assert_int_equal(final, i > 0);
	}
	static const char *const none[] = {"tile/0/006", "tile/0/005.p/234", "tile/2/000.p/1", "x",
					   "",           "tile/entries/005"};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(mh_ledger_get(s->db, 1, 0, mh_str_c(none[i]), &b, NULL, &s->err), MH_E_NOT_FOUND);
	mh_ledger_source_done(&src);
	mh_buf_done(&a);
	mh_buf_done(&b);
	stop(s);
}

static void names_the_place(void **state)
{
	static const struct {
		const char *file;
		long at;
		const char *place;
	} v[] = {
		{"tile/entries/001", 2, "entry 256 in tile/entries/001"},
		{"tile/entries/002.p/88", 2, "entry 512 in tile/entries/002.p/88"},
		{"tile/0/001", 5 * 32, "tile/0/001 hash 5"},
		{"tile/0/002.p/88", 87 * 32 + 31, "tile/0/002.p/88 hash 87"},
		{"tile/1/000.p/2", 32, "tile/1/000.p/2 hash 1"},
		{"checkpoint", 27, "checkpoint signature"},  /* the size */
		{"checkpoint", 40, "checkpoint signature"},  /* the root */
		{"checkpoint", 140, "checkpoint signature"}, /* the signature */
	};
	struct sample sample, *s = &sample;
	struct mh_ledger_audit r;
	char path[4096];
	begin(s);
	append(s, SIZE);
	sign(s);
	export_log(s, SIZE);
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		flip(v[i].file, v[i].at);
		assert_int_equal(audit(s, &r), MH_E_CORRUPT);
		assert_string_equal(r.place, v[i].place);
		assert_non_null(strstr(s->err.message, v[i].place));
		flip(v[i].file, v[i].at);
	}
	assert_int_equal(audit(s, &r), MH_OK);
	snprintf(path, sizeof path, "%s/tile/entries/002.p/88", folder);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(audit(s, &r), MH_E_CORRUPT);
	assert_string_equal(r.place, "entry 517 in tile/entries/002.p/88");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(audit(s, &r), MH_E_CORRUPT);
	assert_string_equal(r.place, "size");
	stop(s);
}

/* An export overwrites no evidence. */
static void refuses_other_histories(void **state)
{
	struct sample one, other, *s = &one;
	struct mh_ledger_audit r;
	int64_t size;
	begin(s);
	append(s, 10);
	sign(s);
	export_log(s, 10);
	append(s, 5);
	sign(s);
	s = &other;
	start(s, "sqlite::memory:"); /* the same key from the same seed, another history */
	int64_t seq;
	MH_DB_TX(tx, s->db);
	ok(mh_db_begin_write(&tx, &s->err));
	for (int i = 0; i < 12; i++) ok(mh_ledger_append(s->l, s->db, 0, MH_STR("other"), &seq, &s->err));
	ok(mh_ledger_before_commit(s->l, s->db, &s->err));
	ok(mh_db_commit(&tx, &s->err));
	mh_ledger_committed(s->l);
	sign(s);
	assert_int_equal(mh_ledger_export(s->db, 1, 0, in_folder(), NULL, &size, &s->err), MH_E_CONFLICT);
	stop(s);
	start(s, "sqlite::memory:"); /* less than the folder has */
	append(s, 1);
	sign(s);
	assert_int_equal(mh_ledger_export(s->db, 1, 0, in_folder(), NULL, &size, &s->err), MH_E_CONFLICT);
	stop(s);
	s = &one;
	export_log(s, 15);
	assert_int_equal(audit(s, &r), MH_OK);
	stop(s);
}

/* An older checkpoint stays good when the partial tiles that it was published with have given way to full ones. */
static void full_for_partial(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger_audit r;
	char path[4096], kept[4096];
	begin(s);
	append(s, SIZE);
	sign(s);
	export_log(s, SIZE);
	snprintf(path, sizeof path, "%s/checkpoint", folder);
	snprintf(kept, sizeof kept, "%s/kept", folder);
	assert_int_equal(rename(path, kept), 0);
	append(s, 400);
	sign(s);
	export_log(s, 1000); /* from nothing again, since the folder has no checkpoint */
	assert_int_equal(rename(kept, path), 0);
	assert_false(exists("tile/entries/002.p"));
	assert_int_equal(audit(s, &r), MH_OK);
	assert_int_equal(r.entries, SIZE);
	flip("tile/entries/002", 2);
	assert_int_equal(audit(s, &r), MH_E_CORRUPT);
	assert_int_equal(r.entries, 512);
	stop(s);
}

static void sources(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger_audit r;
	struct mh_ledger_source src = {0};
	mh_ledger_source_done(&src);
	begin(s);
	assert_int_equal(mh_ledger_source_open((struct mh_str){NULL, 0}, &src, &s->err), MH_E_INVALID);
	assert_int_equal(audit(s, &r), MH_E_NOT_FOUND); /* an empty folder is no log, and no wrong one */
	ok(mh_ledger_source_open(MH_STR("http://127.0.0.1:1/log/"), &src, &s->err)); /* nobody listens there */
	assert_int_equal(mh_ledger_audit(&src, NULL, NULL, &r, &s->err), MH_E_IO);
	mh_ledger_source_done(&src);
	stop(s);
}

MH_TESTS(cmocka_unit_test(grows_by_export), cmocka_unit_test(names_the_place),
	 cmocka_unit_test(refuses_other_histories), cmocka_unit_test(full_for_partial), cmocka_unit_test(sources))
