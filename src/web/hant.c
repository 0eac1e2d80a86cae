/* Traditional Chinese in the answers of the interface. A schema says which texts are the city's own (schema.h, `hans`); those are
 * converted, here and nowhere else, in the answer as it stands, however it was written. What is not described, and every `str`,
 * `obj` and `any`, is left alone: there stands what people wrote. Names of people are not converted either: 范 and 于 are families
 * whose names would become another word.
 *
 * Whoever does not ask for traditional characters pays nothing. The answer is read and written once more for who does. */
#include "text/hant.h"
#include "web/http_priv.h"
#include "web/schema.h"

#include <string.h>

static bool walk(struct mh_arena *a, const struct mh_schema *s, json_t *j);

static bool is_plain(struct mh_str type)
{
	static const char *const plain[] = {"str", "int", "bool", "time", "day", "any", "obj"};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (mh_str_is(type, plain[i])) return true;
	return false;
}

static bool convert(struct mh_arena *a, json_t *j)
{
	if (!json_is_string(j)) return true;
	struct mh_str hant = mh_hant(a, (struct mh_str){json_string_value(j), json_string_length(j)});
	return json_string_setn(j, hant.ptr, hant.len) == 0;
}

/* s: NULL when the value itself is the text. */
static bool value(struct mh_arena *a, const struct mh_schema *s, json_t *j)
{
	return s ? walk(a, s, j) : convert(a, j);
}

static bool member(struct mh_arena *a, const struct mh_member *m, json_t *j)
{
	const struct mh_schema *s = mh_schema_find(m->type);
	const char *key;
	json_t *one;
	size_t i;
	if (m->shape == MH_SHAPE_ONE) return value(a, s, j);
	json_array_foreach(j, i, one)
		if (!value(a, s, one)) return false;
	json_object_foreach(j, key, one)
		if (!value(a, s, one)) return false;
	return true;
}

/* The tree is the answer's own, just read: nobody else sees it change. */
static bool walk(struct mh_arena *a, const struct mh_schema *s, json_t *j)
{
	struct mh_str rest = mh_str_c(s->members);
	struct mh_member m;
	if (!json_is_object(j)) return true;
	while (mh_schema_next(&rest, &m)) {
		json_t *there = is_plain(m.type) ? NULL : json_object_getn(j, m.name.ptr, m.name.len);
		if (there && !member(a, &m, there)) return false;
	}
	return true;
}

static const struct mh_schema *schema_of(const struct mh_web_exchange *ex)
{
	const char *type = ex->res.content_type;
	if (type && strcmp(type, "application/problem+json") == 0) return mh_schema_find(MH_STR("problem"));
	if (!ex->req.route || !ex->req.route->response || !type || strcmp(type, "application/json") != 0) return NULL;
	return mh_reply_kind_of(ex->req.route).schema;
}

void mh_web__hant(struct mh_web_exchange *ex)
{
	struct mh_response *res = &ex->res;
	const struct mh_schema *s = res->body.len ? schema_of(ex) : NULL;
	MH_JSON_AUTO json_t *j = NULL;
	if (!s || mh_json_parse(res->body, &j, NULL) != MH_OK || !walk(&ex->req.arena, s, j)) return;
	struct mh_str text = mh_json_text(&ex->req.arena, j);
	if (!text.ptr) return;
	bool tagged = res->etag.len != 0;
	res->body = text;
	res->etag = (struct mh_str){NULL, 0};
	if (tagged) mh_res_tag(res, NULL);
}
