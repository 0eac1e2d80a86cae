#include "db/table.h"

#include "db/db_priv.h"

#define PAGE_ROWS 500
#define PAGE_BYTES ((size_t)64 << 20)

enum mh_code mh_db_table_page(struct mh_db *db, const struct mh_db_table *table, struct mh_arena *a,
			      const struct mh_db_cell *after, int64_t limit, struct mh_db_cell **ret_cells,
			      size_t *ret_n, struct mh_err *reterr)
{
	struct mh_db_cell in[MH_DB__COLS_MAX + 1] = {0};
	void *rows = NULL;
	if (table->n_columns > MH_DB__PARAMS_MAX)
		return MH_FAIL(reterr, MH_E_INTERNAL, "Table %s has too many columns", table->name);
	size_t n = 0;
	if (after) {
		for (size_t i = 0; i < table->n_columns; i++)
			if (table->columns[i].key) in[table->columns[i].key - 1] = after[i];
		n = table->n_key;
	}
	in[n].i = limit;
	MH_TRY(mh_db_run_many(db, after ? table->next : table->first, a, in, &rows, ret_n, reterr));
	*ret_cells = rows;
	return MH_OK;
}

enum mh_code mh_db_table_put(struct mh_db *db, const struct mh_db_table *table, const struct mh_db_cell *cells,
			     struct mh_err *reterr)
{
	return mh_db_run_exec(db, table->put, cells, reterr);
}

static enum mh_code copy_table(struct mh_db *from, struct mh_db *to, const struct mh_db_table *table, int64_t *rows,
			       struct mh_err *reterr)
{
	struct mh_arena pages[2] = {MH_ARENA(PAGE_BYTES),
				    MH_ARENA(PAGE_BYTES)}; /* the last row of a page is where the next begins */
	struct mh_db_cell *cells = NULL;
	enum mh_code code = MH_OK;
	size_t n = PAGE_ROWS;
	for (int turn = 0; !code && n == PAGE_ROWS; turn = !turn) {
		const struct mh_db_cell *after = cells ? cells + (n - 1) * table->n_columns : NULL;
		mh_arena_clear(&pages[turn]);
		code = mh_db_table_page(from, table, &pages[turn], after, PAGE_ROWS, &cells, &n, reterr);
		for (size_t i = 0; !code && i < n; i++)
			code = mh_db_table_put(to, table, cells + i * table->n_columns, reterr);
		if (!code) *rows += (int64_t)n;
	}
	mh_arena_done(&pages[0]);
	mh_arena_done(&pages[1]);
	return code;
}

enum mh_code mh_db_table_copy_all(struct mh_db *from, struct mh_db *to, const struct mh_db_catalog *catalog,
				  int64_t *ret_rows, struct mh_err *reterr)
{
	int64_t rows = 0;
	MH_DB_TX(tx, from);
	MH_TRY(mh_db_begin_read(&tx, reterr));
	for (size_t i = 0; i < catalog->n_tables; i++) MH_TRY(copy_table(from, to, &catalog->tables[i], &rows, reterr));
	*ret_rows = rows;
	return MH_OK;
}
