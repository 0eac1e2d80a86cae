/* The store: one connection to SQLite or PostgreSQL, its transactions, and named statements.
 *
 * A connection is used by one thread at a time. Statements are the functions in sql_gen.h (see db/stmt.h for how they
 * fail). Both engines run the same statements and behave alike: after an error inside a transaction, only rollback. */
#ifndef MH_DB_H
#define MH_DB_H
#include "db/stmt.h"

enum mh_db_mode {
	MH_DB_READ,   /* cannot write; any number beside one writer */
	MH_DB_WRITE,  /* for SQLite: the one writing process; a second gets MH_E_BUSY naming the holder */
	MH_DB_CREATE, /* as WRITE, and makes an empty SQLite file if there is none (mode 0600) */
};

/* uri: `sqlite:PATH`, `sqlite::memory:` (a store of its own for each connection), or `postgres:CONNINFO` where CONNINFO is
 * libpq's connection string or a `//…` URI. Text that names a database may hold a password, so errors never repeat it.
 * Errors: MH_E_INVALID (uri, network file system, collation, too old a library: what cannot work), MH_E_NOT_FOUND (no file),
 * MH_E_BUSY (another process writes), MH_E_UNAVAILABLE (no server), MH_E_CORRUPT (not a database). */
enum mh_code mh_db_open(struct mh_str uri, enum mh_db_mode mode, struct mh_db **ret, struct mh_err *reterr);
/* Rolls back what is open. NULL is accepted; returns NULL. */
struct mh_db *mh_db_close(struct mh_db *db);
void mh_db_closep(struct mh_db **db); /* for MH_CLEANUP */
enum mh_db_engine mh_db_engine(const struct mh_db *db);
const char *mh_db_engine_version(const struct mh_db *db); /* "SQLite 3.53.2"; lives with db */

/* Runs DDL, one statement after the other, in a transaction of its own or in the one that is open. `sql` ends in NULL. */
enum mh_code mh_db_script(struct mh_db *db, const char *const *sql, struct mh_err *reterr);
/* The catalog's whole schema into an empty store. */
enum mh_code mh_db_schema(struct mh_db *db, const struct mh_db_catalog *catalog, struct mh_err *reterr);
/* Prepares every statement, so that a store which lacks a table or column is found at start, not at the first request. */
enum mh_code mh_db_prepare(struct mh_db *db, const struct mh_db_catalog *catalog, struct mh_err *reterr);
/* MH_E_STORE in the same words, for who finds it out otherwise: a column too many shows only when a row is put in. */
enum mh_code mh_db_other_tables(struct mh_err *reterr);

/* A transaction that rolls back when its variable leaves scope without commit:
 *
 *   MH_DB_TX(tx, db);
 *   MH_TRY(mh_db_begin_write(&tx, reterr));
 *   …
 *   return mh_db_commit(&tx, reterr);
 *
 * Transactions do not nest: a second begin is MH_E_INTERNAL and names the place of the first. A read transaction sees one
 * state of the store throughout. A write transaction begins as a writer, never by promotion. */
struct mh_db_tx {
	struct mh_db *db;
	bool open;
};
#define MH_DB_TX(name, db_) struct mh_db_tx name MH_CLEANUP(mh_db_tx_done) = {.db = (db_)}
void mh_db_tx_done(struct mh_db_tx *tx);
#define mh_db_begin_read(tx, reterr) mh_db_begin((tx), false, __FILE__, __LINE__, (reterr))
#define mh_db_begin_write(tx, reterr) mh_db_begin((tx), true, __FILE__, __LINE__, (reterr))
enum mh_code mh_db_begin(struct mh_db_tx *tx, bool write, const char *file, int line, struct mh_err *reterr);
/* When it returns MH_OK the changes are durable (but see mh_db_commit_early). On an error nothing has happened, except that
 * after MH_E_UNAVAILABLE from a lost PostgreSQL connection it is not known: ask the store. The transaction is over either way. */
enum mh_code mh_db_commit(struct mh_db_tx *tx, struct mh_err *reterr);
/* From here on this connection's commits return when others can see them, before they are on the disk. What it committed first
 * is durable first. Nobody may be told of them before mh_db_flush, on another connection that was opened after this call and
 * before the commit, returns MH_OK. Once a flush has failed neither connection can promise anything: close both, and say so
 * (after_failure) when the next one begins: it makes durable what they left behind, or fails. */
enum mh_code mh_db_commit_early(struct mh_db *db, bool after_failure, struct mh_err *reterr);
/* Makes durable what any connection had committed before. Outside of transactions. */
enum mh_code mh_db_flush(struct mh_db *db, struct mh_err *reterr);
void mh_db_rollback(struct mh_db_tx *tx);

bool mh_db_in_tx(const struct mh_db *db);
/* True when the open transaction can only be rolled back, because the store refused a statement in it. */
bool mh_db_failed(const struct mh_db *db);
/* True when the connection is gone and a new one is needed. */
bool mh_db_lost(const struct mh_db *db);
/* How many writing statements were run since the connection was opened. Unchanged over a job: it touched nothing. */
uint64_t mh_db_writes(const struct mh_db *db);
/* A statement that runs longer is stopped: MH_E_TIMEOUT. Default 30,000; 0 means never (maintenance only). */
enum mh_code mh_db_deadline(struct mh_db *db, int ms, struct mh_err *reterr);

/* For tests: the n-th call to the store from now (open, begin, statement, commit, flush) by any connection fails with `code`, as if
 * the store had; negative: none. _fail_left: what is left of n, so that a test knows when it has tried them all. */
void mh_db_fail_after(long n, enum mh_code code);
long mh_db_fail_left(void);
#endif
