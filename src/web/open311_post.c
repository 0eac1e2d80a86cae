/* Open311: raising a request. What a partner sends becomes the fields of the definition; the engine judges them. */
#include "loop/intake.h"
#include "web/keep_part.h"
#include "web/open311_priv.h"
#include "web/web_priv.h"

#include <string.h>

#define MEDIA_MAX 6 /* files of one request */

struct post {
	struct mh_o311_call call;
	const struct mh_o311_service *service;
	json_t *fields; /* owned by the request: hung into req->body */
	struct mh_file files[MEDIA_MAX];
	size_t n_files;
};

static enum mh_code put(json_t *to, struct mh_arena *a, struct mh_str name, json_t *v, struct mh_err *reterr)
{
	struct mh_str key = mh_str_dup(a, name);
	if (key.ptr && v && json_object_set_new(to, key.ptr, v) == 0) return MH_OK;
	if (!key.ptr) json_decref(v);
	return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

static void bad(struct mh_request *req, struct mh_str field, const char *en, const char *zh)
{
	struct mh_str name = mh_str_dup(&req->arena, field);
	struct mh_err err;
	if (name.ptr) mh_req_bad_field(req, &err, name.ptr, en, zh);
}

/* --- one value of a field; noted as wrong when it cannot be one --- */

static json_t *day_value(struct mh_request *req, struct mh_str text)
{
	mh_day day;
	mh_time t;
	if (mh_time_parse(text, &t)) day = mh_time_day(t, mh_api_city(req)->zone_min);
	else if (!mh_day_parse(text, &day)) return NULL;
	return mh_json_str(mh_day_text(&req->arena, day));
}

static json_t *value_of(struct mh_request *req, const struct mh_o311_service *s, const struct mh_field *f,
			struct mh_str text)
{
	int64_t n;
	switch (f->type) {
	case MH_F_BOOL:
		if (mh_str_is(text, "yes") || mh_str_is(text, "true") || mh_str_is(text, "1")) return json_true();
		return mh_str_is(text, "no") || mh_str_is(text, "false") || mh_str_is(text, "0") ? json_false() : NULL;
	case MH_F_INT: return mh_str_to_i64(text, &n) ? json_integer(n) : NULL;
	case MH_F_DATE: return day_value(req, text);
	case MH_F_CATEGORY:
		if (!mh_city_class(mh_api_city(req), text) || text.len < s->code.len ||
		    memcmp(text.ptr, s->code.ptr, s->code.len) != 0)
			return NULL;
		return mh_json_str(text);
	default: return mh_json_str(text);
	}
}

/* --- attributes --- */

/* "attribute[size]" and "attribute[size][]" → "size"; empty: neither. */
static struct mh_str attribute_code(struct mh_str name)
{
	struct mh_str rest = {name.ptr + 10, name.len - 10}, code;
	if (!mh_str_starts(name, "attribute[") || !mh_str_split(&rest, ']', &code)) return (struct mh_str){NULL, 0};
	return rest.len == 0 || mh_str_is(rest, "[]") ? code : (struct mh_str){NULL, 0};
}

static enum mh_code attribute(struct mh_request *req, struct post *p, const struct mh_def *d, struct mh_pair pair,
			      json_t *given, struct mh_err *reterr)
{
	struct mh_str code = attribute_code(pair.name);
	int f = code.len ? mh_o311__attribute(p->service, d, code) : -1;
	if (f < 0 || !pair.value.len) return MH_OK; /* clients send more than they were asked for */
	struct mh_str key = mh_str_dup(&req->arena, code);
	MH_TRY_MEM(key.ptr, reterr);
	json_t *v = value_of(req, p->service, &d->fields[f], pair.value);
	if (json_object_get(given, key.ptr)) {
		json_decref(v);
		bad(req, pair.name, "it takes one value", "只能有一个值");
	} else if (v) {
		return put(given, &req->arena, code, v, reterr);
	} else {
		bad(req, pair.name, "it is none of the values that the service definition has",
		    "不在服务定义的取值之内");
	}
	return MH_OK;
}

static enum mh_code defaults(struct mh_request *req, struct post *p, const struct mh_def *d, struct mh_err *reterr)
{
	for (size_t i = 0; i < p->service->kind->n_set; i++) {
		const struct mh_o311_pair *set = &p->service->kind->set[i];
		int f = mh_def_field(d, set->name);
		json_t *v = f < 0 ? NULL : value_of(req, p->service, &d->fields[f], set->value);
		if (v) MH_TRY(put(p->fields, &req->arena, set->name, v, reterr));
	}
	return put(p->fields, &req->arena, p->service->kind->category, mh_json_str(p->service->code), reterr);
}

static enum mh_code attributes(struct mh_request *req, struct post *p, const struct mh_def *d, struct mh_err *reterr)
{
	size_t n;
	const struct mh_pair *list = mh_req_list(req, "attribute[", &n);
	MH_JSON_AUTO json_t *given = json_object();
	MH_TRY_MEM(given, reterr);
	for (size_t i = 0; i < n; i++) MH_TRY(attribute(req, p, d, list[i], given, reterr));
	for (size_t i = 0; i < p->service->kind->attributes.n; i++) {
		struct mh_str name = mh_str_dup(&req->arena, p->service->kind->attributes.list[i]);
		int f = mh_o311__attribute(p->service, d, name);
		if (name.ptr && f >= 0 && mh_o311__required(p->service, &d->fields[f]) &&
		    !json_object_get(given, name.ptr))
			bad(req, mh_str_fmt(&req->arena, "attribute[" MH_STR_FMT "]", MH_STR_ARG(name)),
			    "it is required", "必填");
	}
	return json_object_update(p->fields, given) == 0 ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

/* --- the rest of the form --- */

static bool is_web_address(struct mh_str s)
{
	return mh_str_starts(s, "https://") || mh_str_starts(s, "http://");
}

/* The person's words, and below them the addresses of pictures: kept as text, never fetched. Without words, the category's. */
static enum mh_code description(struct mh_request *req, struct post *p, struct mh_err *reterr)
{
	size_t n;
	const struct mh_pair *media = mh_req_list(req, "media_url", &n);
	struct mh_buf b = MH_BUF((size_t)300 << 10);
	struct mh_str text = mh_req_str(req, "description");
	mh_buf_str_add(&b, text.len ? text : p->service->cls->zh);
	for (size_t i = 0; i < n; i++) {
		if (!is_web_address(media[i].value))
			bad(req, MH_STR("media_url"), "it is no web address", "不是网页地址");
		mh_buf_c(&b, "\n");
		mh_buf_str_add(&b, media[i].value);
	}
	enum mh_code code = b.failed ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short") : MH_OK;
	if (code == MH_OK && p->service->kind->description.len)
		code = put(p->fields, &req->arena, p->service->kind->description, mh_json_str(mh_buf_str(&b)), reterr);
	mh_buf_done(&b);
	return code;
}

/* Chinese names stand together, family name first. */
static struct mh_str full_name(struct mh_request *req)
{
	struct mh_str first = mh_req_str(req, "first_name"), last = mh_req_str(req, "last_name");
	if (!first.len || !last.len) return first.len ? first : last;
	bool latin = (unsigned char)last.ptr[0] < 0x80;
	return latin ? mh_str_fmt(&req->arena, MH_STR_FMT " " MH_STR_FMT, MH_STR_ARG(first), MH_STR_ARG(last))
		     : mh_str_fmt(&req->arena, MH_STR_FMT MH_STR_FMT, MH_STR_ARG(last), MH_STR_ARG(first));
}

static void part(json_t *to, const char *name, json_t *v, bool *failed)
{
	if (json_object_set_new(to, name, v) != 0) *failed = true;
}

/* A value made of parts goes in whole, or not at all when there is no field for it or nothing to say. */
static enum mh_code put_parts(struct mh_request *req, struct post *p, struct mh_str field, json_t *j, bool failed,
			      struct mh_err *reterr)
{
	if (!failed && field.len && json_object_size(j)) return put(p->fields, &req->arena, field, j, reterr);
	json_decref(j);
	return failed ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short") : MH_OK;
}

static enum mh_code contact(struct mh_request *req, struct post *p, struct mh_err *reterr)
{
	const struct mh_pair parts[] = {{MH_STR("name"), full_name(req)},
					{MH_STR("phone"), mh_req_str(req, "phone")},
					{MH_STR("email"), mh_req_str(req, "email")}};
	json_t *c = json_object();
	bool failed = false;
	MH_TRY_MEM(c, reterr);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].value.len) part(c, parts[i].name.ptr, mh_json_str(parts[i].value), &failed);
	return put_parts(req, p, p->service->kind->contact, c, failed, reterr);
}

static void coordinates(struct mh_request *req, json_t *place, bool *failed)
{
	struct mh_str lat = mh_req_str(req, "lat"), lng = mh_req_str(req, "long");
	int64_t v;
	if (!lat.len != !lng.len) bad(req, MH_STR("lat"), "lat and long come together", "lat 与 long 须同时给出");
	if (!lat.len || !lng.len) return;
	if (mh_o311_degrees_parse(lat, 90, &v)) part(place, "lat_e6", json_integer(v), failed);
	else bad(req, MH_STR("lat"), "it is no latitude in degrees", "不是以度表示的纬度");
	if (mh_o311_degrees_parse(lng, 180, &v)) part(place, "lng_e6", json_integer(v), failed);
	else bad(req, MH_STR("long"), "it is no longitude in degrees", "不是以度表示的经度");
}

/* There is no map of territories behind it: without address_id a place belongs to the whole city, and a dispatcher says more. */
static enum mh_code place(struct mh_request *req, struct post *p, struct mh_err *reterr)
{
	const struct mh_orgs *orgs = &mh_api_city(req)->orgs;
	struct mh_str id = mh_req_str(req, "address_id"), words = mh_req_str(req, "address_string");
	int org = id.len ? mh_org_by_code(orgs, id) : orgs->root;
	json_t *j = json_object();
	bool failed = false;
	MH_TRY_MEM(j, reterr);
	if (org < 0) bad(req, MH_STR("address_id"), "it is no territory of this city", "不是本市的行政区划代码");
	else part(j, "org", mh_json_str(orgs->list[org].code), &failed);
	if (words.len) part(j, "address", mh_json_str(words), &failed);
	coordinates(req, j, &failed);
	if (!id.len && !words.len && !mh_req_str(req, "lat").len && !mh_req_str(req, "long").len)
		bad(req, MH_STR("address_string"), "a place is required: lat and long, address_string or address_id",
		    "须给出地点：lat 与 long、address_string 或 address_id");
	return put_parts(req, p, p->service->kind->place, j, failed, reterr);
}

/* --- media --- */

/* On disk, sealed, before the matter that names it: `media`, `photo1`, `file_…`, whatever clients call them. */
static enum mh_code media(struct mh_request *req, struct post *p, struct mh_err *reterr)
{
	for (size_t i = 0; i < req->n_parts; i++) {
		if (!req->parts[i].is_file || !req->parts[i].body.len) continue;
		if (p->n_files == MEDIA_MAX) return MH_FAIL(reterr, MH_E_TOO_LARGE, "At most %d files", MEDIA_MAX);
		MH_TRY(mh_web__keep_part(req, i, &p->files[p->n_files], reterr));
		p->n_files++;
	}
	return MH_OK;
}

/* --- the job --- */

static struct mh_str notice(const struct post *p, struct mh_arena *a, const char *code)
{
	if (!code[0]) return MH_STR("");
	return p->call.en ? mh_str_fmt(a, "Tracking code: %s. Keep it: it opens this request and nothing else.", code)
			  : mh_str_fmt(a, "查询码：%s。请妥善保存，凭此码查看本件办理情况。", code);
}

static enum mh_code answer(struct mh_request *req, struct mh_response *res, const struct post *p,
			   const struct mh_outcome *out, struct mh_err *reterr)
{
	struct mh_o311_doc d = mh_o311_doc_new(&req->arena, "service_requests", MH_O311_LIST);
	struct mh_o311_node *r = mh_o311_object(&d, d.root, "request");
	if (p->service->batch) mh_o311_text(&d, r, "token", out->ref);
	else mh_o311_text(&d, r, "service_request_id", out->number);
	mh_o311_text(&d, r, "service_notice", notice(p, &req->arena, out->code));
	mh_o311_text(&d, r, "account_id", MH_STR(""));
	return mh_o311__answer(&p->call, res, &d, reterr);
}

static enum mh_code job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			struct mh_err *reterr)
{
	struct post *p = arg;
	struct mh_outcome out;
	struct mh_intake in = {.kind = p->service->kind->kind, .fields = p->fields, .by = {.org = -1}};
	MH_API_JOB(req, db);
	if (req->idempotency_key.len) {
		in.key = mh_str_fmt(&req->arena, "open311:" MH_STR_FMT ":" MH_STR_FMT, MH_STR_ARG(p->call.client),
				    MH_STR_ARG(req->idempotency_key));
		MH_TRY_MEM(in.key.ptr, reterr);
	}
	MH_TRY(mh_intake_raise(&tx, &in, &out, reterr));
	if (!out.again) {
		struct mh_q_open311_request_add_in of = {
			.home_id = tx.city->home_id, .matter_id = out.matter_id, .client = p->call.client};
		MH_TRY(mh_q_open311_request_add(db, &of, reterr));
		for (size_t i = 0; i < p->n_files; i++) {
			struct mh_file file = p->files[i];
			int64_t id;
			bool again;
			file.matter_id = out.matter_id;
			MH_TRY(mh_matter_file(&tx, &file, &id, &again, reterr));
		}
	} else {
		mh_web__drop_parts(req, p->files, p->n_files); /* the matter has its files from then */
	}
	return answer(req, res, p, &out, reterr);
}

static enum mh_code find_service(struct mh_request *req, struct post *p, struct mh_err *reterr)
{
	struct mh_str code = mh_req_str(req, "service_code");
	if (!code.len) return mh_req_bad_field(req, reterr, "service_code", "it is required", "必填");
	p->service = mh_o311_service_by_code(p->call.o, code);
	return p->service ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no service with this service_code");
}

enum mh_code mh_o311__post(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct post *p = MH_NEW(&req->arena, struct post);
	MH_TRY_MEM(p, reterr);
	MH_TRY(mh_o311__begin(req, true, &p->call, reterr));
	MH_TRY(find_service(req, p, reterr));
	const struct mh_def *d = mh_o311__def(&p->call, p->service, req->received);
	if (!d) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "This service cannot be used just now");
	req->body = p->fields = json_object(); /* goes with the request */
	MH_TRY_MEM(p->fields, reterr);
	MH_TRY(defaults(req, p, d, reterr));
	MH_TRY(attributes(req, p, d, reterr));
	MH_TRY(description(req, p, reterr));
	MH_TRY(contact(req, p, reterr));
	MH_TRY(place(req, p, reterr));
	if (req->n_errors) return MH_FAIL(reterr, MH_E_INVALID, "%zu fields are not valid", req->n_errors);
	MH_TRY(media(req, p, reterr));
	return mh_request_defer(req, job, p, reterr);
}
