#include "web/page_form.h"

#include "web/personal.h"
#include "web/portal.h"

#include <string.h>

#define RADIOS_MAX 6 /* more choices than these go into a list */

/* --- what is asked --- */

static bool left_out(const struct mh_portal_kind *k, struct mh_str field)
{
	for (size_t i = 0; k && i < k->n_hide; i++)
		if (mh_str_eq(k->hide[i], field)) return true;
	for (size_t i = 0; k && i < k->n_set; i++)
		if (mh_str_eq(k->set[i].field, field)) return true;
	return false;
}

static enum mh_code begin(const struct mh_web__page *p, const struct mh_def *d, struct mh_page__form *f,
			  struct mh_err *reterr)
{
	struct mh_request *req = p->req;
	*f = (struct mh_page__form){
		.page = p, .def = d, .items = MH_NEW_ARRAY(p->a, d->n_fields + 1, struct mh_page__item)};
	if (!req->body) req->body = json_object(); /* goes with the request */
	MH_TRY_MEM(f->items, reterr);
	MH_TRY_MEM(req->body, reterr);
	f->fields = req->body;
	if (mh_str_is(req->method, "POST")) f->pairs = mh_req_list(req, "f.", &f->n_pairs);
	return MH_OK;
}

static void ask(struct mh_page__form *f, const struct mh_field *field, bool required)
{
	f->items[f->n++] = (struct mh_page__item){.field = field, .required = required};
}

/* What is to be said comes first, then what must be known about it, where, and who. */
#define RANKS 5
static int rank_of(const struct mh_field *f)
{
	if (f->required && f->type == MH_F_TEXT) return 0;
	if (f->type == MH_F_CONTACT) return 3;
	if (f->type == MH_F_PLACE) return 2;
	return f->required ? 1 : 4;
}

enum mh_code mh_page__form_create(const struct mh_web__page *p, const struct mh_def *d,
				  const struct mh_portal_kind *kind, struct mh_page__form *ret, struct mh_err *reterr)
{
	MH_TRY(begin(p, d, ret, reterr));
	ret->id = MH_STR("f");
	for (int rank = 0; rank < RANKS; rank++)
		for (size_t i = 0; i < d->n_fields; i++)
			if (d->fields[i].set_create && rank_of(&d->fields[i]) == rank &&
			    !left_out(kind, d->fields[i].name))
				ask(ret, &d->fields[i], d->fields[i].required);
	for (size_t i = 0; kind && i < kind->n_set; i++) {
		struct mh_str name = mh_str_dup(p->a, kind->set[i].field);
		MH_TRY_MEM(name.ptr, reterr);
		if (json_object_set_new(ret->fields, name.ptr, mh_json_str(kind->set[i].value)) != 0)
			return mh_no_memory(reterr);
	}
	return MH_OK;
}

enum mh_code mh_page__form_step(const struct mh_web__page *p, const struct mh_def *d, int step,
				struct mh_page__form *ret, struct mh_err *reterr)
{
	const struct mh_transition *t = &d->transitions[step];
	MH_TRY(begin(p, d, ret, reterr));
	ret->id = t->name;
	for (size_t i = 0; i < t->n_require; i++) ask(ret, &d->fields[t->require[i]], true);
	for (size_t i = 0; i < t->n_optional; i++) ask(ret, &d->fields[t->optional[i]], false);
	return MH_OK;
}

/* --- what was typed --- */

static bool is_name(struct mh_str given, struct mh_str name, const char *part)
{
	size_t n = part ? strlen(part) : 0;
	if (given.len != 2 + name.len + (part ? 1 + n : 0) || memcmp(given.ptr + 2, name.ptr, name.len) != 0)
		return false;
	return !part || (given.ptr[2 + name.len] == '.' && memcmp(given.ptr + 3 + name.len, part, n) == 0);
}

struct mh_str mh_page__typed(const struct mh_page__form *f, struct mh_str name, const char *part)
{
	for (size_t i = 0; i < f->n_pairs; i++)
		if (is_name(f->pairs[i].name, name, part)) return mh_str_trim(f->pairs[i].value);
	return (struct mh_str){NULL, 0};
}

static bool was_chosen(const struct mh_page__form *f, struct mh_str name, struct mh_str value)
{
	for (size_t i = 0; i < f->n_pairs; i++)
		if (is_name(f->pairs[i].name, name, NULL) && mh_str_eq(f->pairs[i].value, value)) return true;
	return false;
}

static void refuse(struct mh_page__form *f, struct mh_page__item *it, enum mh_msg why, int64_t n, int64_t m)
{
	struct mh_msg_arg args[] = {MH_MSG_INT("n", n), MH_MSG_INT("m", m)};
	if (!it->wrong) f->n_wrong++;
	it->wrong = true;
	it->why = mh_page__msg(f->page, why, args, 2);
}

static json_t *int_value(struct mh_page__form *f, struct mh_page__item *it, struct mh_str s)
{
	int64_t n;
	if (!mh_str_to_i64(s, &n)) return refuse(f, it, MH_MSG_PORTAL_FIELD_NO_NUMBER, 0, 0), NULL;
	if ((it->field->min || it->field->max) && (n < it->field->min || n > it->field->max))
		return refuse(f, it, MH_MSG_PORTAL_FIELD_OUT_OF_RANGE, it->field->min, it->field->max), NULL;
	return json_integer(n);
}

/* Line ends as in the rest of the program. */
static struct mh_str one_kind_of_line_end(struct mh_arena *a, struct mh_str s)
{
	struct mh_buf b = MH_BUF(s.len + 16);
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '\r') mh_buf_ch(&b, s.ptr[i]);
	struct mh_str out = b.failed ? s : mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return out;
}

static json_t *text_value(struct mh_page__form *f, struct mh_page__item *it, struct mh_str s, bool hide)
{
	struct mh_str text = one_kind_of_line_end(f->page->a, s);
	int64_t n = (int64_t)mh_utf8_count(text), max = it->field->max > 0 ? it->field->max : 20000;
	if (hide) text = mh_personal_cover(f->page->a, text);
	else if (mh_personal_in(text)) f->personal = true;
	if (n > max) return refuse(f, it, MH_MSG_PORTAL_FIELD_TOO_LONG, max, n), NULL;
	return mh_json_str(text);
}

static json_t *contact_value(struct mh_page__form *f, struct mh_page__item *it)
{
	static const char *const parts[] = {"name", "phone", "email"};
	json_t *j = json_object();
	for (size_t i = 0; j && i < sizeof parts / sizeof *parts; i++) {
		struct mh_str s = mh_page__typed(f, it->field->name, parts[i]);
		if (s.len > 400) refuse(f, it, MH_MSG_PORTAL_FIELD_TOO_LONG, 400, (int64_t)s.len);
		else if (s.len) json_object_set_new(j, parts[i], mh_json_str(s));
	}
	if (j && json_object_size(j)) return j;
	json_decref(j);
	return NULL;
}

static json_t *many_values(const struct mh_page__form *f, const struct mh_field *field)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < field->n_values; i++)
		if (was_chosen(f, field->name, field->values[i].name))
			json_array_append_new(list, mh_json_str(field->values[i].name));
	if (list && json_array_size(list)) return list;
	json_decref(list);
	return NULL;
}

static json_t *value_of(struct mh_page__form *f, struct mh_page__item *it, bool hide)
{
	const struct mh_field *field = it->field;
	struct mh_str s = mh_page__typed(f, field->name, NULL);
	mh_day day;
	if (field->type == MH_F_CONTACT) return contact_value(f, it);
	if (field->type == MH_F_PLACE) return mh_page__place_read(f, field);
	if (field->type == MH_F_ENUMS) return many_values(f, field);
	if (!s.len) return NULL;
	switch (field->type) {
	case MH_F_TEXT: return text_value(f, it, s, hide);
	case MH_F_INT: return int_value(f, it, s);
	case MH_F_BOOL: return json_boolean(mh_str_is(s, "yes"));
	case MH_F_DATE:
		if (!mh_day_parse(s, &day)) return refuse(f, it, MH_MSG_PORTAL_FIELD_NO_DATE, 0, 0), NULL;
		return mh_json_str(s);
	case MH_F_ORGS: return json_pack("[o]", mh_json_str(s));
	default: return mh_json_str(s);
	}
}

enum mh_code mh_page__form_read(struct mh_page__form *f, bool hide, struct mh_err *reterr)
{
	for (size_t i = 0; i < f->n; i++) {
		struct mh_page__item *it = &f->items[i];
		struct mh_str name = mh_str_dup(f->page->a, it->field->name);
		json_t *v = value_of(f, it, hide);
		if (!v && it->required && !it->wrong) refuse(f, it, MH_MSG_PORTAL_FIELD_REQUIRED, 0, 0);
		if (!name.ptr || (v && json_object_set_new(f->fields, name.ptr, v) != 0)) return mh_no_memory(reterr);
	}
	return MH_OK;
}

/* --- how it is shown --- */

static const struct mh_page_field_option *choices(const struct mh_page__form *f, const struct mh_field *field)
{
	struct mh_page_field_option *list = MH_NEW_ARRAY(f->page->a, field->n_values + 1, struct mh_page_field_option);
	for (size_t i = 0; list && i < field->n_values; i++)
		list[i] = (struct mh_page_field_option){.value = field->values[i].name,
							.label = mh_page__label(f->page, &field->values[i].label),
							.n = (int64_t)i,
							.on = was_chosen(f, field->name, field->values[i].name)};
	return list;
}

/* A few steps between two ends, as marks are given. */
static const struct mh_page_field_option *scale(const struct mh_page__form *f, const struct mh_field *field,
						size_t *ret_n)
{
	size_t n = (size_t)(field->max - field->min) + 1;
	struct mh_page_field_option *list = MH_NEW_ARRAY(f->page->a, n, struct mh_page_field_option);
	for (size_t i = 0; list && i < n; i++) {
		struct mh_str text = mh_str_fmt(f->page->a, "%lld", (long long)field->min + (long long)i);
		list[i] = (struct mh_page_field_option){
			.value = text, .label = text, .n = (int64_t)i, .on = was_chosen(f, field->name, text)};
	}
	*ret_n = list ? n : 0;
	return list;
}

static const struct mh_page_field_group *categories(const struct mh_page__form *f, struct mh_str chosen, size_t *ret_n)
{
	const struct mh_city *c = f->page->city;
	struct mh_page_field_group *groups = MH_NEW_ARRAY(f->page->a, c->n_classes + 1, struct mh_page_field_group);
	struct mh_page_field_option *options = MH_NEW_ARRAY(f->page->a, c->n_classes + 1, struct mh_page_field_option);
	size_t n = 0, used = 0;
	for (size_t i = 0; groups && options && i < c->n_classes; i++) {
		if (c->classes[i].parent.len) continue;
		struct mh_page_field_group *g = &groups[n++];
		*g = (struct mh_page_field_group){.label = mh_page__words(f->page, c->classes[i].zh, c->classes[i].en),
						  .options = options + used};
		for (size_t k = 0; k < c->n_classes; k++)
			if (mh_str_eq(c->classes[k].parent, c->classes[i].code)) {
				options[used++] = (struct mh_page_field_option){
					.value = c->classes[k].code,
					.label = mh_page__words(f->page, c->classes[k].zh, c->classes[k].en),
					.on = mh_str_eq(c->classes[k].code, chosen)};
				g->n_options++;
			}
	}
	*ret_n = n;
	return groups;
}

static void by_type(const struct mh_page__form *f, const struct mh_field *field, struct mh_page_field *to)
{
	switch (field->type) {
	case MH_F_TEXT:
		to->is_long = field->max == 0 || field->max > 200;
		to->is_line = !to->is_long;
		to->watched = true;
		break;
	case MH_F_INT:
		to->is_scale = field->max > field->min && field->max - field->min <= 9;
		to->is_number = !to->is_scale;
		if (to->is_scale) to->options = scale(f, field, &to->n_options);
		break;
	case MH_F_ENUM:
	case MH_F_ENUMS:
		to->is_many = field->type == MH_F_ENUMS;
		to->is_radio = !to->is_many && field->n_values <= RADIOS_MAX;
		to->is_select = !to->is_many && !to->is_radio;
		to->options = choices(f, field);
		to->n_options = to->options ? field->n_values : 0;
		break;
	case MH_F_BOOL:
		to->is_yes_no = true;
		to->yes = mh_str_is(to->value, "yes");
		to->no = mh_str_is(to->value, "no");
		break;
	case MH_F_DATE: to->is_date = true; break;
	case MH_F_CATEGORY:
		to->is_category = true;
		to->groups = categories(f, to->value, &to->n_groups);
		break;
	case MH_F_CONTACT:
		to->is_contact = true;
		to->person = mh_page__typed(f, field->name, "name");
		to->phone = mh_page__typed(f, field->name, "phone");
		to->email = mh_page__typed(f, field->name, "email");
		break;
	case MH_F_PLACE:
		to->is_place = true;
		mh_page__place_show(f, field, to);
		break;
	default: to->is_line = true;
	}
}

static void show(const struct mh_page__form *f, const struct mh_page__item *it, struct mh_page_field *to)
{
	const struct mh_field *field = it->field;
	*to = (struct mh_page_field){
		.name = field->name,
		.id = mh_str_fmt(f->page->a, MH_STR_FMT "-" MH_STR_FMT, MH_STR_ARG(f->id), MH_STR_ARG(field->name)),
		.label = mh_page__label(f->page, &field->label),
		.required = it->required,
		.wrong = it->wrong,
		.why = it->why,
		.value = mh_page__typed(f, field->name, NULL),
		.min = field->min,
		.max = field->max};
	by_type(f, field, to);
	to->grouped = to->is_radio || to->is_scale || to->is_many || to->is_yes_no || to->is_contact || to->is_place;
}

/* Who and where are worth a look though they may stay empty; what was typed or is wrong is never hidden. */
static bool at_once(const struct mh_page__form *f, const struct mh_page__item *it)
{
	return it->required || it->wrong || it->field->type == MH_F_PLACE || it->field->type == MH_F_CONTACT ||
	       mh_page__typed(f, it->field->name, NULL).len;
}

enum mh_code mh_page__form_show(const struct mh_page__form *f, const struct mh_page_field **ret_first,
				size_t *ret_n_first, const struct mh_page_field **ret_more, size_t *ret_n_more,
				struct mh_err *reterr)
{
	struct mh_page_field *list = MH_NEW_ARRAY(f->page->a, f->n + 1, struct mh_page_field);
	MH_TRY_MEM(list, reterr);
	size_t n = 0, first;
	for (size_t i = 0; i < f->n; i++)
		if (at_once(f, &f->items[i])) show(f, &f->items[i], &list[n++]);
	first = n;
	for (size_t i = 0; i < f->n; i++)
		if (!at_once(f, &f->items[i])) show(f, &f->items[i], &list[n++]);
	*ret_first = list;
	*ret_n_first = first;
	*ret_more = list + first;
	*ret_n_more = n - first;
	return MH_OK;
}
