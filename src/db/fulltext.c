#include "db/fulltext.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define FIND_MS 2000
#define LAYOUT 5

/* The words are kept in the table too: without them FTS5 cannot take a document's words out again when it is erased, only hide
 * them (contentless_delete). The tokenizer takes what text/terms.c made as it is. */
static const char *const schema[] = {"create table if not exists position (id integer primary key, layout integer not "
				     "null, of text not null, at integer not "
				     "null) strict",
				     "create virtual table if not exists words using fts5 (body, tokenize = 'ascii')",
				     "insert into words (words, rank) values ('secure-delete', 1)",
				     "create virtual table if not exists answers using fts5 (body, tokenize = 'ascii')",
				     "pragma secure_delete = on",
				     NULL};

struct position_in {
	struct mh_str of;
	int64_t layout, at;
};
struct position_row {
	int64_t at;
};
struct word_in {
	int64_t id;
	struct mh_str body;
};
struct find_in {
	struct mh_str query;
	int64_t before, limit;
};
struct find_row {
	int64_t id;
};
#define INT(s, m)                                                                                                      \
	{                                                                                                              \
		.name = #m, .type = MH_DB_INT, .at = offsetof(struct s, m)                                             \
	}
#define TEXT(s, m)                                                                                                     \
	{                                                                                                              \
		.name = #m, .type = MH_DB_TEXT, .at = offsetof(struct s, m)                                            \
	}

static const struct mh_db_field position_params[] = {TEXT(position_in, of), INT(position_in, layout)};
static const struct mh_db_field position_cols[] = {INT(position_row, at)};
static const struct mh_db_field move_params[] = {TEXT(position_in, of), INT(position_in, layout), INT(position_in, at)};
static const struct mh_db_field put_params[] = {INT(word_in, id), TEXT(word_in, body)};
static const struct mh_db_field drop_params[] = {INT(word_in, id)};
static const struct mh_db_field find_params[] = {TEXT(find_in, query), INT(find_in, before), INT(find_in, limit)};
static const struct mh_db_field find_cols[] = {INT(find_row, id)};

static const struct mh_db_stmt position_get = {
	.name = "fulltext_position",
	.text = {"select at from position where id = 1 and of = ?1 and layout = ?2"},
	.params = position_params,
	.n_params = 2,
	.cols = position_cols,
	.n_cols = 1,
	.row_size = sizeof(struct position_row)};
static const struct mh_db_stmt position_move = {
	.name = "fulltext_move",
	.text = {"insert into position (id, of, layout, at) values (1, ?1, ?2, ?3) on conflict (id) do update set "
		 "of = excluded.of, layout = excluded.layout, at = excluded.at"},
	.writes = true,
	.params = move_params,
	.n_params = 3};
/* By shelf. */
static const struct mh_db_stmt word_put[] = {{.name = "fulltext_put",
					      .text = {"insert into words (rowid, body) values (?1, ?2)"},
					      .writes = true,
					      .params = put_params,
					      .n_params = 2},
					     {.name = "fulltext_put_public",
					      .text = {"insert into answers (rowid, body) values (?1, ?2)"},
					      .writes = true,
					      .params = put_params,
					      .n_params = 2}};
static const struct mh_db_stmt word_drop[] = {{.name = "fulltext_drop",
					       .text = {"delete from words where rowid = ?1"},
					       .writes = true,
					       .params = drop_params,
					       .n_params = 1},
					      {.name = "fulltext_drop_public",
					       .text = {"delete from answers where rowid = ?1"},
					       .writes = true,
					       .params = drop_params,
					       .n_params = 1}};
static const struct mh_db_stmt word_find[] = {
	{.name = "fulltext_find",
	 .text = {"select rowid from words where words match ?1 and rowid < ?2 order by rowid desc limit ?3"},
	 .params = find_params,
	 .n_params = 3,
	 .cols = find_cols,
	 .n_cols = 1,
	 .row_size = sizeof(struct find_row)},
	{.name = "fulltext_find_public",
	 .text = {"select rowid from answers where answers match ?1 and rowid < ?2 order by rowid desc limit ?3"},
	 .params = find_params,
	 .n_params = 3,
	 .cols = find_cols,
	 .n_cols = 1,
	 .row_size = sizeof(struct find_row)}};

/* Not a write to SQL's eyes: it moves pages from the log to the file, outside of any transaction. */
struct scrub_row {
	int64_t busy, pages, moved;
};
static const struct mh_db_field scrub_cols[] = {INT(scrub_row, busy), INT(scrub_row, pages), INT(scrub_row, moved)};
static const struct mh_db_stmt log_scrub = {.name = "fulltext_scrub",
					    .text = {"pragma wal_checkpoint(truncate)"},
					    .cols = scrub_cols,
					    .n_cols = 3,
					    .row_size = sizeof(struct scrub_row)};

/* The index can be made again from the ledger, and says how far it goes: a commit of it does not wait for the disk, and does not
 * keep those of the store waiting. Outside of any transaction, likewise. */
static const struct mh_db_stmt hurry = {.name = "fulltext_hurry", .text = {"pragma synchronous = normal"}};

struct mh_fulltext {
	struct mh_db *db;
	struct mh_db_tx tx;
};

static enum mh_code open_file(struct mh_fulltext *f, struct mh_str path, bool write, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str uri = mh_str_fmt(&a, "sqlite:" MH_STR_FMT, MH_STR_ARG(path));
	enum mh_code code = uri.ptr ? mh_db_open(uri, write ? MH_DB_CREATE : MH_DB_READ, &f->db, reterr)
				    : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	mh_arena_done(&a);
	if (code == MH_OK && write) code = mh_db_run_exec(f->db, &hurry, NULL, reterr);
	if (code == MH_OK && write) code = mh_db_script(f->db, schema, reterr);
	if (code == MH_OK && !write) code = mh_db_deadline(f->db, FIND_MS, reterr);
	return code;
}

enum mh_code mh_fulltext_open(struct mh_str path, bool write, struct mh_fulltext **ret, struct mh_err *reterr)
{
	struct mh_fulltext *f = mh_mem_alloc(sizeof *f);
	MH_TRY_MEM(f, reterr);
	enum mh_code code = open_file(f, path, write, reterr);
	if (code != MH_OK) return mh_fulltext_close(f), code;
	f->tx.db = f->db;
	*ret = f;
	return MH_OK;
}

void mh_fulltext_close(struct mh_fulltext *f)
{
	if (!f) return;
	mh_db_close(f->db);
	mh_mem_free(f);
}

enum mh_code mh_fulltext_remove(struct mh_str path, struct mh_err *reterr)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	enum mh_code code = MH_OK;
	struct mh_arena a = MH_ARENA(0);
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		struct mh_str file = mh_str_fmt(&a, MH_STR_FMT "%s", MH_STR_ARG(path), tails[i]);
		if (!file.ptr) code = MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
		else if (unlink(file.ptr) != 0 && errno != ENOENT)
			code = MH_FAIL(reterr, MH_E_IO, "Could not remove the search index: %s", strerror(errno));
	}
	mh_arena_done(&a);
	return code;
}

enum mh_code mh_fulltext_position(struct mh_fulltext *f, struct mh_str of, int64_t *ret, struct mh_err *reterr)
{
	struct position_row row = {0};
	struct mh_arena a = MH_ARENA(0);
	bool found = false;
	struct position_in in = {.of = of, .layout = LAYOUT};
	enum mh_code code = mh_db_run_opt(f->db, &position_get, &a, &in, &found, &row, reterr);
	mh_arena_done(&a);
	if (code == MH_OK) *ret = found ? row.at : 0;
	return code;
}

enum mh_code mh_fulltext_begin(struct mh_fulltext *f, struct mh_err *reterr)
{
	return mh_db_begin_write(&f->tx, reterr);
}

enum mh_code mh_fulltext_put(struct mh_fulltext *f, enum mh_fulltext_shelf shelf, int64_t id, struct mh_str words,
			     struct mh_err *reterr)
{
	struct word_in in = {.id = id, .body = words};
	MH_TRY(mh_fulltext_drop(f, shelf, id, reterr));
	return mh_db_run_exec(f->db, &word_put[shelf], &in, reterr);
}

enum mh_code mh_fulltext_drop(struct mh_fulltext *f, enum mh_fulltext_shelf shelf, int64_t id, struct mh_err *reterr)
{
	struct word_in in = {.id = id};
	return mh_db_run_exec(f->db, &word_drop[shelf], &in, reterr);
}

enum mh_code mh_fulltext_end(struct mh_fulltext *f, struct mh_str of, int64_t position, struct mh_err *reterr)
{
	struct position_in in = {.of = of, .layout = LAYOUT, .at = position};
	MH_TRY(mh_db_run_exec(f->db, &position_move, &in, reterr));
	return mh_db_commit(&f->tx, reterr);
}

void mh_fulltext_undo(struct mh_fulltext *f)
{
	mh_db_rollback(&f->tx);
}

enum mh_code mh_fulltext_scrub(struct mh_fulltext *f, bool *ret_done, struct mh_err *reterr)
{
	struct scrub_row row;
	struct word_in in = {0};
	struct mh_arena a = MH_ARENA(0);
	enum mh_code code = mh_db_run_one(f->db, &log_scrub, &a, &in, &row, reterr);
	mh_arena_done(&a);
	if (code == MH_OK) *ret_done = row.busy == 0;
	return code;
}

enum mh_code mh_fulltext_find(struct mh_fulltext *f, struct mh_arena *a, enum mh_fulltext_shelf shelf,
			      struct mh_str query, int64_t before, int limit, int64_t **ret, size_t *ret_n,
			      struct mh_err *reterr)
{
	struct find_in in = {.query = query, .before = before, .limit = limit};
	struct find_row *rows;
	size_t n;
	MH_TRY(mh_db_run_many(f->db, &word_find[shelf], a, &in, (void **)&rows, &n, reterr));
	int64_t *ids = MH_NEW_ARRAY(a, n + 1, int64_t);
	MH_TRY_MEM(ids, reterr);
	for (size_t i = 0; i < n; i++) ids[i] = rows[i].id;
	*ret = ids;
	*ret_n = n;
	return MH_OK;
}
