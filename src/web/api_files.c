/* Files of a matter, and the erasure of everything personal. */
#include "access/unmask.h"
#include "loop/handle.h"
#include "loop/vault.h"
#include "loop/wish.h"
#include "sql_gen.h"
#include "web/api.h"

#include <unistd.h>

extern const struct mh_route_list mh_routes_files;

#define FILES_OF_MATTER 200 /* what one person can make the disk hold has an end */

static enum mh_code room_left(struct mh_tx *tx, int64_t id, struct mh_err *reterr)
{
	struct mh_q_file_of_matter_row *rows;
	size_t n;
	struct mh_q_file_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = id, .limit = FILES_OF_MATTER};
	MH_TRY(mh_q_file_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	return n < FILES_OF_MATTER
		       ? MH_OK
		       : MH_FAIL(reterr, MH_E_TOO_MANY, "This matter has %d files already", FILES_OF_MATTER);
}

static enum mh_code add_file(struct mh_tx *tx, const struct mh_file *file, int64_t *ret_id, bool *ret_again,
			     struct mh_err *reterr)
{
	MH_TRY(room_left(tx, file->matter_id, reterr));
	return mh_matter_file(tx, file, ret_id, ret_again, reterr);
}

/* The same bytes sent again under the same key are the file of then; what lies here now is one too many. So it is when a rule refuses
 * it; after a fault of the store the job may run again, and needs it. */
static enum mh_code file_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			     struct mh_err *reterr)
{
	const struct mh_file *file = arg;
	struct mh_err err = {0};
	int64_t id = 0;
	bool again = false;
	MH_API_JOB(req, db);
	enum mh_code code = add_file(&tx, file, &id, &again, &err);
	struct mh_str path = mh_handle_place(&req->arena, mh_api_of(req)->files_dir, file->name);
	bool refused = code != MH_OK && mh_err_info(code)->http < 500;
	if ((again || refused) && path.ptr) unlink(path.ptr);
	if (code != MH_OK) {
		if (reterr) *reterr = err;
		return code;
	}
	json_t *j = json_pack("{s:o, s:o, s:o, s:I, s:b}", "id",
			      mh_json_str(mh_str_fmt(&req->arena, "%lld", (long long)id)), "sha256",
			      mh_json_str(file->hash), "type", mh_json_str(file->media_type), "size",
			      (json_int_t)file->size, "again", again);
	return mh_res_json(res, 201, j, reterr);
}

/* Everything that can refuse a file comes before it is kept; the kept one is on disk before the row that names it. */
static enum mh_code post_file(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	const char *type = NULL;
	struct mh_rng rng = mh_rng_system();
	struct mh_file *file = MH_NEW(&req->arena, struct mh_file);
	MH_TRY_MEM(file, reterr);
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_api_reach(req, &tx, &g, reterr));
	if (g.erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
	MH_TRY(room_left(&tx, g.id, reterr));
	if (!req->file.path.ptr) return MH_FAIL(reterr, MH_E_INVALID, "The file is empty");
	MH_TRY(mh_handle_sniff_sealed(req->file.path, &req->file.key, &type, reterr));
	*file = (struct mh_file){.matter_id = g.id,
				 .hash = mh_hash_hex(&req->arena, &req->file.sha256),
				 .media_type = mh_str_c(type),
				 .size = req->file.size,
				 .key = &req->file.key,
				 .request_id = req->idempotency_key};
	MH_TRY_MEM(file->hash.ptr, reterr);
	MH_TRY(mh_handle_keep(&req->arena, &rng, mh_api_of(req)->files_dir, req->file.path, &file->name, reterr));
	return mh_request_defer(req, file_job, file, reterr);
}

static enum mh_code send_file(struct mh_response *res, const struct mh_handle_file *file, struct mh_err *reterr)
{
	struct mh_vault_reader *reader;
	if (!file->sealed) return res->file = file->path, MH_OK;
	MH_TRY(mh_vault_open(file->path.ptr, &file->key, &reader, reterr));
	res->stream = (struct mh_stream){
		.ctx = reader, .next = mh_vault_next, .done = mh_vault_close, .size = file->size};
	return MH_OK;
}

/* Sent to be saved, never to be shown: whatever is in it, no page of ours runs it. */
static enum mh_code file_out(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			     struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_party by;
	struct mh_handle_file file;
	int64_t id = 0;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_api_in_charge(req, &tx, &g, &by, reterr));
	if (!mh_str_to_i64(mh_req_str(req, "id"), &id))
		return mh_req_bad_field(req, reterr, "id", "Not the number of a file", "文件编号无效");
	MH_TRY(mh_handle_find(&tx, &g, id, mh_api_of(req)->files_dir, &file, reterr));
	MH_TRY(mh_unmask_record(&tx, g.id, req->login, &by, "file", reterr));
	struct mh_str type = mh_str_dup(&req->arena, file.type);
	MH_TRY_MEM(type.ptr, reterr);
	MH_TRY(mh_res_header(res, "Content-Disposition", MH_STR("attachment"), reterr));
	MH_TRY(send_file(res, &file, reterr));
	res->content_type = type.ptr;
	res->etag = file.hash;
	res->cache = MH_CACHE_REVALIDATE;
	res->csp = "default-src 'none'; sandbox; frame-ancestors 'none'";
	return MH_OK;
}

/* On the writer, because a picture shows as much as a text, and its being seen is written down likewise. */
static enum mh_code get_file(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, file_out, NULL, reterr);
}

/* --- erasure --- */

/* The bytes go when the erasure is durable; the service sees to it. */
static enum mh_code erase_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			      struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_party by = {.org = -1};
	struct mh_outcome out;
	struct mh_handle_paths paths = {0};
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &by, reterr));
	MH_TRY(mh_api_reach(req, &tx, &g, reterr));
	MH_TRY(mh_handle_orphans(&tx, g.id, mh_api_of(req)->files_dir, &paths, reterr));
	MH_TRY(mh_matter_erase(&tx, g.id, by, mh_req_str(req, "basis"), &out, reterr));
	MH_TRY(mh_service_remove(mh_api_of(req)->service, &paths, reterr));
	return mh_api_outcome(req, res, 200, &out, reterr);
}

static enum mh_code post_erase(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, erase_job, NULL, reterr);
}

static enum mh_code wish_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			     struct mh_err *reterr)
{
	struct mh_glance g;
	mh_time at;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_wish_erasure(&tx, &g, reterr));
	MH_TRY(mh_wish_asked(&tx, g.id, &at, reterr));
	return mh_res_json(res, 200, json_pack("{s:o}", "asked", mh_api_time(&tx, at)), reterr);
}

static enum mh_code post_wish(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, wish_job, NULL, reterr);
}

static enum mh_code get_wishes(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_party by;
	json_t *list;
	MH_API_READ(req, reterr);
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &by, reterr));
	MH_TRY(mh_wish_list(&tx, &by, 200, &list, reterr));
	return mh_res_json(res, 200, json_pack("{s:o}", "wishes", list), reterr);
}

static const struct mh_param ref_params[] = {MH_API_REF, {0}};
static const struct mh_param file_params[] = {MH_API_REF,
					      {.name = "id",
					       .in = MH_IN_PATH,
					       .type = MH_TYPE_STR,
					       .required = true,
					       .min = 1,
					       .max = 20,
					       .en = "Number of the file",
					       .zh = "文件编号"},
					      {0}};
static const struct mh_param erase_params[] = {MH_API_REF,
					       {.name = "basis",
						.in = MH_IN_BODY,
						.type = MH_TYPE_STR,
						.required = true,
						.min = 1,
						.max = 100,
						.en = "Law and article that it follows",
						.zh = "法律依据"},
					       {0}};

static const struct mh_route routes[] = {
	{.method = "POST",
	 .path = "/api/v1/matters/{ref}/files",
	 .perm = MH_PERM_HOLDER,
	 .params = ref_params,
	 .body = MH_BODY_FILE,
	 .max_body = MH_FILE_SIZE_MAX,
	 .flags = MH_ROUTE_READ | MH_ROUTE_WRITE | MH_ROUTE_TERRITORY,
	 .response = "201 uploaded",
	 .handler = post_file,
	 .en = "Add a file",
	 .zh = "上传文件"},
	{.method = "POST",
	 .path = "/api/v1/follow/files",
	 .perm = MH_PERM_HOLDER,
	 .body = MH_BODY_FILE,
	 .max_body = MH_FILE_SIZE_MAX,
	 .flags = MH_ROUTE_READ | MH_ROUTE_WRITE,
	 .response = "201 uploaded",
	 .handler = post_file,
	 .en = "The person adds a file",
	 .zh = "诉求人上传文件"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/files/{id}",
	 .perm = MH_PERM_STAFF,
	 .params = file_params,
	 .flags = MH_ROUTE_WRITE | MH_ROUTE_CHARGE,
	 .response = "application/octet-stream",
	 .handler = get_file,
	 .en = "The bytes of a file, for those who handle the matter",
	 .zh = "下载文件（经办可用）"},
	{.method = "POST",
	 .path = "/api/v1/matters/{ref}/erase",
	 .perm = MH_PERM_ADMIN,
	 .params = erase_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE | MH_ROUTE_TERRITORY,
	 .response = "outcome",
	 .handler = post_erase,
	 .en = "Erase everything personal of a matter that is over",
	 .zh = "依法删除已办结事项的个人信息"},
	{.method = "POST",
	 .path = "/api/v1/follow/erasure",
	 .perm = MH_PERM_HOLDER,
	 .flags = MH_ROUTE_WRITE,
	 .response = "erasure_wish",
	 .handler = post_wish,
	 .en = "The person asks for the erasure of what is personal, once the matter is over",
	 .zh = "诉求人在办结后申请删除个人信息"},
	{.method = "GET",
	 .path = "/api/v1/erasures",
	 .perm = MH_PERM_ADMIN,
	 .flags = MH_ROUTE_READ,
	 .response = "erasure_wishes",
	 .handler = get_wishes,
	 .en = "Wishes for erasure that are not answered yet",
	 .zh = "待处理的个人信息删除申请"},
};

const struct mh_route_list mh_routes_files = MH_ROUTES("files", routes);
