#include "ledger/files_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
	if (*fd >= 0) close(*fd);
}

static void done_buf(struct mh_buf *b)
{
	mh_buf_done(b);
}

/* For keys: leaves nothing of them on the heap. */
static void wipe_buf(struct mh_buf *b)
{
	if (b->ptr) sodium_memzero(b->ptr, b->len);
	mh_buf_done(b);
}

static enum mh_code io_error(const char *path, const char *what, struct mh_err *reterr)
{
	int e = errno;
	char reason[128];
	const char *text = strerror_r(e, reason, sizeof reason);
	enum mh_code code = e == ENOMEM ? MH_E_NO_MEMORY : MH_E_IO;
	MH_FAIL(reterr, code, "Could not %s a file of the ledger", what);
	mh_err_detail(reterr, "%s: %s", path, text);
	if (e == ENOSPC || e == EDQUOT) mh_err_hint(reterr, "The disk is full");
	return code;
}

static bool write_all(int fd, struct mh_str s)
{
	while (s.len) {
		ssize_t n = write(fd, s.ptr, s.len);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return false;
		s.ptr += n;
		s.len -= (size_t)n;
	}
	return true;
}

static enum mh_code sync_folder_of(const char *path, struct mh_err *reterr)
{
	char dir[MH_LEDGER__PATH_MAX];
	const char *slash = strrchr(path, '/');
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	MH_CLEANUP(close_fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) return io_error(dir, "make durable", reterr);
	return MH_OK;
}

enum mh_code mh_ledger__file_put(const char *path, struct mh_str content, unsigned mode, bool durable,
				 struct mh_err *reterr)
{
	char temp[MH_LEDGER__PATH_MAX + 8];
	snprintf(temp, sizeof temp, "%s.new", path);
	unlink(temp); /* what a crash left */
	MH_CLEANUP(close_fd) int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0) return io_error(temp, "create", reterr);
	if (!write_all(fd, content) || (durable && fsync(fd) != 0) || rename(temp, path) != 0) {
		enum mh_code code = io_error(path, "write", reterr);
		unlink(temp);
		return code;
	}
	return durable ? sync_folder_of(path, reterr) : MH_OK;
}

enum mh_code mh_ledger__folders_for(const char *path, struct mh_err *reterr)
{
	char dir[MH_LEDGER__PATH_MAX];
	for (const char *p = path + 1; (p = strchr(p, '/')); p++) {
		snprintf(dir, sizeof dir, "%.*s", (int)(p - path), path);
		if (mkdir(dir, 0755) != 0 && errno != EEXIST) return io_error(dir, "make the folder of", reterr);
	}
	return MH_OK;
}

enum mh_code mh_ledger__sync_all(const char *folder, struct mh_err *reterr)
{
	MH_CLEANUP(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || syncfs(fd) != 0) return io_error(folder, "make durable", reterr);
	return MH_OK;
}

void mh_ledger__folder_remove(const char *path)
{
	DIR *d = opendir(path);
	if (!d) return;
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.') unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	rmdir(path);
}

enum mh_code mh_ledger__file_get(const char *path, size_t max, struct mh_buf *out, bool *ret_found,
				 struct mh_err *reterr)
{
	MH_CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char piece[16384];
	size_t total = 0;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		*ret_found = false;
		return MH_OK;
	}
	if (fd < 0) return io_error(path, "open", reterr);
	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return io_error(path, "read", reterr);
		if (n == 0) break;
		total += (size_t)n;
		if (total > max) return MH_FAIL(reterr, MH_E_TOO_LARGE, "%s is longer than %zu bytes", path, max);
		mh_buf_add(out, piece, (size_t)n);
	}
	if (out->failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	*ret_found = true;
	return MH_OK;
}

enum mh_code mh_ledger__state_path(struct mh_str state_dir, int64_t log, const char *kind,
				   char out[MH_LEDGER__PATH_MAX], struct mh_err *reterr)
{
	char number[24] = "";
	if (log > 1) snprintf(number, sizeof number, ".%" PRId64, log);
	int n = snprintf(out, MH_LEDGER__PATH_MAX, MH_STR_FMT "/ledger%s.%s", MH_STR_ARG(state_dir), number, kind);
	if (n < 0 || n >= MH_LEDGER__PATH_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "The path of the ledger's state folder is too long");
	return MH_OK;
}

enum mh_code mh_ledger__key_read(struct mh_str state_dir, int64_t log, bool *ret_found, struct mh_note_signer *ret,
				 struct mh_err *reterr)
{
	char path[MH_LEDGER__PATH_MAX];
	MH_CLEANUP(wipe_buf) struct mh_buf b = MH_BUF(4096);
	struct stat st;
	bool found;
	MH_TRY(mh_ledger__state_path(state_dir, log, "key", path, reterr));
	if (stat(path, &st) == 0 && (st.st_mode & 077)) {
		enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN,
					    "The ledger's key can be read by others than its owner");
		mh_err_detail(reterr, "%s has mode %04o", path, (unsigned)st.st_mode & 07777);
		mh_err_hint(reterr, "chmod 600 the file; if others may have read it, open a new log");
		return code;
	}
	MH_TRY(mh_ledger__file_get(path, 2048, &b, &found, reterr));
	if (found) MH_TRY(mh_note_signer_parse(mh_buf_str(&b), ret, reterr));
	*ret_found = found;
	return MH_OK;
}

enum mh_code mh_ledger__key_make(struct mh_str state_dir, int64_t log, struct mh_str name, const struct mh_rng *rng,
				 struct mh_note_signer *ret, struct mh_err *reterr)
{
	char path[MH_LEDGER__PATH_MAX];
	MH_CLEANUP(wipe_buf) struct mh_buf b = MH_BUF(4096);
	bool found;
	MH_TRY(mh_ledger__key_read(state_dir, log, &found, ret, reterr));
	if (found) {
		if (mh_str_is(name, ret->key.name)) return MH_OK;
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "The state folder holds the key of another log");
		mh_err_detail(reterr, "found: %s", ret->key.name);
		mh_note_signer_done(ret);
		return code;
	}
	MH_TRY(mh_ledger__state_path(state_dir, log, "key", path, reterr));
	MH_TRY(mh_note_signer_make(name, MH_NOTE_ED25519, rng, ret, reterr));
	mh_note_signer_text(ret, &b);
	if (b.failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	return mh_ledger__file_put(path, mh_buf_str(&b), 0600, true, reterr);
}

enum mh_code mh_ledger__mem_read(struct mh_str state_dir, int64_t log, struct mh_arena *a, bool *ret_found,
				 struct mh_str *ret_note, struct mh_err *reterr)
{
	char path[MH_LEDGER__PATH_MAX];
	MH_CLEANUP(done_buf) struct mh_buf b = MH_BUF(MH_NOTE_MAX + 1);
	bool found;
	MH_TRY(mh_ledger__state_path(state_dir, log, "head", path, reterr));
	MH_TRY(mh_ledger__file_get(path, MH_NOTE_MAX, &b, &found, reterr));
	if (found) {
		struct mh_str note = mh_str_dup(a, mh_buf_str(&b));
		MH_TRY_MEM(note.ptr, reterr);
		*ret_note = note;
	}
	*ret_found = found;
	return MH_OK;
}

enum mh_code mh_ledger__mem_write(struct mh_str state_dir, int64_t log, struct mh_str note, struct mh_err *reterr)
{
	char path[MH_LEDGER__PATH_MAX];
	MH_TRY(mh_ledger__state_path(state_dir, log, "head", path, reterr));
	return mh_ledger__file_put(path, note, 0600, true, reterr);
}
