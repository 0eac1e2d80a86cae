#include "web/web_priv.h"

#include <assert.h>
#include <string.h>

static const struct mh_req_value *value_of(const struct mh_request *req, const char *name)
{
	for (const struct mh_param *p = req->route->params; p && p->name; p++)
		if (strcmp(p->name, name) == 0) return &req->values[p - req->route->params];
	assert(!"a handler asks for a parameter that its route does not declare");
	static const struct mh_req_value none;
	return &none;
}

bool mh_req_has(const struct mh_request *req, const char *name)
{
	return value_of(req, name)->given;
}

struct mh_str mh_req_str(const struct mh_request *req, const char *name)
{
	return value_of(req, name)->text;
}

int64_t mh_req_int(const struct mh_request *req, const char *name, int64_t otherwise)
{
	const struct mh_req_value *v = value_of(req, name);
	return v->given ? v->number : otherwise;
}

bool mh_req_bool(const struct mh_request *req, const char *name, bool otherwise)
{
	return mh_req_int(req, name, otherwise) != 0;
}

int mh_req_choice(const struct mh_request *req, const char *name, int otherwise)
{
	return (int)mh_req_int(req, name, otherwise);
}

mh_day mh_req_day(const struct mh_request *req, const char *name, mh_day otherwise)
{
	return (mh_day)mh_req_int(req, name, otherwise);
}

mh_time mh_req_time(const struct mh_request *req, const char *name, mh_time otherwise)
{
	return mh_req_int(req, name, otherwise);
}

const json_t *mh_req_json(const struct mh_request *req, const char *name)
{
	return value_of(req, name)->json;
}

const struct mh_pair *mh_req_list(const struct mh_request *req, const char *name, size_t *ret_n)
{
	const struct mh_req_value *v = value_of(req, name);
	*ret_n = v->n;
	return v->list;
}

struct mh_str mh_req_header(const struct mh_request *req, const char *name)
{
	for (size_t i = 0; i < req->n_headers; i++)
		if (mh_web__name_eq(req->headers[i].name, name)) return req->headers[i].value;
	return (struct mh_str){NULL, 0};
}

/* --- the answer --- */

enum mh_code mh_res_header(struct mh_response *res, const char *name, struct mh_str value, struct mh_err *reterr)
{
	struct mh_pair h = {mh_str_dup(res->arena, mh_str_c(name)), mh_str_dup(res->arena, value)};
	if (!h.name.ptr || !h.value.ptr) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7f)
			return MH_FAIL(reterr, MH_E_INTERNAL, "The header %s would hold control characters", name);
	if (res->n_headers == sizeof res->headers / sizeof *res->headers)
		return MH_FAIL(reterr, MH_E_INTERNAL, "The answer has too many headers");
	res->headers[res->n_headers++] = h;
	return MH_OK;
}

enum mh_code mh_res_tag(struct mh_response *res, struct mh_err *reterr)
{
	struct mh_hash h = mh_sha256_str(res->body);
	res->etag = mh_str_hex(res->arena, (struct mh_bytes){h.b, 16});
	MH_TRY_MEM(res->etag.ptr, reterr);
	return MH_OK;
}

void mh_res_bytes(struct mh_response *res, int status, const char *content_type, struct mh_str body)
{
	res->status = status;
	res->content_type = content_type;
	res->body = body;
}

enum mh_code mh_res_json(struct mh_response *res, int status, json_t *j, struct mh_err *reterr)
{
	struct mh_str text = j ? mh_json_text(res->arena, j) : (struct mh_str){NULL, 0};
	json_decref(j);
	MH_TRY_MEM(text.ptr, reterr);
	mh_res_bytes(res, status, "application/json", text);
	return MH_OK;
}

enum mh_code mh_res_buf(struct mh_response *res, int status, const char *content_type, const struct mh_buf *buf,
			struct mh_err *reterr)
{
	struct mh_str text = buf->failed ? (struct mh_str){NULL, 0} : mh_str_dup(res->arena, mh_buf_str(buf));
	MH_TRY_MEM(text.ptr, reterr);
	mh_res_bytes(res, status, content_type, text);
	return MH_OK;
}

void mh_res_clear(struct mh_response *res)
{
	if (res->stream.done) res->stream.done(res->stream.ctx);
	*res = (struct mh_response){.arena = res->arena};
}
