#include "web/page_form.h"

/* Parts of a value in one line; joined as the language joins them. */
static struct mh_str join(const struct mh_web__page *p, struct mh_str a, struct mh_str b)
{
	if (!a.len || !b.len) return a.len ? a : b;
	return p->lang == MH_LANG_EN ? mh_str_fmt(p->a, MH_STR_FMT ", " MH_STR_FMT, MH_STR_ARG(a), MH_STR_ARG(b))
				     : mh_str_fmt(p->a, MH_STR_FMT "，" MH_STR_FMT, MH_STR_ARG(a), MH_STR_ARG(b));
}

static struct mh_str text_of(const json_t *v)
{
	return json_is_string(v) ? (struct mh_str){json_string_value(v), json_string_length(v)}
				 : (struct mh_str){NULL, 0};
}

static struct mh_str choice(const struct mh_web__page *p, const struct mh_field *f, struct mh_str name)
{
	for (size_t i = 0; i < f->n_values; i++)
		if (mh_str_eq(f->values[i].name, name)) return mh_page__label(p, &f->values[i].label);
	return name;
}

static struct mh_str unit(const struct mh_web__page *p, struct mh_str code)
{
	int org = mh_org_by_code(&p->city->orgs, code);
	return org < 0 ? code : mh_page__org_path(p, org);
}

static struct mh_str parts(const struct mh_web__page *p, const json_t *v)
{
	static const char *const names[] = {"name", "phone", "email", "address"};
	struct mh_str out = unit(p, mh_json_get_str(v, "org"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) out = join(p, out, mh_json_get_str(v, names[i]));
	return out;
}

static struct mh_str members(const struct mh_web__page *p, const struct mh_field *f, const json_t *v)
{
	struct mh_str out = {NULL, 0};
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct mh_str one = text_of(json_array_get(v, i));
		out = join(p, out, f->type == MH_F_ORGS ? unit(p, one) : choice(p, f, one));
	}
	return out;
}

struct mh_str mh_page__value(const struct mh_web__page *p, const struct mh_field *f, const json_t *v)
{
	if (json_is_boolean(v)) return mh_msg(p->lang, json_is_true(v) ? MH_MSG_COMMON_DO_YES : MH_MSG_COMMON_DO_NO);
	if (json_is_integer(v) && f->type == MH_F_BOOL)
		return mh_msg(p->lang, json_integer_value(v) ? MH_MSG_COMMON_DO_YES : MH_MSG_COMMON_DO_NO);
	if (json_is_integer(v)) return mh_str_fmt(p->a, "%lld", (long long)json_integer_value(v));
	if (json_is_object(v)) return parts(p, v);
	if (json_is_array(v)) return members(p, f, v);
	struct mh_str s = text_of(v);
	switch (f->type) {
	case MH_F_ENUM: return choice(p, f, s);
	case MH_F_ORG:
	case MH_F_PLACE: return unit(p, s);
	case MH_F_CATEGORY: {
		const struct mh_class *c = mh_city_class(p->city, s);
		return c ? mh_page__words(p, c->zh, c->en) : s;
	}
	default: return s;
	}
}
