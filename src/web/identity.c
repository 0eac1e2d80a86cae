#include "text/lang.h"
#include "web/web_priv.h"

static bool visible(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 0x21 || s.ptr[i] > 0x7e) return false;
	return true;
}

static bool tracking(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'))
			return false;
	}
	return s.len >= 4 && s.len <= 64;
}

/* "Tracking CODE" or "Bearer TOKEN" */
static enum mh_code read_authorization(struct mh_request *req, struct mh_err *reterr)
{
	struct mh_str rest = mh_req_header(req, "Authorization"), scheme;
	if (!rest.len) return MH_OK;
	mh_str_split(&rest, ' ', &scheme);
	struct mh_str code_text = mh_str_trim(rest);
	if (mh_web__name_eq(scheme, "Bearer") && tracking(code_text)) {
		req->bearer = code_text;
		return MH_OK;
	}
	if (!mh_web__name_eq(scheme, "Tracking") || !tracking(code_text)) {
		enum mh_code code = MH_FAIL(reterr, MH_E_UNAUTHENTICATED, "Cannot read the Authorization header");
		mh_err_hint(reterr, "Write Authorization: Tracking CODE, with the code from your receipt.");
		return code;
	}
	req->tracking_code = code_text;
	return MH_OK;
}

static enum mh_code read_key(struct mh_request *req, struct mh_err *reterr)
{
	struct mh_str key = mh_req_header(req, "Idempotency-Key");
	if (!key.len) return MH_OK;
	if (key.len >= 2 && key.ptr[0] == '"' && key.ptr[key.len - 1] == '"') {
		key.ptr++;
		key.len -= 2;
	}
	if (key.len < 8 || key.len > 80 || !visible(key))
		return MH_FAIL(reterr, MH_E_INVALID, "Idempotency-Key must be 8 to 80 visible ASCII characters");
	req->idempotency_key = key;
	return MH_OK;
}

static void read_language(struct mh_request *req)
{
	enum mh_lang lang = MH_LANG_HANS;
	mh_lang_of_header(mh_req_header(req, "Accept-Language"), &lang);
	req->lang = lang == MH_LANG_EN ? MH_STR("en") : MH_STR("zh");
	req->hant = lang == MH_LANG_HANT;
}

enum mh_code mh_web__identity(struct mh_request *req, struct mh_err *reterr)
{
	struct mh_str actor = mh_req_header(req, "Minhu-Actor");
	read_language(req);
	if (actor.len) MH_TRY(mh_actor_parse(&req->arena, actor, &req->actor, reterr));
	MH_TRY(read_authorization(req, reterr));
	return read_key(req, reterr);
}
