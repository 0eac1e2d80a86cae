/* Open311: what is offered. */
#include "web/open311_priv.h"

#include <string.h>

#define STRING_MAX 200 /* longer texts are offered as `text`, which clients show as a larger field */

/* --- attributes --- */

const struct mh_def *mh_o311__def(const struct mh_o311_call *call, const struct mh_o311_service *s, mh_time now)
{
	return mh_city_def_for(call->o->city, s->kind->kind, mh_time_day(now, call->o->city->zone_min));
}

/* Categories below the service, in order of their codes; at is an index to begin with. */
static const struct mh_class *below(const struct mh_city *c, struct mh_str code, size_t *at)
{
	for (; *at < c->n_classes; ++*at) {
		const struct mh_class *k = &c->classes[*at];
		if (k->code.len > code.len && memcmp(k->code.ptr, code.ptr, code.len) == 0) return ++*at, k;
	}
	return NULL;
}

static bool usable(const struct mh_o311_call *call, const struct mh_o311_service *s, const struct mh_def *d, int f)
{
	size_t at = 0;
	if (f < 0 || !d->fields[f].set_create) return false;
	return d->fields[f].type != MH_F_CATEGORY || below(call->o->city, s->code, &at);
}

int mh_o311__attribute(const struct mh_o311_service *s, const struct mh_def *d, struct mh_str code)
{
	for (size_t i = 0; i < s->kind->attributes.n; i++)
		if (mh_str_eq(s->kind->attributes.list[i], code)) {
			int f = mh_def_field(d, code);
			return f >= 0 && d->fields[f].set_create ? f : -1;
		}
	return -1;
}

bool mh_o311__required(const struct mh_o311_service *s, const struct mh_field *f)
{
	for (size_t i = 0; i < s->kind->n_set; i++)
		if (mh_str_eq(s->kind->set[i].name, f->name)) return false;
	return f->required;
}

static const char *datatype(const struct mh_field *f)
{
	switch (f->type) {
	case MH_F_INT: return "number";
	case MH_F_DATE: return "datetime";
	case MH_F_TEXT: return f->max > 0 && f->max <= STRING_MAX ? "string" : "text";
	default: return "singlevaluelist";
	}
}

static void value(struct mh_o311_doc *d, struct mh_o311_node *values, struct mh_str key, struct mh_str name)
{
	struct mh_o311_node *v = mh_o311_object(d, values, "value");
	mh_o311_text(d, v, "key", key);
	mh_o311_text(d, v, "name", name);
}

static void values_of(const struct mh_o311_call *call, const struct mh_o311_service *s, const struct mh_field *f,
		      struct mh_o311_doc *d, struct mh_o311_node *attribute)
{
	struct mh_o311_node *values = mh_o311_list(d, attribute, "values");
	const struct mh_class *c;
	size_t at = 0;
	for (size_t i = 0; i < f->n_values; i++)
		value(d, values, f->values[i].name, mh_o311__label(call, &f->values[i].label));
	if (f->type == MH_F_BOOL) {
		value(d, values, MH_STR("yes"), call->en ? MH_STR("Yes") : MH_STR("是"));
		value(d, values, MH_STR("no"), call->en ? MH_STR("No") : MH_STR("否"));
	}
	while (f->type == MH_F_CATEGORY && (c = below(call->o->city, s->code, &at)))
		value(d, values, c->code, mh_o311__class(call, c));
}

static void attribute(const struct mh_o311_call *call, const struct mh_o311_service *s, const struct mh_field *f,
		      int order, struct mh_o311_doc *d, struct mh_o311_node *list)
{
	struct mh_o311_node *a = mh_o311_object(d, list, "attribute");
	mh_o311_bool(d, a, "variable", true);
	mh_o311_text(d, a, "code", f->name);
	mh_o311_text(d, a, "datatype", mh_str_c(datatype(f)));
	mh_o311_bool(d, a, "required", mh_o311__required(s, f));
	mh_o311_text(d, a, "datatype_description",
		     f->type != MH_F_DATE ? MH_STR("")
		     : call->en           ? MH_STR("A day, 2026-11-21")
					  : MH_STR("日期，如 2026-11-21"));
	mh_o311_int(d, a, "order", order);
	mh_o311_text(d, a, "description", mh_o311__label(call, &f->label));
	values_of(call, s, f, d, a);
}

enum mh_code mh_o311__definition(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_o311_call call;
	int order = 0;
	MH_TRY(mh_o311__begin(req, false, &call, reterr));
	const struct mh_o311_service *s = mh_o311_service_by_code(call.o, mh_req_str(req, "service_code"));
	if (!s) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no service with this service_code");
	const struct mh_def *def = mh_o311__def(&call, s, req->received);
	struct mh_o311_doc d = mh_o311_doc_new(&req->arena, "service_definition", MH_O311_OBJECT);
	mh_o311_text(&d, d.root, "service_code", s->code);
	struct mh_o311_node *list = mh_o311_list(&d, d.root, "attributes");
	for (size_t i = 0; def && i < s->kind->attributes.n; i++) {
		int f = mh_def_field(def, s->kind->attributes.list[i]);
		if (usable(&call, s, def, f)) attribute(&call, s, &def->fields[f], ++order, &d, list);
	}
	return mh_o311__answer(&call, res, &d, reterr);
}

/* --- services --- */

static bool has_attributes(const struct mh_o311_call *call, const struct mh_o311_service *s, mh_time now)
{
	const struct mh_def *def = mh_o311__def(call, s, now);
	for (size_t i = 0; def && i < s->kind->attributes.n; i++)
		if (usable(call, s, def, mh_def_field(def, s->kind->attributes.list[i]))) return true;
	return false;
}

/* What belongs to it, in the words of the category tree. */
static struct mh_str description(const struct mh_o311_call *call, const struct mh_o311_service *s, struct mh_arena *a)
{
	struct mh_buf b = MH_BUF(2000);
	const struct mh_class *c;
	size_t at = 0;
	while ((c = below(call->o->city, s->code, &at)) && b.len < 1500) {
		if (b.len) mh_buf_c(&b, call->en ? "; " : "、");
		mh_buf_str_add(&b, mh_o311__class(call, c));
	}
	struct mh_str text = mh_str_dup(a, b.len ? mh_buf_str(&b) : mh_o311__class(call, s->cls));
	mh_buf_done(&b);
	return text;
}

static struct mh_str keywords(const struct mh_o311_service *s, struct mh_arena *a)
{
	struct mh_str text = mh_str_dup(a, s->cls->keywords);
	for (size_t i = 0; text.ptr && i < text.len; i++)
		if (text.ptr[i] == '|') ((char *)(uintptr_t)text.ptr)[i] = ',';
	return text;
}

static void service(const struct mh_o311_call *call, const struct mh_o311_service *s, mh_time now,
		    struct mh_o311_doc *d)
{
	const struct mh_class *group = s->cls->parent.len ? mh_city_class(call->o->city, s->cls->parent) : NULL;
	struct mh_o311_node *n = mh_o311_object(d, d->root, "service");
	mh_o311_text(d, n, "service_code", s->code);
	mh_o311_text(d, n, "service_name", mh_o311__class(call, s->cls));
	mh_o311_text(d, n, "description", description(call, s, d->arena));
	mh_o311_bool(d, n, "metadata", has_attributes(call, s, now));
	mh_o311_text(d, n, "type", s->batch ? MH_STR("batch") : MH_STR("realtime"));
	mh_o311_text(d, n, "keywords", keywords(s, d->arena));
	mh_o311_text(d, n, "group", mh_o311__class(call, group ? group : s->cls));
}

/* All of them, always: a category that is missing from the list counts as abolished for its readers. */
enum mh_code mh_o311__services(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_o311_call call;
	MH_TRY(mh_o311__begin(req, false, &call, reterr));
	struct mh_o311_doc d = mh_o311_doc_new(&req->arena, "services", MH_O311_LIST);
	for (size_t i = 0; i < call.o->n_services; i++) service(&call, &call.o->services[i], req->received, &d);
	return mh_o311__answer(&call, res, &d, reterr);
}

/* --- discovery --- */

static struct mh_str endpoint_url(const struct mh_o311_call *call, struct mh_request *req)
{
	struct mh_str host = mh_req_header(req, "Host");
	if (call->o->url.len) return call->o->url;
	return mh_str_fmt(&req->arena, "http://" MH_STR_FMT MH_O311_PREFIX, MH_STR_ARG(host));
}

enum mh_code mh_o311__discovery(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_o311_call call;
	MH_TRY(mh_o311__begin(req, false, &call, reterr));
	struct mh_o311_doc d = mh_o311_doc_new(&req->arena, "discovery", MH_O311_OBJECT);
	mh_o311_text(&d, d.root, "changeset", call.o->changeset);
	mh_o311_text(&d, d.root, "contact", mh_o311__label(&call, &call.o->contact));
	mh_o311_text(&d, d.root, "key_service", mh_o311__label(&call, &call.o->key_service));
	struct mh_o311_node *e = mh_o311_object(&d, mh_o311_list(&d, d.root, "endpoints"), "endpoint");
	mh_o311_text(&d, e, "specification", MH_STR("http://wiki.open311.org/GeoReport_v2"));
	mh_o311_text(&d, e, "url", endpoint_url(&call, req));
	mh_o311_text(&d, e, "changeset", call.o->changeset);
	mh_o311_text(&d, e, "type", call.o->type);
	struct mh_o311_node *formats = mh_o311_list(&d, e, "formats");
	mh_o311_text(&d, formats, "format", MH_STR("text/xml"));
	mh_o311_text(&d, formats, "format", MH_STR("application/json"));
	return mh_o311__answer(&call, res, &d, reterr);
}
