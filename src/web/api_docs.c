/* What the API says about itself. */
#include "web/openapi.h"
#include "web/request.h"

#include <sodium.h>

extern const struct mh_route_list mh_routes_docs;

static enum mh_code get_openapi(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	size_t n;
	const struct mh_route_list *const *lists = mh_routes_all(&n);
	json_t *j = mh_openapi(lists, n);
	MH_TRY_MEM(j, reterr);
	MH_TRY(mh_res_json(res, 200, j, reterr));
	res->cache = MH_CACHE_PUBLIC;
	return mh_res_tag(res, reterr);
}

/* The one style sheet is allowed by its hash; nothing else is. */
static enum mh_code get_docs(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	size_t n;
	char hash[64];
	const struct mh_route_list *const *lists = mh_routes_all(&n);
	struct mh_hash h = mh_sha256_str(mh_reference_style());
	sodium_bin2base64(hash, sizeof hash, h.b, sizeof h.b, sodium_base64_VARIANT_ORIGINAL);
	struct mh_str csp = mh_str_fmt(
		&req->arena,
		"default-src 'none'; style-src 'sha256-%s'; frame-ancestors 'none'; base-uri 'none'; "
		"form-action 'none'",
		hash);
	MH_TRY_MEM(csp.ptr, reterr);
	struct mh_buf b = MH_BUF(8 << 20);
	mh_reference_page(lists, n, &b);
	enum mh_code code = mh_res_buf(res, 200, "text/html; charset=utf-8", &b, reterr);
	mh_buf_done(&b);
	if (code != MH_OK) return code;
	res->csp = csp.ptr;
	res->cache = MH_CACHE_PUBLIC;
	return mh_res_tag(res, reterr);
}

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/openapi.json",
	 .perm = MH_PERM_PUBLIC,
	 .handler = get_openapi,
	 .response = "application/json",
	 .en = "This description, as OpenAPI 3.1",
	 .zh = "接口描述（OpenAPI 3.1）"},
	{.method = "GET",
	 .path = "/api/docs",
	 .perm = MH_PERM_PUBLIC,
	 .handler = get_docs,
	 .response = "text/html",
	 .en = "This description, for people",
	 .zh = "接口文档"},
};

const struct mh_route_list mh_routes_docs = MH_ROUTES("docs", routes);
