/* The ledger: receipts and entries of matters, and the static log that anybody may copy. */
#include "sql_gen.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_ledger;

/* The entry that is asked for: it must be one of the matter's own. */
static enum mh_code find_entry(struct mh_tx *tx, int64_t matter_id, int64_t seq, struct mh_q_event_at_row *ret,
			       struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_event_at_in in = {.home_id = tx->city->home_id, .matter_id = matter_id, .seq = seq};
	MH_TRY(mh_q_event_at(tx->db, tx->arena, &in, &found, ret, reterr));
	return found ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "Entry %lld is not one of this matter", (long long)seq);
}

/* With the entry in it, so that what a person keeps is one file, and enough. */
static enum mh_code send_receipt(struct mh_response *res, struct mh_str proof, struct mh_bytes entry,
				 struct mh_err *reterr)
{
	struct mh_buf b = MH_BUF(MH_PROOF_MAX);
	enum mh_code code = mh_receipt_carry(proof, entry, &b)
				    ? mh_res_buf(res, 200, "text/plain; charset=utf-8", &b, reterr)
				    : MH_FAIL(reterr, MH_E_INTERNAL, "The receipt that was just made cannot be read");
	mh_buf_done(&b);
	return code;
}

enum mh_code mh_api_receipt(struct mh_tx *tx, int64_t matter_id, int64_t seq, struct mh_response *res,
			    struct mh_err *reterr)
{
	struct mh_q_event_at_row row;
	struct mh_str text;
	MH_TRY(find_entry(tx, matter_id, seq, &row, reterr));
	MH_TRY(mh_ledger_receipt(tx->db, tx->city->home_id, row.log, row.seq, tx->arena, &text, reterr));
	return send_receipt(res, text, row.entry, reterr);
}

static enum mh_code get_receipt(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	return mh_api_receipt(&tx, g.id, mh_req_int(req, "seq", g.last_seq), res, reterr);
}

static enum mh_code get_entry(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_q_event_at_row row;
	struct mh_glance g;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(find_entry(&tx, g.id, mh_req_int(req, "seq", g.last_seq), &row, reterr));
	mh_res_bytes(res, 200, "application/octet-stream", (struct mh_str){(const char *)row.entry.ptr, row.entry.len});
	return MH_OK;
}

static enum mh_code get_info(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_ledger_info info;
	struct mh_checkpoint head = {0};
	struct mh_str note;
	MH_API_READ(req, reterr);
	MH_TRY(mh_ledger_info(tx.db, tx.city->home_id, 0, tx.arena, &info, reterr));
	enum mh_code code = mh_ledger_checkpoint(tx.db, tx.city->home_id, 0, tx.arena, &note, &head, reterr);
	if (code != MH_OK && code != MH_E_UNAVAILABLE) return code;
	struct mh_str root = code == MH_OK ? mh_hash_hex(tx.arena, &head.root) : MH_STR("");
	json_t *j = json_pack("{s:I, s:I, s:o, s:o, s:I, s:o}", "log", (json_int_t)info.log, "size",
			      (json_int_t)info.size, "origin", mh_json_str(info.origin), "vkey", mh_json_str(info.vkey),
			      "signed_size", (json_int_t)(code == MH_OK ? head.size : 0), "root", mh_json_str(root));
	return mh_res_json(res, 200, j, reterr);
}

/* --- the static log (C2SP tlog-tiles), for any client on any page --- */

/* "2/checkpoint" is of log 2; anything else of the newest. */
static int64_t log_of(struct mh_str *path)
{
	struct mh_str rest = *path, first;
	int64_t log = 0;
	if (!mh_str_split(&rest, '/', &first) || !rest.ptr || !mh_str_to_i64(first, &log) || log < 1) return 0;
	*path = rest;
	return log;
}

static enum mh_code send_file(struct mh_request *req, struct mh_response *res, struct mh_str path,
			      struct mh_err *reterr)
{
	struct mh_buf b = MH_BUF(MH_TILE_BUNDLE_MAX);
	bool final = false, tile = false;
	MH_API_READ(req, reterr);
	int64_t log = log_of(&path);
	enum mh_code code = mh_ledger_get(tx.db, tx.city->home_id, log, path, &b, &final, reterr);
	if (code == MH_OK) {
		tile = mh_str_starts(path, "tile/");
		code = mh_res_buf(res, 200, tile ? "application/octet-stream" : "text/plain; charset=utf-8", &b,
				  reterr);
	}
	mh_buf_done(&b);
	if (code != MH_OK) return code;
	/* Without a number a path means the newest log, and after a restore another one: only a numbered one stays what it is. */
	res->cache = final && log ? MH_CACHE_FOREVER : MH_CACHE_REVALIDATE;
	if (!final || !log) MH_TRY(mh_res_tag(res, reterr));
	return mh_res_header(res, "Access-Control-Allow-Origin", MH_STR("*"), reterr);
}

static enum mh_code get_checkpoint(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return send_file(req, res, MH_STR("checkpoint"), reterr);
}

static enum mh_code get_vkey(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return send_file(req, res, MH_STR("vkey"), reterr);
}

static enum mh_code get_static(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return send_file(req, res, mh_req_str(req, "rest"), reterr);
}

static const struct mh_param ref_seq[] = {MH_API_REF, MH_API_SEQ, {0}};
static const struct mh_param only_seq[] = {MH_API_SEQ, {0}};
static const struct mh_param static_params[] = {{.name = "rest",
						 .in = MH_IN_PATH,
						 .type = MH_TYPE_STR,
						 .required = true,
						 .min = 1,
						 .max = 200,
						 .en = "Path of the static log, such as tile/0/000",
						 .zh = "静态账本路径"},
						{0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/receipt",
	 .perm = MH_PERM_PUBLIC,
	 .params = ref_seq,
	 .flags = MH_ROUTE_READ,
	 .response = "text/plain",
	 .handler = get_receipt,
	 .en = "Receipt of an entry (tlog-proof)",
	 .zh = "账本回执"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/entry",
	 .perm = MH_PERM_PUBLIC,
	 .params = ref_seq,
	 .flags = MH_ROUTE_READ,
	 .response = "application/octet-stream",
	 .handler = get_entry,
	 .en = "The exact bytes of an entry",
	 .zh = "账本记录原文"},
	{.method = "GET",
	 .path = "/api/v1/follow/receipt",
	 .perm = MH_PERM_HOLDER,
	 .params = only_seq,
	 .flags = MH_ROUTE_READ,
	 .response = "text/plain",
	 .handler = get_receipt,
	 .en = "Receipt of an entry (tlog-proof)",
	 .zh = "账本回执"},
	{.method = "GET",
	 .path = "/api/v1/follow/entry",
	 .perm = MH_PERM_HOLDER,
	 .params = only_seq,
	 .flags = MH_ROUTE_READ,
	 .response = "application/octet-stream",
	 .handler = get_entry,
	 .en = "The exact bytes of an entry",
	 .zh = "账本记录原文"},
	{.method = "GET",
	 .path = "/api/v1/ledger",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ,
	 .response = "ledger",
	 .handler = get_info,
	 .en = "Name, key and size of the ledger",
	 .zh = "账本名称、公钥与规模"},
	{.method = "GET",
	 .path = "/ledger/checkpoint",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ,
	 .response = "text/plain",
	 .handler = get_checkpoint,
	 .en = "The newest signed head",
	 .zh = "最新签名树头"},
	{.method = "GET",
	 .path = "/ledger/vkey",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ,
	 .response = "text/plain",
	 .handler = get_vkey,
	 .en = "The key that heads are verified with",
	 .zh = "验证公钥"},
	{.method = "GET",
	 .path = "/ledger/{rest*}",
	 .perm = MH_PERM_PUBLIC,
	 .params = static_params,
	 .flags = MH_ROUTE_READ,
	 .response = "application/octet-stream",
	 .handler = get_static,
	 .en = "Tiles and entries of the ledger",
	 .zh = "账本分块与记录"},
};

const struct mh_route_list mh_routes_ledger = MH_ROUTES("ledger", routes);
