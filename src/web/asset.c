#include "web/asset.h"

#include "web/web_priv.h"

#include <string.h>

extern const struct mh_route_list mh_routes_assets;

/* The generated table takes this one's place where the program is built with its pages. */
const struct mh_assets mh_assets __attribute__((weak)) = {NULL, 0};

const char mh_page_csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
	"font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
	"frame-ancestors 'none'";

enum mh_code mh_page_headers(struct mh_response *res, struct mh_err *reterr)
{
	res->csp = mh_page_csp;
	res->cache = MH_CACHE_REVALIDATE;
	MH_TRY(mh_res_header(res, "Cross-Origin-Opener-Policy", MH_STR("same-origin"), reterr));
	return mh_res_header(res, "Permissions-Policy",
			     MH_STR("camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"), reterr);
}

/* --- finding --- */

const struct mh_asset *mh_asset_find(const struct mh_assets *all, struct mh_str path)
{
	size_t lo = 0, hi = all->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = mh_str_cmp(path, mh_str_c(all->list[mid].path));
		if (d == 0) return &all->list[mid];
		if (d < 0) hi = mid;
		else lo = mid + 1;
	}
	return NULL;
}

struct mh_str mh_asset_path(struct mh_arena *a, const char *name)
{
	for (size_t i = 0; i < mh_assets.n; i++)
		if (strcmp(mh_assets.list[i].name, name) == 0) return mh_str_c(mh_assets.list[i].path);
	return mh_str_fmt(a, "/assets/%s", name);
}

static bool nought(struct mh_str weight)
{
	weight = mh_str_trim(weight);
	if (!mh_str_starts(weight, "q=0")) return false;
	for (size_t i = 3; i < weight.len; i++)
		if (weight.ptr[i] != '.' && weight.ptr[i] != '0') return false;
	return true;
}

enum mh_coding mh_asset_coding(const struct mh_asset *a, struct mh_str accept_encoding)
{
	bool takes[] = {[MH_CODING_GZIP] = false, [MH_CODING_BR] = false};
	struct mh_str item, name;
	while (accept_encoding.len && mh_str_split(&accept_encoding, ',', &item)) {
		mh_str_split(&item, ';', &name);
		name = mh_str_trim(name);
		if (mh_web__name_eq(name, "br")) takes[MH_CODING_BR] = !nought(item);
		if (mh_web__name_eq(name, "gzip")) takes[MH_CODING_GZIP] = !nought(item);
	}
	if (takes[MH_CODING_BR] && a->br.len) return MH_CODING_BR;
	if (takes[MH_CODING_GZIP] && a->gzip.len) return MH_CODING_GZIP;
	return MH_CODING_PLAIN;
}

/* --- answering --- */

static enum mh_code send(struct mh_request *req, struct mh_response *res, struct mh_str path, struct mh_err *reterr)
{
	static const char *const codings[] = {[MH_CODING_GZIP] = "gzip", [MH_CODING_BR] = "br"};
	const struct mh_asset *a = mh_asset_find(&mh_assets, path);
	if (!a) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such file");
	enum mh_coding coding = mh_asset_coding(a, mh_req_header(req, "Accept-Encoding"));
	struct mh_str body = coding == MH_CODING_BR ? a->br : coding == MH_CODING_GZIP ? a->gzip : a->plain;
	mh_res_bytes(res, 200, a->type, body);
	res->etag = mh_str_c(a->etag);
	res->cache = MH_CACHE_FOREVER;
	if (coding == MH_CODING_PLAIN) return MH_OK;
	return mh_res_header(res, "Content-Encoding", mh_str_c(codings[coding]), reterr);
}

static enum mh_code get_asset(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return send(req, res, req->path, reterr);
}

/* Every address of the desk is the same page; its script reads the address. */
static enum mh_code get_desk(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_TRY(send(req, res, MH_STR("/desk/"), reterr));
	return mh_page_headers(res, reterr);
}

/* Not under /assets/: a worker governs what lies below its own address. */
static enum mh_code get_worker(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_TRY(send(req, res, MH_STR("/sw.js"), reterr));
	return mh_page_headers(res, reterr);
}

static enum mh_code to_desk(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	res->status = 308;
	return mh_res_header(res, "Location", MH_STR("/desk/"), reterr);
}

static const struct mh_param rest_params[] = {{.name = "rest",
					       .in = MH_IN_PATH,
					       .type = MH_TYPE_STR,
					       .required = true,
					       .max = 500,
					       .en = "What follows",
					       .zh = "其余路径"},
					      {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/assets/{rest*}",
	 .perm = MH_PERM_PUBLIC,
	 .params = rest_params,
	 .flags = MH_ROUTE_PAGE,
	 .handler = get_asset,
	 .en = "A file of the pages, for ever the same",
	 .zh = "页面文件，内容永不改变"},
	{.method = "GET",
	 .path = "/desk",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_PAGE,
	 .handler = to_desk,
	 .en = "To the desk",
	 .zh = "转到工作台"},
	{.method = "GET",
	 .path = "/desk/",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_LENIENT,
	 .handler = get_desk,
	 .en = "The desk, for staff; what it shows comes through this interface",
	 .zh = "工作台页面，数据经本接口取得"},
	{.method = "GET",
	 .path = "/desk/{rest*}",
	 .perm = MH_PERM_PUBLIC,
	 .params = rest_params,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_LENIENT,
	 .handler = get_desk,
	 .en = "A page of the desk",
	 .zh = "工作台的页面"},
	{.method = "GET",
	 .path = "/sw.js",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_PAGE,
	 .handler = get_worker,
	 .en = "The portal's worker, which keeps what could not be sent",
	 .zh = "门户离线脚本，暂存未能发送的内容"},
};

const struct mh_route_list mh_routes_assets = MH_ROUTES("assets", routes);
