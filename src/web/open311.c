/* Open311: the addresses, and what they have in common. */
#include "web/open311_priv.h"

#include "web/web_priv.h"

#include <string.h>

extern const struct mh_route_list mh_routes_open311;

/* --- what every call begins with --- */

static enum mh_o311_format format_of(struct mh_str path)
{
	return mh_str_ends(path, ".json") ? MH_O311_JSON : mh_str_ends(path, ".csv") ? MH_O311_CSV : MH_O311_XML;
}

static const struct mh_param *declared(const struct mh_request *req, const char *name)
{
	for (const struct mh_param *p = req->route->params; p && p->name; p++)
		if (strcmp(p->name, name) == 0) return p;
	return NULL;
}

struct mh_str mh_o311__given(struct mh_request *req, const char *name)
{
	const struct mh_pair *pairs;
	size_t n;
	if (declared(req, name) && mh_req_has(req, name)) return mh_req_str(req, name);
	if (mh_web__form_parse(&req->arena, req->query, &pairs, &n, NULL) != MH_OK) return (struct mh_str){NULL, 0};
	for (size_t i = 0; i < n; i++)
		if (mh_str_is(pairs[i].name, name)) return pairs[i].value;
	return (struct mh_str){NULL, 0};
}

static enum mh_code check_format(struct mh_request *req, struct mh_o311_call *call, struct mh_err *reterr)
{
	struct mh_str format = declared(req, "format") ? mh_req_str(req, "format") : MH_STR("");
	bool bulk = declared(req, "page") && mh_str_is(req->method, "GET"); /* the one list that is also a table */
	call->format = format_of(req->path);
	if (mh_str_is(format, "xml") || mh_str_is(format, "json") || (bulk && mh_str_is(format, "csv"))) return MH_OK;
	return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such address; formats are xml and json");
}

static enum mh_code check_key(struct mh_request *req, bool need_key, struct mh_o311_call *call, struct mh_err *reterr)
{
	struct mh_str key = mh_o311__given(req, "api_key");
	if (!key.len && !need_key) return MH_OK;
	int i = key.len ? mh_o311_key_of(call->o, key) : -1;
	if (i < 0)
		return MH_FAIL(reterr, MH_E_FORBIDDEN, "%s",
			       key.len ? "The api_key is not valid" : "An api_key is needed");
	call->client = call->o->keys[i].name;
	return MH_OK;
}

enum mh_code mh_o311__begin(struct mh_request *req, bool need_key, struct mh_o311_call *ret, struct mh_err *reterr)
{
	struct mh_o311_call call = {.en = mh_str_is(req->lang, "en")};
	MH_TRY(check_format(req, &call, reterr));
	call.o = req->app ? mh_api_of(req)->open311 : NULL;
	if (!call.o) return MH_FAIL(reterr, MH_E_NOT_FOUND, "This city does not offer Open311");
	struct mh_str where = mh_o311__given(req, "jurisdiction_id");
	if (where.len && !mh_str_eq(where, call.o->jurisdiction))
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such jurisdiction_id here");
	MH_TRY(check_key(req, need_key, &call, reterr));
	*ret = call;
	return MH_OK;
}

static const char *type_of(enum mh_o311_format format)
{
	return format == MH_O311_JSON ? "application/json; charset=utf-8" : "text/xml; charset=utf-8";
}

enum mh_code mh_o311__answer(const struct mh_o311_call *call, struct mh_response *res, const struct mh_o311_doc *doc,
			     struct mh_err *reterr)
{
	struct mh_buf b = MH_BUF((size_t)32 << 20);
	enum mh_code code = mh_o311_write(doc, call->format, &b, reterr);
	if (code == MH_OK) code = mh_res_buf(res, 200, type_of(call->format), &b, reterr);
	mh_buf_done(&b);
	return code;
}

struct mh_str mh_o311__label(const struct mh_o311_call *call, const struct mh_label *l)
{
	return call->en ? l->en : l->zh;
}

struct mh_str mh_o311__class(const struct mh_o311_call *call, const struct mh_class *c)
{
	return call->en ? c->en : c->zh;
}

/* --- errors --- */

/* GeoReport knows 404 for what does not exist, 403 for keys, 400 for the rest; what is not the caller's fault stays as it is,
 * so that it may be tried again. The code in the body is the exact one. */
static int status_of(enum mh_code code)
{
	int http = mh_err_info(code)->http;
	if (http == 401 || http == 403) return 403;
	return http == 404 || http == 410 ? 404 : http < 500 && http != 429 ? 400 : http;
}

static void one_error(struct mh_o311_doc *d, int code, struct mh_str text)
{
	struct mh_o311_node *e = mh_o311_object(d, d->root, "error");
	mh_o311_int(d, e, "code", code);
	mh_o311_text(d, e, "description", text);
}

static void field_errors(struct mh_request *req, struct mh_o311_doc *d, int code, bool en)
{
	for (size_t i = 0; i < req->n_errors; i++) {
		const struct mh_field_error *e = &req->errors[i];
		struct mh_str text = en ? e->en : e->zh;
		one_error(d, code,
			  mh_str_fmt(&req->arena, MH_STR_FMT ": " MH_STR_FMT, MH_STR_ARG(e->field), MH_STR_ARG(text)));
	}
}

void mh_o311__error(struct mh_request *req, const struct mh_err *err, struct mh_response *res)
{
	const struct mh_err_info *info = mh_err_info(err->code);
	bool en = mh_str_is(req->lang, "en");
	struct mh_o311_doc d = mh_o311_doc_new(&req->arena, "errors", MH_O311_LIST);
	enum mh_o311_format format = format_of(req->path);
	struct mh_buf b = MH_BUF(64 << 10);
	if (err->code == MH_E_INVALID && req->n_errors) field_errors(req, &d, info->http, en);
	else
		one_error(&d, info->http,
			  mh_str_fmt(&req->arena, "%s%s%s%s%s", en ? "" : info->zh, en ? "" : "：", err->message,
				     err->hint[0] ? ". " : "", err->hint));
	if (mh_o311_write(&d, format, &b, NULL) == MH_OK)
		mh_res_buf(res, status_of(err->code), type_of(format), &b, NULL);
	mh_buf_done(&b);
	if (info->retryable) mh_res_header(res, "Retry-After", MH_STR("1"), NULL);
}

static enum mh_code nothing(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such address");
}

/* --- instants --- */

enum mh_code mh_o311__instant(struct mh_request *req, const char *name, mh_time *ret, struct mh_err *reterr)
{
	struct mh_str text = mh_req_str(req, name);
	mh_day day;
	if (!text.len) return MH_OK;
	if (mh_time_parse(text, ret)) return MH_OK;
	if (mh_day_parse(text, &day)) {
		*ret = mh_day_start(day, mh_api_city(req)->zone_min);
		return MH_OK;
	}
	struct mh_str mended = mh_str_dup(&req->arena, text);
	MH_TRY_MEM(mended.ptr, reterr);
	ptrdiff_t blank = mh_str_find(mended, ' ');
	if (blank >= 0) ((char *)(uintptr_t)mended.ptr)[blank] = '+';
	if (mh_time_parse(mended, ret)) return MH_OK;
	return mh_req_bad_field(req, reterr, name, "it must be a time with a zone, like 2026-11-21T17:30:00Z",
				"应为带时区的时间，如 2026-11-21T17:30:00Z");
}

/* --- the table --- */

#define PATH(name_, max_, en_, zh_)                                                                                    \
	{                                                                                                              \
		.name = (name_), .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .min = 1, .max = (max_),     \
		.en = (en_), .zh = (zh_)                                                                               \
	}
#define TEXT(name_, in_, max_, en_, zh_)                                                                               \
	{                                                                                                              \
		.name = (name_), .in = (in_), .type = MH_TYPE_STR, .max = (max_), .en = (en_), .zh = (zh_)             \
	}
#define FORMAT PATH("format", 16, "xml or json", "xml 或 json")
#define WHERE(in_)                                                                                                     \
	TEXT("jurisdiction_id", in_, 200, "Jurisdiction; this endpoint serves one", "辖区标识；本端点只服务一个")
#define KEY(in_) TEXT("api_key", in_, 200, "Key of the partner system", "合作系统的接口密钥")
#define QUERY(name_, en_, zh_) TEXT(name_, MH_IN_QUERY, 4000, en_, zh_)
#define BODY(name_, max_, en_, zh_) TEXT(name_, MH_IN_BODY, max_, en_, zh_)
#define MEDIA_URL                                                                                                      \
	{                                                                                                              \
		.name = "media_url", .in = MH_IN_BODY, .type = MH_TYPE_STR, .repeated = true, .max = 2000,             \
		.en = "Address of a picture; may come several times", .zh = "图片地址，可多个"                 \
	}

static const struct mh_param any_params[] = {FORMAT, WHERE(MH_IN_QUERY), {0}};
static const struct mh_param rest_params[] = {PATH("rest", 2048, "Anything else", "其他地址"), {0}};
static const struct mh_param definition_params[] = {
	PATH("service_code", 64, "Code of the service", "服务代码"), FORMAT, WHERE(MH_IN_QUERY), {0}};
static const struct mh_param one_params[] = {PATH("service_request_id", 64, "Number of the request", "诉求编号"),
					     FORMAT,
					     WHERE(MH_IN_QUERY),
					     KEY(MH_IN_QUERY),
					     {0}};
static const struct mh_param token_params[] = {PATH("token", 64, "Token", "令牌"), FORMAT, WHERE(MH_IN_QUERY), {0}};
static const struct mh_param list_params[] = {
	FORMAT,
	WHERE(MH_IN_QUERY),
	KEY(MH_IN_QUERY),
	QUERY("service_request_id", "Numbers, separated by commas; overrides all else",
	      "编号，逗号分隔，优先于其他条件"),
	QUERY("service_code", "Codes of services, separated by commas", "服务代码，逗号分隔"),
	QUERY("start_date", "Raised from; 90 days at most", "提出时间起，跨度最多 90 天"),
	QUERY("end_date", "Raised until", "提出时间止"),
	QUERY("updated_after", "Changed since", "更新时间起"),
	QUERY("updated_before", "Changed until", "更新时间止"),
	QUERY("status", "open, closed, or both with a comma", "open、closed，可逗号并列"),
	{.name = "page",
	 .in = MH_IN_QUERY,
	 .type = MH_TYPE_INT,
	 .min = 0,
	 .max = 1000,
	 .en = "Page; 0 and 1 are the first",
	 .zh = "页码，0 与 1 均为首页"},
	{.name = "page_size",
	 .in = MH_IN_QUERY,
	 .type = MH_TYPE_INT,
	 .min = 1,
	 .max = 1000,
	 .en = "Requests a page; 1,000",
	 .zh = "每页条数，缺省 1000"},
	{0}};
static const struct mh_param post_params[] = {
	FORMAT,
	WHERE(MH_IN_BODY),
	KEY(MH_IN_BODY),
	BODY("service_code", 64, "Code of the service", "服务代码"),
	BODY("lat", 32, "Latitude, WGS 84", "纬度（WGS 84）"),
	BODY("long", 32, "Longitude", "经度"),
	BODY("address_string", 300, "Address in words", "地址"),
	BODY("address_id", 64, "Code of a territory of this city", "行政区划或单位代码"),
	BODY("description", 4000, "What is the matter", "诉求内容"),
	BODY("first_name", 100, "First name", "名"),
	BODY("last_name", 100, "Last name", "姓"),
	BODY("email", 200, "E-mail", "电子邮箱"),
	BODY("phone", 60, "Telephone", "电话"),
	MEDIA_URL,
	{.name = "attribute[",
	 .in = MH_IN_BODY,
	 .type = MH_TYPE_STR,
	 .prefix = true,
	 .max = 4000,
	 .en = "attribute[code]=value of the service definition",
	 .zh = "服务定义中的属性 attribute[代码]=值"},
	{0}};
static const struct mh_param updates_params[] = {FORMAT,
						 WHERE(MH_IN_QUERY),
						 KEY(MH_IN_QUERY),
						 QUERY("start_date", "From", "起"),
						 QUERY("end_date", "Until; both or none", "止，两者同时给出"),
						 {0}};
static const struct mh_param post_update_params[] = {
	FORMAT,
	WHERE(MH_IN_BODY),
	KEY(MH_IN_BODY),
	BODY("service_request_id", 64, "Number of the request", "诉求编号"),
	BODY("update_id", 80, "The sender's id of the update", "更新在对方系统的编号"),
	BODY("status", 40, "OPEN, FIXED, REOPEN, …", "状态，如 OPEN、FIXED、REOPEN"),
	BODY("updated_datetime", 40, "When it was written", "更新时间"),
	BODY("description", 4000, "What is new", "更新内容"),
	MEDIA_URL,
	{0}};

#define GET(path_, params_, handler_, en_, zh_)                                                                        \
	{                                                                                                              \
		.method = "GET", .path = (path_), .perm = MH_PERM_PUBLIC, .params = (params_),                         \
		.flags = MH_ROUTE_READ | MH_ROUTE_LENIENT, .handler = (handler_), .error = mh_o311__error,             \
		.en = (en_), .zh = (zh_)                                                                               \
	}
#define POST(path_, params_, max_, more_, handler_, en_, zh_)                                                          \
	{                                                                                                              \
		.method = "POST", .path = (path_), .perm = MH_PERM_PUBLIC, .params = (params_), .body = MH_BODY_FORM,  \
		.max_body = (max_), .flags = MH_ROUTE_WRITE | MH_ROUTE_LENIENT | (more_), .handler = (handler_),       \
		.error = mh_o311__error, .en = (en_), .zh = (zh_)                                                      \
	}

static const struct mh_route routes[] = {
	GET("/open311/discovery.{format}", any_params, mh_o311__discovery, "Open311: where the endpoints are",
	    "Open311 服务发现"),
	GET("/open311/v2/discovery.{format}", any_params, mh_o311__discovery, "Open311: where the endpoints are",
	    "Open311 服务发现"),
	GET("/open311/v2/services.{format}", any_params, mh_o311__services, "Open311: services", "Open311 服务列表"),
	GET("/open311/v2/services/{service_code}.{format}", definition_params, mh_o311__definition,
	    "Open311: what a service asks for", "Open311 服务定义"),
	GET("/open311/v2/requests.{format}", list_params, mh_o311__requests,
	    "Open311: requests; as csv the GeoReport Bulk table", "Open311 诉求列表，csv 为批量开放数据"),
	GET("/open311/v2/requests/{service_request_id}.{format}", one_params, mh_o311__request, "Open311: one request",
	    "Open311 单件诉求"),
	GET("/open311/v2/tokens/{token}.{format}", token_params, mh_o311__token, "Open311: the number behind a token",
	    "Open311 由令牌查编号"),
	GET("/open311/v2/servicerequestupdates.{format}", updates_params, mh_o311__updates, "Open311: what has changed",
	    "Open311 进展更新"),
	POST("/open311/v2/requests.{format}", post_params, (size_t)8 << 20, MH_ROUTE_MULTIPART, mh_o311__post,
	     "Open311: raise a request", "Open311 提交诉求"),
	POST("/open311/v2/servicerequestupdates.{format}", post_update_params, 0, MH_ROUTE_MULTIPART,
	     mh_o311__post_update, "Open311: a partner adds to a request", "Open311 合作系统补充进展"),
	GET("/open311/{rest*}", rest_params, nothing, "Open311: anything else", "Open311 其他地址"),
};

const struct mh_route_list mh_routes_open311 = MH_ROUTES("open311", routes);
