/* The SQLite driver: one file, one writing process, any number of readers beside it. */
#include "base/time.h"
#include "db/db_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* 3.7.0 to 3.51.2 can corrupt a file when two connections commit and checkpoint at once (the WAL-reset bug). */
#define VERSION_MIN 3051003
_Static_assert(SQLITE_VERSION_NUMBER >= VERSION_MIN, "tools/setup/sqlite fetches a fixed SQLite");
#define OPCODES_BETWEEN_CLOCKS 20000

struct lite {
	sqlite3 *h;
	int lock, log;   /* descriptors, or -1; `log` is that of the write-ahead log, for flushing it */
	int64_t stop_at; /* mh_ticks; 0: never */
	struct mh_db__checkpoint *checkpoint;
};

static struct lite *lite(struct mh_db *db)
{
	return db->conn;
}

/* ---- errors */

static const struct {
	int rc;
	enum mh_code code;
	const char *message, *hint;
} causes[] = {
	{SQLITE_BUSY, MH_E_BUSY, "The database is busy", ""},
	{SQLITE_LOCKED, MH_E_BUSY, "The database is busy", ""},
	{SQLITE_INTERRUPT, MH_E_TIMEOUT, "The store took too long and was stopped", ""},
	{SQLITE_NOMEM, MH_E_NO_MEMORY, "Memory is short", ""},
	{SQLITE_FULL, MH_E_UNAVAILABLE, "The disk is full", "Make room on the disk of the database"},
	{SQLITE_IOERR, MH_E_STORE, "Reading or writing the database failed", "Look at the disk and the system's log"},
	{SQLITE_CANTOPEN, MH_E_STORE, "Could not open the database", "Look at the rights of the file and its folder"},
	{SQLITE_PERM, MH_E_STORE, "Could not open the database", "Look at the rights of the file and its folder"},
	{SQLITE_READONLY, MH_E_STORE, "The database cannot be written",
	 "Look at the rights of the file and its folder"},
	{SQLITE_CORRUPT, MH_E_CORRUPT, "The database file is damaged", "Restore it from a backup"},
	{SQLITE_NOTADB, MH_E_CORRUPT, "The file is not a database", "Look at the path"},
};

static enum mh_code constraint_failed(sqlite3 *h, struct mh_err *reterr)
{
	int rc = sqlite3_extended_errcode(h);
	if (rc != SQLITE_CONSTRAINT_UNIQUE && rc != SQLITE_CONSTRAINT_PRIMARYKEY && rc != SQLITE_CONSTRAINT_ROWID) {
		MH_FAIL(reterr, MH_E_STORE, "The store refused a change that breaks its rules");
		mh_err_internal(reterr, "%s", sqlite3_errmsg(h));
		return MH_E_STORE;
	}
	const char *names = strstr(sqlite3_errmsg(h), "failed: ");
	MH_FAIL(reterr, MH_E_CONFLICT, "There is one with the same key already");
	mh_err_detail(reterr, "%s", names ? names + 8 : sqlite3_errmsg(h));
	return MH_E_CONFLICT;
}

static enum mh_code lite_fail(struct mh_db *db, int rc, struct mh_err *reterr)
{
	sqlite3 *h = lite(db)->h;
	if ((rc & 0xff) == SQLITE_FULL) mh_db__checkpoint_ask(lite(db)->checkpoint);
	if ((rc & 0xff) == SQLITE_CONSTRAINT) return constraint_failed(h, reterr);
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
		if (causes[i].rc != (rc & 0xff)) continue;
		MH_FAIL(reterr, causes[i].code, "%s", causes[i].message);
		mh_err_hint(reterr, "%s", causes[i].hint);
		mh_err_internal(reterr, "sqlite %d: %s", sqlite3_extended_errcode(h), sqlite3_errmsg(h));
		return causes[i].code;
	}
	MH_FAIL(reterr, MH_E_STORE, "The store failed");
	mh_err_internal(reterr, "sqlite %d: %s", sqlite3_extended_errcode(h), sqlite3_errmsg(h));
	return MH_E_STORE;
}

/* ---- opening */

static int too_long(void *ctx)
{
	const struct lite *l = ctx;
	return l->stop_at && mh_ticks() > l->stop_at;
}

static void clock_start(struct mh_db *db)
{
	lite(db)->stop_at = db->deadline_ms ? mh_ticks() + db->deadline_ms : 0;
}

static enum mh_code pragma(struct mh_db *db, const char *sql, const char *must_be, struct mh_err *reterr)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(lite(db)->h, sql, -1, &s, NULL);
	if (rc == SQLITE_OK) rc = sqlite3_step(s);
	bool right = !must_be || (rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0), must_be) == 0);
	while (rc == SQLITE_ROW) rc = sqlite3_step(s);
	enum mh_code code = rc == SQLITE_DONE ? MH_OK : lite_fail(db, rc, reterr);
	sqlite3_finalize(s);
	if (code || right) return code;
	MH_FAIL(reterr, MH_E_STORE, "The database does not accept a setting that it needs");
	mh_err_internal(reterr, "%s should give %s", sql, must_be);
	return MH_E_STORE;
}

static enum mh_code settings(struct mh_db *db, bool memory, struct mh_err *reterr)
{
	MH_TRY(pragma(db, "pragma foreign_keys = on", NULL, reterr));
	MH_TRY(pragma(db, "pragma trusted_schema = off", NULL, reterr));
	MH_TRY(pragma(db, "pragma temp_store = memory", NULL, reterr));
	MH_TRY(pragma(db, "pragma mmap_size = 268435456", NULL, reterr));
	MH_TRY(pragma(db, "pragma cache_size = -16000", NULL, reterr));
	if (db->mode == MH_DB_READ) return pragma(db, "pragma query_only = on", NULL, reterr);
	MH_TRY(pragma(db, "pragma journal_mode = wal", memory ? "memory" : "wal", reterr));
	MH_TRY(pragma(db, "pragma synchronous = full", NULL, reterr));
	/* The file is cut back after a long reader held it. */
	return pragma(db, "pragma journal_size_limit = 67108864", NULL, reterr);
}

/* Made by us, so that it is never readable by others, not even for a moment; -wal and -shm take its mode. A file that is
 * there is not opened here: closing it again would drop the POSIX locks of this process's other connections. */
static enum mh_code make_file(const char *path, enum mh_db_mode mode, struct mh_err *reterr)
{
	if (access(path, F_OK) == 0) return MH_OK;
	if (mode != MH_DB_CREATE) {
		MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no database file");
		mh_err_detail(reterr, "%s", path);
		return MH_E_NOT_FOUND;
	}
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno != EEXIST) {
		MH_FAIL(reterr, MH_E_IO, "Could not make the database file");
		mh_err_detail(reterr, "%s: %s", path, strerror(errno));
		return MH_E_IO;
	}
	if (fd >= 0) close(fd);
	return MH_OK;
}

static enum mh_code lite_connect(struct mh_db *db, const char *path, bool memory, struct mh_err *reterr)
{
	int flags = db->mode == MH_DB_READ && !memory ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (memory) flags |= SQLITE_OPEN_CREATE;
	int rc = sqlite3_open_v2(path, &lite(db)->h, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (!lite(db)->h) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (rc != SQLITE_OK) return lite_fail(db, rc, reterr);
	sqlite3 *h = lite(db)->h;
	sqlite3_busy_timeout(h, 5000);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Plans do not depend on bound values. Otherwise a statement whose plan might is compiled anew at each run: of a
	 * partial index's condition the planner looks whether the value that is bound just now fulfils it. */
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	/* Checkpoints are the writer's, see sqlite_checkpoint.c. */
	if (db->mode == MH_DB_READ) sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_progress_handler(h, OPCODES_BETWEEN_CLOCKS, too_long, lite(db));
	MH_TRY(settings(db, memory, reterr));
	if (db->mode == MH_DB_READ || memory) return MH_OK;
	rc = mh_db__checkpoint_start(h, path, &lite(db)->checkpoint);
	return rc == SQLITE_OK ? MH_OK : lite_fail(db, rc, reterr);
}

static enum mh_code lite_open(struct mh_db *db, struct mh_str where, struct mh_err *reterr)
{
	char path[4096];
	bool memory = mh_str_is(where, ":memory:");
	if (where.len == 0 || where.len >= sizeof path || memchr(where.ptr, 0, where.len))
		return MH_FAIL(reterr, MH_E_INVALID, "Cannot open a database under an empty or too long path");
	snprintf(path, sizeof path, MH_STR_FMT, MH_STR_ARG(where));
	if (sqlite3_libversion_number() < VERSION_MIN)
		return MH_FAIL(reterr, MH_E_INVALID, "Cannot work with SQLite %s: it can damage files",
			       sqlite3_libversion());
	snprintf(db->version, sizeof db->version, "SQLite %s", sqlite3_libversion());
	db->conn = mh_mem_alloc(sizeof(struct lite));
	MH_TRY_MEM(db->conn, reterr);
	lite(db)->lock = lite(db)->log = -1;
	if (!memory) {
		MH_TRY(mh_db__place_check(path, reterr));
		/* The lock first: whoever holds it makes the file, and nobody else has it open for writing. */
		if (db->mode == MH_DB_CREATE) MH_TRY(mh_db__place_lock(path, &lite(db)->lock, reterr));
		MH_TRY(make_file(path, db->mode, reterr));
		if (db->mode == MH_DB_WRITE) MH_TRY(mh_db__place_lock(path, &lite(db)->lock, reterr));
	}
	return lite_connect(db, path, memory, reterr);
}

static void lite_close(struct mh_db *db)
{
	if (!db->conn) return;
	for (size_t i = 0; i < db->n_room; i++)
		if (db->slots[i]) sqlite3_finalize(db->slots[i]->handle);
	mh_db__checkpoint_stop(lite(db)->checkpoint);
	sqlite3_close(lite(db)->h);
	if (lite(db)->log >= 0) close(lite(db)->log);
	if (lite(db)->lock >= 0) close(lite(db)->lock);
	mh_mem_free(db->conn);
}

/* ---- transactions */

static enum mh_code simple(struct mh_db *db, const char *sql, struct mh_err *reterr)
{
	clock_start(db);
	int rc = sqlite3_exec(lite(db)->h, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? MH_OK : lite_fail(db, rc, reterr);
}

static enum mh_code lite_begin(struct mh_db *db, bool write, struct mh_err *reterr)
{
	return simple(db, write ? "begin immediate" : "begin", reterr);
}

static enum mh_code lite_commit(struct mh_db *db, struct mh_err *reterr)
{
	return simple(db, "commit", reterr);
}

static void lite_rollback(struct mh_db *db)
{
	lite(db)->stop_at = 0;
	/* SQLite may have rolled back by itself (disk full, interrupt). */
	if (!sqlite3_get_autocommit(lite(db)->h) &&
	    sqlite3_exec(lite(db)->h, "rollback", NULL, NULL, NULL) != SQLITE_OK)
		db->lost = true;
}

/* Once an fsync has failed, the system may take the pages that it could not write for written, and a later fsync for a success;
 * a log with such a hole ends there after a crash. So what an earlier connection has left in the log goes into the file, and the
 * log begins anew. What an earlier process left is treated likewise, but a full disk or somebody who reads for long stops nobody. */
static enum mh_code lite_commit_early(struct mh_db *db, bool after_failure, struct mh_err *reterr)
{
	clock_start(db);
	int rc = sqlite3_wal_checkpoint_v2(lite(db)->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (rc != SQLITE_OK && after_failure) return lite_fail(db, rc, reterr);
	return simple(db, "pragma synchronous = normal", reterr);
}

/* SQLite itself holds no POSIX locks on this file, so that closing it again drops none. */
static enum mh_code open_log(struct mh_db *db, struct mh_err *reterr)
{
	const char *path = sqlite3_filename_wal(sqlite3_db_filename(lite(db)->h, "main"));
	lite(db)->log = open(path, O_RDONLY | O_CLOEXEC);
	if (lite(db)->log >= 0) return MH_OK;
	MH_FAIL(reterr, MH_E_IO, "Could not open the database's log");
	mh_err_detail(reterr, "%s: %s", path, strerror(errno));
	return MH_E_IO;
}

static enum mh_code lite_flush(struct mh_db *db, struct mh_err *reterr)
{
	const char *file = sqlite3_db_filename(lite(db)->h, "main");
	if (!file || !*file) return MH_OK; /* in memory */
	if (lite(db)->log < 0) MH_TRY(open_log(db, reterr));
	while (fdatasync(lite(db)->log) != 0) {
		if (errno == EINTR) continue;
		MH_FAIL(reterr, MH_E_STORE, "Writing the database's log to the disk failed");
		mh_err_hint(reterr, "Look at the disk and the system's log");
		mh_err_internal(reterr, "fdatasync: %s", strerror(errno));
		return MH_E_STORE;
	}
	return MH_OK;
}

static enum mh_code lite_script(struct mh_db *db, const char *sql, struct mh_err *reterr)
{
	return simple(db, sql, reterr);
}

static enum mh_code lite_settle(struct mh_db *db, struct mh_err *reterr)
{
	(void)db, (void)reterr; /* nothing is ever under way */
	return MH_OK;
}

static enum mh_code lite_deadline(struct mh_db *db, struct mh_err *reterr)
{
	(void)db, (void)reterr; /* read at each statement */
	return MH_OK;
}

/* ---- statements */

static enum mh_code lite_prepare(struct mh_db *db, struct mh_db__slot *slot, struct mh_err *reterr)
{
	if (slot->handle) return MH_OK;
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v3(lite(db)->h, slot->stmt->text[MH_DB_SQLITE], -1, SQLITE_PREPARE_PERSISTENT, &s,
				    NULL);
	if (rc != SQLITE_OK) return lite_fail(db, rc, reterr);
	slot->handle = s;
	if ((size_t)sqlite3_column_count(s) == slot->stmt->n_cols) return MH_OK;
	return MH_FAIL(reterr, MH_E_INTERNAL, "Statement %s gives %d results", slot->stmt->name,
		       sqlite3_column_count(s));
}

static enum mh_code bind_all(struct mh_db *db, sqlite3_stmt *s, const struct mh_db_stmt *stmt,
			     const struct mh_db__value *v, struct mh_err *reterr)
{
	for (size_t i = 0; i < stmt->n_params; i++) {
		int at = (int)i + 1, rc;
		if (v[i].null) rc = sqlite3_bind_null(s, at);
		else if (stmt->params[i].type == MH_DB_INT) rc = sqlite3_bind_int64(s, at, v[i].i);
		else if (stmt->params[i].type == MH_DB_BLOB)
			rc = sqlite3_bind_blob64(s, at, v[i].b.ptr, v[i].b.len, SQLITE_STATIC);
		else rc = sqlite3_bind_text64(s, at, (const char *)v[i].b.ptr, v[i].b.len, SQLITE_STATIC, SQLITE_UTF8);
		if (rc != SQLITE_OK) return lite_fail(db, rc, reterr);
	}
	return MH_OK;
}

static enum mh_code column(sqlite3_stmt *s, int i, const struct mh_db_field *f, struct mh_db__value *v,
			   struct mh_err *reterr)
{
	static const int wanted[] = {
		[MH_DB_INT] = SQLITE_INTEGER, [MH_DB_TEXT] = SQLITE_TEXT, [MH_DB_BLOB] = SQLITE_BLOB};
	int type = sqlite3_column_type(s, i);
	*v = (struct mh_db__value){.null = type == SQLITE_NULL};
	if (v->null) return MH_OK;
	if (type != wanted[f->type]) {
		MH_FAIL(reterr, MH_E_CORRUPT, "The store holds a value that the program cannot read");
		mh_err_internal(reterr, "result %s is of SQLite's type %d", f->name, type);
		return MH_E_CORRUPT;
	}
	if (type == SQLITE_INTEGER) {
		v->i = sqlite3_column_int64(s, i);
		return MH_OK;
	}
	v->b.ptr = type == SQLITE_TEXT ? sqlite3_column_text(s, i) : sqlite3_column_blob(s, i);
	v->b.len = (size_t)sqlite3_column_bytes(s, i);
	return v->b.ptr || v->b.len == 0 ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

static enum mh_code step_all(struct mh_db *db, sqlite3_stmt *s, struct mh_db__sink *sink, struct mh_err *reterr)
{
	struct mh_db__value cols[MH_DB__COLS_MAX];
	int rc;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (!sink) continue;
		for (size_t i = 0; i < sink->stmt->n_cols; i++)
			MH_TRY(column(s, (int)i, &sink->stmt->cols[i], &cols[i], reterr));
		MH_TRY(mh_db__sink_row(sink, cols, reterr));
	}
	return rc == SQLITE_DONE ? MH_OK : lite_fail(db, rc, reterr);
}

static enum mh_code lite_run(struct mh_db *db, struct mh_db__slot *slot, const struct mh_db__value *params,
			     struct mh_db__sink *sink, int64_t *ret_changed, struct mh_err *reterr)
{
	MH_TRY(lite_prepare(db, slot, reterr));
	clock_start(db);
	sqlite3_stmt *s = slot->handle;
	enum mh_code code = bind_all(db, s, slot->stmt, params, reterr);
	if (!code) code = step_all(db, s, sink, reterr);
	if (!code && ret_changed) *ret_changed = sqlite3_changes64(lite(db)->h);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s); /* they pointed into the caller's memory */
	return code;
}

const struct mh_db__driver mh_db__sqlite = {
	.engine = MH_DB_SQLITE,
	.open = lite_open,
	.close = lite_close,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.commit_early = lite_commit_early,
	.flush = lite_flush,
	.script = lite_script,
	.prepare = lite_prepare,
	.run = lite_run,
	.settle = lite_settle,
	.deadline = lite_deadline,
};
