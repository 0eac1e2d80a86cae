/* For the verifiers' tests: makes logs through the real store and engine calls, and checks what others made.
 *
 *   mklog make DIR SIZE        a log of SIZE entries in DIR/log, with receipts, a consistency proof and the key
 *   mklog audit DIR|URL VKEY   our own audit; exit 1 and the place when the log is wrong
 *   mklog receipt FILE ENTRY VKEY
 *   mklog consistency FILE OLDER VKEY */
#include "db/db.h"
#include "ledger/audit.h"
#include "ledger/export.h"
#include "ledger/log.h"
#include "sql_gen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct mh_arena arena = {.cap = (size_t)1 << 30};

static void must(enum mh_code code, const struct mh_err *err)
{
	if (code == MH_OK) return;
	fprintf(stderr, "%s: %s\n", mh_err_info(code)->name, err->message);
	exit(1);
}

static void save(const char *dir, const char *name, struct mh_str s)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(s.ptr, 1, s.len, f) != s.len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static struct mh_str load(const char *path)
{
	static char data[1 << 20];
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	size_t n = fread(data, 1, sizeof data, f);
	fclose(f);
	struct mh_str s = mh_str_dup(&arena, (struct mh_str){data, n});
	return s;
}

/* Entries of many lengths, among them one byte and the longest. */
static struct mh_str make_entry(int64_t i)
{
	static char text[MH_LEDGER_ENTRY_MAX + 1];
	int n = snprintf(text, sizeof text,
			 "{\"v\":1,\"t\":%" PRId64 ",\"e\":\"test.entry\",\"n\":%" PRId64 ",\"pad\":\"", 1795289150 + i,
			 i);
	size_t want = i % 1000 == 7 ? MH_LEDGER_ENTRY_MAX : i % 1000 == 8 ? 1 : 120 + (size_t)(i * 37 % 300);
	if ((size_t)n < want) memset(text + n, 'x', want - (size_t)n);
	return (struct mh_str){text, want};
}

static void append_up_to(struct mh_ledger *l, struct mh_db *db, int64_t size)
{
	struct mh_err err;
	int64_t seq;
	while (mh_ledger_size(l) < size) {
		MH_DB_TX(tx, db);
		must(mh_db_begin_write(&tx, &err), &err);
		for (int n = 0; n < 1000 && mh_ledger_size(l) < size; n++)
			must(mh_ledger_append(l, db, 0, make_entry(mh_ledger_size(l)), &seq, &err), &err);
		must(mh_ledger_before_commit(l, db, &err), &err);
		must(mh_db_commit(&tx, &err), &err);
		mh_ledger_committed(l);
	}
	must(mh_ledger_publish(l, db, 1795289150000, true, NULL, &err), &err);
}

static void save_proofs(struct mh_db *db, const char *dir, int64_t size, int64_t old)
{
	const int64_t at[] = {0, size / 2, size - 1};
	struct mh_err err;
	struct mh_str text;
	for (int i = 0; i < 3 && size > 0; i++) {
		char name[64];
		must(mh_ledger_receipt(db, 1, 0, at[i], &arena, &text, &err), &err);
		snprintf(name, sizeof name, "receipt.%d", i);
		save(dir, name, text);
		snprintf(name, sizeof name, "entry.%d", i);
		save(dir, name, make_entry(at[i]));
	}
	must(mh_ledger_consistency(db, 1, 0, old, &arena, &text, &err), &err);
	save(dir, "consistency", text);
}

static int make(const char *dir, int64_t size)
{
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, (uint64_t)size);
	struct mh_ledger *l;
	struct mh_db *db;
	struct mh_err err;
	struct mh_str note;
	struct mh_checkpoint c;
	int64_t old = size / 3, exported;
	must(mh_db_open(MH_STR("sqlite::memory:"), MH_DB_CREATE, &db, &err), &err);
	must(mh_db_schema(db, &mh_sql_catalog, &err), &err);
	MH_DB_TX(tx, db);
	must(mh_db_begin_write(&tx, &err), &err);
	must(mh_ledger_create(db, 1, MH_STR("city.example/ledger/330100"), mh_str_c(dir), &rng, &err), &err);
	must(mh_db_commit(&tx, &err), &err);
	must(mh_ledger_open(db, 1, mh_str_c(dir), &l, &err), &err);
	append_up_to(l, db, old);
	must(mh_ledger_checkpoint(db, 1, 0, &arena, &note, &c, &err), &err);
	save(dir, "older", note);
	struct mh_str out = mh_str_fmt(&arena, "%s/log", dir);
	must(mh_ledger_export(db, 1, 0, out, NULL, &exported, &err),
	     &err); /* twice, so that the second adds to the first */
	append_up_to(l, db, size);
	must(mh_ledger_export(db, 1, 0, out, NULL, &exported, &err), &err);
	if (exported != size) exit(1);
	save_proofs(db, dir, size, old);
	mh_ledger_close(l);
	mh_db_close(db);
	return 0;
}

static struct mh_note_key key_of(const char *file)
{
	struct mh_note_key key;
	struct mh_err err;
	must(mh_note_vkey_parse(load(file), &key, &err), &err);
	return key;
}

static int audit(const char *place, const char *vkey)
{
	struct mh_note_key key = key_of(vkey);
	struct mh_ledger_source s;
	struct mh_ledger_audit report;
	struct mh_err err = {0};
	must(mh_ledger_source_open(mh_str_c(place), &s, &err), &err);
	enum mh_code code = mh_ledger_audit(&s, &key, NULL, &report, &err);
	mh_ledger_source_done(&s);
	if (code == MH_OK) printf("ok: %" PRId64 " entries, %" PRId64 " bytes\n", report.entries, report.bytes);
	else printf("%s [%s]\n", err.message, report.place);
	return code != MH_OK;
}

static int proof(const char *file, const char *other, const char *vkey, bool receipt)
{
	struct mh_note_key key = key_of(vkey);
	struct mh_str o = load(other);
	struct mh_err err = {0};
	enum mh_code code = receipt ? mh_receipt_check(load(file),
						       (struct mh_bytes){(const unsigned char *)o.ptr, o.len}, &key,
						       NULL, &err)
				    : mh_consistency_check(load(file), o, &key, NULL, &err);
	printf("%s\n", code == MH_OK ? "ok" : err.message);
	return code != MH_OK;
}

static int run(int argc, char **argv)
{
	int64_t size;
	if (argc == 4 && !strcmp(argv[1], "make") && mh_str_to_i64(mh_str_c(argv[3]), &size))
		return make(argv[2], size);
	if (argc == 4 && !strcmp(argv[1], "audit")) return audit(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "receipt")) return proof(argv[2], argv[3], argv[4], true);
	if (argc == 5 && !strcmp(argv[1], "consistency")) return proof(argv[2], argv[3], argv[4], false);
	fputs("usage: see the head of mklog.c\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	int code = run(argc, argv);
	mh_arena_done(&arena);
	return code;
}
