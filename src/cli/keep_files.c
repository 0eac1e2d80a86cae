/* Files of a backup: private to whoever makes it, and on the disk before anybody is told that it is one. */
#include "cli/keep_priv.h"

#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

struct mh_str mh_keep__join(struct mh_arena *a, struct mh_str dir, const char *name)
{
	return mh_str_fmt(a, MH_STR_FMT "/%s", MH_STR_ARG(dir), name);
}

static enum mh_code failed(struct mh_err *reterr, const char *what, const char *path)
{
	int why = errno;
	enum mh_code code = why == ENOSPC || why == EDQUOT ? MH_E_UNAVAILABLE : MH_E_IO;
	return MH_FAIL(reterr, code, "Could not %s %s: %s", what, path, strerror(why));
}

enum mh_code mh_keep__folder(struct mh_arena *a, struct mh_str path, struct mh_err *reterr)
{
	for (size_t i = 1; i <= path.len; i++) {
		if (i < path.len && path.ptr[i] != '/') continue;
		struct mh_str part = mh_str_dup(a, (struct mh_str){path.ptr, i});
		MH_TRY_MEM(part.ptr, reterr);
		if (mkdir(part.ptr, 0700) != 0 && errno != EEXIST) return failed(reterr, "make the folder", part.ptr);
	}
	return MH_OK;
}

static enum mh_code pour(int from, int to, const char *from_path, const char *to_path, struct mh_err *reterr)
{
	char chunk[CHUNK];
	for (;;) {
		ssize_t n = read(from, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return failed(reterr, "read", from_path);
		if (n == 0) return MH_OK;
		for (ssize_t at = 0; at < n;) {
			ssize_t put = write(to, chunk + at, (size_t)(n - at));
			if (put < 0 && errno == EINTR) continue;
			if (put < 0) return failed(reterr, "write", to_path);
			at += put;
		}
	}
}

enum mh_code mh_keep__file(const char *from, const char *to, bool *ret_copied, struct mh_err *reterr)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0 && errno == ENOENT) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no file %s", from);
	if (in < 0) return failed(reterr, "read", from);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out < 0) {
		bool there = errno == EEXIST;
		enum mh_code code = there ? MH_OK : failed(reterr, "write", to);
		close(in);
		if (there) *ret_copied = false;
		return code;
	}
	enum mh_code code = pour(in, out, from, to, reterr);
	if (code == MH_OK && fsync(out) != 0) code = failed(reterr, "write", to);
	if (close(out) != 0 && code == MH_OK) code = failed(reterr, "write", to);
	close(in);
	if (code != MH_OK) return unlink(to), code;
	*ret_copied = true;
	return MH_OK;
}

enum mh_code mh_keep__hash(struct mh_arena *a, const char *path, struct mh_str *ret_hex, struct mh_err *reterr)
{
	char chunk[CHUNK];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no file %s", path);
	if (fd < 0) return failed(reterr, "read", path);
	struct mh_sha256 *h = mh_sha256_begin();
	while (h && (n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) {
			enum mh_code code = failed(reterr, "read", path);
			mh_sha256_drop(h);
			close(fd);
			return code;
		}
		mh_sha256_add(h, chunk, (size_t)n);
	}
	close(fd);
	MH_TRY_MEM(h, reterr);
	struct mh_hash hash = mh_sha256_end(h);
	*ret_hex = mh_hash_hex(a, &hash);
	MH_TRY_MEM(ret_hex->ptr, reterr);
	return MH_OK;
}

enum mh_code mh_keep__sync(const char *folder, struct mh_err *reterr)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return failed(reterr, "open", folder);
	enum mh_code code = syncfs(fd) == 0 ? MH_OK : failed(reterr, "write", folder);
	close(fd);
	return code;
}

struct mh_str mh_keep__evidence(struct mh_arena *a, struct mh_str state, struct mh_str name)
{
	return mh_str_fmt(a, MH_STR_FMT "/files/%.2s/" MH_STR_FMT, MH_STR_ARG(state), name.ptr, MH_STR_ARG(name));
}

void mh_keep__forget(struct mh_arena *a, struct mh_str path, bool also_itself)
{
	static const char *const beside[] = {"-wal", "-shm", "-journal", ".lock"};
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
		struct mh_str p = mh_str_fmt(a, MH_STR_FMT "%s", MH_STR_ARG(path), beside[i]);
		if (p.ptr) unlink(p.ptr);
	}
	if (also_itself) unlink(path.ptr);
}

enum mh_code mh_keep__each(struct mh_str folder, enum mh_code (*fn)(void *ctx, const char *name, struct mh_err *reterr),
			   void *ctx, struct mh_err *reterr)
{
	DIR *d = opendir(folder.ptr);
	const struct dirent *e;
	struct stat st;
	enum mh_code code = MH_OK;
	if (!d) return errno == ENOENT ? MH_OK : failed(reterr, "read the folder", folder.ptr);
	while (code == MH_OK && (e = readdir(d)))
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			code = fn(ctx, e->d_name, reterr);
	closedir(d);
	return code;
}

struct mh_str mh_keep__keys_path(struct mh_cli *cli, struct mh_str dir, struct mh_str home)
{
	const char *named = mh_cli_opt(cli, "matter-keys");
	if (named) return mh_str_c(named);
	return mh_str_fmt(&cli->arena, MH_STR_FMT "/../matter-keys-" MH_STR_FMT ".sqlite", MH_STR_ARG(dir),
			  MH_STR_ARG(home));
}
