#include "loop/handle.h"

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

enum mh_code mh_handle_sniff(struct mh_str path, const char **ret_type, struct mh_err *reterr)
{
	magic_t m = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
	if (!m || magic_load(m, NULL) != 0) {
		if (m) magic_close(m);
		enum mh_code code = MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not look into the file");
		mh_err_internal(reterr, "libmagic cannot load its database; is the package libmagic-mgc there?");
		return code;
	}
	const char *seen = magic_file(m, path.ptr);
	enum mh_code code = seen ? known_type(seen, ret_type, reterr)
				 : MH_FAIL(reterr, MH_E_IO, "Could not look into the file");
	magic_close(m);
	return code;
}

/* --- keeping --- */

static struct mh_str place_of(struct mh_arena *a, struct mh_str dir, struct mh_str hex)
{
	return mh_str_fmt(a, MH_STR_FMT "/%.2s/" MH_STR_FMT, MH_STR_ARG(dir), hex.ptr, MH_STR_ARG(hex));
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

enum mh_code mh_handle_keep(struct mh_arena *a, struct mh_str files_dir, struct mh_str path, const struct mh_hash *hash,
			    struct mh_err *reterr)
{
	struct mh_str hex = mh_hash_hex(a, hash);
	MH_TRY_MEM(hex.ptr, reterr);
	struct mh_str to = place_of(a, files_dir, hex);
	struct mh_str dir = mh_str_fmt(a, MH_STR_FMT "/%.2s", MH_STR_ARG(files_dir), hex.ptr);
	MH_TRY_MEM(to.ptr, reterr);
	MH_TRY_MEM(dir.ptr, reterr);
	if (access(to.ptr, F_OK) == 0) return MH_OK;
	if (mkdir(dir.ptr, 0700) == 0) MH_TRY(sync_dir(files_dir.ptr, reterr));
	else if (errno != EEXIST) return io_failure(reterr, "make folder");
	if (rename(path.ptr, to.ptr) != 0) return io_failure(reterr, "rename");
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
	if (!found || row.matter_id != g->id || row.hash.len != 64)
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "This matter has no such file");
	if (g->erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
	struct mh_handle_file file = {row.id, row.size, row.hash, row.media_type,
				      place_of(tx->arena, files_dir, row.hash)};
	MH_TRY_MEM(file.path.ptr, reterr);
	*ret = file;
	return MH_OK;
}

enum mh_code mh_handle_orphans(struct mh_tx *tx, const struct mh_glance *g, struct mh_str files_dir,
			       struct mh_str **ret, size_t *ret_n, struct mh_err *reterr)
{
	struct mh_q_file_of_matter_row *rows;
	size_t n, kept = 0;
	struct mh_q_file_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = g->id, .limit = FILES_MAX};
	MH_TRY(mh_q_file_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	struct mh_str *paths = MH_NEW_ARRAY(tx->arena, n ? n : 1, struct mh_str);
	MH_TRY_MEM(paths, reterr);
	for (size_t i = 0; i < n; i++) {
		struct mh_q_file_shared_row shared;
		struct mh_q_file_shared_in q = {.home_id = tx->city->home_id, .hash = rows[i].hash, .matter_id = g->id};
		MH_TRY(mh_q_file_shared(tx->db, tx->arena, &q, &shared, reterr));
		if (shared.n > 0 || rows[i].hash.len != 64) continue;
		paths[kept] = place_of(tx->arena, files_dir, rows[i].hash);
		MH_TRY_MEM(paths[kept].ptr, reterr);
		kept++;
	}
	*ret = paths;
	*ret_n = kept;
	return MH_OK;
}
