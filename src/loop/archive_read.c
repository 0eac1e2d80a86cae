#include "loop/archive_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
	FILE *in;
	struct mh_db *db;
	const struct mh_archive_config *config;
	struct mh_buf line; /* without its end */
	int64_t at;         /* its number */
	const struct mh_db_table *table;
	struct mh_archive a, said; /* what was found; what the archive says of its ledger */
};

static enum mh_code damaged(const struct reading *r, const char *why, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_CORRUPT, "The archive is damaged: line %lld %s", (long long)r->at, why);
}

/* *ret_more false: the file is over. */
static enum mh_code next_line(struct reading *r, bool *ret_more, struct mh_err *reterr)
{
	char chunk[4096];
	size_t n = 0;
	int c;
	mh_buf_clear(&r->line);
	while ((c = getc_unlocked(r->in)) != EOF && c != '\n') {
		chunk[n++] = (char)c;
		if (n < sizeof chunk) continue;
		mh_buf_add(&r->line, chunk, n);
		n = 0;
		if (r->line.failed) break;
	}
	mh_buf_add(&r->line, chunk, n);
	if (ferror(r->in)) return MH_FAIL(reterr, MH_E_IO, "Could not read the archive: %s", strerror(errno));
	r->at++;
	if (r->line.failed) return damaged(r, "is too long", reterr);
	*ret_more = c == '\n';
	if (c == EOF && r->line.len) return damaged(r, "is not complete", reterr);
	return MH_OK;
}

static enum mh_code parse(struct reading *r, json_t **ret, struct mh_err *reterr)
{
	if (mh_json_parse(mh_buf_str(&r->line), ret, NULL) != MH_OK) return damaged(r, "cannot be read", reterr);
	return MH_OK;
}

/* --- first reading: is it whole? --- */

static enum mh_code check_head(struct reading *r, const json_t *j, struct mh_err *reterr)
{
	if (!mh_str_is(mh_json_get_str(j, "format"), MH_ARCHIVE_FORMAT))
		return MH_FAIL(reterr, MH_E_INVALID, "This is no archive of a city");
	if (mh_str_is(mh_json_get_str(j, "schema"), mh_sql_catalog.schema_hash)) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "This archive was written by a program with another schema");
	mh_err_hint(reterr, "Read it with version " MH_STR_FMT " of this program.",
		    MH_STR_ARG(mh_json_get_str(j, "program")));
	return code;
}

static enum mh_code check_end(struct reading *r, const json_t *j, struct mh_sha256 **hash, struct mh_err *reterr)
{
	char hex[2 * MH_SHA256_LEN + 1];
	struct mh_hash h = mh_sha256_end(*hash);
	*hash = NULL;
	sodium_bin2hex(hex, sizeof hex, h.b, sizeof h.b);
	if (!mh_str_is(mh_json_get_str(j, "sha256"), hex))
		return MH_FAIL(reterr, MH_E_CORRUPT,
			       "The archive is damaged: its bytes do not have the hash that its last line gives");
	bool more = false;
	MH_TRY(next_line(r, &more, reterr));
	return more ? damaged(r, "comes after the end", reterr) : MH_OK;
}

static enum mh_code check_whole(struct reading *r, struct mh_sha256 **hash, struct mh_err *reterr)
{
	MH_TRY_MEM(*hash, reterr);
	for (;;) {
		bool more = false;
		MH_TRY(next_line(r, &more, reterr));
		if (!more) return damaged(r, "should be the last one, with the hash: the file was cut off", reterr);
		struct mh_str line = mh_buf_str(&r->line);
		bool end = mh_str_starts(line, "{\"end\":");
		if (r->at == 1 || end) {
			MH_JSON_AUTO json_t *j = NULL;
			if (r->at == 1 && mh_json_parse(line, &j, NULL) != MH_OK)
				return MH_FAIL(reterr, MH_E_INVALID, "This is no archive of a city");
			if (!j) MH_TRY(parse(r, &j, reterr));
			if (end) return check_end(r, j, hash, reterr);
			MH_TRY(check_head(r, j, reterr));
		}
		mh_sha256_add(*hash, line.ptr, line.len);
		mh_sha256_add(*hash, "\n", 1);
	}
}

/* --- second reading --- */

static enum mh_code take_cell(struct reading *r, struct mh_arena *a, const struct mh_db_column *c, const json_t *v,
			      struct mh_db_cell *ret, struct mh_err *reterr)
{
	*ret = (struct mh_db_cell){.null = json_is_null(v)};
	if (ret->null) return MH_OK;
	if (c->type == MH_DB_INT) {
		if (!json_is_integer(v)) return damaged(r, "has something else than a number", reterr);
		ret->i = json_integer_value(v);
		return MH_OK;
	}
	if (!json_is_string(v)) return damaged(r, "has something else than a text", reterr);
	const char *text = json_string_value(v);
	size_t len = json_string_length(v), n = 0;
	ret->b = (struct mh_bytes){(const unsigned char *)text, len};
	if (c->type == MH_DB_TEXT) return MH_OK;
	unsigned char *bytes = mh_arena_alloc(a, len + 1);
	MH_TRY_MEM(bytes, reterr);
	if (sodium_base642bin(bytes, len + 1, text, len, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return damaged(r, "has bytes that are not base64", reterr);
	ret->b = (struct mh_bytes){bytes, n};
	return MH_OK;
}

static enum mh_code take_row(struct reading *r, struct mh_arena *a, const json_t *row, struct mh_err *reterr)
{
	const struct mh_db_table *t = r->table;
	if (!t || json_array_size(row) != t->n_columns) return damaged(r, "is a row of no table", reterr);
	struct mh_db_cell *cells = MH_NEW_ARRAY(a, t->n_columns, struct mh_db_cell);
	MH_TRY_MEM(cells, reterr);
	for (size_t i = 0; i < t->n_columns; i++)
		MH_TRY(take_cell(r, a, &t->columns[i], json_array_get(row, i), &cells[i], reterr));
	MH_TRY(mh_db_table_put(r->db, t, cells, reterr));
	r->a.rows++;
	if (r->config->progress) r->config->progress(r->config->ctx, r->a.rows);
	return MH_OK;
}

static enum mh_code take_table(struct reading *r, const json_t *j, struct mh_err *reterr)
{
	const json_t *columns = json_object_get(j, "columns");
	r->table = NULL;
	for (size_t i = 0; i < mh_sql_catalog.n_tables; i++)
		if (mh_str_is(mh_json_get_str(j, "table"), mh_sql_catalog.tables[i].name))
			r->table = &mh_sql_catalog.tables[i];
	if (!r->table || json_array_size(columns) != r->table->n_columns)
		return damaged(r, "names a table that we do not have", reterr);
	for (size_t i = 0; i < r->table->n_columns; i++) {
		const char *name = json_string_value(json_array_get(columns, i));
		if (!name || strcmp(name, r->table->columns[i].name) != 0)
			return damaged(r, "has other columns than ours", reterr);
	}
	return MH_OK;
}

static enum mh_code take_ledger(struct reading *r, const json_t *list, struct mh_err *reterr)
{
	if (json_array_size(list) > MH_ARCHIVE_LOGS_MAX) return damaged(r, "has too many logs", reterr);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *j = json_array_get(list, i);
		struct mh_archive_log *l = &r->said.logs[r->said.n_logs++];
		struct mh_str root = mh_json_get_str(j, "root");
		l->log = mh_json_get_int(j, "log", 0);
		l->size = mh_json_get_int(j, "size", -1);
		if (root.len != 2 * MH_SHA256_LEN || !mh_str_unhex(root, l->root.b))
			return damaged(r, "has a root that is none", reterr);
	}
	return MH_OK;
}

/* --- keys --- */

static bool plain_name(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", s.ptr[i]))
			return false;
	return s.len > 0 && s.len < 100 && s.ptr[0] != '.';
}

/* Never over another key; the same one is fine. */
static enum mh_code put_key(const char *path, const unsigned char *bytes, size_t n, struct mh_err *reterr)
{
	unsigned char have[MH_ARCHIVE_KEY_MAX + 1];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		bool ok = write(fd, bytes, n) == (ssize_t)n && fsync(fd) == 0;
		if (close(fd) == 0 && ok) return MH_OK;
		return MH_FAIL(reterr, MH_E_IO, "Could not write the key %s: %s", path, strerror(errno));
	}
	if (errno != EEXIST) return MH_FAIL(reterr, MH_E_IO, "Could not write the key %s: %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, have, sizeof have);
	if (fd >= 0) close(fd);
	bool same = got == (ssize_t)n && memcmp(have, bytes, n) == 0;
	sodium_memzero(have, sizeof have);
	return same ? MH_OK : MH_FAIL(reterr, MH_E_CONFLICT, "There is another key already: %s", path);
}

static enum mh_code take_key(struct reading *r, struct mh_arena *a, const json_t *j, struct mh_err *reterr)
{
	struct mh_str name = mh_json_get_str(j, "key"), text = mh_json_get_str(j, "bytes"), dir = r->config->keys_dir;
	size_t n = 0;
	if (!plain_name(name)) return damaged(r, "has a key without a proper name", reterr);
	struct mh_str path = mh_str_fmt(a, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(dir), MH_STR_ARG(name)),
		      folder = mh_str_dup(a, dir);
	unsigned char *bytes = mh_arena_alloc(a, text.len + 1);
	MH_TRY_MEM(path.ptr, reterr);
	MH_TRY_MEM(folder.ptr, reterr);
	MH_TRY_MEM(bytes, reterr);
	if (sodium_base642bin(bytes, text.len + 1, text.ptr, text.len, NULL, &n, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    n > MH_ARCHIVE_KEY_MAX)
		return damaged(r, "has a key that is not base64", reterr);
	if (mkdir(folder.ptr, 0700) != 0 && errno != EEXIST)
		return MH_FAIL(reterr, MH_E_IO, "Could not make the state folder %s: %s", folder.ptr, strerror(errno));
	r->a.keys++;
	return put_key(path.ptr, bytes, n, reterr);
}

/* --- the whole --- */

static enum mh_code take_line(struct reading *r, struct mh_arena *a, bool *ret_end, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *j = NULL;
	MH_TRY(parse(r, &j, reterr));
	if (json_is_array(j)) return take_row(r, a, j, reterr);
	if (json_object_get(j, "table")) return take_table(r, j, reterr);
	if (json_object_get(j, "key")) return take_key(r, a, j, reterr);
	if (json_object_get(j, "ledger")) return take_ledger(r, json_object_get(j, "ledger"), reterr);
	*ret_end = json_object_get(j, "end") != NULL;
	if (*ret_end && mh_json_get_int(j, "end", -1) != r->a.rows)
		return damaged(r, "gives another number of rows", reterr);
	return MH_OK;
}

static enum mh_code take_all(struct reading *r, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(MH_ARCHIVE_LINE_MAX * 4);
	enum mh_code code = MH_OK;
	for (bool end = false, more = true; code == MH_OK && !end;) {
		mh_arena_clear(&a);
		code = next_line(r, &more, reterr);
		if (code == MH_OK && !more) code = damaged(r, "should be the last one", reterr);
		if (code == MH_OK) code = take_line(r, &a, &end, reterr);
	}
	mh_arena_done(&a);
	return code;
}

/* What counts is not what was written but what can be read back. */
static enum mh_code compare(struct reading *r, struct mh_err *reterr)
{
	struct mh_archive found = {0};
	MH_TRY(mh_archive__roots(r->db, &found, reterr));
	bool same = found.n_logs == r->said.n_logs && found.n_logs > 0;
	for (size_t i = 0; same && i < found.n_logs; i++)
		same = found.logs[i].log == r->said.logs[i].log && found.logs[i].size == r->said.logs[i].size &&
		       mh_hash_eq(&found.logs[i].root, &r->said.logs[i].root);
	if (!same)
		return MH_FAIL(reterr, MH_E_CORRUPT,
			       "The ledger in the new store is not the one of the archive; nothing was kept");
	memcpy(r->a.logs, found.logs, sizeof found.logs);
	r->a.n_logs = found.n_logs;
	return MH_OK;
}

static enum mh_code read_in(struct reading *r, struct mh_err *reterr)
{
	MH_DB_TX(tx, r->db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(mh_db_schema(r->db, &mh_sql_catalog, reterr));
	MH_TRY(take_all(r, reterr));
	MH_TRY(compare(r, reterr));
	return mh_db_commit(&tx, reterr);
}

enum mh_code mh_archive_read(FILE *in, struct mh_db *db, const struct mh_archive_config *config, struct mh_archive *ret,
			     struct mh_err *reterr)
{
	struct reading r = {.in = in, .db = db, .config = config, .line = MH_BUF(MH_ARCHIVE_LINE_MAX)};
	struct mh_sha256 *hash = mh_sha256_begin();
	enum mh_code code = check_whole(&r, &hash, reterr);
	mh_sha256_drop(hash);
	if (code == MH_OK && fseeko(in, 0, SEEK_SET) != 0)
		code = MH_FAIL(reterr, MH_E_INVALID, "An archive cannot be read from a pipe");
	r.at = 0;
	if (code == MH_OK) code = read_in(&r, reterr);
	if (r.line.ptr) sodium_memzero(r.line.ptr, r.line.len);
	mh_buf_done(&r.line);
	if (code == MH_OK) *ret = r.a;
	return code;
}
