/* The description of the API: OpenAPI 3.1, made from the route table, so that it cannot say anything else. */
#include "web/openapi.h"

#include "web/schema.h"

#include <stdio.h>
#include <string.h>

struct doc {
	json_t *paths, *tags;
	bool failed; /* memory was short somewhere */
};

static void put(struct doc *d, json_t *to, const char *key, json_t *value)
{
	if (json_object_set_new(to, key, value) != 0) d->failed = true;
}

static void add(struct doc *d, json_t *to, json_t *value)
{
	if (json_array_append_new(to, value) != 0) d->failed = true;
}

static json_t *reference(const char *what, const char *name)
{
	char text[128];
	snprintf(text, sizeof text, "#/components/%s/%s", what, name);
	return json_pack("{s:s}", "$ref", text);
}

/* --- parameters --- */

static void string_limits(struct doc *d, json_t *j, const struct mh_param *p)
{
	char pattern[512];
	if (p->min > 0) put(d, j, "minLength", json_integer(p->min));
	put(d, j, "maxLength", json_integer(p->max ? p->max : 4000));
	if (!p->pattern) return;
	snprintf(pattern, sizeof pattern, "^(?:%s)$", p->pattern);
	put(d, j, "pattern", json_string(pattern));
}

static json_t *choices(struct doc *d, const char *const *list)
{
	json_t *j = json_array();
	for (; *list; list++) add(d, j, json_string(*list));
	return json_pack("{s:s, s:o}", "type", "string", "enum", j);
}

static json_t *value_schema(struct doc *d, const struct mh_param *p)
{
	json_t *j = NULL;
	switch (p->type) {
	case MH_TYPE_STR:
		j = json_pack("{s:s}", "type", "string");
		string_limits(d, j, p);
		break;
	case MH_TYPE_INT:
		j = json_pack("{s:s, s:s}", "type", "integer", "format", "int64");
		if (p->min || p->max) put(d, j, "minimum", json_integer(p->min));
		if ((p->min || p->max) && p->max != INT64_MAX) put(d, j, "maximum", json_integer(p->max));
		break;
	case MH_TYPE_BOOL: j = json_pack("{s:s}", "type", "boolean"); break;
	case MH_TYPE_ENUM: j = choices(d, p->choices); break;
	case MH_TYPE_DAY: j = json_pack("{s:s, s:s}", "type", "string", "format", "date"); break;
	case MH_TYPE_TIME: j = json_pack("{s:s, s:s}", "type", "string", "format", "date-time"); break;
	case MH_TYPE_OBJECT: j = json_pack("{s:s, s:b}", "type", "object", "additionalProperties", 1); break;
	case MH_TYPE_ARRAY:
		j = json_pack("{s:s, s:{}}", "type", "array", "items");
		if (p->min) put(d, j, "minItems", json_integer(p->min));
		put(d, j, "maxItems", json_integer(p->max ? p->max : 1000));
		break;
	default: break;
	}
	if (!j) d->failed = true;
	return j;
}

/* attribute[…] is the standard's deepObject. */
static json_t *schema_of(struct doc *d, const struct mh_param *p)
{
	json_t *j = value_schema(d, p);
	if (p->prefix) return json_pack("{s:s, s:o}", "type", "object", "additionalProperties", j);
	if (p->repeated) return json_pack("{s:s, s:o, s:i}", "type", "array", "items", j, "maxItems", 100);
	return j;
}

static void name_of(const struct mh_param *p, char *out, size_t room)
{
	size_t n = p->prefix ? strcspn(p->name, "[") : strlen(p->name);
	snprintf(out, room, "%.*s", (int)n, p->name);
}

static json_t *parameter(struct doc *d, const struct mh_param *p)
{
	static const char *const places[] = {[MH_IN_PATH] = "path", [MH_IN_QUERY] = "query", [MH_IN_HEADER] = "header"};
	char name[96];
	name_of(p, name, sizeof name);
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:b, s:o}", "name", name, "in", places[p->in], "description", p->en,
			      "x-description-zh", p->zh, "required", p->required, "schema", schema_of(d, p));
	if (j && p->prefix) put(d, j, "style", json_string("deepObject"));
	if (!j) d->failed = true;
	return j;
}

static json_t *parameters(struct doc *d, const struct mh_route *r)
{
	json_t *list = json_array();
	for (const struct mh_param *p = r->params; p && p->name; p++)
		if (p->in != MH_IN_BODY) add(d, list, parameter(d, p));
	if (r->flags & MH_ROUTE_WRITE) add(d, list, reference("parameters", "idempotency_key"));
	return list;
}

/* --- body --- */

static json_t *members(struct doc *d, const struct mh_route *r)
{
	char name[96];
	json_t *props = json_object(), *required = json_array();
	for (const struct mh_param *p = r->params; p && p->name; p++) {
		if (p->in != MH_IN_BODY) continue;
		json_t *one = schema_of(d, p);
		name_of(p, name, sizeof name);
		if (one) {
			put(d, one, "description", json_string(p->en));
			put(d, one, "x-description-zh", json_string(p->zh));
			put(d, props, name, one);
		}
		if (p->required) add(d, required, json_string(name));
	}
	json_t *j = json_pack("{s:s, s:o, s:b}", "type", "object", "properties", props, "additionalProperties",
			      (r->flags & MH_ROUTE_LENIENT) != 0);
	if (j && json_array_size(required)) put(d, j, "required", json_incref(required));
	json_decref(required);
	return j;
}

static json_t *request_body(struct doc *d, const struct mh_route *r)
{
	bool needed = r->body == MH_BODY_FILE;
	for (const struct mh_param *p = r->params; p && p->name; p++) needed |= p->in == MH_IN_BODY && p->required;
	const char *type = r->body == MH_BODY_JSON   ? "application/json"
			   : r->body == MH_BODY_FORM ? "application/x-www-form-urlencoded"
						     : "application/octet-stream";
	json_t *content = r->body == MH_BODY_FILE ? json_pack("{s:{}}", type)
						  : json_pack("{s:{s:o}}", type, "schema", members(d, r));
	if (r->flags & MH_ROUTE_MULTIPART)
		put(d, content, "multipart/form-data", json_pack("{s:o}", "schema", members(d, r)));
	json_t *j = json_pack("{s:b, s:o}", "required", needed, "content", content);
	if (j && r->max_body) put(d, j, "x-max-bytes", json_integer((json_int_t)r->max_body));
	return j;
}

/* --- answers --- */

static json_t *good_answer(const struct mh_reply_kind *k)
{
	char type[64];
	if (k->schema)
		return json_pack("{s:s, s:s, s:{s:{s:o}}}", "description", k->schema->en, "x-description-zh",
				 k->schema->zh, "content", "application/json", "schema",
				 reference("schemas", k->schema->name));
	if (!k->media_type.len) return json_pack("{s:s}", "description", "All is well");
	snprintf(type, sizeof type, MH_STR_FMT, MH_STR_ARG(k->media_type));
	return json_pack("{s:s, s:{s:{}}}", "description", "The bytes", "content", type);
}

static json_t *answers(struct doc *d, const struct mh_route *r)
{
	struct mh_reply_kind k = mh_reply_kind_of(r);
	char status[16];
	json_t *j = json_object();
	snprintf(status, sizeof status, "%d", k.status);
	put(d, j, status, good_answer(&k));
	if (r->error) { /* in another standard's shape */
		put(d, j, "4XX", json_pack("{s:s}", "description", "What was wrong, in the shape of the standard"));
		put(d, j, "5XX", json_pack("{s:s}", "description", "Our fault, in the shape of the standard"));
	} else {
		put(d, j, "4XX", reference("responses", "problem"));
		put(d, j, "5XX", reference("responses", "problem"));
	}
	return j;
}

/* --- one route --- */

static json_t *security(struct doc *d, const struct mh_route *r)
{
	json_t *j = json_array();
	if (r->perm == MH_PERM_PUBLIC) add(d, j, json_object());
	if (r->perm == MH_PERM_PUBLIC || r->perm == MH_PERM_HOLDER) add(d, j, json_pack("{s:[]}", "tracking"));
	add(d, j, json_pack("{s:[]}", "bearer"));
	add(d, j, json_pack("{s:[]}", "cookie"));
	return j;
}

/* "GET /api/v1/matters/{ref}/events" → "get_matters_ref_events" */
static void operation_id(const struct mh_route *r, char *out, size_t room)
{
	const char *path = strncmp(r->path, "/api/v1/", 8) == 0 ? r->path + 8 : r->path;
	size_t n = 0;
	for (const char *m = r->method; *m && n + 2 < room; m++) out[n++] = (char)(*m | 0x20);
	bool gap = true;
	for (; *path && n + 2 < room; path++) {
		bool word = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
			    (*path >= '0' && *path <= '9');
		if (word && gap) out[n++] = '_';
		if (word) out[n++] = *path;
		gap = !word;
	}
	out[n] = '\0';
}

static json_t *operation(struct doc *d, const struct mh_route *r, const char *group)
{
	char id[160];
	operation_id(r, id, sizeof id);
	json_t *j = json_pack("{s:s, s:s, s:s, s:[s], s:s, s:o, s:o, s:o}", "operationId", id, "summary", r->en,
			      "x-summary-zh", r->zh, "tags", group, "x-permission", mh_perm_name(r->perm), "security",
			      security(d, r), "parameters", parameters(d, r), "responses", answers(d, r));
	if (j && r->body != MH_BODY_NONE) put(d, j, "requestBody", request_body(d, r));
	if (!j) d->failed = true;
	return j;
}

/* {rest*} is {rest} there, which may hold slashes. */
static void path_text(const char *path, char *out, size_t room)
{
	size_t n = 0;
	for (; *path && n + 1 < room; path++)
		if (*path != '*') out[n++] = *path;
	out[n] = '\0';
}

static void describe(struct doc *d, const struct mh_route *r, const char *group)
{
	char path[200], method[8];
	size_t n = 0;
	path_text(r->path, path, sizeof path);
	for (; r->method[n] && n + 1 < sizeof method; n++) method[n] = (char)(r->method[n] | 0x20);
	method[n] = '\0';
	json_t *item = json_object_get(d->paths, path);
	if (!item) {
		put(d, d->paths, path, json_object());
		item = json_object_get(d->paths, path);
	}
	if (item) put(d, item, method, operation(d, r, group));
}

/* --- the rest --- */

static json_t *all_schemas(struct doc *d)
{
	size_t n;
	const struct mh_schema *s = mh_schemas_all(&n);
	json_t *j = json_object();
	for (size_t i = 0; i < n; i++) put(d, j, s[i].name, mh_schema_json(&s[i]));
	return j;
}

static json_t *schemes(void)
{
	json_t *tracking = json_pack("{s:s, s:s, s:s, s:s}", "type", "http", "scheme", "Tracking", "description",
				     "Authorization: Tracking CODE, the code from the receipt of a matter",
				     "x-description-zh", "查询码，仅能打开本人事项");
	json_t *bearer = json_pack("{s:s, s:s, s:s, s:s}", "type", "http", "scheme", "bearer", "description",
				   "The token of POST /api/v1/session, for programs", "x-description-zh",
				   "供程序使用的令牌");
	json_t *cookie = json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "apiKey", "in", "cookie", "name",
				   "minhu_session", "description",
				   "The cookie of POST /api/v1/session; writes also carry Minhu-Csrf",
				   "x-description-zh", "登录 Cookie；写操作须同时带 Minhu-Csrf");
	return json_pack("{s:o, s:o, s:o}", "tracking", tracking, "bearer", bearer, "cookie", cookie);
}

static json_t *components(struct doc *d)
{
	json_t *key = json_pack("{s:{s:s, s:s, s:s, s:b, s:{s:s, s:i, s:i}}}", "idempotency_key", "name",
				"Idempotency-Key", "in", "header", "description",
				"Sent again with the same key, a request is carried out once", "required", 0, "schema",
				"type", "string", "minLength", 8, "maxLength", 80);
	json_t *problem = json_pack("{s:{s:s, s:s, s:{s:{s:o}}}}", "problem", "description",
				    "What went wrong and what to do (RFC 9457)", "x-description-zh",
				    "错误说明与处理建议", "content", "application/problem+json", "schema",
				    reference("schemas", "problem"));
	return json_pack("{s:o, s:o, s:o, s:o}", "schemas", all_schemas(d), "parameters", key, "responses", problem,
			 "securitySchemes", schemes());
}

static json_t *about(void)
{
	return json_pack(
		"{s:s, s:s, s:s, s:{s:s, s:s}}", "title", "Minhu 民呼", "version", MINHU_VERSION, "description",
		"A city's closed loop of public service: raised, gathered, handled, answered, rated, put to use. "
		"受理、汇总、处置、反馈、评价、运用。",
		"license", "name", "Apache-2.0", "identifier", "Apache-2.0");
}

json_t *mh_openapi(const struct mh_route_list *const *lists, size_t n)
{
	struct doc d = {.paths = json_object(), .tags = json_array()};
	for (size_t i = 0; i < n; i++) {
		bool any = false;
		for (size_t k = 0; k < lists[i]->n; k++) {
			if (lists[i]->routes[k].flags & MH_ROUTE_PAGE) continue;
			describe(&d, &lists[i]->routes[k], lists[i]->name);
			any = true;
		}
		if (any) add(&d, d.tags, json_pack("{s:s}", "name", lists[i]->name));
	}
	json_t *j = json_pack("{s:s, s:o, s:[{s:s}], s:o, s:o, s:o}", "openapi", "3.1.0", "info", about(), "servers",
			      "url", "/", "tags", d.tags, "paths", d.paths, "components", components(&d));
	if (j && !d.failed) return j;
	json_decref(j);
	return NULL;
}
