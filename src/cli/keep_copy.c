/* Tables from one store to another, row by row, so that whoever copies can leave rows out and look at them. */
#include "cli/keep_priv.h"

#include "sql_gen.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 500
#define PAGE_BYTES ((size_t)64 << 20)
#define IDS_MAX ((size_t)1 << 28)

/* --- numbers --- */

enum mh_code mh_keep__ids_add(struct mh_keep__ids *s, int64_t id, struct mh_err *reterr)
{
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 1024;
		int64_t *v = room > IDS_MAX ? NULL : mh_mem_resize(s->v, room * sizeof *v);
		MH_TRY_MEM(v, reterr);
		s->v = v;
		s->room = room;
	}
	s->sorted = false;
	s->v[s->n++] = id;
	return MH_OK;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

bool mh_keep__ids_have(struct mh_keep__ids *s, int64_t id)
{
	if (!s->n) return false;
	if (!s->sorted) qsort(s->v, s->n, sizeof *s->v, by_value);
	s->sorted = true;
	return bsearch(&id, s->v, s->n, sizeof *s->v, by_value) != NULL;
}

void mh_keep__ids_done(struct mh_keep__ids *s)
{
	mh_mem_free(s->v);
	*s = (struct mh_keep__ids){0};
}

/* --- tables --- */

const struct mh_db_table *mh_keep__table_named(const char *name)
{
	for (size_t i = 0; i < mh_sql_catalog.n_tables; i++)
		if (strcmp(mh_sql_catalog.tables[i].name, name) == 0) return &mh_sql_catalog.tables[i];
	return NULL;
}

const struct mh_db_cell *mh_keep__cell(const struct mh_db_table *t, const struct mh_db_cell *row, const char *column)
{
	static const struct mh_db_cell none = {.null = true};
	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i].name, column) == 0) return &row[i];
	return &none;
}

static enum mh_code put(struct mh_keep__copy *c, const struct mh_db_table *t, const struct mh_db_cell *row,
			struct mh_err *reterr)
{
	bool take = true;
	if (c->row) MH_TRY(c->row(c->ctx, t, row, &take, reterr));
	if (!take || !c->to) return MH_OK;
	MH_TRY(mh_db_table_put(c->to, t, row, reterr));
	c->rows++;
	if (c->progress) mh_progress_at(c->progress, c->rows);
	if (!c->commit_every || ++c->pending < c->commit_every) return MH_OK;
	c->pending = 0;
	MH_TRY(mh_db_commit(c->tx, reterr));
	return mh_db_begin_write(c->tx, reterr);
}

enum mh_code mh_keep__table(struct mh_keep__copy *c, const struct mh_db_table *t, struct mh_err *reterr)
{
	/* The last row of a page is where the next begins. */
	struct mh_arena pages[2] = {MH_ARENA(PAGE_BYTES), MH_ARENA(PAGE_BYTES)};
	struct mh_db_cell *cells = NULL;
	enum mh_code code = MH_OK;
	size_t n = PAGE_ROWS;
	for (int turn = 0; code == MH_OK && n == PAGE_ROWS; turn = !turn) {
		const struct mh_db_cell *after = cells ? cells + (n - 1) * t->n_columns : NULL;
		mh_arena_clear(&pages[turn]);
		code = mh_db_table_page(c->from, t, &pages[turn], after, PAGE_ROWS, &cells, &n, reterr);
		for (size_t i = 0; code == MH_OK && i < n; i++) code = put(c, t, cells + i * t->n_columns, reterr);
	}
	mh_arena_done(&pages[0]);
	mh_arena_done(&pages[1]);
	return code;
}
