/* Named statements as the generator (tools/gen/sql.py) describes them, and the functions that run one.
 *
 * Nobody writes these structures or calls mh_db_run_* by hand: sql_gen.h has one typed function for each statement of
 * sql/statements. A `struct …_in` is read during the call only, so its strings need to live no longer. A row's strings
 * and blobs are copied into the arena that the call was given. */
#ifndef MH_DB_STMT_H
#define MH_DB_STMT_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_db;

enum mh_db_engine { MH_DB_SQLITE, MH_DB_POSTGRES, MH_DB_ENGINE_MAX };
enum mh_db_type { MH_DB_INT, MH_DB_TEXT, MH_DB_BLOB }; /* int64_t, struct mh_str, struct mh_bytes */

/* Where a parameter or result stands in its structure. */
struct mh_db_field {
	const char *name;
	enum mh_db_type type;
	size_t at;
	bool nullable;
	size_t null_at; /* of its `bool x_null`, when nullable */
};

struct mh_db_stmt {
	const char *name;
	const char *text[MH_DB_ENGINE_MAX];
	bool writes;
	const struct mh_db_field *params, *cols;
	size_t n_params, n_cols, row_size;
};

enum mh_db_table_class { MH_DB_TABLE_HOME, MH_DB_TABLE_REF, MH_DB_TABLE_LOCAL };
struct mh_db_column {
	const char *name;
	enum mh_db_type type;
	bool nullable;
	int key; /* 1 … for the place in the primary key, 0 when outside */
};
struct mh_db_table {
	const char *name;
	enum mh_db_table_class cls;
	const struct mh_db_column *columns;
	size_t n_columns, n_key;
	const struct mh_db_stmt *first, *next, *put; /* see db/table.h */
};

/* One SQL folder: its tables in the order of the schema (what is referred to comes first) and its statements. */
struct mh_db_catalog {
	const char *schema_hash;                     /* SHA-256 of its tables and indexes, hexadecimal */
	const char *const *schema[MH_DB_ENGINE_MAX]; /* DDL, ends in NULL */
	const struct mh_db_table *tables;
	size_t n_tables;
	const struct mh_db_stmt *const *statements; /* ends in NULL */
	size_t n_statements;
};

/* Outside a transaction a read is its own transaction; a write is refused (MH_E_INTERNAL).
 * Errors common to all: MH_E_BUSY and MH_E_TIMEOUT (may work next time), MH_E_CONFLICT (a unique key exists already;
 * the detail names it), MH_E_INVALID (text that is not UTF-8 or holds a NUL), MH_E_UNAVAILABLE, MH_E_STORE. After any of
 * them inside a transaction that came from the store, only rollback is possible (see mh_db_failed). */
enum mh_code mh_db_run_many(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			    void **ret_rows, size_t *ret_n, struct mh_err *reterr);
/* Exactly one row, else MH_E_NOT_FOUND (the transaction stays usable). */
enum mh_code mh_db_run_one(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			   void *ret, struct mh_err *reterr);
enum mh_code mh_db_run_opt(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			   bool *ret_found, void *ret, struct mh_err *reterr);
/* The same question for each of n inputs, asked together; the arena is for scratch. */
enum mh_code mh_db_run_has(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			   size_t in_size, size_t n, bool *ret_found, struct mh_err *reterr);
/* May be sent without waiting: its error may come from a later call of the same transaction, at the latest its commit. */
enum mh_code mh_db_run_exec(struct mh_db *db, const struct mh_db_stmt *stmt, const void *in, struct mh_err *reterr);
enum mh_code mh_db_run_count(struct mh_db *db, const struct mh_db_stmt *stmt, const void *in, int64_t *ret_changed,
			     struct mh_err *reterr);
#endif
