/* One row of a table as the fields of a matter. */
#include "loop/import_priv.h"

#include "base/hash.h"

#include <string.h>

#define TEXT_MAX 20000 /* characters, when a definition sets no bound: as the engine has it */

struct row {
	struct mh_import_sheet *s;
	struct mh_arena *a;
	const struct mh_csv_record *r;
	json_t *fields;          /* borrowed */
	struct mh_buf *before;   /* what did not fit elsewhere … */
	struct mh_str before_to; /* … and begins this field */
};

/* The first filled cell of these columns; *ret_column -1 when there is none. */
static struct mh_str cell(const struct row *w, const struct mh_import__names *names, int *ret_column)
{
	*ret_column = -1;
	for (size_t i = 0; i < names->n_columns; i++) {
		struct mh_str text = mh_str_trim(w->r->fields[names->column[i]].text);
		if (!text.len) continue;
		*ret_column = names->column[i];
		return text;
	}
	return (struct mh_str){NULL, 0};
}

static void unmatched(struct row *w, int column)
{
	if (column >= 0) w->s->columns[column].unmatched++;
}

static enum mh_code put(struct row *w, const struct mh_import__field *f, json_t *v, struct mh_err *reterr)
{
	struct mh_str name = mh_str_dup(w->a, f->name);
	if (!v || !name.ptr || json_object_set_new(w->fields, name.ptr, v) != 0) return mh_no_memory(reterr);
	return MH_OK;
}

static enum mh_code reject(struct row *w, int column, const char *why, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_INVALID, "column " MH_STR_FMT ": %s", MH_STR_ARG(w->s->columns[column].name), why);
}

/* --- each type of field --- */

static struct mh_str meaning(const struct row *w, const struct mh_import__field *f, struct mh_str text)
{
	const struct mh_field *df = &w->s->def->fields[f->field];
	for (size_t i = 0; i < f->n_words; i++)
		if (mh_str_eq(f->words[i].text, text)) return f->words[i].means;
	for (size_t i = 0; i < df->n_values; i++)
		if (mh_str_eq(df->values[i].name, text) || mh_str_eq(df->values[i].label.zh, text) ||
		    mh_str_eq(df->values[i].label.en, text))
			return df->values[i].name;
	return (struct mh_str){NULL, 0};
}

static enum mh_code take_enum(struct row *w, const struct mh_import__field *f, struct mh_str text, int column,
			      struct mh_err *reterr)
{
	struct mh_str v = text.len ? meaning(w, f, text) : text;
	if (text.len && !v.len) unmatched(w, column);
	if (!v.len) v = f->otherwise;
	return v.len ? put(w, f, mh_json_str(v), reterr) : MH_OK;
}

static enum mh_code take_text(struct row *w, const struct mh_import__field *f, struct mh_str text, int column,
			      struct mh_err *reterr)
{
	const struct mh_field *df = &w->s->def->fields[f->field];
	size_t max = df->max > 0 ? (size_t)df->max : TEXT_MAX;
	if (w->before->len && mh_str_eq(w->before_to, f->name)) {
		mh_buf_c(w->before, "\n\n");
		mh_buf_str_add(w->before, text);
		text = mh_str_dup(w->a, mh_buf_str(w->before));
		mh_buf_clear(w->before);
		if (!text.ptr) return mh_no_memory(reterr);
	}
	if (!text.len) return MH_OK;
	if (mh_utf8_count(text) <= max) return put(w, f, mh_json_str(text), reterr);
	if (!f->overflow.len || column < 0) {
		char why[120];
		snprintf(why, sizeof why, "the text has %zu characters, at most %zu are allowed", mh_utf8_count(text),
			 max);
		return reject(w, column < 0 ? 0 : column, why, reterr);
	}
	struct mh_str head = mh_utf8_prefix(text, max - 1), cut = mh_str_fmt(w->a, MH_STR_FMT "…", MH_STR_ARG(head));
	mh_buf_str_add(w->before, text);
	w->before_to = f->overflow;
	return put(w, f, cut.ptr ? mh_json_str(cut) : NULL, reterr);
}

static enum mh_code take_category(struct row *w, const struct mh_import__field *f, struct mh_str text, int column,
				  struct mh_err *reterr)
{
	const struct mh_city *c = w->s->city;
	if (!text.len) return MH_OK;
	if (mh_city_class(c, text)) return put(w, f, mh_json_str(text), reterr);
	const struct mh_class *found = NULL;
	for (size_t i = 0; i < c->n_classes; i++) /* the deepest of the name: codes are in order */
		if (mh_str_eq(c->classes[i].zh, text) || mh_str_eq(c->classes[i].en, text)) found = &c->classes[i];
	if (found) return put(w, f, mh_json_str(found->code), reterr);
	unmatched(w, column);
	return MH_OK;
}

static int unit_named(const struct mh_orgs *o, int within, struct mh_str name)
{
	int by_code = mh_org_by_code(o, name);
	bool below = by_code >= 0 && mh_org_contains(o, within, by_code);
	return below ? by_code : mh_org_by_name(o, within, name);
}

#define PART_MAX 130 /* characters: the engine takes 400 bytes */

/* Parts of a contact or place; what is too long is cut, and counted. */
static enum mh_code take_parts(struct row *w, const struct mh_import__field *f, json_t *v, struct mh_err *reterr)
{
	int column;
	for (size_t i = 0; i < f->n_parts; i++) {
		struct mh_str whole = cell(w, &f->parts[i].from, &column), text = mh_utf8_prefix(whole, PART_MAX);
		if (!text.len) continue;
		if (text.len < whole.len) unmatched(w, column);
		struct mh_str name = mh_str_dup(w->a, f->parts[i].name);
		if (!name.ptr || json_object_set_new(v, name.ptr, mh_json_str(text)) != 0) return mh_no_memory(reterr);
	}
	return MH_OK;
}

static enum mh_code put_object(struct row *w, const struct mh_import__field *f, json_t *v, struct mh_err *reterr)
{
	return json_object_size(v) ? put(w, f, json_incref(v), reterr) : MH_OK;
}

static enum mh_code take_place(struct row *w, const struct mh_import__field *f, struct mh_err *reterr)
{
	const struct mh_orgs *o = &w->s->city->orgs;
	int unit = -1, column;
	for (size_t i = 0; i < f->n_units; i++) {
		struct mh_str name = cell(w, &f->units[i], &column);
		int found = name.len ? unit_named(o, unit >= 0 ? unit : o->root, name) : -1;
		if (found >= 0) unit = found;
		else if (name.len) unmatched(w, column);
	}
	MH_JSON_AUTO json_t *v = json_object();
	MH_TRY_MEM(v, reterr);
	if (unit >= 0 && json_object_set_new(v, "org", mh_json_str(mh_org_code(o, unit))) != 0)
		return mh_no_memory(reterr);
	MH_TRY(take_parts(w, f, v, reterr));
	return put_object(w, f, v, reterr);
}

static enum mh_code take_contact(struct row *w, const struct mh_import__field *f, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *v = json_object();
	MH_TRY_MEM(v, reterr);
	MH_TRY(take_parts(w, f, v, reterr));
	return put_object(w, f, v, reterr);
}

static enum mh_code take_bool(struct row *w, const struct mh_import__field *f, struct mh_str text, int column,
			      struct mh_err *reterr)
{
	static const char *const yes[] = {"是", "有", "yes", "Yes", "true", "1"}, *const no[] = {"否", "无",    "no",
												 "No", "false", "0"};
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		if (mh_str_is(text, yes[i])) return put(w, f, json_true(), reterr);
		if (mh_str_is(text, no[i])) return put(w, f, json_false(), reterr);
	}
	if (text.len) unmatched(w, column);
	return MH_OK;
}

static enum mh_code take_number(struct row *w, const struct mh_import__field *f, struct mh_str text, int column,
				struct mh_err *reterr)
{
	int64_t v;
	if (!text.len) return MH_OK;
	if (!mh_str_to_i64(text, &v)) return reject(w, column, "this is no whole number", reterr);
	return put(w, f, json_integer(v), reterr);
}

static enum mh_code take_date(struct row *w, const struct mh_import__field *f, struct mh_str text, int column,
			      struct mh_err *reterr)
{
	mh_time at;
	int zone = w->s->city->zone_min;
	if (!text.len) return MH_OK;
	if (!mh_import_time(text, zone, &at)) return reject(w, column, "this is no date that we know", reterr);
	return put(w, f, mh_json_str(mh_day_text(w->a, mh_time_day(at, zone))), reterr);
}

static enum mh_code take_unit(struct row *w, const struct mh_import__field *f, struct mh_str text, int column,
			      struct mh_err *reterr)
{
	const struct mh_orgs *o = &w->s->city->orgs;
	int unit = text.len ? unit_named(o, o->root, text) : -1;
	if (unit >= 0) return put(w, f, mh_json_str(mh_org_code(o, unit)), reterr);
	if (text.len) unmatched(w, column);
	return MH_OK;
}

static enum mh_code take(struct row *w, const struct mh_import__field *f, struct mh_err *reterr)
{
	int column = -1;
	if (f->field < 0) return MH_OK;
	struct mh_str text = cell(w, &f->from, &column);
	switch (w->s->def->fields[f->field].type) {
	case MH_F_ENUM: return take_enum(w, f, text, column, reterr);
	case MH_F_TEXT: return take_text(w, f, text, column, reterr);
	case MH_F_CATEGORY: return take_category(w, f, text, column, reterr);
	case MH_F_PLACE: return take_place(w, f, reterr);
	case MH_F_CONTACT: return take_contact(w, f, reterr);
	case MH_F_BOOL: return take_bool(w, f, text, column, reterr);
	case MH_F_INT: return take_number(w, f, text, column, reterr);
	case MH_F_DATE: return take_date(w, f, text, column, reterr);
	case MH_F_ORG: return take_unit(w, f, text, column, reterr);
	default: return MH_OK; /* lists of units and references to matters have no form in a cell */
	}
}

/* --- the row as a whole --- */

static enum mh_code check_shape(struct row *w, struct mh_err *reterr)
{
	const struct mh_csv_record *r = w->r;
	if (r->fault != MH_CSV_SOUND)
		return MH_FAIL(reterr, MH_E_INVALID, "line %lld, column %lld: %s", (long long)r->fault_line,
			       (long long)r->fault_column, mh_csv_fault_info(r->fault)->en);
	if (r->n != w->s->n)
		return MH_FAIL(reterr, MH_E_INVALID, "the row has %zu cells, the header has %zu", r->n, w->s->n);
	for (size_t i = 0; i < r->n; i++)
		if (mh_str_trim(r->fields[i].text).len) w->s->columns[i].filled++;
	return MH_OK;
}

/* The table's own number, or the hash of the whole row: the same row twice is then taken once. */
static enum mh_code name_row(struct row *w, struct mh_str *ret, struct mh_err *reterr)
{
	int column;
	struct mh_str kind = w->s->map->kind, source = w->s->source, id = cell(w, &w->s->map->id, &column);
	if (id.len && id.len <= 100) {
		*ret = mh_str_fmt(w->a, "import:" MH_STR_FMT "%s" MH_STR_FMT ":" MH_STR_FMT, MH_STR_ARG(kind),
				  source.len ? "/" : "", MH_STR_ARG(source), MH_STR_ARG(id));
	} else {
		struct mh_bytes *parts = MH_NEW_ARRAY(w->a, w->r->n * 2 + 1, struct mh_bytes);
		if (!parts) return mh_no_memory(reterr);
		for (size_t i = 0; i < w->r->n; i++) {
			struct mh_str t = w->r->fields[i].text;
			parts[2 * i] = (struct mh_bytes){(const unsigned char *)t.ptr, t.len};
			parts[2 * i + 1] = (struct mh_bytes){(const unsigned char *)"", 1}; /* no cell holds a NUL */
		}
		struct mh_hash h = mh_sha256_of(parts, w->r->n * 2);
		struct mh_str hex = mh_hash_hex(w->a, &h);
		*ret = mh_str_fmt(w->a, "import:" MH_STR_FMT ":row-" MH_STR_FMT, MH_STR_ARG(kind), MH_STR_ARG(hex));
	}
	return ret->ptr ? MH_OK : mh_no_memory(reterr);
}

static enum mh_code when(struct row *w, mh_time now, mh_time *ret, struct mh_err *reterr)
{
	int column;
	*ret = 0;
	if (!w->s->map->raised.n_columns) return MH_OK;
	struct mh_str text = cell(w, &w->s->map->raised, &column);
	if (!text.len) return reject(w, w->s->map->raised.column[0], "the time is missing", reterr);
	if (!mh_import_time(text, w->s->city->zone_min, ret))
		return reject(w, column, "this is no time that we know; write 2019/4/25 9:32:09", reterr);
	if (*ret > now) return reject(w, column, "this time has not come yet", reterr);
	return MH_OK;
}

/* Fields whose overflow others take come first, whatever their order in the file. */
static enum mh_code take_all(struct row *w, struct mh_err *reterr)
{
	const struct mh_import_map *m = w->s->map;
	for (size_t i = 0; i < m->n_fields; i++)
		if (m->fields[i].overflow.len) MH_TRY(take(w, &m->fields[i], reterr));
	for (size_t i = 0; i < m->n_fields; i++)
		if (!m->fields[i].overflow.len) MH_TRY(take(w, &m->fields[i], reterr));
	return MH_OK;
}

static enum mh_code check_required(struct row *w, struct mh_err *reterr)
{
	const struct mh_def *d = w->s->def;
	for (size_t i = 0; i < d->n_fields; i++) {
		const struct mh_field *f = &d->fields[i];
		if (!f->set_create || !f->required || json_object_getn(w->fields, f->name.ptr, f->name.len)) continue;
		return MH_FAIL(reterr, MH_E_INVALID, "the field \"" MH_STR_FMT "\" (" MH_STR_FMT ") is empty",
			       MH_STR_ARG(f->name), MH_STR_ARG(f->label.en));
	}
	return MH_OK;
}

enum mh_code mh_import_row(struct mh_import_sheet *s, struct mh_arena *a, const struct mh_csv_record *r, mh_time now,
			   struct mh_import_row *ret, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *fields = json_object();
	struct mh_buf before MH_CLEANUP(mh_buf_done) = MH_BUF(1 << 20);
	struct mh_import_row out = {.fields = fields};
	struct row w = {.s = s, .a = a, .r = r, .fields = fields, .before = &before};
	MH_TRY_MEM(fields, reterr);
	MH_TRY(check_shape(&w, reterr));
	MH_TRY(name_row(&w, &out.request_id, reterr));
	MH_TRY(when(&w, now, &out.raised, reterr));
	MH_TRY(take_all(&w, reterr));
	MH_TRY(check_required(&w, reterr));
	json_incref(fields);
	*ret = out;
	return MH_OK;
}
