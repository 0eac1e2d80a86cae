/* The floor of intake on SQLite: a bare program that writes the rows by which AFTER differs from WORK (a copy of what AFTER
 * was before) into WORK, in N transactions of equal size, with the settings of src/db/sqlite.c. Prints one line of JSON.
 *   floor_sqlite WORK AFTER N */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TABLES_MAX 64
#define ROWS_MAX 4000000

struct table {
	char name[64];
	int cols;
	long rows, cap;
	sqlite3_value **values; /* rows × cols */
	sqlite3_stmt *put;
};

static sqlite3 *db;

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int ok)
{
	if (ok) return;
	fprintf(stderr, "floor_sqlite: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void script(const char *sql)
{
	must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *s;
	must(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK);
	return s;
}

static void keep(struct table *t, sqlite3_stmt *s)
{
	if (t->rows == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 256;
		t->values = realloc(t->values, (size_t)t->cap * (size_t)t->cols * sizeof *t->values);
		if (!t->values || t->cap > ROWS_MAX) exit(1);
	}
	for (int i = 0; i < t->cols; i++)
		t->values[t->rows * t->cols + i] = sqlite3_value_dup(sqlite3_column_value(s, i));
	t->rows++;
}

/* In the order in which they came to be: by the ledger's number, else by id. */
static const char *order_of(const char *table)
{
	static const char *const columns[] = {"seq", "matter_id", "id"};
	for (size_t i = 0; i < 3; i++)
		if (sqlite3_table_column_metadata(db, "main", table, columns[i], NULL, NULL, NULL, NULL, NULL) ==
		    SQLITE_OK)
			return columns[i];
	return "1";
}

static void read_rows(struct table *t)
{
	char sql[512];
	snprintf(sql, sizeof sql,
		 "select * from (select * from after.\"%s\" except select * from main.\"%s\") order by %s", t->name,
		 t->name, order_of(t->name));
	sqlite3_stmt *s = prepare(sql);
	t->cols = sqlite3_column_count(s);
	while (sqlite3_step(s) == SQLITE_ROW) keep(t, s);
	sqlite3_finalize(s);
}

/* A row that every transaction changes (a counter, the head of the ledger) replaces itself. */
static void prepare_put(struct table *t, long matters)
{
	char sql[512];
	int n = snprintf(sql, sizeof sql, "insert %sinto main.\"%s\" values (?", t->rows < matters ? "or replace " : "",
			 t->name);
	for (int i = 1; i < t->cols; i++) n += snprintf(sql + n, sizeof sql - (size_t)n, ",?");
	snprintf(sql + n, sizeof sql - (size_t)n, ")");
	t->put = prepare(sql);
}

static void put(struct table *t, long row)
{
	for (int i = 0; i < t->cols; i++) sqlite3_bind_value(t->put, i + 1, t->values[row * t->cols + i]);
	must(sqlite3_step(t->put) == SQLITE_DONE);
	sqlite3_reset(t->put);
}

static long write_part(struct table *t, long i, long n)
{
	if (t->rows == 1) return put(t, 0), 1;
	long from = t->rows * i / n, to = t->rows * (i + 1) / n;
	for (long r = from; r < to; r++) put(t, r);
	return to - from;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static size_t read_all(struct table *tables)
{
	size_t n = 0;
	sqlite3_stmt *s = prepare(
		"select name from main.sqlite_schema where type = 'table' and name not like 'sqlite_%'");
	for (; sqlite3_step(s) == SQLITE_ROW && n < TABLES_MAX; n++) {
		snprintf(tables[n].name, sizeof tables[n].name, "%s", (const char *)sqlite3_column_text(s, 0));
		read_rows(&tables[n]);
		if (!tables[n].rows) n--; /* nothing new: its place is for the next */
	}
	sqlite3_finalize(s);
	return n;
}

int main(int argc, char **argv)
{
	static struct table tables[TABLES_MAX];
	char sql[1024];
	if (argc != 4) return 2;
	long transactions = strtol(argv[3], NULL, 10), rows = 0, matters = 0;
	must(sqlite3_open(argv[1], &db) == SQLITE_OK);
	script("pragma mmap_size = 268435456; pragma cache_size = -16000; pragma temp_store = memory");
	script("pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000");
	snprintf(sql, sizeof sql, "attach '%s' as after", argv[2]);
	script(sql);
	size_t n = read_all(tables);
	script("detach after");
	for (size_t i = 0; i < n; i++)
		if (strcmp(tables[i].name, "matter") == 0) matters = tables[i].rows;
	for (size_t i = 0; i < n; i++) prepare_put(&tables[i], matters);
	double *took = calloc((size_t)transactions, sizeof *took), begun = now_s();
	if (!took) return 1;
	for (long i = 0; i < transactions; i++) {
		double at = now_s();
		script("begin immediate");
		for (size_t t = 0; t < n; t++) rows += write_part(&tables[t], i, transactions);
		script("commit");
		took[i] = now_s() - at;
	}
	double s = now_s() - begun;
	qsort(took, (size_t)transactions, sizeof *took, by_size);
	printf("{\"matters\":%ld,\"rows\":%ld,\"transactions\":%ld,\"seconds\":%.6f,\"per_second\":%.1f,\"commit_ms\":%"
	       ".3f}\n",
	       matters, rows, transactions, s, (double)matters / s, took[transactions / 2] * 1e3);
	return 0;
}
