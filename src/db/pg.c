/* The PostgreSQL driver: connecting, what the server must be like, and transactions. */
#include "db/pg_priv.h"

#include <stdio.h>
#include <string.h>

#define VERSION_MIN 150000

static void quiet(void *ctx, const PGresult *res)
{
	(void)ctx, (void)res; /* notices are for people at a terminal */
}

/* ---- what the server must be like */

struct facts {
	struct mh_str collation, provider, encoding;
};
static const struct mh_db_field facts_cols[] = {
	{"collation", MH_DB_TEXT, offsetof(struct facts, collation), false, 0},
	{"provider", MH_DB_TEXT, offsetof(struct facts, provider), false, 0},
	{"encoding", MH_DB_TEXT, offsetof(struct facts, encoding), false, 0},
};
static const struct mh_db_stmt facts_stmt = {
	.name = "postgres_facts",
	.text = {[MH_DB_POSTGRES] =
			 "select datcollate::text, datlocprovider::text, pg_encoding_to_char(encoding)::text "
			 "from pg_database where datname = current_database()"},
	.cols = facts_cols,
	.n_cols = 3,
	.row_size = sizeof(struct facts),
};

/* Text order must be that of bytes: SQLite's order, and one that no update of the C library changes under an index. */
static enum mh_code check_facts(struct mh_db *db, struct mh_arena *scratch, struct mh_err *reterr)
{
	struct facts f = {0};
	MH_TRY(mh_db_run_one(db, &facts_stmt, scratch, NULL, &f, reterr));
	bool bytes = mh_str_is(f.provider, "c") && (mh_str_is(f.collation, "C") || mh_str_is(f.collation, "POSIX"));
	if (bytes && mh_str_is(f.encoding, "UTF8")) return MH_OK;
	MH_FAIL(reterr, MH_E_INVALID, "Cannot use a database whose texts are not UTF-8 in the order of bytes");
	mh_err_detail(reterr, "collation " MH_STR_FMT ", encoding " MH_STR_FMT, MH_STR_ARG(f.collation),
		      MH_STR_ARG(f.encoding));
	mh_err_hint(reterr, "createdb --template=template0 --locale=C --encoding=UTF8 NAME");
	return MH_E_INVALID;
}

static enum mh_code pg_deadline(struct mh_db *db, struct mh_err *reterr)
{
	char sql[64];
	snprintf(sql, sizeof sql, "set statement_timeout = %d", db->deadline_ms);
	MH_TRY(mh_db__pg_send(db, sql, reterr));
	return mh_db__pg_drain(db, (struct mh_db__pg_want){0}, reterr);
}

static enum mh_code settings(struct mh_db *db, struct mh_err *reterr)
{
	static const char *const all[] = {
		"set standard_conforming_strings = on",
		"set timezone = 'UTC'",
		/* A commit that is not durable is refused; a stronger setting (replicas) is the operator's. */
		("select set_config('synchronous_commit', 'on', false) "
		 "where current_setting('synchronous_commit') = 'off'"),
		"set idle_in_transaction_session_timeout = '5min'",
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) MH_TRY(mh_db__pg_send(db, all[i], reterr));
	if (db->mode == MH_DB_READ) MH_TRY(mh_db__pg_send(db, "set default_transaction_read_only = on", reterr));
	return pg_deadline(db, reterr);
}

/* ---- opening */

static enum mh_code pg_connect(struct mh_db *db, const char *info, struct mh_err *reterr)
{
	/* Those before dbname may be overridden by what the operator wrote; those behind it may not. */
	static const char *const keys[] = {"connect_timeout",
					   "keepalives_idle",
					   "tcp_user_timeout",
					   "fallback_application_name",
					   "dbname",
					   "client_encoding",
					   NULL};
	const char *const values[] = {"10", "30", "30000", "minhu", info, "UTF8", NULL};
	PGconn *c = mh_db__pg(db)->c = PQconnectdbParams(keys, values, 1);
	MH_TRY_MEM(c, reterr);
	PQsetNoticeReceiver(c, quiet, NULL);
	if (PQstatus(c) == CONNECTION_OK && PQsetnonblocking(c, 1) == 0 && PQenterPipelineMode(c)) return MH_OK;
	MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not connect to the database server");
	struct mh_str line = {0}, all = mh_str_c(PQerrorMessage(c)); /* names host and user, never the password */
	mh_str_split(&all, '\n', &line);
	mh_err_internal(reterr, "postgres: " MH_STR_FMT, MH_STR_ARG(line));
	mh_err_hint(reterr, "Look whether the server runs and lets this user in");
	return MH_E_UNAVAILABLE;
}

static enum mh_code pg_open(struct mh_db *db, struct mh_str where, struct mh_err *reterr)
{
	struct mh_buf info MH_CLEANUP(mh_buf_done) = MH_BUF(8192);
	struct mh_arena scratch MH_CLEANUP(mh_arena_done) = MH_ARENA(65536);
	if (mh_str_starts(where, "//")) mh_buf_c(&info, "postgresql:");
	mh_buf_str_add(&info, where);
	mh_buf_c(&info, "");
	if (info.failed || (where.len && memchr(where.ptr, 0, where.len)))
		return MH_FAIL(reterr, MH_E_INVALID, "Cannot read the address of the database");
	db->conn = mh_mem_alloc(sizeof(struct mh_db__pg));
	MH_TRY_MEM(db->conn, reterr);
	MH_TRY(pg_connect(db, info.ptr ? info.ptr : "", reterr));
	int version = PQserverVersion(mh_db__pg(db)->c);
	if (version < VERSION_MIN) return MH_FAIL(reterr, MH_E_INVALID, "Cannot use PostgreSQL older than 15");
	snprintf(db->version, sizeof db->version, "PostgreSQL %d.%d", version / 10000, version % 10000);
	MH_TRY(settings(db, reterr));
	return check_facts(db, &scratch, reterr);
}

static void pg_close(struct mh_db *db)
{
	if (!db->conn) return;
	PQfinish(mh_db__pg(db)->c);
	mh_mem_free(db->conn);
}

/* ---- transactions */

static enum mh_code pg_begin(struct mh_db *db, bool write, struct mh_err *reterr)
{
	return mh_db__pg_send(db,
			      write ? "begin isolation level read committed read write"
				    : "begin isolation level repeatable read read only",
			      reterr);
}

static enum mh_code pg_commit(struct mh_db *db, struct mh_err *reterr)
{
	MH_TRY(mh_db__pg_send(db, "commit", reterr));
	return mh_db__pg_drain(db, (struct mh_db__pg_want){.tag = "COMMIT"}, reterr);
}

static void pg_rollback(struct mh_db *db)
{
	/* First out of a pipeline that may have failed: there a rollback would be skipped like everything else. */
	if (mh_db__pg(db)->n) mh_db__pg_drain(db, (struct mh_db__pg_want){0}, NULL);
	if (db->lost) return;
	if (mh_db__pg_send(db, "rollback", NULL) || mh_db__pg_drain(db, (struct mh_db__pg_want){0}, NULL))
		db->lost = true;
}

static enum mh_code pg_script(struct mh_db *db, const char *sql, struct mh_err *reterr)
{
	MH_TRY(mh_db__pg_send(db, sql, reterr));
	return mh_db__pg_drain(db, (struct mh_db__pg_want){0}, reterr);
}

/* After a failure too: what the server has of a commit, it has in its log. */
static enum mh_code pg_commit_early(struct mh_db *db, bool after_failure, struct mh_err *reterr)
{
	(void)after_failure;
	return pg_script(db, "set synchronous_commit = off", reterr);
}

/* An entry of the server's log that nobody reads: its commit waits until the log is on the disk, all before it included. A
 * connection dies with the server, so one that lives on has not outlived a commit that was made since it was opened. */
static enum mh_code pg_flush(struct mh_db *db, struct mh_err *reterr)
{
	return pg_script(db, "select pg_logical_emit_message(true, 'minhu', '')", reterr);
}

/* ---- statements */

static enum mh_code pg_prepare(struct mh_db *db, struct mh_db__slot *slot, struct mh_err *reterr)
{
	MH_TRY(mh_db__pg_prepare(db, slot, reterr));
	return mh_db__pg_drain(db, (struct mh_db__pg_want){0}, reterr);
}

static enum mh_code pg_run(struct mh_db *db, struct mh_db__slot *slot, const struct mh_db__value *params,
			   struct mh_db__sink *sink, int64_t *ret_changed, struct mh_err *reterr)
{
	bool later = sink && sink->later;
	MH_TRY(mh_db__pg_send_run(db, slot, params, later ? sink : NULL, reterr));
	if (later || (!sink && !ret_changed)) return MH_OK;
	return mh_db__pg_drain(db, (struct mh_db__pg_want){.sink = sink, .ret_changed = ret_changed}, reterr);
}

static enum mh_code pg_settle(struct mh_db *db, struct mh_err *reterr)
{
	return mh_db__pg_drain(db, (struct mh_db__pg_want){0}, reterr);
}

const struct mh_db__driver mh_db__postgres = {
	.engine = MH_DB_POSTGRES,
	.open = pg_open,
	.close = pg_close,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.commit_early = pg_commit_early,
	.flush = pg_flush,
	.script = pg_script,
	.prepare = pg_prepare,
	.run = pg_run,
	.settle = pg_settle,
	.deadline = pg_deadline,
};
