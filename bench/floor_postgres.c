/* The floor of intake on PostgreSQL: a bare libpq program that writes the rows which the store AFTER has got since the
 * transaction XID into WORK (a copy of what AFTER was then), in N transactions of equal size, all statements of one
 * transaction in one pipeline, binary. Prints one line of JSON.
 *   floor_postgres WORK AFTER XID N */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TABLES_MAX 64
#define COLUMNS_MAX 32

struct table {
	char name[64];
	PGresult *rows;
	int n, cols;
};

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(PGconn *c, int ok)
{
	if (ok) return;
	fprintf(stderr, "floor_postgres: %s\n", PQerrorMessage(c));
	exit(1);
}

static PGresult *ask(PGconn *c, const char *sql)
{
	PGresult *r = PQexecParams(c, sql, 0, NULL, NULL, NULL, NULL, 1);
	must(c, PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK);
	return r;
}

static PGconn *open_store(const char *info)
{
	PGconn *c = PQconnectdb(info);
	must(c, PQstatus(c) == CONNECTION_OK);
	return c;
}

/* In the order in which they came to be. */
static void read_rows(PGconn *after, struct table *t, const char *xid)
{
	char sql[512];
	snprintf(
		sql, sizeof sql,
		"select column_name::text from information_schema.columns where table_schema = 'public' and table_name "
		"= '%s' and "
		"column_name in ('seq', 'id', 'matter_id') order by column_name = 'seq' desc, column_name desc limit 1",
		t->name);
	PGresult *r = ask(after, sql);
	char order[64];
	snprintf(order, sizeof order, "%s", PQntuples(r) ? PQgetvalue(r, 0, 0) : "1");
	PQclear(r);
	snprintf(sql, sizeof sql, "select * from %s where xmin::text::bigint >= %s order by %s", t->name, xid, order);
	t->rows = ask(after, sql);
	t->n = PQntuples(t->rows);
	t->cols = PQnfields(t->rows);
}

/* A row that every transaction changes (a counter, the head of the ledger) is overwritten, in its last column. */
static void prepare_put(PGconn *work, const struct table *t, long matters)
{
	char sql[1024];
	int n = snprintf(sql, sizeof sql, "insert into %s values ($1", t->name);
	for (int i = 1; i < t->cols; i++) n += snprintf(sql + n, sizeof sql - (size_t)n, ",$%d", i + 1);
	n += snprintf(sql + n, sizeof sql - (size_t)n, ")");
	if (t->n < matters)
		snprintf(sql + n, sizeof sql - (size_t)n,
			 " on conflict on constraint %s_pk do update set %s = excluded.%s", t->name,
			 PQfname(t->rows, t->cols - 1), PQfname(t->rows, t->cols - 1));
	PGresult *r = PQprepare(work, t->name, sql, 0, NULL);
	must(work, PQresultStatus(r) == PGRES_COMMAND_OK);
	PQclear(r);
}

static void put(PGconn *work, const struct table *t, int row)
{
	const char *values[COLUMNS_MAX];
	int lengths[COLUMNS_MAX], formats[COLUMNS_MAX];
	for (int i = 0; i < t->cols; i++) {
		values[i] = PQgetvalue(t->rows, row, i);
		lengths[i] = PQgetlength(t->rows, row, i);
		formats[i] = 1;
	}
	must(work, PQsendQueryPrepared(work, t->name, t->cols, values, lengths, formats, 1));
}

static int write_part(PGconn *work, const struct table *t, long i, long n)
{
	if (t->n == 1) return put(work, t, 0), 1;
	int from = (int)(t->n * i / n), to = (int)(t->n * (i + 1) / n);
	for (int r = from; r < to; r++) put(work, t, r);
	return to - from;
}

static void command(PGconn *work, const char *sql)
{
	must(work, PQsendQueryParams(work, sql, 0, NULL, NULL, NULL, NULL, 1));
}

static void settle(PGconn *work)
{
	must(work, PQpipelineSync(work));
	for (;;) {
		PGresult *r = PQgetResult(work);
		if (!r) continue;
		ExecStatusType status = PQresultStatus(r);
		PQclear(r);
		if (status == PGRES_PIPELINE_SYNC) return;
		must(work, status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static size_t read_all(PGconn *after, struct table *tables, const char *xid)
{
	size_t n = 0;
	PGresult *r = ask(after, "select tablename::text from pg_tables where schemaname = 'public'");
	for (int i = 0; i < PQntuples(r) && n < TABLES_MAX; i++) {
		struct table *t = &tables[n];
		snprintf(t->name, sizeof t->name, "%s", PQgetvalue(r, i, 0));
		read_rows(after, t, xid);
		if (t->n && t->cols <= COLUMNS_MAX) n++;
		else PQclear(t->rows);
	}
	PQclear(r);
	return n;
}

int main(int argc, char **argv)
{
	static struct table tables[TABLES_MAX];
	if (argc != 5) return 2;
	PGconn *work = open_store(argv[1]), *after = open_store(argv[2]);
	long transactions = strtol(argv[4], NULL, 10), rows = 0, matters = 0;
	size_t n = read_all(after, tables, argv[3]);
	PQfinish(after);
	for (size_t i = 0; i < n; i++)
		if (strcmp(tables[i].name, "matter") == 0) matters = tables[i].n;
	for (size_t i = 0; i < n; i++) prepare_put(work, &tables[i], matters);
	double *took = calloc((size_t)transactions, sizeof *took), begun = now_s();
	if (!took || !PQenterPipelineMode(work)) return 1;
	for (long i = 0; i < transactions; i++) {
		double at = now_s();
		command(work, "begin");
		for (size_t t = 0; t < n; t++) rows += write_part(work, &tables[t], i, transactions);
		command(work, "commit");
		settle(work);
		took[i] = now_s() - at;
	}
	double s = now_s() - begun;
	qsort(took, (size_t)transactions, sizeof *took, by_size);
	printf("{\"matters\":%ld,\"rows\":%ld,\"transactions\":%ld,\"seconds\":%.6f,\"per_second\":%.1f,\"commit_ms\":%"
	       ".3f}\n",
	       matters, rows, transactions, s, (double)matters / s, took[transactions / 2] * 1e3);
	PQfinish(work);
	return 0;
}
