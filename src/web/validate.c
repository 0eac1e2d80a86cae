#include "web/web_priv.h"

#include <stdio.h>
#include <string.h>

#define STR_MAX 4000
#define ARRAY_MAX 1000
#define REPEAT_MAX 100

static void note(struct mh_request *req, struct mh_str field, struct mh_str en, struct mh_str zh)
{
	if (req->n_errors == MH_FIELD_ERRORS) return;
	req->errors[req->n_errors++] = (struct mh_field_error){mh_utf8_prefix(field, 80), en, zh};
}
#define NOTE(req, field, en, zh) note((req), (field), MH_STR(en), MH_STR(zh))

enum mh_code mh_req_bad_field(struct mh_request *req, struct mh_err *reterr, const char *field, const char *en,
			      const char *zh)
{
	note(req, mh_str_dup(&req->arena, mh_str_c(field)), mh_str_dup(&req->arena, mh_str_c(en)),
	     mh_str_dup(&req->arena, mh_str_c(zh)));
	return MH_FAIL(reterr, MH_E_INVALID, "%s: %s", field, en);
}

static enum mh_code verdict(const struct mh_request *req, struct mh_err *reterr)
{
	if (!req->n_errors) return MH_OK;
	const struct mh_field_error *e = &req->errors[0];
	if (req->n_errors == 1)
		return MH_FAIL(reterr, MH_E_INVALID, MH_STR_FMT ": " MH_STR_FMT, MH_STR_ARG(e->field),
			       MH_STR_ARG(e->en));
	return MH_FAIL(reterr, MH_E_INVALID, "%zu fields are not valid", req->n_errors);
}

/* --- one value --- */

static void check_str(struct mh_request *req, const struct mh_param *p, struct mh_str s)
{
	struct mh_str name = mh_str_c(p->name);
	int64_t n = (int64_t)mh_utf8_count(s), max = p->max ? p->max : STR_MAX, min = p->min;
	if (p->required && min == 0) min = 1;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
			NOTE(req, name, "it holds control characters", "含有控制字符");
			return;
		}
	}
	if (n > max)
		note(req, name,
		     mh_str_fmt(&req->arena, "it may have at most %lld characters and has %lld", (long long)max,
				(long long)n),
		     mh_str_fmt(&req->arena, "最多 %lld 个字，现有 %lld 个", (long long)max, (long long)n));
	else if (n < min)
		note(req, name, mh_str_fmt(&req->arena, "it needs at least %lld characters", (long long)min),
		     mh_str_fmt(&req->arena, "至少需要 %lld 个字", (long long)min));
	else if (p->pattern && !mh_pattern_match(p->pattern, s))
		note(req, name, mh_str_fmt(&req->arena, "it does not have the form %s", p->pattern),
		     mh_str_fmt(&req->arena, "格式不符：%s", p->pattern));
}

static void check_int(struct mh_request *req, const struct mh_param *p, int64_t v)
{
	if ((p->min || p->max) && (v < p->min || v > p->max))
		note(req, mh_str_c(p->name),
		     mh_str_fmt(&req->arena, "it must lie between %lld and %lld", (long long)p->min, (long long)p->max),
		     mh_str_fmt(&req->arena, "应在 %lld 与 %lld 之间", (long long)p->min, (long long)p->max));
}

static bool choose(const struct mh_param *p, struct mh_str s, int64_t *ret)
{
	for (int64_t i = 0; p->choices[i]; i++) {
		if (!mh_str_is(s, p->choices[i])) continue;
		*ret = i;
		return true;
	}
	return false;
}

static void note_choices(struct mh_request *req, const struct mh_param *p)
{
	struct mh_buf b = MH_BUF(600);
	for (size_t i = 0; p->choices[i]; i++) mh_buf_fmt(&b, "%s%s", i ? ", " : "", p->choices[i]);
	note(req, mh_str_c(p->name), mh_str_fmt(&req->arena, "it must be one of %s", b.len ? b.ptr : "a fixed list"),
	     mh_str_fmt(&req->arena, "只能是 %s 之一", b.len ? b.ptr : "规定值"));
	mh_buf_done(&b);
}

static void check_choice(struct mh_request *req, const struct mh_param *p, struct mh_str s, int64_t *ret)
{
	if (!choose(p, s, ret)) note_choices(req, p);
}

static void check_day(struct mh_request *req, const struct mh_param *p, struct mh_str s, int64_t *ret)
{
	mh_day day;
	if (mh_day_parse(s, &day)) *ret = day;
	else NOTE(req, mh_str_c(p->name), "it must be a day like 2026-11-21", "应为日期，如 2026-11-21");
}

static void check_time(struct mh_request *req, const struct mh_param *p, struct mh_str s, int64_t *ret)
{
	mh_time t;
	if (mh_time_parse(s, &t)) *ret = t;
	else
		NOTE(req, mh_str_c(p->name), "it must be a time with a zone, like 2026-11-21T17:30:00+08:00",
		     "应为带时区的时间，如 2026-11-21T17:30:00+08:00");
}

static void check_text(struct mh_request *req, const struct mh_param *p, struct mh_str s, struct mh_req_value *v)
{
	struct mh_str name = mh_str_c(p->name);
	v->given = true;
	v->text = s;
	switch (p->type) {
	case MH_TYPE_STR: check_str(req, p, s); break;
	case MH_TYPE_INT:
		if (mh_str_to_i64(s, &v->number)) check_int(req, p, v->number);
		else NOTE(req, name, "it must be a whole number", "应为整数");
		break;
	case MH_TYPE_BOOL:
		v->number = mh_str_is(s, "true");
		if (!v->number && !mh_str_is(s, "false"))
			NOTE(req, name, "it must be true or false", "应为 true 或 false");
		break;
	case MH_TYPE_ENUM: check_choice(req, p, s, &v->number); break;
	case MH_TYPE_DAY: check_day(req, p, s, &v->number); break;
	case MH_TYPE_TIME: check_time(req, p, s, &v->number); break;
	default: NOTE(req, name, "it cannot stand here", "不能出现在此处");
	}
}

static void check_members(struct mh_request *req, const struct mh_param *p, const json_t *j)
{
	int64_t n = (int64_t)json_array_size(j), max = p->max ? p->max : ARRAY_MAX;
	if (n < p->min || n > max)
		note(req, mh_str_c(p->name),
		     mh_str_fmt(&req->arena, "it needs %lld to %lld members", (long long)p->min, (long long)max),
		     mh_str_fmt(&req->arena, "应有 %lld 至 %lld 项", (long long)p->min, (long long)max));
}

static void check_json(struct mh_request *req, const struct mh_param *p, json_t *j, struct mh_req_value *v)
{
	struct mh_str name = mh_str_c(p->name);
	v->given = true;
	v->json = j;
	switch (p->type) {
	case MH_TYPE_INT:
		v->number = json_integer_value(j);
		if (json_is_integer(j)) check_int(req, p, v->number);
		else NOTE(req, name, "it must be a whole number", "应为整数");
		return;
	case MH_TYPE_BOOL:
		v->number = json_is_true(j);
		if (!json_is_boolean(j)) NOTE(req, name, "it must be true or false", "应为 true 或 false");
		return;
	case MH_TYPE_OBJECT:
		if (!json_is_object(j)) NOTE(req, name, "it must be an object", "应为对象");
		return;
	case MH_TYPE_ARRAY:
		if (!json_is_array(j)) NOTE(req, name, "it must be an array", "应为数组");
		else check_members(req, p, j);
		return;
	default:
		if (!json_is_string(j)) NOTE(req, name, "it must be a string", "应为字符串");
		else check_text(req, p, (struct mh_str){json_string_value(j), json_string_length(j)}, v);
	}
}

/* --- all values of one place --- */

static struct mh_req_value *slot(struct mh_request *req, const struct mh_param *p)
{
	return &req->values[p - req->route->params];
}

static const struct mh_param *param_for(const struct mh_request *req, enum mh_in in, struct mh_str name)
{
	const struct mh_param *found = NULL;
	for (const struct mh_param *p = req->route->params; p && p->name; p++) {
		if (p->in != in) continue;
		if (mh_str_is(name, p->name)) return p;
		if (p->prefix && mh_str_starts(name, p->name)) found = p;
	}
	return found;
}

/* Collects the pairs of a repeated parameter, in the order they came. */
static enum mh_code add_to_list(struct mh_request *req, const struct mh_param *p, struct mh_pair pair,
				struct mh_err *reterr)
{
	struct mh_req_value *v = slot(req, p);
	if (!v->list) {
		v->list = MH_NEW_ARRAY(&req->arena, REPEAT_MAX, struct mh_pair);
		MH_TRY_MEM(v->list, reterr);
	}
	if (v->n == REPEAT_MAX) {
		NOTE(req, mh_str_c(p->name), "it comes more than 100 times", "出现次数超过 100 次");
		return MH_OK;
	}
	struct mh_req_value one = {0};
	check_text(req, p, pair.value, &one);
	((struct mh_pair *)(uintptr_t)v->list)[v->n++] = pair;
	v->given = true;
	v->text = v->list[0].value;
	return MH_OK;
}

/* An empty optional value is the same as none: HTML forms send every field. */
static enum mh_code check_pairs(struct mh_request *req, enum mh_in in, const struct mh_pair *pairs, size_t n,
				struct mh_err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		const struct mh_param *p = param_for(req, in, pairs[i].name);
		if (!p) {
			if (!(req->route->flags & MH_ROUTE_LENIENT))
				NOTE(req, pairs[i].name, "this parameter is not known here", "此处没有该参数");
		} else if (p->repeated || p->prefix) {
			if (pairs[i].value.len) MH_TRY(add_to_list(req, p, pairs[i], reterr));
		} else if (slot(req, p)->given) {
			NOTE(req, pairs[i].name, "it comes more than once", "重复出现");
		} else if (pairs[i].value.len) {
			check_text(req, p, pairs[i].value, slot(req, p));
		}
	}
	return MH_OK;
}

static void check_required(struct mh_request *req, enum mh_in in)
{
	for (const struct mh_param *p = req->route->params; p && p->name; p++)
		if (p->in == in && p->required && !slot(req, p)->given)
			NOTE(req, mh_str_c(p->name), "it is required", "必填");
}

static void check_headers(struct mh_request *req)
{
	for (const struct mh_param *p = req->route->params; p && p->name; p++) {
		if (p->in != MH_IN_HEADER) continue;
		struct mh_str s = mh_req_header(req, p->name);
		if (s.len) check_text(req, p, s, slot(req, p));
	}
}

enum mh_code mh_web__check_head(struct mh_request *req, const struct mh_route_match *m, struct mh_err *reterr)
{
	const struct mh_pair *pairs;
	size_t n = 0;
	for (const struct mh_param *p = req->route->params; p && p->name; p++) n++;
	req->values = MH_NEW_ARRAY(&req->arena, n + 1, struct mh_req_value);
	MH_TRY_MEM(req->values, reterr);
	for (size_t i = 0; i < m->n; i++) {
		const struct mh_param *p = param_for(req, MH_IN_PATH, m->values[i].name);
		if (p) check_text(req, p, m->values[i].value, slot(req, p));
	}
	MH_TRY(mh_web__form_parse(&req->arena, req->query, &pairs, &n, reterr));
	MH_TRY(check_pairs(req, MH_IN_QUERY, pairs, n, reterr));
	check_headers(req);
	check_required(req, MH_IN_QUERY);
	check_required(req, MH_IN_HEADER);
	return verdict(req, reterr);
}

static enum mh_code check_object(struct mh_request *req, struct mh_str body, struct mh_err *reterr)
{
	const char *key;
	json_t *member;
	MH_TRY(mh_json_parse(body, &req->body, reterr));
	if (!json_is_object(req->body)) return MH_FAIL(reterr, MH_E_INVALID, "The body must be a JSON object");
	json_object_foreach(req->body, key, member) {
		const struct mh_param *p = param_for(req, MH_IN_BODY, mh_str_c(key));
		if (p && !json_is_null(member)) check_json(req, p, member, slot(req, p));
		else if (!p && !(req->route->flags & MH_ROUTE_LENIENT))
			NOTE(req, mh_str_c(key), "this member is not known here", "此处没有该字段");
	}
	return MH_OK;
}

static bool is_multipart(const struct mh_request *req)
{
	struct mh_str rest = mh_req_header(req, "Content-Type"), type = {NULL, 0};
	return (req->route->flags & MH_ROUTE_MULTIPART) && mh_str_split(&rest, ';', &type) &&
	       mh_web__name_eq(mh_str_trim(type), "multipart/form-data");
}

/* The fields of a form in parts are checked like those of any other; its files are the handler's to look at. */
static enum mh_code check_parts(struct mh_request *req, struct mh_str body, struct mh_err *reterr)
{
	size_t n = 0;
	MH_TRY(mh_web__multipart_parse(&req->arena, mh_req_header(req, "Content-Type"), body, &req->parts,
				       &req->n_parts, reterr));
	struct mh_pair *pairs = MH_NEW_ARRAY(&req->arena, req->n_parts + 1, struct mh_pair);
	MH_TRY_MEM(pairs, reterr);
	for (size_t i = 0; i < req->n_parts; i++) {
		const struct mh_web__part *p = &req->parts[i];
		if (!p->is_file) pairs[n++] = (struct mh_pair){p->name, {(const char *)p->body.ptr, p->body.len}};
	}
	return check_pairs(req, MH_IN_BODY, pairs, n, reterr);
}

enum mh_code mh_web__check_body(struct mh_request *req, struct mh_str body, struct mh_err *reterr)
{
	if (req->route->body == MH_BODY_JSON) {
		MH_TRY(check_object(req, body, reterr));
	} else if (is_multipart(req)) {
		MH_TRY(check_parts(req, body, reterr));
	} else if (req->route->body == MH_BODY_FORM) {
		const struct mh_pair *pairs;
		size_t n;
		MH_TRY(mh_web__form_parse(&req->arena, body, &pairs, &n, reterr));
		MH_TRY(check_pairs(req, MH_IN_BODY, pairs, n, reterr));
	}
	check_required(req, MH_IN_BODY);
	return verdict(req, reterr);
}

enum mh_code mh_web__check_type(const struct mh_request *req, bool has_body, struct mh_err *reterr)
{
	static const char *const wanted[MH_BODY_KIND_MAX] = {
		[MH_BODY_JSON] = "application/json", [MH_BODY_FORM] = "application/x-www-form-urlencoded"};
	const char *want = wanted[req->route->body];
	struct mh_str rest = mh_req_header(req, "Content-Type"), type;
	if (req->route->body == MH_BODY_NONE) {
		if (has_body) return MH_FAIL(reterr, MH_E_TOO_LARGE, "This address takes no body");
		return MH_OK;
	}
	if (!want || !has_body || is_multipart(req)) return MH_OK;
	if (!mh_str_split(&rest, ';', &type)) type = (struct mh_str){"", 0};
	if (mh_web__name_eq(mh_str_trim(type), want)) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_MEDIA_TYPE, "This address takes %s", want);
	mh_err_hint(reterr, "Send the header Content-Type: %s.", want);
	return code;
}
