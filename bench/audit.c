/* The audit of a whole ledger from files, against plain SHA-256 over as many bytes, in turns. Prints a line of JSON a round.
 *   audit DIR ENTRIES ROUNDS   makes the log in DIR first, with entries as the engine writes them */
#include "ledger/audit.h"
#include "base/hash.h"
#include "db/db.h"
#include "ledger/export.h"
#include "ledger/log.h"
#include "sql_gen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOME 1
#define BATCH 20000
#define BLOCK (1 << 16)

static struct mh_err err;

static void must(enum mh_code code)
{
	if (code == MH_OK) return;
	fprintf(stderr, "audit: %s\n", err.message);
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* As long as those of a year of the sample city are: 250 bytes on average. */
static struct mh_str entry(int64_t i, char text[512])
{
	static const char hex[] = "9f2c41d07ab35e86";
	int n = snprintf(
		text, 512,
		"{\"v\":1,\"t\":%" PRId64 ",\"e\":\"replied\",\"m\":\"%016" PRIx64 "%s\",\"d\":\"request-12345@1\","
		"\"p\":%" PRId64 ",\"from\":\"handling\",\"to\":\"replied\",\"by\":\"handler\",\"org\":\"330106003\"",
		1795289150 + i, (uint64_t)i * 0x9E3779B97F4A7C15u, hex, i / 2);
	for (int pad = (int)(i % 7); pad > 0; pad--) n += snprintf(text + n, 512 - (size_t)n, ",\"f%d\":%d", pad, pad);
	n += snprintf(text + n, 512 - (size_t)n, ",\"c\":\"%s%s%s%s\"}", hex, hex, hex, hex);
	return (struct mh_str){text, (size_t)n};
}

static void append(struct mh_ledger *l, struct mh_db *db, int64_t to)
{
	char text[512];
	int64_t seq;
	MH_DB_TX(tx, db);
	must(mh_db_begin_write(&tx, &err));
	for (int64_t i = mh_ledger_size(l); i < to; i++) must(mh_ledger_append(l, db, 0, entry(i, text), &seq, &err));
	must(mh_ledger_before_commit(l, db, &err));
	must(mh_db_commit(&tx, &err));
	mh_ledger_committed(l);
}

static void make(const char *dir, struct mh_str out, int64_t size)
{
	struct mh_rng rng = mh_rng_system();
	struct mh_ledger *l;
	struct mh_db *db;
	int64_t exported;
	must(mh_db_open(MH_STR("sqlite::memory:"), MH_DB_CREATE, &db, &err));
	must(mh_db_schema(db, &mh_sql_catalog, &err));
	MH_DB_TX(tx, db);
	must(mh_db_begin_write(&tx, &err));
	must(mh_ledger_create(db, HOME, MH_STR("city.example/ledger/330100"), mh_str_c(dir), &rng, &err));
	must(mh_db_commit(&tx, &err));
	must(mh_ledger_open(db, HOME, mh_str_c(dir), &l, &err));
	while (mh_ledger_size(l) < size)
		append(l, db, mh_ledger_size(l) + BATCH < size ? mh_ledger_size(l) + BATCH : size);
	must(mh_ledger_publish(l, db, 1795289150000, true, NULL, &err));
	must(mh_ledger_export(db, HOME, 0, out, NULL, &exported, &err));
	mh_ledger_close(l);
	mh_db_close(db);
}

static struct mh_note_key key_of(struct mh_arena *a, struct mh_str dir)
{
	char line[512] = "";
	struct mh_note_key key;
	FILE *f = fopen(mh_str_fmt(a, MH_STR_FMT "/vkey", MH_STR_ARG(dir)).ptr, "re");
	if (!f || !fgets(line, sizeof line, f)) exit(1);
	fclose(f);

	must(mh_note_vkey_parse(mh_str_c(line), &key, &err));
	return key;
}

static void measure(struct mh_str dir, const struct mh_note_key *key)
{
	static const char block[BLOCK];
	struct mh_ledger_source s;
	struct mh_ledger_audit report;
	must(mh_ledger_source_open(dir, &s, &err));
	double at = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	must(mh_ledger_audit(&s, key, NULL, &report, &err));
	double took = seconds(CLOCK_MONOTONIC) - at, used = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	mh_ledger_source_done(&s);
	struct mh_sha256 *h = mh_sha256_begin();
	if (!h) exit(1);
	at = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	for (int64_t n = report.bytes; n > 0; n -= BLOCK) mh_sha256_add(h, block, n < BLOCK ? (size_t)n : BLOCK);
	mh_sha256_end(h);
	double plain = seconds(CLOCK_MONOTONIC) - at, plain_used = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("{\"entries\":%" PRId64 ",\"bytes\":%" PRId64
	       ",\"seconds\":%.6f,\"processor_seconds\":%.6f,\"plain\":%.6f,"
	       "\"plain_processor\":%.6f}\n",
	       report.entries, report.bytes, took, used, plain, plain_used);
}

int main(int argc, char **argv)
{
	struct mh_arena a = MH_ARENA(0);
	if (argc != 4) return 2;
	struct mh_str dir = mh_str_fmt(&a, "%s/log", argv[1]);
	make(argv[1], dir, strtol(argv[2], NULL, 10));
	struct mh_note_key key = key_of(&a, dir);
	for (long i = strtol(argv[3], NULL, 10); i > 0; i--) measure(dir, &key);
	mh_arena_done(&a);
	return 0;
}
