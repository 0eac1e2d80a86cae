#include "loop/archive_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct writing {
	struct mh_db *db;
	FILE *out;
	const struct mh_archive_config *config;
	struct mh_sha256 *hash;
	struct mh_buf line;
	struct mh_archive a;
};

/* Writes the line and begins the next. */
static enum mh_code put_line(struct writing *w, struct mh_err *reterr)
{
	mh_buf_ch(&w->line, '\n');
	if (w->line.failed) return MH_FAIL(reterr, MH_E_TOO_LARGE, "A row is too large for an archive");
	if (fwrite(w->line.ptr, 1, w->line.len, w->out) != w->line.len)
		return MH_FAIL(reterr, MH_E_IO, "Could not write the archive: %s", strerror(errno));
	if (w->hash) mh_sha256_add(w->hash, w->line.ptr, w->line.len);
	mh_buf_clear(&w->line);
	return MH_OK;
}

static enum mh_code add_base64(struct mh_buf *b, struct mh_bytes bytes, struct mh_err *reterr)
{
	size_t room = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
	char *text = mh_mem_alloc(room);
	MH_TRY_MEM(text, reterr);
	sodium_bin2base64(text, room, bytes.ptr, bytes.len, sodium_base64_VARIANT_ORIGINAL);
	mh_buf_ch(b, '"');
	mh_buf_c(b, text);
	mh_buf_ch(b, '"');
	mh_mem_free(text);
	return MH_OK;
}

static enum mh_code put_row(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *cells,
			    struct mh_err *reterr)
{
	struct writing *w = ctx;
	struct mh_buf *b = &w->line;
	for (size_t i = 0; i < t->n_columns; i++) {
		mh_buf_ch(b, i ? ',' : '[');
		if (cells[i].null) mh_buf_c(b, "null");
		else if (t->columns[i].type == MH_DB_INT) mh_buf_fmt(b, "%lld", (long long)cells[i].i);
		else if (t->columns[i].type == MH_DB_BLOB) MH_TRY(add_base64(b, cells[i].b, reterr));
		else mh_buf_json(b, (struct mh_str){(const char *)cells[i].b.ptr, cells[i].b.len});
	}
	mh_buf_ch(b, ']');
	MH_TRY(put_line(w, reterr));
	w->a.rows++;
	if (w->config->progress) w->config->progress(w->config->ctx, w->a.rows);
	return MH_OK;
}

static enum mh_code put_table(struct writing *w, const struct mh_db_table *t, struct mh_err *reterr)
{
	mh_buf_fmt(&w->line, "{\"table\":\"%s\",\"columns\":[", t->name);
	for (size_t i = 0; i < t->n_columns; i++) mh_buf_fmt(&w->line, "%s\"%s\"", i ? "," : "", t->columns[i].name);
	mh_buf_c(&w->line, "]}");
	MH_TRY(put_line(w, reterr));
	return mh_archive__each(w->db, t, put_row, w, reterr);
}

/* --- keys: the small files of the state folder itself, not of the folders in it --- */

static enum mh_code put_key(struct writing *w, int dir, const char *name, struct mh_err *reterr)
{
	unsigned char bytes[MH_ARCHIVE_KEY_MAX];
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > sizeof bytes) {
		if (fd >= 0) close(fd);
		return MH_OK;
	}
	ssize_t n = read(fd, bytes, sizeof bytes);
	close(fd);
	if (n != st.st_size) return MH_FAIL(reterr, MH_E_IO, "Could not read the key %s", name);
	mh_buf_c(&w->line, "{\"key\":");
	mh_buf_json(&w->line, mh_str_c(name));
	mh_buf_c(&w->line, ",\"bytes\":");
	enum mh_code code = add_base64(&w->line, (struct mh_bytes){bytes, (size_t)n}, reterr);
	sodium_memzero(bytes, sizeof bytes);
	MH_TRY(code);
	mh_buf_ch(&w->line, '}');
	w->a.keys++;
	return put_line(w, reterr);
}

static enum mh_code put_keys(struct writing *w, struct mh_err *reterr)
{
	char path[4096];
	if (!w->config->keys_dir.len) return MH_OK;
	snprintf(path, sizeof path, MH_STR_FMT, MH_STR_ARG(w->config->keys_dir));
	DIR *d = opendir(path);
	if (!d) return MH_FAIL(reterr, MH_E_NOT_FOUND, "Could not open the state folder %s: %s", path, strerror(errno));
	enum mh_code code = MH_OK;
	for (struct dirent *e; code == MH_OK && (e = readdir(d));)
		if (e->d_name[0] != '.') code = put_key(w, dirfd(d), e->d_name, reterr);
	closedir(d);
	return code;
}

/* --- the whole --- */

static enum mh_code put_head(struct writing *w, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(1 << 20);
	bool found = false;
	struct mh_q_setting_get_row row;
	enum mh_code code = mh_q_setting_get(w->db, &a, &(struct mh_q_setting_get_in){.name = MH_STR("home")}, &found,
					     &row, reterr);
	if (code == MH_OK && !found) code = MH_FAIL(reterr, MH_E_NOT_FOUND, "This store holds no city");
	if (code == MH_OK) {
		mh_buf_fmt(&w->line, "{\"format\":\"" MH_ARCHIVE_FORMAT "\",\"schema\":\"%s\",\"home\":",
			   mh_sql_catalog.schema_hash);
		mh_buf_json(&w->line, row.value);
		mh_buf_fmt(&w->line, ",\"at\":%lld,\"program\":\"" MINHU_VERSION "\"}", (long long)w->config->now);
		code = put_line(w, reterr);
	}
	mh_arena_done(&a);
	return code;
}

static enum mh_code put_tail(struct writing *w, struct mh_err *reterr)
{
	char hex[2 * MH_SHA256_LEN + 1];
	MH_TRY(mh_archive__roots(w->db, &w->a, reterr));
	mh_buf_c(&w->line, "{\"ledger\":[");
	for (size_t i = 0; i < w->a.n_logs; i++) {
		const struct mh_archive_log *l = &w->a.logs[i];
		sodium_bin2hex(hex, sizeof hex, l->root.b, sizeof l->root.b);
		mh_buf_fmt(&w->line, "%s{\"log\":%lld,\"size\":%lld,\"root\":\"%s\"}", i ? "," : "", (long long)l->log,
			   (long long)l->size, hex);
	}
	mh_buf_c(&w->line, "]}");
	MH_TRY(put_line(w, reterr));
	struct mh_hash h = mh_sha256_end(w->hash);
	w->hash = NULL;
	sodium_bin2hex(hex, sizeof hex, h.b, sizeof h.b);
	mh_buf_fmt(&w->line, "{\"end\":%lld,\"sha256\":\"%s\"}", (long long)w->a.rows, hex);
	return put_line(w, reterr);
}

static enum mh_code put_all(struct writing *w, struct mh_err *reterr)
{
	MH_TRY_MEM(w->hash, reterr);
	MH_DB_TX(tx, w->db);
	MH_TRY(mh_db_begin_read(&tx, reterr));
	MH_TRY(put_head(w, reterr));
	MH_TRY(put_keys(w, reterr));
	for (size_t i = 0; i < mh_sql_catalog.n_tables; i++)
		if (!mh_archive__skips(&mh_sql_catalog.tables[i]))
			MH_TRY(put_table(w, &mh_sql_catalog.tables[i], reterr));
	return put_tail(w, reterr);
}

enum mh_code mh_archive_write(struct mh_db *db, FILE *out, const struct mh_archive_config *config,
			      struct mh_archive *ret, struct mh_err *reterr)
{
	struct writing w = {
		.db = db, .out = out, .config = config, .hash = mh_sha256_begin(), .line = MH_BUF(MH_ARCHIVE_LINE_MAX)};
	enum mh_code code = put_all(&w, reterr);
	mh_sha256_drop(w.hash);
	if (w.line.ptr) sodium_memzero(w.line.ptr, w.line.len);
	mh_buf_done(&w.line);
	if (code == MH_OK) *ret = w.a;
	return code;
}
