/* Whole tables, for export, import and moving from one engine to the other: rows as cells, in the order of the primary key.
 *
 * Tables are taken in the catalog's order, where what is referred to comes first; so a copy never breaks a foreign key. */
#ifndef MH_DB_TABLE_H
#define MH_DB_TABLE_H
#include "db/db.h"

/* Which part counts depends on the column's type. */
struct mh_db_cell {
	bool null;
	int64_t i;         /* MH_DB_INT */
	struct mh_bytes b; /* MH_DB_TEXT, MH_DB_BLOB */
};
/* For generated tables: where a part of the n-th of several cells stands. */
#define MH_DB_CELL(n, part) ((n) * sizeof(struct mh_db_cell) + offsetof(struct mh_db_cell, part))

/* At most `limit` rows behind the row `after` (all its n_columns cells, or NULL: from the beginning), n_columns cells each, in
 * the arena. Rows come by key, so whoever reads all pages in one read transaction gets one state of the table. */
enum mh_code mh_db_table_page(struct mh_db *db, const struct mh_db_table *table, struct mh_arena *a,
			      const struct mh_db_cell *after, int64_t limit, struct mh_db_cell **ret_cells,
			      size_t *ret_n, struct mh_err *reterr);
/* Adds one row. May be sent without waiting, like an :exec statement. Nulls are checked by the store. */
enum mh_code mh_db_table_put(struct mh_db *db, const struct mh_db_table *table, const struct mh_db_cell *cells,
			     struct mh_err *reterr);
/* Every table of the catalog from one store into the empty tables of another. The target has an open write transaction. */
enum mh_code mh_db_table_copy_all(struct mh_db *from, struct mh_db *to, const struct mh_db_catalog *catalog,
				  int64_t *ret_rows, struct mh_err *reterr);
#endif
