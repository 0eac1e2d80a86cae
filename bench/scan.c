/* The scan over due clocks as the engine asks it, against the same question put to bare SQLite, in turns.
 * Prints one line of JSON: nanoseconds per clock, of the best of ROUNDS turns each.
 *   scan STORE-FILE LIMIT */
#include "db/db.h"
#include "sql_gen.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 60
#define SQL                                                                                                            \
	"select matter_id, name, next_at from clock where home_id = ?1 and next_at <= ?2 order by next_at, "           \
	"matter_id, name "                                                                                             \
	"limit ?3"

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t home_of(sqlite3 *h)
{
	sqlite3_stmt *s;
	int64_t home = 0;
	if (sqlite3_prepare_v2(h, "select home_id from clock limit 1", -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		home = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return home;
}

static size_t engine(struct mh_db *db, int64_t home, int64_t limit)
{
	struct mh_arena arena = MH_ARENA(0);
	struct mh_q_clock_due_in in = {.home_id = home, .now = INT64_MAX, .limit = limit};
	struct mh_q_clock_due_row *rows;
	struct mh_err err = {0};
	size_t n = 0;
	if (mh_q_clock_due(db, &arena, &in, &rows, &n, &err) != MH_OK) {
		fprintf(stderr, "scan: %s\n", err.message);
		exit(1);
	}
	mh_arena_done(&arena);
	return n;
}

/* Also a bare program keeps what it found: it copies the rows. */
static size_t bare(sqlite3_stmt *s, int64_t home, int64_t limit)
{
	struct clock {
		int64_t matter, at;
		char name[48];
	} *rows = malloc((size_t)limit * sizeof *rows);
	size_t n = 0;
	if (!rows) exit(1);
	sqlite3_bind_int64(s, 1, home);
	sqlite3_bind_int64(s, 2, INT64_MAX);
	sqlite3_bind_int64(s, 3, limit);
	for (; sqlite3_step(s) == SQLITE_ROW; n++) {
		rows[n].matter = sqlite3_column_int64(s, 0);
		snprintf(rows[n].name, sizeof rows[n].name, "%s", (const char *)sqlite3_column_text(s, 1));
		rows[n].at = sqlite3_column_int64(s, 2);
	}
	sqlite3_reset(s);
	free(rows);
	return n;
}

int main(int argc, char **argv)
{
	if (argc != 3) return 2;
	int64_t limit = strtol(argv[2], NULL, 10);
	char uri[4096];
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	sqlite3 *h;
	sqlite3_stmt *s;
	double best[2] = {1e9, 1e9};
	size_t n = 0, m = 0;
	snprintf(uri, sizeof uri, "sqlite:%s", argv[1]);
	if (mh_db_open(mh_str_c(uri), MH_DB_READ, &db, &err) != MH_OK) {
		fprintf(stderr, "scan: %s\n", err.message);
		return 1;
	}
	if (sqlite3_open_v2(argv[1], &h, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) return 1;
	sqlite3_exec(h, "pragma mmap_size = 268435456; pragma cache_size = -16000", NULL, NULL, NULL);
	if (sqlite3_prepare_v2(h, SQL, -1, &s, NULL) != SQLITE_OK) return 1;
	int64_t home = home_of(h);
	for (int i = 0; i < ROUNDS; i++) {
		double a = now_s();
		n = engine(db, home, limit);
		double b = now_s();
		m = bare(s, home, limit);
		double c = now_s();
		if (b - a < best[0]) best[0] = b - a;
		if (c - b < best[1]) best[1] = c - b;
	}
	if (n != m || n == 0) return 1;
	printf("{\"clocks\":%zu,\"ns\":%.1f,\"floor_ns\":%.1f}\n", n, best[0] * 1e9 / (double)n,
	       best[1] * 1e9 / (double)n);
	sqlite3_finalize(s);
	sqlite3_close(h);
	mh_db_close(db);
	return 0;
}
