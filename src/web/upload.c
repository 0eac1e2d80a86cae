#include "loop/vault.h"
#include "web/web_priv.h"

#include <sodium.h>
#include <unistd.h>

struct mh_web__upload {
	struct mh_vault_writer *vault;
	struct mh_key key;
	int64_t size;
	struct mh_sha256 *hash;
	struct mh_str path; /* in the request's arena, which outlives the upload */
};

/* Keys are the kernel's chance, whatever a test has given the server for its ids. */
static enum mh_code begin(struct mh_web__upload *u, struct mh_request *req, const char *dir, struct mh_err *reterr)
{
	struct mh_rng rng = mh_rng_system();
	u->hash = mh_sha256_begin();
	MH_TRY_MEM(u->hash, reterr);
	struct mh_str path = mh_str_fmt(&req->arena, "%s/upload-" MH_STR_FMT ".tmp", dir, MH_STR_ARG(req->id));
	MH_TRY_MEM(path.ptr, reterr);
	MH_TRY(mh_vault_create(path.ptr, &rng, &u->vault, &u->key, reterr));
	u->path = path;
	return MH_OK;
}

enum mh_code mh_web__upload_begin(struct mh_request *req, const char *dir, struct mh_web__upload **ret,
				  struct mh_err *reterr)
{
	if (!dir) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "This server takes no files");
	struct mh_web__upload *u = mh_mem_alloc(sizeof *u);
	MH_TRY_MEM(u, reterr);
	enum mh_code code = begin(u, req, dir, reterr);
	if (code != MH_OK) return mh_web__upload_drop(u), code;
	*ret = u;
	return MH_OK;
}

enum mh_code mh_web__upload_add(struct mh_web__upload *u, const void *p, size_t n, struct mh_err *reterr)
{
	MH_TRY(mh_vault_add(u->vault, p, n, reterr));
	mh_sha256_add(u->hash, p, n);
	u->size += (int64_t)n;
	return MH_OK;
}

/* On disk before the handler can promise anything about it. */
enum mh_code mh_web__upload_end(struct mh_web__upload *u, struct mh_request *req, struct mh_err *reterr)
{
	struct mh_vault_writer *vault = u->vault;
	u->vault = NULL;
	MH_TRY(mh_vault_end(vault, reterr));
	req->file = (struct mh_upload){.path = u->path,
				       .key = u->key,
				       .size = u->size,
				       .sha256 = mh_sha256_end(u->hash),
				       .content_type = mh_req_header(req, "Content-Type")};
	u->hash = NULL;
	return MH_OK;
}

void mh_web__upload_drop(struct mh_web__upload *u)
{
	if (!u) return;
	mh_vault_drop(u->vault);
	if (u->path.ptr) unlink(u->path.ptr);
	mh_sha256_drop(u->hash);
	sodium_memzero(&u->key, sizeof u->key);
	mh_mem_free(u);
}
