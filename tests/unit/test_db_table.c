/* Whole tables: read in key order, and moved between the two engines without a difference. */
#include "unit.h"

#include "db/table.h"
#include "pg.h"
#include "testsql_gen.h"

static struct mh_db *open_empty(const char *uri)
{
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	assert_non_null(uri);
	enum mh_code code = mh_db_open(mh_str_c(uri), MH_DB_CREATE, &db, &err);
	if (!code) code = mh_db_schema(db, &t_sql_catalog, &err);
	if (code) print_error("%s / %s / %s\n", err.message, err.detail, err.internal);
	assert_int_equal(code, MH_OK);
	return db;
}

static void fill(struct mh_db *db)
{
	MH_DB_TX(tx, db);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	for (int64_t i = 0; i < 1203; i++) {
		int64_t n;
		struct t_q_item_add_in in = {.home_id = i % 3 - 1,
					     .id = i,
					     .owner_id_null = i % 2,
					     .owner_id = -i,
					     .note = MH_STR("民呼"),
					     .note_null = i % 5 == 0,
					     .body = {(const unsigned char *)"\0\xFF", (size_t)(i % 3)},
					     .body_null = i % 7 == 0};
		assert_int_equal(t_q_item_add(db, &in, &n, NULL), MH_OK);
	}
	struct t_q_event_add_in e = {.home_id = 0, .seq = 1, .id = 1, .word = MH_STR("")};
	assert_int_equal(t_q_event_add(db, &e, NULL), MH_OK);
	assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);
}

static void copy(struct mh_db *from, struct mh_db *to)
{
	int64_t rows = 0;
	struct mh_err err = {0};
	MH_DB_TX(tx, to);
	assert_int_equal(mh_db_begin_write(&tx, NULL), MH_OK);
	enum mh_code code = mh_db_table_copy_all(from, to, &t_sql_catalog, &rows, &err);
	if (code) print_error("%s / %s / %s\n", err.message, err.detail, err.internal);
	assert_int_equal(code, MH_OK);
	assert_int_equal(mh_db_commit(&tx, NULL), MH_OK);
	assert_int_equal(rows, 1204);
}

static void same_cell(const struct mh_db_column *c, const struct mh_db_cell *a, const struct mh_db_cell *b)
{
	assert_int_equal(a->null, b->null);
	if (a->null) return;
	if (c->type == MH_DB_INT) {
		assert_int_equal(a->i, b->i);
		return;
	}
	assert_int_equal(a->b.len, b->b.len);
	assert_memory_equal(a->b.ptr, b->b.ptr, a->b.len);
}

static void same(struct mh_db *x, struct mh_db *y)
{
	struct mh_arena a = MH_ARENA(0);
	for (size_t t = 0; t < t_sql_catalog.n_tables; t++) {
		const struct mh_db_table *table = &t_sql_catalog.tables[t];
		struct mh_db_cell *cx = NULL, *cy = NULL;
		size_t nx = 0, ny = 0;
		assert_int_equal(mh_db_table_page(x, table, &a, NULL, 5000, &cx, &nx, NULL), MH_OK);
		assert_int_equal(mh_db_table_page(y, table, &a, NULL, 5000, &cy, &ny, NULL), MH_OK);
		assert_int_equal(nx, ny);
		for (size_t i = 0; i < nx * table->n_columns; i++)
			same_cell(&table->columns[i % table->n_columns], &cx[i], &cy[i]);
	}
	mh_arena_done(&a);
}

static void there_and_back(void **state)
{
	struct mh_db *lite = open_empty("sqlite::memory:"), *pg = open_empty(pg_start()),
		     *again = open_empty("sqlite::memory:");
	fill(lite);
	copy(lite, pg);
	copy(pg, again);
	same(lite, pg);
	same(lite, again);
	mh_db_close(lite);
	mh_db_close(pg);
	mh_db_close(again);
}

static void pages_go_by_key(void **state)
{
	struct mh_db *db = open_empty("sqlite::memory:");
	struct mh_arena a = MH_ARENA(0);
	const struct mh_db_table *item = &t_sql_catalog.tables[0];
	struct mh_db_cell *cells = NULL;
	size_t n = 0;
	assert_string_equal(item->name, "item");
	assert_int_equal(item->n_key, 2);
	fill(db);
	assert_int_equal(mh_db_table_page(db, item, &a, NULL, 401, &cells, &n, NULL), MH_OK);
	assert_int_equal(n, 401);
	assert_int_equal(cells[0].i, -1);
	assert_int_equal(cells[1].i, 0);
	const struct mh_db_cell *last = cells + 400 * item->n_columns;
	assert_int_equal(last[0].i, -1); /* 401 of each home */
	assert_int_equal(mh_db_table_page(db, item, &a, last, 1, &cells, &n, NULL), MH_OK);
	assert_int_equal(n, 1);
	assert_int_equal(cells[0].i, 0);
	assert_int_equal(cells[1].i, 1);
	mh_arena_done(&a);
	mh_db_close(db);
}

MH_TESTS(cmocka_unit_test(there_and_back), cmocka_unit_test(pages_go_by_key))
