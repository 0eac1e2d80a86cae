#include "web/web_priv.h"

static void member(struct mh_buf *b, const char *name, struct mh_str text)
{
	mh_buf_fmt(b, ",\"%s\":", name);
	mh_buf_json(b, text);
}

static void field_errors(struct mh_buf *b, const struct mh_request *req)
{
	mh_buf_c(b, ",\"errors\":[");
	for (size_t i = 0; i < req->n_errors; i++) {
		mh_buf_c(b, i ? ",{\"field\":" : "{\"field\":");
		mh_buf_json(b, req->errors[i].field);
		member(b, "message", req->errors[i].en);
		member(b, "message_zh", req->errors[i].zh);
		mh_buf_ch(b, '}');
	}
	mh_buf_ch(b, ']');
}

void mh_web__problem(struct mh_request *req, const struct mh_err *err, struct mh_response *res)
{
	const struct mh_err_info *info = mh_err_info(err->code);
	struct mh_buf b = MH_BUF(64 << 10);
	mh_buf_fmt(&b, "{\"type\":\"urn:minhu:error:%s\",\"status\":%d", info->name, info->http);
	member(&b, "code", mh_str_c(info->name));
	member(&b, "title", mh_str_c(info->en));
	member(&b, "title_zh", mh_str_c(info->zh));
	member(&b, "detail", mh_str_c(err->message));
	if (err->detail[0]) member(&b, "facts", mh_str_c(err->detail));
	if (err->message_zh[0]) member(&b, "detail_zh", mh_str_c(err->message_zh));
	if (err->hint[0]) member(&b, "hint", mh_str_c(err->hint));
	if (err->hint_zh[0]) member(&b, "hint_zh", mh_str_c(err->hint_zh));
	if (err->field[0]) member(&b, "field", mh_str_c(err->field));
	mh_buf_fmt(&b, ",\"instance\":\"urn:minhu:request:" MH_STR_FMT "\"", MH_STR_ARG(req->id));
	if (req->n_errors && err->code == MH_E_INVALID) field_errors(&b, req);
	mh_buf_ch(&b, '}');
	if (mh_res_buf(res, info->http, "application/problem+json", &b, NULL) != MH_OK)
		mh_res_bytes(res, 503, "application/problem+json",
			     MH_STR("{\"type\":\"urn:minhu:error:NO_MEMORY\",\"status\":503,\"code\":\"NO_MEMORY\","
				    "\"title\":\"Memory is short\",\"title_zh\":\"内存不足\"}"));
	mh_buf_done(&b);
	struct mh_str wait = mh_str_fmt(&req->arena, "%d", req->retry_s > 0 ? req->retry_s : 1);
	if (info->retryable && wait.ptr) mh_res_header(res, "Retry-After", wait, NULL);
	if (err->code == MH_E_UNAUTHENTICATED) mh_res_header(res, "WWW-Authenticate", MH_STR("Tracking, Bearer"), NULL);
}
