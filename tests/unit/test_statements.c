/* The real schema and every real statement, on both engines: what prepares here runs there. */
#include "unit.h"

#include "db/table.h"
#include "pg.h"
#include "sql_gen.h"

static void try(const char *uri)
{
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	assert_non_null(uri);
	enum mh_code code = mh_db_open(mh_str_c(uri), MH_DB_CREATE, &db, &err);
	if (!code) code = mh_db_schema(db, &mh_sql_catalog, &err);
	if (!code) code = mh_db_prepare(db, &mh_sql_catalog, &err);
	if (code) print_error("%s / %s / %s\n", err.message, err.detail, err.internal);
	assert_int_equal(code, MH_OK);
	for (size_t i = 0; i < mh_sql_catalog.n_tables; i++) {
		struct mh_arena a = MH_ARENA(0);
		struct mh_db_cell *cells;
		size_t n = 1;
		assert_int_equal(mh_db_table_page(db, &mh_sql_catalog.tables[i], &a, NULL, 1, &cells, &n, &err), MH_OK);
		assert_int_equal(n, 0);
		mh_arena_done(&a);
	}
	mh_db_close(db);
}

static void on_sqlite(void **state)
{
	try("sqlite::memory:");
}

static void on_postgres(void **state)
{
	try(pg_start());
}

MH_TESTS(cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgres))
