/* PostgreSQL's pipeline mode: send without waiting, read all answers when one is needed.
 *
 * After an error the server skips everything up to the next synchronisation point, so a drain always ends with one, and
 * then the connection is in step again. libpq's socket is non-blocking: every wait here has a deadline. */
#include "base/time.h"
#include "db/pg_priv.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { SLOT_NONE, SLOT_SENT, SLOT_READY };
#define GRACE_MS 5000                 /* for the server to enforce its own statement_timeout first */
#define FOREVER_MS (24 * 3600 * 1000) /* maintenance without a deadline */

/* ---- sending */

static enum mh_code room(struct mh_db *db, size_t need, struct mh_err *reterr)
{
	if (mh_db__pg(db)->n + need <= MH_DB__PG_PENDING) return MH_OK;
	return mh_db__pg_drain(db, (struct mh_db__pg_want){0}, reterr);
}

static enum mh_code sent(struct mh_db *db, int ok, struct mh_db__pg_pending what, struct mh_err *reterr)
{
	if (!ok) return mh_db__pg_lost(db, reterr);
	struct mh_db__pg *pg = mh_db__pg(db);
	pg->pending[pg->n++] = what;
	return MH_OK;
}

enum mh_code mh_db__pg_send(struct mh_db *db, const char *sql, struct mh_err *reterr)
{
	MH_TRY(room(db, 1, reterr));
	int ok = PQsendQueryParams(mh_db__pg(db)->c, sql, 0, NULL, NULL, NULL, NULL, 1);
	return sent(db, ok, (struct mh_db__pg_pending){.kind = MH_DB__PG_SIMPLE}, reterr);
}

enum mh_code mh_db__pg_prepare(struct mh_db *db, struct mh_db__slot *slot, struct mh_err *reterr)
{
	if (slot->state != SLOT_NONE) return MH_OK;
	MH_TRY(room(db, 1, reterr));
	Oid types[MH_DB__PARAMS_MAX];
	char name[16];
	const struct mh_db_stmt *stmt = slot->stmt;
	for (size_t i = 0; i < stmt->n_params; i++) types[i] = mh_db__pg_oid(stmt->params[i].type);
	snprintf(name, sizeof name, "s%u", slot->number);
	int ok = PQsendPrepare(mh_db__pg(db)->c, name, stmt->text[MH_DB_POSTGRES], (int)stmt->n_params, types);
	MH_TRY(sent(db, ok, (struct mh_db__pg_pending){MH_DB__PG_PREPARE, slot, NULL}, reterr));
	slot->state = SLOT_SENT;
	return MH_OK;
}

enum mh_code mh_db__pg_send_run(struct mh_db *db, struct mh_db__slot *slot, const struct mh_db__value *params,
				struct mh_db__sink *later, struct mh_err *reterr)
{
	MH_TRY(room(db, 2, reterr)); /* both go into one pipeline: a drain between them might find the first refused */
	MH_TRY(mh_db__pg_prepare(db, slot, reterr));
	const char *values[MH_DB__PARAMS_MAX];
	int lengths[MH_DB__PARAMS_MAX], formats[MH_DB__PARAMS_MAX];
	uint64_t wide[MH_DB__PARAMS_MAX];
	char name[16];
	size_t n = slot->stmt->n_params;
	for (size_t i = 0; i < n; i++) {
		bool whole = slot->stmt->params[i].type == MH_DB_INT;
		if (!whole && params[i].b.len > INT32_MAX / 2)
			return MH_FAIL(reterr, MH_E_TOO_LARGE, "Cannot store a value larger than 1 GiB");
		wide[i] = htobe64((uint64_t)params[i].i);
		values[i] = params[i].null ? NULL : whole ? (const char *)&wide[i] : (const char *)params[i].b.ptr;
		lengths[i] = whole ? 8 : (int)params[i].b.len;
		formats[i] = 1;
	}
	snprintf(name, sizeof name, "s%u", slot->number);
	int ok = PQsendQueryPrepared(mh_db__pg(db)->c, name, (int)n, values, lengths, formats, 1);
	return sent(db, ok, (struct mh_db__pg_pending){MH_DB__PG_RUN, slot, later}, reterr);
}

/* ---- waiting */

static int poll_once(PGconn *c, short events, int64_t until)
{
	int64_t left = until - mh_ticks();
	if (left <= 0) return 0;
	struct pollfd p = {.fd = PQsocket(c), .events = events};
	int n = poll(&p, 1, left > 60000 ? 60000 : (int)left);
	return n < 0 && errno == EINTR ? 1 : n > 0 ? 1 : left > 60000 ? 1 : n;
}

/* Until an answer can be read without blocking. */
static bool ready(struct mh_db *db, int64_t until)
{
	PGconn *c = mh_db__pg(db)->c;
	for (;;) {
		int unsent = PQflush(c);
		if (unsent < 0) return false;
		if (!PQisBusy(c)) return true;
		if (poll_once(c, unsent ? POLLIN | POLLOUT : POLLIN, until) <= 0) return false;
		if (!PQconsumeInput(c)) return false;
	}
}

/* NULL: the connection is lost (the caller says so). */
static PGresult *next_result(struct mh_db *db, int64_t until)
{
	if (!ready(db, until)) return NULL;
	return PQgetResult(mh_db__pg(db)->c);
}

/* ---- reading */

static enum mh_code take(const PGresult *res, struct mh_db__pg_want want, struct mh_err *reterr)
{
	if (want.sink) MH_TRY(mh_db__pg_rows(res, want.sink, reterr));
	if (want.tag && strcmp(PQcmdStatus((PGresult *)(uintptr_t)res), want.tag) != 0)
		return MH_FAIL(reterr, MH_E_STORE, "The store did not keep the changes");
	if (want.ret_changed) {
		int64_t n = 0;
		mh_str_to_i64(mh_str_c(PQcmdTuples((PGresult *)(uintptr_t)res)), &n);
		*want.ret_changed = n;
	}
	return MH_OK;
}

static enum mh_code answer(struct mh_db__pg_pending p, const PGresult *res, struct mh_db__pg_want want, bool *skipped,
			   struct mh_err *reterr)
{
	ExecStatusType status = PQresultStatus(res);
	bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	if (p.kind == MH_DB__PG_PREPARE) p.slot->state = good ? SLOT_READY : SLOT_NONE;
	if (good) return take(res, want, reterr);
	*skipped = status == PGRES_PIPELINE_ABORTED; /* an earlier one failed and has told why */
	return *skipped ? MH_OK : mh_db__pg_fail(res, reterr);
}

static enum mh_code drain_one(struct mh_db *db, size_t i, struct mh_db__pg_want want, int64_t until, bool *skipped,
			      struct mh_err *reterr)
{
	struct mh_db__pg *pg = mh_db__pg(db);
	PGresult *res = next_result(db, until);
	if (!res) return mh_db__pg_lost(db, reterr);
	enum mh_code code = answer(pg->pending[i], res, want, skipped, reterr);
	PQclear(res);
	if (PQstatus(pg->c) == CONNECTION_BAD) db->lost = true;
	if (db->lost) return code ? code : mh_db__pg_lost(db, reterr);
	/* Each statement's answers end in a NULL, which in pipeline mode does not mean that all is read. */
	while ((res = next_result(db, until))) PQclear(res);
	return PQstatus(pg->c) == CONNECTION_BAD ? mh_db__pg_lost(db, reterr) : code;
}

static enum mh_code drain_sync(struct mh_db *db, int64_t until, struct mh_err *reterr)
{
	PGresult *res = next_result(db, until);
	bool synced = res && PQresultStatus(res) == PGRES_PIPELINE_SYNC;
	PQclear(res);
	return synced ? MH_OK : mh_db__pg_lost(db, reterr);
}

enum mh_code mh_db__pg_drain(struct mh_db *db, struct mh_db__pg_want want, struct mh_err *reterr)
{
	struct mh_db__pg *pg = mh_db__pg(db);
	size_t n = pg->n;
	pg->n = 0;
	if (!PQpipelineSync(pg->c)) return mh_db__pg_lost(db, reterr);
	int64_t until = mh_ticks() + (db->deadline_ms ? db->deadline_ms + GRACE_MS : FOREVER_MS);
	enum mh_code first = MH_OK;
	for (size_t i = 0; i < n; i++) {
		bool skipped = false;
		struct mh_db__pg_want mine = i + 1 == n ? want : (struct mh_db__pg_want){0};
		if (pg->pending[i].sink) mine.sink = pg->pending[i].sink;
		enum mh_code code = drain_one(db, i, mine, until, &skipped, first ? NULL : reterr);
		if (!first) first = code;
		if (db->lost) return first;
		if (skipped && !first) first = MH_FAIL(reterr, MH_E_STORE, "The store skipped a statement");
	}
	enum mh_code code = drain_sync(db, until, first ? NULL : reterr);
	return first ? first : code;
}
