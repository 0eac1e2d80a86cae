#include "base/yaml.h"
#include "matter/pack.h"
#include "web/open311.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define FORMAT "open311/1"

struct reader {
	struct mh_open311 *o;
	struct mh_diags d;
	mh_day today;
};

/* --- pieces --- */

static size_t count(const struct mh_yaml *list)
{
	return list ? list->n : 0;
}

static void wrong(struct reader *r, const struct mh_yaml *at, const char *hint, const char *what, struct mh_str name)
{
	MH_DIAG_ERROR(&r->d, "open311", at ? at->at : ((struct mh_mark){0}), hint, "%s: '" MH_STR_FMT "'", what,
		      MH_STR_ARG(name));
}

static void need(struct reader *r, struct mh_yaml *map, const char *key, struct mh_str *ret)
{
	if (!mh_yaml_str(map, key, ret, &r->d) && !mh_yaml_get(map, key))
		MH_DIAG_ERROR(&r->d, "missing", map->at, NULL, "\"%s\" is missing", key);
}

static void label(struct reader *r, struct mh_yaml *top, const char *key, struct mh_label *ret)
{
	static const char *const known[] = {"zh", "en", NULL};
	struct mh_yaml *m = mh_yaml_get(top, key);
	if (!m || m->kind != MH_YAML_MAP) {
		MH_DIAG_ERROR(&r->d, "missing", top->at, "Write: {zh: …, en: …}", "\"%s\" is missing", key);
		return;
	}
	need(r, m, "zh", &ret->zh);
	need(r, m, "en", &ret->en);
	mh_yaml_unknown(m, known, &r->d);
}

static void names(struct reader *r, struct mh_yaml *map, const char *key, struct mh_o311_names *ret)
{
	struct mh_yaml *list = mh_yaml_get(map, key);
	if (!list) return;
	if (list->kind != MH_YAML_LIST) {
		MH_DIAG_ERROR(&r->d, "type", list->at, NULL, "\"%s\" must be a list", key);
		return;
	}
	ret->list = MH_NEW_ARRAY(&r->o->arena, list->n + 1, struct mh_str);
	if (!ret->list) return;
	for (struct mh_yaml *e = list->first; e; e = e->next)
		if (e->kind == MH_YAML_SCALAR) ret->list[ret->n++] = e->text;
		else MH_DIAG_ERROR(&r->d, "type", e->at, NULL, "a name is expected here");
}

/* --- kinds --- */

/* A field of the definition that takes what callers send; may be left out. */
static void field(struct reader *r, struct mh_yaml *map, const struct mh_def *d, const char *key,
		  enum mh_field_type type, struct mh_str *ret)
{
	if (!mh_yaml_str(map, key, ret, &r->d) || !d) return;
	int f = mh_def_field(d, *ret);
	if (f < 0 || !d->fields[f].set_create || d->fields[f].type != type) {
		wrong(r, mh_yaml_get(map, key), mh_field_type_names[type],
		      "not a field of the right type that can be given when a matter is raised", *ret);
		*ret = (struct mh_str){NULL, 0};
	}
}

static bool offered(enum mh_field_type type)
{
	return type == MH_F_ENUM || type == MH_F_BOOL || type == MH_F_TEXT || type == MH_F_INT || type == MH_F_DATE ||
	       type == MH_F_CATEGORY;
}

static void read_set(struct reader *r, struct mh_yaml *map, const struct mh_def *d, struct mh_o311_kind *k)
{
	struct mh_yaml *set = mh_yaml_get(map, "set");
	k->set = MH_NEW_ARRAY(&r->o->arena, count(set) + 1, struct mh_o311_pair);
	for (struct mh_yaml *e = set && set->kind == MH_YAML_MAP && k->set ? set->first : NULL; e; e = e->next) {
		int f = d ? mh_def_field(d, e->key) : -1;
		if (d && (f < 0 || !d->fields[f].set_create || !offered(d->fields[f].type)))
			wrong(r, e, NULL, "not a field that can be set when a matter is raised", e->key);
		k->set[k->n_set++] = (struct mh_o311_pair){e->key, e->text};
	}
}

static void check_attributes(struct reader *r, struct mh_yaml *map, const struct mh_def *d,
			     const struct mh_o311_kind *k)
{
	for (size_t i = 0; d && i < k->attributes.n; i++) {
		int f = mh_def_field(d, k->attributes.list[i]);
		if (f < 0 || !d->fields[f].set_create || !offered(d->fields[f].type))
			wrong(r, mh_yaml_get(map, "attributes"), "enum, bool, text, int, date and category can be",
			      "not a field that can be an attribute", k->attributes.list[i]);
	}
}

static void read_rules(struct reader *r, struct mh_yaml *map, const struct mh_def *d, struct mh_o311_kind *k)
{
	static const char *const known[] = {"status", "step", "field", NULL};
	struct mh_yaml *list = mh_yaml_get(map, "updates");
	k->rules = MH_NEW_ARRAY(&r->o->arena, count(list) + 1, struct mh_o311_rule);
	for (struct mh_yaml *e = list && list->kind == MH_YAML_LIST && k->rules ? list->first : NULL; e; e = e->next) {
		struct mh_o311_rule *rule = &k->rules[k->n_rules++];
		need(r, e, "step", &rule->step);
		need(r, e, "field", &rule->field);
		names(r, e, "status", &rule->status);
		mh_yaml_unknown(e, known, &r->d);
		int t = d ? mh_def_transition(d, rule->step) : 0, f = d ? mh_def_field(d, rule->field) : 0;
		if (t < 0 || (d && d->transitions[t].trigger != MH_BY_PERSON))
			wrong(r, e, NULL, "not a step that a person takes", rule->step);
		if (f < 0 || (d && d->fields[f].type != MH_F_TEXT)) wrong(r, e, NULL, "not a text field", rule->field);
	}
}

static void read_kind(struct reader *r, struct mh_yaml *map, struct mh_o311_kind *k)
{
	static const char *const known[] = {"description", "contact",    "place",   "category",
					    "set",         "attributes", "updates", NULL};
	const struct mh_def *d = mh_city_def_for(r->o->city, map->key, r->today);
	k->kind = map->key;
	if (!d) wrong(r, map, NULL, "the city has no such kind of matter", map->key);
	field(r, map, d, "description", MH_F_TEXT, &k->description);
	field(r, map, d, "contact", MH_F_CONTACT, &k->contact);
	field(r, map, d, "place", MH_F_PLACE, &k->place);
	field(r, map, d, "category", MH_F_CATEGORY, &k->category);
	if (!k->category.len) wrong(r, map, NULL, "a service needs the field of the category", map->key);
	names(r, map, "attributes", &k->attributes);
	read_set(r, map, d, k);
	check_attributes(r, map, d, k);
	read_rules(r, map, d, k);
	mh_yaml_unknown(map, known, &r->d);
}

static void read_kinds(struct reader *r, struct mh_yaml *top)
{
	struct mh_yaml *map = mh_yaml_get(top, "kinds");
	r->o->kinds = MH_NEW_ARRAY(&r->o->arena, count(map) + 1, struct mh_o311_kind);
	if (!map || map->kind != MH_YAML_MAP || !r->o->kinds) {
		MH_DIAG_ERROR(&r->d, "missing", top->at, NULL, "\"kinds\" is missing");
		return;
	}
	for (struct mh_yaml *e = map->first; e; e = e->next) read_kind(r, e, &r->o->kinds[r->o->n_kinds++]);
}

/* --- services and keys --- */

static const struct mh_o311_kind *kind_of(const struct mh_open311 *o, struct mh_str name)
{
	for (size_t i = 0; i < o->n_kinds; i++)
		if (mh_str_eq(o->kinds[i].kind, name)) return &o->kinds[i];
	return NULL;
}

static int by_code(const void *a, const void *b)
{
	return mh_str_cmp(((const struct mh_o311_service *)a)->code, ((const struct mh_o311_service *)b)->code);
}

static void read_group(struct reader *r, struct mh_yaml *e)
{
	static const char *const known[] = {"kind", "type", "public", "categories", NULL};
	struct mh_str kind = {NULL, 0}, type = MH_STR("realtime");
	struct mh_o311_names codes = {0};
	need(r, e, "kind", &kind);
	bool open = true;
	mh_yaml_str(e, "type", &type, &r->d);
	mh_yaml_bool(e, "public", &open, &r->d);
	names(r, e, "categories", &codes);
	mh_yaml_unknown(e, known, &r->d);
	const struct mh_o311_kind *k = kind_of(r->o, kind);
	if (!k) wrong(r, e, "it must stand under kinds", "no such kind", kind);
	if (!mh_str_is(type, "realtime") && !mh_str_is(type, "batch"))
		wrong(r, e, "realtime or batch", "no such type of service", type);
	for (size_t i = 0; k && i < codes.n; i++) {
		const struct mh_class *c = mh_city_class(r->o->city, codes.list[i]);
		if (!c) wrong(r, e, NULL, "the city has no such category", codes.list[i]);
		else
			r->o->services[r->o->n_services++] = (struct mh_o311_service){.code = codes.list[i],
										      .cls = c,
										      .kind = k,
										      .batch = mh_str_is(type, "batch"),
										      .hidden = !open};
	}
}

static void read_services(struct reader *r, struct mh_yaml *top)
{
	struct mh_open311 *o = r->o;
	struct mh_yaml *list = mh_yaml_get(top, "services");
	size_t room = 1;
	if (!list || list->kind != MH_YAML_LIST) {
		MH_DIAG_ERROR(&r->d, "missing", top->at, NULL, "\"services\" is missing");
		return;
	}
	for (struct mh_yaml *e = list->first; e; e = e->next) room += count(mh_yaml_get(e, "categories"));
	o->services = MH_NEW_ARRAY(&o->arena, room, struct mh_o311_service);
	for (struct mh_yaml *e = o->services ? list->first : NULL; e; e = e->next) read_group(r, e);
	if (o->n_services) qsort(o->services, o->n_services, sizeof *o->services, by_code);
	for (size_t i = 1; i < o->n_services; i++)
		if (mh_str_eq(o->services[i].code, o->services[i - 1].code))
			wrong(r, list, NULL, "two services have one code", o->services[i].code);
}

static void read_keys(struct reader *r, struct mh_yaml *top)
{
	static const char *const known[] = {"name", "sha256", NULL};
	struct mh_yaml *list = mh_yaml_get(top, "keys");
	r->o->keys = MH_NEW_ARRAY(&r->o->arena, count(list) + 1, struct mh_o311_key);
	for (struct mh_yaml *e = list && list->kind == MH_YAML_LIST && r->o->keys ? list->first : NULL; e;
	     e = e->next) {
		struct mh_o311_key *k = &r->o->keys[r->o->n_keys++];
		struct mh_str hex = {NULL, 0};
		need(r, e, "name", &k->name);
		need(r, e, "sha256", &hex);
		mh_yaml_unknown(e, known, &r->d);
		if (!k->name.len || k->name.len > 64) wrong(r, e, "1 to 64 bytes", "not a name of a key", k->name);
		if (hex.len != 64 || !mh_str_unhex(hex, k->hash.b))
			wrong(r, e, "64 hexadecimal digits; minhu open311-key makes a key", "not a SHA-256", hex);
		for (struct mh_o311_key *p = r->o->keys; p < k; p++)
			if (mh_str_eq(p->name, k->name)) wrong(r, e, NULL, "two keys have one name", k->name);
	}
}

static void read_status(struct reader *r, struct mh_yaml *top)
{
	static const char *const by_default[MH_O311_STATUS_MAX] = {
		[MH_ROOM_INTAKE] = "open",       [MH_ROOM_GATHER] = "investigating",  [MH_ROOM_HANDLE] = "in_progress",
		[MH_ROOM_REPLY] = "in_progress", [MH_ROOM_RATE] = "in_progress",      [MH_ROOM_APPLY] = "in_progress",
		[MH_O311_DONE] = "closed",       [MH_O311_VOID] = "no_further_action"};
	const char *known[MH_O311_STATUS_MAX + 1] = {NULL};
	struct mh_yaml *map = mh_yaml_get(top, "status");
	for (int i = 0; i < MH_O311_STATUS_MAX; i++) {
		known[i] = i < MH_ROOM_MAX ? mh_room_names[i] : i == MH_O311_DONE ? "done" : "void";
		r->o->status[i] = mh_str_c(by_default[i]);
		if (map) mh_yaml_str(map, known[i], &r->o->status[i], &r->d);
	}
	if (map) mh_yaml_unknown(map, known, &r->d);
}

static void read_top(struct reader *r, struct mh_yaml *top)
{
	static const char *const known[] = {"format",      "jurisdiction", "url",   "changeset", "type", "contact",
					    "key_service", "status",       "kinds", "services",  "keys", NULL};
	struct mh_open311 *o = r->o;
	struct mh_str format = {NULL, 0};
	mh_time t;
	need(r, top, "format", &format);
	if (!mh_str_is(format, FORMAT)) wrong(r, top, "write: format: " FORMAT, "not of a known format", format);
	need(r, top, "jurisdiction", &o->jurisdiction);
	need(r, top, "changeset", &o->changeset);
	if (o->changeset.len && !mh_time_parse(o->changeset, &t))
		wrong(r, mh_yaml_get(top, "changeset"), "2026-11-21T00:00:00+08:00", "not a time with a zone",
		      o->changeset);
	mh_yaml_str(top, "url", &o->url, &r->d);
	if (o->url.len && (!mh_str_starts(o->url, "http") || !mh_str_ends(o->url, "/")))
		wrong(r, mh_yaml_get(top, "url"), "https://example.org/open311/v2/", "not the address of an endpoint",
		      o->url);
	o->type = MH_STR("production");
	mh_yaml_str(top, "type", &o->type, &r->d);
	if (!mh_str_is(o->type, "production") && !mh_str_is(o->type, "test"))
		wrong(r, mh_yaml_get(top, "type"), "production or test", "not a type of endpoint", o->type);
	label(r, top, "contact", &o->contact);
	label(r, top, "key_service", &o->key_service);
	read_status(r, top);
	read_kinds(r, top);
	read_services(r, top);
	read_keys(r, top);
	mh_yaml_unknown(top, known, &r->d);
}

/* --- life --- */

static enum mh_code load(struct mh_open311 *o, mh_time now, struct mh_str text, struct mh_str file,
			 struct mh_buf *report, struct mh_err *reterr)
{
	struct mh_str copy = mh_str_dup(&o->arena, text);
	MH_TRY_MEM(copy.ptr, reterr);
	struct reader r = {.o = o, .d = mh_diags_new(&o->arena, file), .today = mh_time_day(now, o->city->zone_min)};
	struct mh_yaml *top = mh_yaml_read(&o->arena, copy, &r.d);
	if (top && top->kind == MH_YAML_MAP) read_top(&r, top);
	else if (top) MH_DIAG_ERROR(&r.d, "type", top->at, NULL, "a map is expected here");
	if (report) mh_diags_print(&r.d, report);
	MH_TRY(mh_diags_result(&r.d, reterr));
	/* an array that could not be had leaves its reader silently */
	MH_TRY_MEM(o->kinds && o->services && o->keys ? o : NULL, reterr);
	return MH_OK;
}

enum mh_code mh_open311_load(const struct mh_city *city, mh_time now, struct mh_str text, struct mh_str file,
			     struct mh_buf *report, struct mh_open311 **ret, struct mh_err *reterr)
{
	struct mh_open311 *o = mh_mem_alloc(sizeof *o);
	MH_TRY_MEM(o, reterr);
	o->arena = MH_ARENA(0);
	o->city = city;
	enum mh_code code = load(o, now, text, file, report, reterr);
	if (code != MH_OK) return mh_open311_free(o), code;
	*ret = o;
	return MH_OK;
}

enum mh_code mh_open311_open(const struct mh_city *city, mh_time now, struct mh_str state_dir, struct mh_open311 **ret,
			     struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text, path = mh_str_fmt(&a, MH_STR_FMT "/open311.yaml", MH_STR_ARG(state_dir));
	enum mh_code code = path.ptr ? mh_file_read(&a, path.ptr, FILE_MAX, &text, reterr)
				     : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code == MH_OK) code = mh_open311_load(city, now, text, path, NULL, ret, reterr);
	else if (code == MH_E_NOT_FOUND) code = MH_OK;
	mh_arena_done(&a);
	return code;
}

void mh_open311_free(struct mh_open311 *o)
{
	if (!o) return;
	mh_arena_done(&o->arena);
	mh_mem_free(o);
}

/* --- asking --- */

const struct mh_o311_service *mh_o311_service_by_code(const struct mh_open311 *o, struct mh_str code)
{
	for (size_t i = 0; i < o->n_services; i++)
		if (mh_str_eq(o->services[i].code, code)) return &o->services[i];
	return NULL;
}

const struct mh_o311_service *mh_o311_service_of(const struct mh_open311 *o, struct mh_str kind,
						 struct mh_str class_code)
{
	const struct mh_o311_service *best = NULL;
	for (size_t i = 0; i < o->n_services; i++) {
		const struct mh_o311_service *s = &o->services[i];
		bool begins = s->code.len <= class_code.len && memcmp(s->code.ptr, class_code.ptr, s->code.len) == 0;
		if (begins && mh_str_eq(s->kind->kind, kind) && (!best || s->code.len > best->code.len)) best = s;
	}
	return best;
}

int mh_o311_key_of(const struct mh_open311 *o, struct mh_str key)
{
	struct mh_hash h = mh_sha256_str(key);
	int found = -1;
	for (size_t i = 0; i < o->n_keys; i++)
		if (sodium_memcmp(h.b, o->keys[i].hash.b, sizeof h.b) == 0) found = (int)i;
	return found;
}
