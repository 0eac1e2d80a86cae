/* Values of fields: checked against the definition where they come in, so that everything later can rely on them. */
#include "matter/matter_priv.h"

#include <string.h>

#define TEXT_MAX 20000 /* characters, when a definition sets no bound */

bool mh_field_is_fact(const struct mh_field *f)
{
	return !f->personal;
}

/* Long public texts stand in the payload and are published; the header keeps to what figures need. */
bool mh_field_in_header(const struct mh_field *f)
{
	return f->is_public && !f->personal && f->type != MH_F_TEXT && f->type != MH_F_CONTACT;
}

enum mh_code mh_matter__about(const struct mh_field *f, enum mh_code code, struct mh_err *reterr)
{
	mh_err_field(reterr, f->name.ptr, (int)f->name.len);
	mh_err_detail(reterr, MH_STR_FMT " (" MH_STR_FMT ")", MH_STR_ARG(f->label.en), MH_STR_ARG(f->label.zh));
	return code;
}
/* One whole sentence for each fault, so that it can stand in another language. */
#define BAD(reterr, f, why)                                                                                            \
	mh_matter__about((f),                                                                                          \
			 MH_FAIL((reterr), MH_E_INVALID, "The field \"" MH_STR_FMT "\" " why, MH_STR_ARG((f)->name)),  \
			 (reterr))

static struct mh_str text_of(const json_t *v)
{
	return json_is_string(v) ? (struct mh_str){json_string_value(v), json_string_length(v)}
				 : (struct mh_str){NULL, 0};
}

static enum mh_code check_enum(const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	for (size_t i = 0; i < f->n_values; i++)
		if (json_is_string(v) && mh_str_eq(text_of(v), f->values[i].name)) return MH_OK;
	struct mh_buf all = MH_BUF(600);
	for (size_t i = 0; i < f->n_values; i++)
		mh_buf_fmt(&all, "%s" MH_STR_FMT, i ? ", " : "", MH_STR_ARG(f->values[i].name));
	enum mh_code code = BAD(reterr, f, "has a value that is not among its choices");
	mh_err_hint(reterr, "Give one of: %s.", all.failed ? "see the definition" : all.ptr ? all.ptr : "");
	mh_buf_done(&all);
	return code;
}

static enum mh_code check_text(const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	if (!json_is_string(v)) return BAD(reterr, f, "must be a text");
	size_t n = mh_utf8_count(text_of(v)), max = f->max > 0 ? (size_t)f->max : TEXT_MAX;
	if (n <= max) return MH_OK;
	enum mh_code code = BAD(reterr, f, "is too long");
	mh_err_hint(reterr, "At most %zu characters; this has %zu.", max, n);
	return code;
}

static enum mh_code check_int(const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	if (!json_is_integer(v)) return BAD(reterr, f, "must be a whole number");
	int64_t i = json_integer_value(v);
	if ((f->min == 0 && f->max == 0) || (i >= f->min && i <= f->max)) return MH_OK;
	enum mh_code code = BAD(reterr, f, "is out of range");
	mh_err_hint(reterr, "Give a number from %lld to %lld.", (long long)f->min, (long long)f->max);
	return code;
}

static enum mh_code check_org(struct mh_tx *tx, const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	if (mh_org_by_code(&tx->city->orgs, text_of(v)) >= 0) return MH_OK;
	enum mh_code code = BAD(reterr, f, "names no unit of this city");
	mh_err_hint(reterr, "Give the code of a unit, such as 330106 or 330106-D05.");
	return code;
}

/* A list of choices: known ones, each once. */
static enum mh_code check_enums(const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	if (!json_is_array(v) || json_array_size(v) > (size_t)f->max)
		return BAD(reterr, f, "must be a short list of its choices");
	for (size_t i = 0; i < json_array_size(v); i++) {
		MH_TRY(check_enum(f, json_array_get(v, i), reterr));
		for (size_t k = 0; k < i; k++)
			if (json_equal(json_array_get(v, i), json_array_get(v, k)))
				return BAD(reterr, f, "names a choice twice");
	}
	return MH_OK;
}

static enum mh_code check_officer(struct mh_tx *tx, const struct mh_def *d, const struct mh_field *f, const json_t *v,
				  struct mh_err *reterr)
{
	struct mh_q_officer_get_row row;
	bool found = false;
	struct mh_str code = text_of(v);
	struct mh_q_officer_get_in in = {.id = mh_org_id(code)};
	if (code.len) MH_TRY(mh_q_officer_get(tx->db, tx->arena, &in, &found, &row, reterr));
	if (!found || !mh_str_eq(row.code, code)) return BAD(reterr, f, "names no officer of this city");
	if (f->role < 0 || mh_str_eq(row.role, d->roles[f->role].name)) return MH_OK;
	return BAD(reterr, f, "names an officer who does not hold the role that this takes");
}

static enum mh_code check_orgs(struct mh_tx *tx, const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	size_t max = f->max > 0 ? (size_t)f->max : 20;
	if (!json_is_array(v) || json_array_size(v) > max) return BAD(reterr, f, "must be a short list of units");
	for (size_t i = 0; i < json_array_size(v); i++) {
		MH_TRY(check_org(tx, f, json_array_get(v, i), reterr));
		for (size_t k = 0; k < i; k++)
			if (json_equal(json_array_get(v, i), json_array_get(v, k)))
				return BAD(reterr, f, "names a unit twice");
	}
	return MH_OK;
}

/* What people write is a number or a reference; what is kept is the reference. */
static enum mh_code check_matter(struct mh_tx *tx, const struct mh_field *f, const json_t *v, json_t **ret,
				 struct mh_err *reterr)
{
	int64_t id = 0;
	struct mh_matter *other = NULL;
	if (!json_is_string(v)) return BAD(reterr, f, "must name a matter");
	MH_TRY(mh_matter_find(tx, text_of(v), &id, reterr));
	MH_TRY(mh_matter__load(tx, id, &other, reterr));
	bool ok = f->n_kinds == 0;
	for (size_t i = 0; i < f->n_kinds; i++) ok = ok || mh_str_eq(f->kinds[i], other->def->kind);
	if (!ok) return BAD(reterr, f, "names a matter of a kind that does not belong here");
	*ret = mh_json_str(other->ref);
	MH_TRY_MEM(*ret, reterr);
	return MH_OK;
}

static enum mh_code check_members(const struct mh_field *f, const json_t *v, const char *const *known,
				  struct mh_err *reterr)
{
	const char *key;
	json_t *member;
	json_object_foreach((json_t *)(uintptr_t)v, key, member) {
		size_t i = 0;
		while (known[i] && strcmp(known[i], key) != 0) i++;
		if (!known[i]) return BAD(reterr, f, "has a part that does not belong to it");
		if (!json_is_string(member) && !json_is_integer(member))
			return BAD(reterr, f, "has a part that is neither text nor number");
		if (json_is_string(member) && json_string_length(member) > 400)
			return BAD(reterr, f, "has a part that is too long");
	}
	return MH_OK;
}

static enum mh_code check_place(struct mh_tx *tx, const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	static const char *const parts[] = {"org", "address", "lat_e6", "lng_e6", NULL};
	if (json_is_string(v)) return check_org(tx, f, v, reterr);
	if (!json_is_object(v)) return BAD(reterr, f, "must be a unit's code, or {org, address, lat_e6, lng_e6}");
	MH_TRY(check_members(f, v, parts, reterr));
	return json_object_get(v, "org") ? check_org(tx, f, json_object_get(v, "org"), reterr) : MH_OK;
}

static enum mh_code check_contact(const struct mh_field *f, const json_t *v, struct mh_err *reterr)
{
	static const char *const parts[] = {"name", "phone", "email", "address", "note", NULL};
	if (json_is_string(v) && json_string_length(v) <= 400) return MH_OK;
	if (!json_is_object(v)) return BAD(reterr, f, "must be a text, or {name, phone, email, address, note}");
	return check_members(f, v, parts, reterr);
}

static enum mh_code check(struct mh_tx *tx, const struct mh_def *d, const struct mh_field *f, const json_t *v,
			  json_t **ret, struct mh_err *reterr)
{
	mh_day day;
	switch (f->type) {
	case MH_F_ENUM: return check_enum(f, v, reterr);
	case MH_F_ENUMS: return check_enums(f, v, reterr);
	case MH_F_OFFICER: return check_officer(tx, d, f, v, reterr);
	case MH_F_BOOL: return json_is_boolean(v) ? MH_OK : BAD(reterr, f, "must be true or false");
	case MH_F_TEXT: return check_text(f, v, reterr);
	case MH_F_INT: return check_int(f, v, reterr);
	case MH_F_DATE:
		return mh_day_parse(text_of(v), &day) ? MH_OK : BAD(reterr, f, "must be a date such as 2026-11-21");
	case MH_F_ORG: return check_org(tx, f, v, reterr);
	case MH_F_ORGS: return check_orgs(tx, f, v, reterr);
	case MH_F_MATTER: return check_matter(tx, f, v, ret, reterr);
	case MH_F_CONTACT: return check_contact(f, v, reterr);
	case MH_F_PLACE: return check_place(tx, f, v, reterr);
	case MH_F_CATEGORY:
		return mh_city_class(tx->city, text_of(v)) ? MH_OK : BAD(reterr, f, "names no category of this city");
	default: return MH_FAIL(reterr, MH_E_INTERNAL, "A field has a type that nobody knows");
	}
}

enum mh_code mh_matter__field(struct mh_tx *tx, const struct mh_def *d, int field, const json_t *v, json_t **ret,
			      struct mh_err *reterr)
{
	json_t *normal = NULL;
	MH_TRY(check(tx, d, &d->fields[field], v, &normal, reterr));
	*ret = normal ? normal : json_deep_copy(v);
	MH_TRY_MEM(*ret, reterr);
	return MH_OK;
}

json_t *mh_matter__value(struct mh_tx *tx, struct mh_matter *m, int field)
{
	const struct mh_field *f = &m->def->fields[field];
	if (mh_field_is_fact(f)) return json_object_getn(m->facts, f->name.ptr, f->name.len);
	if (mh_matter__personal(tx, m, NULL) != MH_OK) return NULL;
	return json_object_getn(m->personal, f->name.ptr, f->name.len);
}
