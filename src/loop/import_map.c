/* The file of aliases, and its binding to the header of a table. */
#include "loop/import_priv.h"

#include "base/yaml.h"

#include <string.h>

/* --- reading --- */

static void read_names(struct mh_yaml *y, struct mh_import__names *ret, struct mh_diags *d)
{
	struct mh_yaml *one = y && y->kind == MH_YAML_LIST ? y->first : y;
	for (; one; one = y->kind == MH_YAML_LIST ? one->next : NULL) {
		if (one->kind != MH_YAML_SCALAR) {
			MH_DIAG_ERROR(d, "name", one->at, "write: [NAME, NAME, …]", "a name of a column is expected");
			return;
		}
		if (ret->n == MH_IMPORT_ALIASES_MAX) {
			MH_DIAG_ERROR(d, "too-many", one->at, NULL, "more than %d names", MH_IMPORT_ALIASES_MAX);
			return;
		}
		ret->alias[ret->n++] = mh_str_trim(one->text);
	}
}

static void read_words(struct mh_arena *a, struct mh_yaml *y, struct mh_import__field *f, struct mh_diags *d)
{
	if (!y) return;
	f->words = MH_NEW_ARRAY(a, y->n ? y->n : 1, struct mh_import__word);
	for (struct mh_yaml *w = y->kind == MH_YAML_MAP && f->words ? y->first : NULL; w; w = w->next) {
		if (w->kind != MH_YAML_SCALAR)
			MH_DIAG_ERROR(d, "value", w->at, NULL, "a value of the field is expected");
		else f->words[f->n_words++] = (struct mh_import__word){w->key, w->text};
	}
}

static void read_parts(struct mh_yaml *y, struct mh_import__field *f, struct mh_diags *d)
{
	for (struct mh_yaml *p = y && y->kind == MH_YAML_MAP ? y->first : NULL; p; p = p->next) {
		if (f->n_parts == MH_IMPORT_PARTS_MAX) {
			MH_DIAG_ERROR(d, "too-many", p->at, NULL, "more than %d parts", MH_IMPORT_PARTS_MAX);
			return;
		}
		f->parts[f->n_parts].name = p->key;
		read_names(p, &f->parts[f->n_parts++].from, d);
	}
}

static void read_units(struct mh_yaml *y, struct mh_import__field *f, struct mh_diags *d)
{
	for (struct mh_yaml *u = y && y->kind == MH_YAML_LIST ? y->first : NULL; u; u = u->next) {
		if (f->n_units == 4) {
			MH_DIAG_ERROR(d, "too-many", u->at, NULL, "there are four levels of units");
			return;
		}
		read_names(u, &f->units[f->n_units++], d);
	}
}

static void read_field(struct mh_arena *a, struct mh_yaml *y, struct mh_import__field *f, struct mh_diags *d)
{
	static const char *const known[] = {"from", "values", "otherwise", "overflow", "parts", "units", NULL};
	f->name = y->key;
	if (y->kind != MH_YAML_MAP) {
		read_names(y, &f->from, d);
		return;
	}
	struct mh_yaml *from = mh_yaml_get(y, "from");
	if (from) read_names(from, &f->from, d);
	read_words(a, mh_yaml_get(y, "values"), f, d);
	read_parts(mh_yaml_get(y, "parts"), f, d);
	read_units(mh_yaml_get(y, "units"), f, d);
	mh_yaml_str(y, "otherwise", &f->otherwise, d);
	mh_yaml_str(y, "overflow", &f->overflow, d);
	mh_yaml_unknown(y, known, d);
}

static struct mh_import_map *read_kind(struct mh_arena *a, struct mh_yaml *y, struct mh_diags *d)
{
	static const char *const known[] = {"id", "raised", "fields", "left_out", NULL};
	struct mh_import_map *m = MH_NEW(a, struct mh_import_map);
	struct mh_yaml *fields = mh_yaml_get(y, "fields"), *id = mh_yaml_get(y, "id"),
		       *raised = mh_yaml_get(y, "raised"), *left = mh_yaml_get(y, "left_out");
	if (!m || !fields || fields->kind != MH_YAML_MAP) {
		MH_DIAG_ERROR(d, "missing", y->at, NULL, "\"fields\" is missing");
		return NULL;
	}
	m->kind = y->key;
	if (id) read_names(id, &m->id, d);
	if (raised) read_names(raised, &m->raised, d);
	if (left) read_names(left, &m->left_out, d);
	m->fields = MH_NEW_ARRAY(a, fields->n ? fields->n : 1, struct mh_import__field);
	for (struct mh_yaml *f = m->fields ? fields->first : NULL; f; f = f->next)
		read_field(a, f, &m->fields[m->n_fields++], d);
	mh_yaml_unknown(y, known, d);
	return m->fields ? m : NULL;
}

static struct mh_yaml *find_kind(struct mh_yaml *kinds, struct mh_str kind)
{
	for (struct mh_yaml *y = kinds && kinds->kind == MH_YAML_MAP ? kinds->first : NULL; y; y = y->next)
		if (mh_str_eq(y->key, kind)) return y;
	return NULL;
}

enum mh_code mh_import_map_read(struct mh_arena *a, struct mh_str text, struct mh_str file, struct mh_str kind,
				struct mh_buf *report, struct mh_import_map **ret, struct mh_err *reterr)
{
	struct mh_diags d = mh_diags_new(a, file);
	struct mh_str format = {NULL, 0};
	struct mh_yaml *top = mh_yaml_read(a, text, &d), *y = NULL;
	struct mh_import_map *m = NULL;
	if (top) {
		if (!mh_yaml_str(top, "format", &format, &d) || !mh_str_is(format, "import/1"))
			MH_DIAG_ERROR(&d, "format", top->at, "write: format: import/1",
				      "this is no file of column names for imports");
		y = find_kind(mh_yaml_get(top, "kinds"), kind);
		if (y) m = read_kind(a, y, &d);
	}
	if (report) mh_diags_print(&d, report);
	MH_TRY(mh_diags_result(&d, reterr));
	if (!y)
		return MH_FAIL(reterr, MH_E_NOT_FOUND, MH_STR_FMT " does not say how a " MH_STR_FMT " is imported",
			       MH_STR_ARG(file), MH_STR_ARG(kind));
	MH_TRY_MEM(m, reterr);
	*ret = m;
	return MH_OK;
}

/* --- binding --- */

static void bind_names(struct mh_import_sheet *s, struct mh_import__names *names, enum mh_import_use use)
{
	names->n_columns = 0;
	for (size_t i = 0; i < names->n; i++)
		for (size_t c = 0; c < s->n; c++) {
			if (!mh_str_eq(s->columns[c].name, names->alias[i])) continue;
			if (names->n_columns < MH_IMPORT_ALIASES_MAX) names->column[names->n_columns++] = (int)c;
			if (s->columns[c].use != MH_IMPORT_TAKEN) s->columns[c].use = use;
			break;
		}
}

static enum mh_code missing(const struct mh_import__field *f, struct mh_err *reterr)
{
	struct mh_buf names = MH_BUF(600);
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "No column of this table gives the field \"" MH_STR_FMT "\"",
				    MH_STR_ARG(f->name));
	for (size_t i = 0; i < f->from.n; i++)
		mh_buf_fmt(&names, "%s" MH_STR_FMT, i ? ", " : "", MH_STR_ARG(f->from.alias[i]));
	mh_err_hint(reterr, "It may be called: %s. The first line must hold the names; other names go into the map.",
		    names.failed || !names.ptr ? "?" : names.ptr);
	mh_buf_done(&names);
	return code;
}

/* A definition may have changed since the file was written: fields that it does not have are left alone. */
static enum mh_code bind_field(struct mh_import_sheet *s, struct mh_import__field *f, struct mh_err *reterr)
{
	f->field = mh_def_field(s->def, f->name);
	bool takes = f->field >= 0 && s->def->fields[f->field].set_create;
	enum mh_import_use use = takes ? MH_IMPORT_TAKEN : MH_IMPORT_LEFT_OUT;
	if (!takes) f->field = -1;
	bind_names(s, &f->from, use);
	for (size_t i = 0; i < f->n_parts; i++) bind_names(s, &f->parts[i].from, use);
	for (size_t i = 0; i < f->n_units; i++) bind_names(s, &f->units[i], use);
	if (takes && s->def->fields[f->field].required && !f->from.n_columns && !f->otherwise.len)
		return missing(f, reterr);
	return MH_OK;
}

static enum mh_code bind_columns(struct mh_arena *a, const struct mh_csv_record *header, struct mh_import_sheet *s,
				 struct mh_err *reterr)
{
	if (header->end || header->fault != MH_CSV_SOUND || header->n > MH_IMPORT_COLUMNS_MAX)
		return MH_FAIL(reterr, MH_E_INVALID,
			       "Cannot read the first line of the table, which must name the columns%s%s",
			       header->fault ? ": " : "", header->fault ? mh_csv_fault_info(header->fault)->en : "");
	s->columns = MH_NEW_ARRAY(a, header->n ? header->n : 1, struct mh_import_column);
	MH_TRY_MEM(s->columns, reterr);
	for (; s->n < header->n; s->n++) {
		s->columns[s->n].name = mh_str_dup(a, mh_str_trim(header->fields[s->n].text));
		MH_TRY_MEM(s->columns[s->n].name.ptr, reterr);
	}
	return MH_OK;
}

enum mh_code mh_import_bind(struct mh_arena *a, struct mh_import_map *map, const struct mh_city *city, mh_day today,
			    const struct mh_csv_record *header, struct mh_import_sheet *ret, struct mh_err *reterr)
{
	struct mh_import_sheet s = {.map = map, .city = city, .def = mh_city_def_for(city, map->kind, today)};
	if (!s.def)
		return MH_FAIL(reterr, MH_E_INVALID, "There is no kind of matter \"" MH_STR_FMT "\"",
			       MH_STR_ARG(map->kind));
	MH_TRY(bind_columns(a, header, &s, reterr));
	bind_names(&s, &map->left_out, MH_IMPORT_LEFT_OUT);
	bind_names(&s, &map->id, MH_IMPORT_TAKEN);
	bind_names(&s, &map->raised, MH_IMPORT_TAKEN);
	for (size_t i = 0; i < map->n_fields; i++) MH_TRY(bind_field(&s, &map->fields[i], reterr));
	*ret = s;
	return MH_OK;
}
