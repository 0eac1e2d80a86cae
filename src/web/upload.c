#include "web/web_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct mh_web__upload {
	int fd;
	int64_t size;
	struct mh_sha256 *hash;
	struct mh_str path; /* in the request's arena, which outlives the upload */
};

static enum mh_code io_failure(struct mh_err *reterr)
{
	int why = errno;
	enum mh_code code = why == ENOSPC || why == EDQUOT
				    ? MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not keep the file: the disk is full")
				    : MH_FAIL(reterr, MH_E_IO, "Could not keep the file");
	mh_err_internal(reterr, "%s", strerror(why));
	return code;
}

enum mh_code mh_web__upload_begin(struct mh_request *req, const char *dir, struct mh_web__upload **ret,
				  struct mh_err *reterr)
{
	if (!dir) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "This server takes no files");
	struct mh_web__upload *u = mh_mem_alloc(sizeof *u);
	MH_TRY_MEM(u, reterr);
	u->fd = -1;
	u->hash = mh_sha256_begin();
	u->path = mh_str_fmt(&req->arena, "%s/upload-" MH_STR_FMT ".tmp", dir, MH_STR_ARG(req->id));
	enum mh_code code = MH_OK;
	if (!u->hash || !u->path.ptr) {
		u->path = (struct mh_str){NULL, 0};
		code = MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	} else {
		u->fd = open(u->path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (u->fd < 0) {
			code = io_failure(reterr);
			u->path = (struct mh_str){NULL, 0};
		}
	}
	if (code != MH_OK) {
		mh_web__upload_drop(u);
		return code;
	}
	*ret = u;
	return MH_OK;
}

enum mh_code mh_web__upload_add(struct mh_web__upload *u, const void *p, size_t n, struct mh_err *reterr)
{
	const char *at = p;
	for (size_t left = n; left;) {
		ssize_t done = write(u->fd, at, left);
		if (done < 0 && errno == EINTR) continue;
		if (done < 0) return io_failure(reterr);
		at += done;
		left -= (size_t)done;
	}
	mh_sha256_add(u->hash, p, n);
	u->size += (int64_t)n;
	return MH_OK;
}

/* On disk before the handler can promise anything about it. */
enum mh_code mh_web__upload_end(struct mh_web__upload *u, struct mh_request *req, struct mh_err *reterr)
{
	if (fsync(u->fd) != 0) return io_failure(reterr);
	close(u->fd);
	u->fd = -1;
	req->file = (struct mh_upload){.path = u->path,
				       .size = u->size,
				       .sha256 = mh_sha256_end(u->hash),
				       .content_type = mh_req_header(req, "Content-Type")};
	u->hash = NULL;
	return MH_OK;
}

void mh_web__upload_drop(struct mh_web__upload *u)
{
	if (!u) return;
	if (u->fd >= 0) close(u->fd);
	if (u->path.ptr) unlink(u->path.ptr);
	mh_sha256_drop(u->hash);
	mh_mem_free(u);
}
