/* Rows in key order, and what the ledger's entries add up to. */
#include "loop/archive_priv.h"

#include "ledger/tlog.h"

#include <string.h>

#define PAGE_BYTES ((size_t)256 << 20)

enum mh_code mh_archive__each(struct mh_db *db, const struct mh_db_table *t, mh_archive_row *fn, void *ctx,
			      struct mh_err *reterr)
{
	struct mh_arena pages[2] = {MH_ARENA(PAGE_BYTES),
				    MH_ARENA(PAGE_BYTES)}; /* the next page begins behind a row of the last */
	struct mh_db_cell *cells = NULL;
	enum mh_code code = MH_OK;
	size_t n = MH_ARCHIVE_PAGE;
	for (int turn = 0; code == MH_OK && n == MH_ARCHIVE_PAGE; turn = !turn) {
		const struct mh_db_cell *after = cells ? cells + (n - 1) * t->n_columns : NULL;
		mh_arena_clear(&pages[turn]);
		code = mh_db_table_page(db, t, &pages[turn], after, MH_ARCHIVE_PAGE, &cells, &n, reterr);
		for (size_t i = 0; code == MH_OK && i < n; i++) code = fn(ctx, t, cells + i * t->n_columns, reterr);
	}
	mh_arena_done(&pages[0]);
	mh_arena_done(&pages[1]);
	return code;
}

struct summing {
	struct mh_archive *a;
	struct mh_tlog tree;
	size_t log_at, seq_at, entry_at;
};

static void close_log(struct summing *s)
{
	if (!s->a->n_logs) return;
	s->a->logs[s->a->n_logs - 1].size = s->tree.size;
	s->a->logs[s->a->n_logs - 1].root = mh_tlog_root(&s->tree);
}

static enum mh_code add_entry(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *cells,
			      struct mh_err *reterr)
{
	struct summing *s = ctx;
	int64_t log = cells[s->log_at].i, seq = cells[s->seq_at].i;
	(void)t;
	if (!s->a->n_logs || s->a->logs[s->a->n_logs - 1].log != log) {
		close_log(s);
		if (s->a->n_logs == MH_ARCHIVE_LOGS_MAX)
			return MH_FAIL(reterr, MH_E_TOO_LARGE, "The city has too many logs");
		s->a->logs[s->a->n_logs++] = (struct mh_archive_log){.log = log};
		memset(&s->tree, 0, sizeof s->tree);
	}
	if (seq != s->tree.size)
		return MH_FAIL(reterr, MH_E_CORRUPT, "Entry %lld of log %lld is missing", (long long)s->tree.size,
			       (long long)log);
	struct mh_hash leaf = mh_tlog_leaf(cells[s->entry_at].b);
	mh_tlog_append(&s->tree, &leaf);
	return MH_OK;
}

static size_t column(const struct mh_db_table *t, const char *name)
{
	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i].name, name) == 0) return i;
	return 0;
}

enum mh_code mh_archive__roots(struct mh_db *db, struct mh_archive *ret, struct mh_err *reterr)
{
	struct summing s = {.a = ret};
	ret->n_logs = 0;
	for (size_t i = 0; i < mh_sql_catalog.n_tables; i++) {
		const struct mh_db_table *t = &mh_sql_catalog.tables[i];
		if (strcmp(t->name, "ledger_entry") != 0) continue;
		s.log_at = column(t, "log");
		s.seq_at = column(t, "seq");
		s.entry_at = column(t, "entry");
		MH_TRY(mh_archive__each(db, t, add_entry, &s, reterr));
	}
	close_log(&s);
	return MH_OK;
}
