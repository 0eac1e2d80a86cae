#include "loop/handle.h"

#include "loop/vault.h"
#include "sql_gen.h"

#include <errno.h>
#include <fcntl.h>
#include <magic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 1000

/* What libmagic says, and what we call it. Left out on purpose: HTML, SVG, XML, scripts, archives, programs. */
static const struct {
	const char *seen, *type;
} types[] = {
	{"image/jpeg", "image/jpeg"},
	{"image/png", "image/png"},
	{"image/webp", "image/webp"},
	{"image/gif", "image/gif"},
	{"image/heic", "image/heic"},
	{"image/heif", "image/heic"},
	{"application/pdf", "application/pdf"},
	{"application/msword", "application/msword"},
	{"application/vnd.ms-excel", "application/vnd.ms-excel"},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	 "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"},
	{"text/plain", "text/plain"},
	{"text/csv", "text/csv"},
	{"application/csv", "text/csv"},
	{"video/mp4", "video/mp4"},
	{"video/quicktime", "video/quicktime"},
	{"video/webm", "video/webm"},
	{"audio/mpeg", "audio/mpeg"},
	{"audio/ogg", "audio/ogg"},
	{"audio/x-wav", "audio/wav"},
	{"audio/AMR", "audio/amr"},
	{"audio/amr", "audio/amr"},
	{"audio/x-m4a", "audio/mp4"},
};

static enum mh_code known_type(const char *seen, const char **ret, struct mh_err *reterr)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].seen, seen) == 0) return *ret = types[i].type, MH_OK;
	if (strcmp(seen, "inode/x-empty") == 0 || strcmp(seen, "application/x-empty") == 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The file is empty");
	enum mh_code code = MH_FAIL(reterr, MH_E_MEDIA_TYPE, "Files of the type %.80s are not taken", seen);
	mh_err_hint(reterr, "Photographs (JPEG, PNG, WebP, GIF, HEIC), PDF, Word, Excel, OpenDocument, text, CSV, "
			    "video and audio are.");
	return code;
}

/* Chinese that begins with one of some characters (马 is E9 A9 AC) looks to libmagic like a program for DOS, which begins with a jump. */
static bool is_text(struct mh_bytes b)
{
	size_t n = b.len < 4096 ? b.len : 4096;
	while (n > 0 && n < b.len && (b.ptr[n] & 0xc0) == 0x80) n--; /* not within a character */
	for (size_t i = 0; i < n; i++)
		if (b.ptr[i] < 0x20 && b.ptr[i] != '\n' && b.ptr[i] != '\r' && b.ptr[i] != '\t') return false;
	return n > 0 && mh_utf8_bad((struct mh_bytes){b.ptr, n}) < 0;
}

enum mh_code mh_handle_sniff(struct mh_bytes head, const char **ret_type, struct mh_err *reterr)
{
	magic_t m = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
	if (!m || magic_load(m, NULL) != 0) {
		if (m) magic_close(m);
		enum mh_code code = MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not look into the file");
		mh_err_internal(reterr, "libmagic cannot load its database; is the package libmagic-mgc there?");
		return code;
	}
	const char *seen = magic_buffer(m, head.ptr, head.len);
	if (seen && strcmp(seen, "application/x-dosexec") == 0 && is_text(head)) seen = "text/plain";
	enum mh_code code = seen ? known_type(seen, ret_type, reterr)
				 : MH_FAIL(reterr, MH_E_IO, "Could not look into the file");
	magic_close(m);
	return code;
}

enum mh_code mh_handle_sniff_sealed(struct mh_str path, const struct mh_key *key, const char **ret_type,
				    struct mh_err *reterr)
{
	struct mh_vault_reader *r = NULL;
	char chunk[4096];
	ptrdiff_t n = 1;
	struct mh_buf head = MH_BUF(MH_HANDLE_LOOKED + sizeof chunk);
	MH_TRY(mh_vault_open(path.ptr, key, &r, reterr));
	while (head.len < MH_HANDLE_LOOKED && (n = mh_vault_next(r, chunk, sizeof chunk)) > 0)
		mh_buf_add(&head, chunk, (size_t)n);
	mh_vault_close(r);
	enum mh_code code = n < 0 ? MH_FAIL(reterr, MH_E_IO, "Could not look into the file")
			    : head.failed
				    ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short")
				    : mh_handle_sniff((struct mh_bytes){(const unsigned char *)head.ptr, head.len},
						      ret_type, reterr);
	mh_buf_done(&head);
	return code;
}

/* --- keeping --- */

struct mh_str mh_handle_place(struct mh_arena *a, struct mh_str files_dir, struct mh_str name)
{
	return mh_str_fmt(a, MH_STR_FMT "/%.2s/" MH_STR_FMT, MH_STR_ARG(files_dir), name.ptr, MH_STR_ARG(name));
}

static enum mh_code io_failure(struct mh_err *reterr, const char *what)
{
	int why = errno;
	enum mh_code code = why == ENOSPC || why == EDQUOT
				    ? MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not keep the file: the disk is full")
				    : MH_FAIL(reterr, MH_E_IO, "Could not keep the file");
	mh_err_internal(reterr, "%s: %s", what, strerror(why));
	return code;
}

static enum mh_code sync_dir(const char *path, struct mh_err *reterr)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return io_failure(reterr, "open folder");
	int rc = fsync(fd);
	close(fd);
	return rc == 0 ? MH_OK : io_failure(reterr, "sync folder");
}

enum mh_code mh_handle_keep(struct mh_arena *a, const struct mh_rng *rng, struct mh_str files_dir, struct mh_str path,
			    struct mh_str *ret_name, struct mh_err *reterr)
{
	struct mh_hash chance;
	mh_random(rng, &chance, sizeof chance);
	struct mh_str name = mh_hash_hex(a, &chance);
	MH_TRY_MEM(name.ptr, reterr);
	struct mh_str to = mh_handle_place(a, files_dir, name);
	struct mh_str dir = mh_str_fmt(a, MH_STR_FMT "/%.2s", MH_STR_ARG(files_dir), name.ptr);
	MH_TRY_MEM(to.ptr, reterr);
	MH_TRY_MEM(dir.ptr, reterr);
	if (mkdir(dir.ptr, 0700) == 0) MH_TRY(sync_dir(files_dir.ptr, reterr));
	else if (errno != EEXIST) return io_failure(reterr, "make folder");
	if (rename(path.ptr, to.ptr) != 0) return io_failure(reterr, "rename");
	*ret_name = name;
	return sync_dir(dir.ptr, reterr);
}

/* --- finding and letting go --- */

enum mh_code mh_handle_find(struct mh_tx *tx, const struct mh_glance *g, int64_t id, struct mh_str files_dir,
			    struct mh_handle_file *ret, struct mh_err *reterr)
{
	struct mh_q_file_get_row row;
	bool found = false;
	struct mh_q_file_get_in in = {.home_id = tx->city->home_id, .id = id};
	MH_TRY(mh_q_file_get(tx->db, tx->arena, &in, &found, &row, reterr));
	if (!found || row.matter_id != g->id) return MH_FAIL(reterr, MH_E_NOT_FOUND, "This matter has no such file");
	if (g->erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
	if (row.name.len != 64) return MH_FAIL(reterr, MH_E_GONE, "This file has been erased when its time was over");
	struct mh_handle_file file = {.id = row.id,
				      .size = row.size,
				      .hash = row.hash,
				      .type = row.media_type,
				      .path = mh_handle_place(tx->arena, files_dir, row.name),
				      .sealed = row.sealed_key.len > 0};
	MH_TRY_MEM(file.path.ptr, reterr);
	if (file.sealed) MH_TRY(mh_matter_file_key(tx, g->id, row.name, row.sealed_key, &file.key, reterr));
	*ret = file;
	return MH_OK;
}

static enum mh_code add_path(struct mh_arena *a, struct mh_handle_paths *p, struct mh_str path, struct mh_err *reterr)
{
	MH_TRY_MEM(path.ptr, reterr);
	if (p->n == p->room) {
		size_t room = p->room ? p->room * 2 : 16;
		struct mh_str *list = MH_NEW_ARRAY(a, room, struct mh_str);
		MH_TRY_MEM(list, reterr);
		if (p->n) memcpy(list, p->list, p->n * sizeof *list);
		p->list = list;
		p->room = room;
	}
	p->list[p->n++] = path;
	return MH_OK;
}

static enum mh_code orphans_of(struct mh_tx *tx, int64_t matter_id, struct mh_str files_dir,
			       struct mh_handle_paths *paths, struct mh_err *reterr)
{
	struct mh_q_file_of_matter_row *rows;
	size_t n;
	struct mh_q_file_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = matter_id, .limit = FILES_MAX};
	MH_TRY(mh_q_file_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_q_file_shared_row shared = {0};
		struct mh_q_file_shared_in q = {
			.home_id = tx->city->home_id, .name = rows[i].name, .matter_id = matter_id};
		if (rows[i].name.len != 64) continue;
		if (!rows[i].sealed_key.len) MH_TRY(mh_q_file_shared(tx->db, tx->arena, &q, &shared, reterr));
		if (shared.n > 0) continue;
		MH_TRY(add_path(tx->arena, paths, mh_handle_place(tx->arena, files_dir, rows[i].name), reterr));
	}
	return MH_OK;
}

#define DEPTH 9 /* as erasure itself goes */

static enum mh_code orphans(struct mh_tx *tx, int64_t matter_id, struct mh_str files_dir, struct mh_handle_paths *paths,
			    int depth, struct mh_err *reterr)
{
	struct mh_q_matter_children_row *rows;
	size_t n;
	struct mh_q_matter_children_in in = {.home_id = tx->city->home_id, .parent_id = matter_id, .limit = FILES_MAX};
	MH_TRY(orphans_of(tx, matter_id, files_dir, paths, reterr));
	if (depth == DEPTH) return MH_OK;
	MH_TRY(mh_q_matter_children(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) MH_TRY(orphans(tx, rows[i].id, files_dir, paths, depth + 1, reterr));
	return MH_OK;
}

enum mh_code mh_handle_orphans(struct mh_tx *tx, int64_t matter_id, struct mh_str files_dir,
			       struct mh_handle_paths *paths, struct mh_err *reterr)
{
	return orphans(tx, matter_id, files_dir, paths, 0, reterr);
}
