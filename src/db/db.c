#include "db/db_priv.h"

#include <stdatomic.h>
#include <string.h>

/* ---- faults for tests */

static atomic_long fail_left = -1;
static atomic_int fail_code = MH_E_STORE;

void mh_db_fail_after(long n, enum mh_code code)
{
	atomic_store(&fail_code, (int)code);
	atomic_store(&fail_left, n);
}

long mh_db_fail_left(void)
{
	return atomic_load(&fail_left);
}

enum mh_code mh_db__fault(struct mh_db *db, struct mh_err *reterr)
{
	long left = atomic_load(&fail_left);
	while (left > 0 && !atomic_compare_exchange_weak(&fail_left, &left, left - 1)) {
	}
	if (left != 1) return MH_OK;
	if (db->in_tx) db->tx_failed = true;
	return MH_FAIL(reterr, (enum mh_code)atomic_load(&fail_code), "The store failed because a test asked for it");
}

/* ---- opening and closing */

static enum mh_code pick_driver(struct mh_str uri, const struct mh_db__driver **ret, struct mh_str *ret_where,
				struct mh_err *reterr)
{
	static const struct {
		const char *scheme;
		const struct mh_db__driver *driver;
	} known[] = {{"sqlite:", &mh_db__sqlite}, {"postgres:", &mh_db__postgres}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t n = strlen(known[i].scheme);
		if (!mh_str_starts(uri, known[i].scheme)) continue;
		*ret = known[i].driver;
		*ret_where = (struct mh_str){uri.ptr + n, uri.len - n};
		return MH_OK;
	}
	MH_FAIL(reterr, MH_E_INVALID, "Cannot tell which store is meant");
	mh_err_hint(reterr, "Write sqlite:PATH or postgres:CONNECTION");
	return MH_E_INVALID;
}

enum mh_code mh_db_open(struct mh_str uri, enum mh_db_mode mode, struct mh_db **ret, struct mh_err *reterr)
{
	const struct mh_db__driver *driver = NULL;
	struct mh_str where = {0};
	MH_TRY(pick_driver(uri, &driver, &where, reterr));
	struct mh_db *db MH_CLEANUP(mh_db_closep) = mh_mem_alloc(sizeof *db);
	MH_TRY_MEM(db, reterr);
	db->driver = driver;
	db->mode = mode;
	db->deadline_ms = 30000;
	MH_TRY(mh_db__fault(db, reterr));
	MH_TRY(driver->open(db, where, reterr));
	*ret = db;
	db = NULL;
	return MH_OK;
}

struct mh_db *mh_db_close(struct mh_db *db)
{
	if (!db) return NULL;
	if (db->in_tx && !db->lost) db->driver->rollback(db);
	db->driver->close(db);
	for (size_t i = 0; i < db->n_room; i++) mh_mem_free(db->slots[i]);
	mh_mem_free(db->slots);
	mh_mem_free(db);
	return NULL;
}

void mh_db_closep(struct mh_db **db)
{
	*db = mh_db_close(*db);
}

enum mh_db_engine mh_db_engine(const struct mh_db *db)
{
	return db->driver->engine;
}

const char *mh_db_engine_version(const struct mh_db *db)
{
	return db->version;
}

enum mh_code mh_db_deadline(struct mh_db *db, int ms, struct mh_err *reterr)
{
	MH_TRY(mh_db__usable(db, reterr));
	db->deadline_ms = ms < 0 ? 0 : ms;
	return db->driver->deadline(db, reterr);
}

/* ---- transactions */

enum mh_code mh_db__usable(struct mh_db *db, struct mh_err *reterr)
{
	if (db->lost) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The connection to the store is lost");
	if (db->tx_failed) {
		MH_FAIL(reterr, MH_E_STORE, "The transaction cannot go on after an earlier failure");
		mh_err_internal(reterr, "begun at %s:%d", db->tx_file, db->tx_line);
		return MH_E_STORE;
	}
	return MH_OK;
}

enum mh_code mh_db_begin(struct mh_db_tx *tx, bool write, const char *file, int line, struct mh_err *reterr)
{
	struct mh_db *db = tx->db;
	if (db->in_tx) {
		MH_FAIL(reterr, MH_E_INTERNAL, "A transaction is open already");
		mh_err_internal(reterr, "begun at %s:%d, again at %s:%d", db->tx_file, db->tx_line, file, line);
		return MH_E_INTERNAL;
	}
	if (write && db->mode == MH_DB_READ) return MH_FAIL(reterr, MH_E_INTERNAL, "This connection cannot write");
	MH_TRY(mh_db__usable(db, reterr));
	MH_TRY(mh_db__fault(db, reterr));
	MH_TRY(db->driver->begin(db, write, reterr));
	db->in_tx = tx->open = true;
	db->tx_writes = write;
	db->tx_failed = false;
	db->tx_file = file;
	db->tx_line = line;
	return MH_OK;
}

static void tx_over(struct mh_db_tx *tx)
{
	tx->open = false;
	tx->db->in_tx = tx->db->tx_writes = tx->db->tx_failed = false;
}

enum mh_code mh_db_commit(struct mh_db_tx *tx, struct mh_err *reterr)
{
	struct mh_db *db = tx->db;
	if (!tx->open) return MH_FAIL(reterr, MH_E_INTERNAL, "There is no transaction to commit");
	enum mh_code code = mh_db__usable(db, reterr);
	if (!code) code = mh_db__fault(db, reterr);
	if (!code) code = db->driver->commit(db, reterr);
	if (code && !db->lost) db->driver->rollback(db);
	tx_over(tx);
	return code;
}

void mh_db_rollback(struct mh_db_tx *tx)
{
	if (!tx->open) return;
	if (!tx->db->lost) tx->db->driver->rollback(tx->db);
	tx_over(tx);
}

void mh_db_tx_done(struct mh_db_tx *tx)
{
	mh_db_rollback(tx);
}

enum mh_code mh_db_commit_early(struct mh_db *db, bool after_failure, struct mh_err *reterr)
{
	MH_TRY(mh_db__usable(db, reterr));
	MH_TRY(mh_db__fault(db, reterr));
	return db->driver->commit_early(db, after_failure, reterr);
}

enum mh_code mh_db_flush(struct mh_db *db, struct mh_err *reterr)
{
	MH_TRY(mh_db__usable(db, reterr));
	MH_TRY(mh_db__fault(db, reterr));
	return db->driver->flush(db, reterr);
}

bool mh_db_in_tx(const struct mh_db *db)
{
	return db->in_tx;
}

bool mh_db_failed(const struct mh_db *db)
{
	return db->tx_failed || db->lost;
}

bool mh_db_lost(const struct mh_db *db)
{
	return db->lost;
}

uint64_t mh_db_writes(const struct mh_db *db)
{
	return db->writes;
}

/* ---- schema */

static enum mh_code script_inside(struct mh_db *db, const char *const *sql, struct mh_err *reterr)
{
	for (; *sql; sql++) {
		MH_TRY(mh_db__usable(db, reterr));
		MH_TRY(mh_db__fault(db, reterr));
		db->writes++;
		enum mh_code code = db->driver->script(db, *sql, reterr);
		if (code) {
			db->tx_failed = true;
			mh_err_detail(reterr, "%.200s", *sql);
			return code;
		}
	}
	return MH_OK;
}

enum mh_code mh_db_script(struct mh_db *db, const char *const *sql, struct mh_err *reterr)
{
	if (db->in_tx) return script_inside(db, sql, reterr);
	MH_DB_TX(tx, db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(script_inside(db, sql, reterr));
	return mh_db_commit(&tx, reterr);
}

enum mh_code mh_db_schema(struct mh_db *db, const struct mh_db_catalog *catalog, struct mh_err *reterr)
{
	return mh_db_script(db, catalog->schema[mh_db_engine(db)], reterr);
}
