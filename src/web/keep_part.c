#include "web/keep_part.h"

#include "loop/handle.h"
#include "loop/vault.h"
#include "web/api.h"
#include "web/web_priv.h"

#include <unistd.h>

static enum mh_code seal_part(struct mh_bytes b, struct mh_str path, struct mh_key *ret_key, struct mh_err *reterr)
{
	struct mh_vault_writer *w;
	struct mh_rng rng = mh_rng_system();
	MH_TRY(mh_vault_create(path.ptr, &rng, &w, ret_key, reterr));
	enum mh_code code = mh_vault_add(w, b.ptr, b.len, reterr);
	if (code == MH_OK) return mh_vault_end(w, reterr);
	mh_vault_drop(w);
	return code;
}

static enum mh_code keep(struct mh_request *req, struct mh_bytes b, struct mh_str path, struct mh_file *ret,
			 struct mh_err *reterr)
{
	struct mh_hash hash = mh_sha256_one(b.ptr, b.len);
	const char *type = NULL;
	struct mh_rng rng = mh_rng_system();
	struct mh_key *key = MH_NEW(&req->arena, struct mh_key);
	struct mh_str name;
	MH_TRY_MEM(key, reterr);
	MH_TRY(mh_handle_sniff(b, &type, reterr));
	MH_TRY(seal_part(b, path, key, reterr));
	MH_TRY(mh_handle_keep(&req->arena, &rng, mh_api_of(req)->files_dir, path, &name, reterr));
	*ret = (struct mh_file){.hash = mh_hash_hex(&req->arena, &hash),
				.media_type = mh_str_c(type),
				.size = (int64_t)b.len,
				.name = name,
				.key = key};
	MH_TRY_MEM(ret->hash.ptr, reterr);
	return MH_OK;
}

enum mh_code mh_web__keep_part(struct mh_request *req, size_t i, struct mh_file *ret, struct mh_err *reterr)
{
	struct mh_str path = mh_str_fmt(&req->arena, MH_STR_FMT "/upload-" MH_STR_FMT "-%zu.tmp",
					MH_STR_ARG(mh_api_of(req)->upload_dir), MH_STR_ARG(req->id), i);
	MH_TRY_MEM(path.ptr, reterr);
	enum mh_code code = keep(req, req->parts[i].body, path, ret, reterr);
	unlink(path.ptr); /* gone already, unless it was refused or had been kept before */
	return code;
}

void mh_web__drop_parts(struct mh_request *req, const struct mh_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct mh_str path = mh_handle_place(&req->arena, mh_api_of(req)->files_dir, files[i].name);
		if (path.ptr) unlink(path.ptr);
	}
}
