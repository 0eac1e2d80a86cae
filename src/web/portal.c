#include "web/portal.h"

#include "base/yaml.h"
#include "matter/pack.h"

#define FILE_MAX ((size_t)256 << 10)
#define FORMAT "portal/1"

struct reader {
	struct mh_portal *p;
	struct mh_diags d;
	const struct mh_city *city;
	mh_day today;
};

static void need(struct reader *r, struct mh_yaml *map, const char *key, struct mh_str *ret)
{
	if (!mh_yaml_str(map, key, ret, &r->d) && !mh_yaml_get(map, key))
		MH_DIAG_ERROR(&r->d, "missing", map->at, NULL, "\"%s\" is missing", key);
}

static void read_hint(struct reader *r, struct mh_yaml *map, struct mh_label *ret)
{
	static const char *const known[] = {"zh", "en", NULL};
	struct mh_yaml *hint = mh_yaml_get(map, "hint");
	if (!hint) return;
	need(r, hint, "zh", &ret->zh);
	need(r, hint, "en", &ret->en);
	mh_yaml_unknown(hint, known, &r->d);
}

/* A choice of the definition's: what a page fills in unasked must be right. */
static bool can_be(const struct mh_def *d, struct mh_str field, struct mh_str value)
{
	int f = mh_def_field(d, field);
	if (f < 0 || !d->fields[f].set_create || d->fields[f].type != MH_F_ENUM) return false;
	for (size_t i = 0; i < d->fields[f].n_values; i++)
		if (mh_str_eq(d->fields[f].values[i].name, value)) return true;
	return false;
}

static void read_set(struct reader *r, struct mh_yaml *map, const struct mh_def *d, struct mh_portal_kind *k)
{
	struct mh_yaml *set = mh_yaml_get(map, "set");
	struct mh_portal_set *list = MH_NEW_ARRAY(&r->p->arena, (set ? set->n : 0) + 1, struct mh_portal_set);
	for (struct mh_yaml *e = set && list ? set->first : NULL; e; e = e->next) {
		if (d && !can_be(d, e->key, e->text))
			MH_DIAG_ERROR(&r->d, "portal", e->at, "Choices of fields with `set: create` can be set.",
				      "'" MH_STR_FMT ": " MH_STR_FMT "' is no choice of the definition",
				      MH_STR_ARG(e->key), MH_STR_ARG(e->text));
		list[k->n_set++] = (struct mh_portal_set){e->key, e->text};
	}
	k->set = list;
}

static void read_hide(struct reader *r, struct mh_yaml *map, const struct mh_def *d, struct mh_portal_kind *k)
{
	struct mh_yaml *hide = mh_yaml_get(map, "hide");
	struct mh_str *list = MH_NEW_ARRAY(&r->p->arena, (hide ? hide->n : 0) + 1, struct mh_str);
	for (struct mh_yaml *e = hide && list ? hide->first : NULL; e; e = e->next) {
		int f = d ? mh_def_field(d, e->text) : -1;
		if (d && (f < 0 || !d->fields[f].set_create || d->fields[f].required))
			MH_DIAG_ERROR(&r->d, "portal", e->at, "A required field must be asked for, or set.",
				      "'" MH_STR_FMT "' cannot be left out", MH_STR_ARG(e->text));
		list[k->n_hide++] = e->text;
	}
	k->hide = list;
}

/* --- the tile map --- */

/* A territory directly below the city. */
static bool is_district(const struct mh_orgs *o, int org)
{
	return org >= 0 && o->list[org].parent == o->root && !o->list[org].department;
}

static void read_tile(struct reader *r, const struct mh_yaml *e, int row, int col)
{
	int org = mh_org_by_code(&r->city->orgs, e->text);
	const struct mh_portal_tile *before = mh_portal_tile_of(r->p, org);
	if (e->kind == MH_YAML_SCALAR && mh_str_is(e->text, ".")) return;
	if (org < 0)
		MH_DIAG_ERROR(&r->d, "tiles", e->at, "Write the code of a district, or . where there is none.",
			      "the city has no unit '" MH_STR_FMT "'", MH_STR_ARG(e->text));
	else if (!is_district(&r->city->orgs, org))
		MH_DIAG_ERROR(&r->d, "tiles", e->at, "Tiles are for territories directly below the city.",
			      "'" MH_STR_FMT "' is no district", MH_STR_ARG(e->text));
	else if (before)
		MH_DIAG_ERROR(&r->d, "tiles", e->at, NULL, "'" MH_STR_FMT "' has the tile of row %d, column %d already",
			      MH_STR_ARG(e->text), before->row, before->col);
	else r->p->tiles[r->p->n_tiles++] = (struct mh_portal_tile){org, row, col};
}

static void read_row(struct reader *r, struct mh_yaml *line, int row)
{
	if (line->kind != MH_YAML_LIST || !line->n || line->n > MH_TILE_COLS || row > MH_TILE_ROWS) {
		MH_DIAG_ERROR(&r->d, "tiles", line->at, NULL,
			      "the map has at most %d rows, each a list of at most %d districts", MH_TILE_ROWS,
			      MH_TILE_COLS);
		return;
	}
	if (r->p->tile_cols && (size_t)r->p->tile_cols != line->n)
		MH_DIAG_ERROR(&r->d, "tiles", line->at, "Write . where there is no district.",
			      "row %d is %zu wide, those before are %d", row, line->n, r->p->tile_cols);
	r->p->tile_cols = (int)line->n;
	int col = 0;
	for (const struct mh_yaml *e = line->first; e; e = e->next) read_tile(r, e, row, ++col);
}

/* Who lives in a district that has no tile could not choose it. */
static void all_there(struct reader *r, const struct mh_yaml *map)
{
	const struct mh_orgs *o = &r->city->orgs;
	for (size_t i = 0; i < o->n; i++)
		if (is_district(o, (int)i) && !mh_portal_tile_of(r->p, (int)i))
			MH_DIAG_ERROR(&r->d, "tiles", map->at, "Every district of the city needs one.",
				      "'" MH_STR_FMT "' " MH_STR_FMT " has no tile", MH_STR_ARG(o->list[i].code),
				      MH_STR_ARG(o->list[i].en));
}

static void read_tiles(struct reader *r, struct mh_yaml *map)
{
	if (!map) return;
	r->p->tiles = MH_NEW_ARRAY(&r->p->arena, MH_TILE_ROWS * MH_TILE_COLS, struct mh_portal_tile);
	if (!r->p->tiles || map->kind != MH_YAML_LIST) {
		MH_DIAG_ERROR(&r->d, "type", map->at, NULL, "the rows of the map are expected here");
		return;
	}
	int row = 0;
	for (struct mh_yaml *line = map->first; line; line = line->next) read_row(r, line, ++row);
	if (!r->d.errors) all_there(r, map); /* a wrong code is told as such, not as a district left out */
}

const struct mh_portal_tile *mh_portal_tile_of(const struct mh_portal *p, int org)
{
	for (size_t i = 0; p && i < p->n_tiles; i++)
		if (p->tiles[i].org == org) return &p->tiles[i];
	return NULL;
}

static void read_top(struct reader *r, struct mh_yaml *top)
{
	static const char *const known[] = {"format", "kinds", "tiles", NULL}, *const of_kind[] = {"hint", "set",
												   "hide", NULL};
	struct mh_str format = {NULL, 0};
	need(r, top, "format", &format);
	if (format.len && !mh_str_is(format, FORMAT))
		MH_DIAG_ERROR(&r->d, "format", top->at, NULL, "the format is " FORMAT);
	struct mh_yaml *kinds = mh_yaml_get(top, "kinds");
	r->p->kinds = MH_NEW_ARRAY(&r->p->arena, (kinds ? kinds->n : 0) + 1, struct mh_portal_kind);
	for (struct mh_yaml *e = kinds && r->p->kinds ? kinds->first : NULL; e; e = e->next) {
		struct mh_portal_kind *k = &r->p->kinds[r->p->n_kinds++];
		const struct mh_def *d = mh_city_def_for(r->city, e->key, r->today);
		k->kind = e->key;
		if (!d)
			MH_DIAG_ERROR(&r->d, "portal", e->at, NULL, "the city has no kind '" MH_STR_FMT "'",
				      MH_STR_ARG(e->key));
		read_hint(r, e, &k->hint);
		read_set(r, e, d, k);
		read_hide(r, e, d, k);
		mh_yaml_unknown(e, of_kind, &r->d);
	}
	read_tiles(r, mh_yaml_get(top, "tiles"));
	mh_yaml_unknown(top, known, &r->d);
}

static enum mh_code load(struct mh_portal *p, const struct mh_city *city, mh_time now, struct mh_str text,
			 struct mh_str file, struct mh_err *reterr)
{
	struct mh_str copy = mh_str_dup(&p->arena, text);
	MH_TRY_MEM(copy.ptr, reterr);
	struct reader r = {
		.p = p, .d = mh_diags_new(&p->arena, file), .city = city, .today = mh_time_day(now, city->zone_min)};
	struct mh_yaml *top = mh_yaml_read(&p->arena, copy, &r.d);
	if (top && top->kind == MH_YAML_MAP) read_top(&r, top);
	else if (top) MH_DIAG_ERROR(&r.d, "type", top->at, NULL, "a map is expected here");
	return mh_diags_result(&r.d, reterr);
}

enum mh_code mh_portal_load(const struct mh_city *city, mh_time now, struct mh_str text, struct mh_str file,
			    struct mh_portal **ret, struct mh_err *reterr)
{
	struct mh_portal *p = mh_mem_alloc(sizeof *p);
	MH_TRY_MEM(p, reterr);
	p->arena = MH_ARENA(0);
	enum mh_code code = load(p, city, now, text, file, reterr);
	if (code != MH_OK) return mh_portal_free(p), code;
	*ret = p;
	return MH_OK;
}

enum mh_code mh_portal_open(const struct mh_city *city, mh_time now, struct mh_str state_dir, struct mh_portal **ret,
			    struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text, path = mh_str_fmt(&a, MH_STR_FMT "/portal.yaml", MH_STR_ARG(state_dir));
	enum mh_code code = path.ptr ? mh_file_read(&a, path.ptr, FILE_MAX, &text, reterr)
				     : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code == MH_OK) code = mh_portal_load(city, now, text, path, ret, reterr);
	else if (code == MH_E_NOT_FOUND) code = MH_OK;
	mh_arena_done(&a);
	return code;
}

void mh_portal_free(struct mh_portal *p)
{
	if (!p) return;
	mh_arena_done(&p->arena);
	mh_mem_free(p);
}

const struct mh_portal_kind *mh_portal_kind_of(const struct mh_portal *p, struct mh_str kind)
{
	for (size_t i = 0; p && i < p->n_kinds; i++)
		if (mh_str_eq(p->kinds[i].kind, kind)) return &p->kinds[i];
	return NULL;
}
