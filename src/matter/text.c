/* What a matter says, for search: what stands in its fields, but for how somebody is reached. People are not looked up by name or
 * number: an earlier matter is found by the code that they tell. And what was made public of it, as pages show it. */
#include "matter/matter_priv.h"

static void say(struct mh_buf *out, struct mh_str s)
{
	mh_buf_str_add(out, s);
	mh_buf_ch(out, '\n');
}

/* Values are flat or nearly so; what is deeper than a few levels is not text that somebody typed. */
static void say_json(struct mh_buf *out, const json_t *v, int depth)
{
	const char *key;
	const json_t *one;
	size_t i;
	if (json_is_string(v)) say(out, (struct mh_str){json_string_value(v), json_string_length(v)});
	if (depth == 0) return;
	if (json_is_array(v))
		json_array_foreach((json_t *)(uintptr_t)v, i, one) say_json(out, one, depth - 1);
	if (json_is_object(v))
		json_object_foreach((json_t *)(uintptr_t)v, key, one) say_json(out, one, depth - 1);
}

/* What people wrote, and the numbers of other matters. Codes and choices are the filters': as words they would find half the city
 * and be half the index. */
static void say_fields(const struct mh_def *d, const json_t *fields, bool personal, struct mh_buf *out)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)fields, key, v) {
		int f = mh_def_field(d, mh_str_c(key));
		int type = f < 0 || d->fields[f].personal != personal ? -1 : (int)d->fields[f].type;
		if (type == MH_F_TEXT || type == MH_F_MATTER) say_json(out, v, 3);
		else if (type == MH_F_PLACE && json_is_object(v)) say(out, mh_json_get_str(v, "address"));
	}
}

static void say_matter(const struct mh_city *c, const struct mh_matter *m, const json_t *personal, struct mh_buf *out)
{
	const struct mh_class *class = mh_city_class(c, m->class_code);
	say(out, m->number);
	if (class) say(out, class->zh);
	if (m->place >= 0) say(out, c->orgs.list[m->place].zh);
	say_fields(m->def, m->facts, false, out);
	say_fields(m->def, personal, true, out);
}

void mh_matter__say_new(const struct mh_city *c, const struct mh_matter *m, const json_t *given)
{
	struct mh_buf text = MH_BUF(MH_SAID_TEXT_MAX);
	if (!c->said) return;
	say_matter(c, m, given, &text);
	mh_said_put(c->said, m->id, &text);
}

enum mh_code mh_matter_texts(struct mh_tx *tx, int64_t id, struct mh_buf *out, bool *ret_erased, struct mh_err *reterr)
{
	struct mh_matter *m;
	MH_TRY(mh_matter__load(tx, id, &m, reterr));
	MH_TRY(mh_matter__personal(tx, m, reterr));
	*ret_erased = m->erased;
	if (m->erased) return MH_OK;
	say_matter(tx->city, m, m->personal, out);
	return out->failed ? MH_FAIL(reterr, MH_E_TOO_LARGE,
				     "Matter " MH_STR_FMT " holds more text than can be indexed", MH_STR_ARG(m->number))
			   : MH_OK;
}

/* --- what was made public --- */

static void say_org(const struct mh_city *c, struct mh_str code, struct mh_buf *out)
{
	for (int org = mh_org_by_code(&c->orgs, code); org >= 0 && org != c->orgs.root;
	     org = c->orgs.list[org].parent) {
		say(out, c->orgs.list[org].zh);
		say(out, c->orgs.list[org].en);
	}
}

static void say_choice(const struct mh_field *f, struct mh_str name, struct mh_buf *out)
{
	for (size_t i = 0; i < f->n_values; i++)
		if (mh_str_eq(f->values[i].name, name)) {
			say(out, f->values[i].label.zh);
			say(out, f->values[i].label.en);
		}
}

static void say_class(const struct mh_city *c, struct mh_str code, struct mh_buf *out)
{
	const struct mh_class *class = mh_city_class(c, code);
	if (!class) return;
	say(out, class->zh);
	say(out, class->en);
}

/* Words of the city's own in both languages; what people wrote, as they wrote it. */
static void say_value(const struct mh_city *c, const struct mh_field *f, const json_t *v, struct mh_buf *out)
{
	struct mh_str s = json_is_string(v) ? (struct mh_str){json_string_value(v), json_string_length(v)} : MH_STR("");
	const json_t *one;
	size_t i;
	if (json_is_array(v)) {
		json_array_foreach((json_t *)(uintptr_t)v, i, one) say_value(c, f, one, out);
	} else if (f->type == MH_F_ENUM || f->type == MH_F_ENUMS) say_choice(f, s, out);
	else if (f->type == MH_F_CATEGORY) say_class(c, s, out);
	else if (f->type == MH_F_ORG || f->type == MH_F_ORGS) say_org(c, s, out);
	else if (f->type == MH_F_PLACE) {
		say_org(c, json_is_object(v) ? mh_json_get_str(v, "org") : s, out);
		if (json_is_object(v)) say(out, mh_json_get_str(v, "address"));
	} else say_json(out, v, 3);
}

void mh_public_texts(const struct mh_city *c, const struct mh_def *d, const json_t *fields, struct mh_buf *out)
{
	for (size_t i = 0; i < d->n_fields; i++) {
		struct mh_str name = d->fields[i].name;
		const json_t *v = json_object_getn(fields, name.ptr, name.len);
		if (v) say_value(c, &d->fields[i], v, out);
	}
}
