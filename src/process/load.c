/* A definition from its file: YAML, names, bodies with their references, static checks. */
#include "process/load_priv.h"
#include "process/process_priv.h"

#define FORMAT "matter/1"

/* ---- names first ---- */

static const struct {
	const char *section;
	size_t max;
	bool required;
} sections[MH_REF_MAX] = {
	[MH_REF_ROLE] = {"roles", 100, true},         [MH_REF_FIELD] = {"fields", 300, true},
	[MH_REF_EVIDENCE] = {"evidence", 100, false}, [MH_REF_VOTE] = {"votes", 50, false},
	[MH_REF_STATE] = {"states", 500, true},       [MH_REF_TRANSITION] = {"transitions", 1000, true},
	[MH_REF_CLOCK] = {NULL, 300, false}, /* named where they stand, in the states */
};

static void declare(struct mh_load *l, enum mh_load__ref kind)
{
	struct mh_load__names *names = &l->names[kind];
	struct mh_yaml *map = mh_load__section(l, l->root, sections[kind].section, sections[kind].required);

	if (!map) return;
	if (map->n > sections[kind].max) {
		MH_DIAG_ERROR(l->diags, "too-many", map->key_at, "Split the definition in two kinds of matter",
			      "'%s' holds more than %zu entries", sections[kind].section, sections[kind].max);
		return;
	}
	names->words = MH_LOAD_ARRAY(l, map->n, struct mh_str);
	if (!names->words) return;
	for (struct mh_yaml *e = map->first; e; e = e->next) {
		mh_load__name(l, e->key, e->key_at);
		names->words[names->n++] = e->key;
	}
}

static bool add_clock(struct mh_load *l, const struct mh_yaml *e)
{
	struct mh_load__names *names = &l->names[MH_REF_CLOCK];

	for (size_t i = 0; i < names->n; i++)
		if (mh_str_eq(names->words[i], e->key)) return true;
	mh_load__name(l, e->key, e->key_at);
	if (names->n == sections[MH_REF_CLOCK].max) {
		MH_DIAG_ERROR(l->diags, "too-many", e->key_at, "Split the definition in two kinds of matter",
			      "there are more than %zu clocks", sections[MH_REF_CLOCK].max);
		return false;
	}
	names->words[names->n++] = e->key;
	return true;
}

static void declare_clocks(struct mh_load *l)
{
	struct mh_yaml *states = mh_yaml_get(l->root, "states");

	l->names[MH_REF_CLOCK].words = MH_LOAD_ARRAY(l, sections[MH_REF_CLOCK].max, struct mh_str);
	if (!l->names[MH_REF_CLOCK].words || !states || states->kind != MH_YAML_MAP) return;
	for (struct mh_yaml *s = states->first; s; s = s->next) {
		struct mh_yaml *clocks = mh_yaml_get(s, "clocks");
		if (!clocks || clocks->kind != MH_YAML_MAP) continue;
		for (const struct mh_yaml *e = clocks->first; e; e = e->next)
			if (!add_clock(l, e)) return;
	}
}

/* Rows with their names, so that a reference may point ahead. */
#define ROWS(l, ref, array, count)                                                                                     \
	do {                                                                                                           \
		const struct mh_load__names *names_ = &(l)->names[ref];                                                \
		(array) = mh_load__array((l), names_->n, sizeof *(array));                                             \
		(count) = (array) ? names_->n : 0;                                                                     \
		for (size_t i_ = 0; i_ < (count); i_++) (array)[i_].name = names_->words[i_];                          \
	} while (0)

static void make_rows(struct mh_load *l)
{
	struct mh_def *d = l->def;

	ROWS(l, MH_REF_ROLE, d->roles, d->n_roles);
	ROWS(l, MH_REF_FIELD, d->fields, d->n_fields);
	ROWS(l, MH_REF_EVIDENCE, d->evidence, d->n_evidence);
	ROWS(l, MH_REF_CLOCK, d->clocks, d->n_clocks);
	ROWS(l, MH_REF_VOTE, d->votes, d->n_votes);
	ROWS(l, MH_REF_STATE, d->states, d->n_states);
	ROWS(l, MH_REF_TRANSITION, d->transitions, d->n_transitions);
	for (size_t i = 0; i < d->n_clocks; i++)
		d->clocks[i].label = (struct mh_label){d->clocks[i].name, d->clocks[i].name};
}

/* ---- the head of the file ---- */

static bool read_format(struct mh_load *l)
{
	struct mh_str format = {0};

	if (mh_yaml_str(l->root, "format", &format, l->diags) && mh_str_is(format, FORMAT)) return true;
	struct mh_yaml *node = mh_yaml_get(l->root, "format");
	MH_DIAG_ERROR(l->diags, "format", node ? node->at : l->root->at,
		      "The first line of a definition is `format: " FORMAT "`",
		      "this is not a definition of format " FORMAT);
	return false;
}

static void read_levels(struct mh_load *l)
{
	static const char *const known[] = {"1", "2", "3", "4", NULL};
	struct mh_yaml *map = mh_load__section(l, l->root, "levels", true);

	l->def->levels[0] = (struct mh_label){MH_STR("本人或公众"), MH_STR("the person or the public")};
	if (!map) return;
	for (int i = 1; i <= MH_LEVEL_MAX; i++) {
		if (!mh_yaml_get(map, known[i - 1]))
			mh_load__missing(l, map, known[i - 1], "All four levels have a label");
		mh_load__label(l, map, known[i - 1], mh_str_c(known[i - 1]), &l->def->levels[i]);
	}
	mh_yaml_unknown(map, known, l->diags);
}

static void read_head(struct mh_load *l)
{
	struct mh_def *d = l->def;
	bool intake = true;
	mh_day since;

	mh_load__word(l, l->root, "kind", "Write kind: name", &d->kind);
	if (!mh_yaml_get(l->root, "version")) mh_load__missing(l, l->root, "version", "Write version: 1");
	mh_load__int(l, l->root, "version", 1, 1000000, &d->version);
	if (!mh_yaml_get(l->root, "title")) mh_load__missing(l, l->root, "title", "Write title: {zh: …, en: …}");
	mh_load__label(l, l->root, "title", d->kind, &d->title);
	mh_load__word(l, l->root, "calendar", "Write calendar: workdays", &d->calendar);
	if (mh_yaml_str(l->root, "since", &d->since, l->diags) && !mh_day_parse(d->since, &since))
		MH_DIAG_ERROR(l->diags, "type", mh_yaml_get(l->root, "since")->at, "Write 2026-11-21",
			      "'since' must be a day");
	mh_yaml_bool(l->root, "intake", &intake, l->diags);
	d->child_only = !intake;
	read_levels(l);
}

static void find_initial(struct mh_def *d)
{
	d->initial = -1;
	for (size_t i = 0; i < d->n_states && d->initial < 0; i++)
		if (d->states[i].category == MH_CAT_INITIAL) d->initial = (int)i;
}

static void read_all(struct mh_load *l)
{
	static const char *const known[] = {"format", "kind",        "version", "title",     "calendar", "since",
					    "intake", "levels",      "roles",   "fields",    "evidence", "votes",
					    "states", "transitions", "prove",   "retention", NULL};

	read_head(l);
	for (int i = 0; i < MH_REF_MAX; i++)
		if (sections[i].section) declare(l, (enum mh_load__ref)i);
	declare_clocks(l);
	make_rows(l);
	if (!mh_load__scope_prepare(l)) return;
	mh_load__roles(l);
	mh_load__fields(l);
	mh_load__evidence(l);
	mh_load__votes(l);
	mh_load__states(l);
	mh_load__transitions(l);
	mh_load__proves(l);
	mh_load__retention(l);
	mh_yaml_unknown(l->root, known, l->diags);
}

struct mh_def *mh_def_load(struct mh_arena *a, struct mh_str text, struct mh_diags *d)
{
	struct mh_load l = {.arena = a, .diags = d};
	size_t errors = d->errors;

	l.root = mh_yaml_read(a, text, d);
	if (!l.root) return NULL;
	if (!mh_load__is_map(&l, l.root, "a definition") || !read_format(&l)) return NULL;
	l.def = MH_NEW(a, struct mh_def);
	if (l.def) l.def->text = mh_str_dup(a, text);
	if (!l.def || !l.def->text.ptr) {
		MH_DIAG_ERROR(d, "memory", l.root->at, NULL, "memory is short");
		return NULL;
	}
	l.def->hash = mh_sha256_str(l.def->text);
	read_all(&l);
	if (d->errors != errors) return NULL;
	find_initial(l.def);
	mh_def__check(l.def, d);
	return d->errors == errors ? l.def : NULL;
}
