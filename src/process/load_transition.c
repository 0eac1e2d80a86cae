#include "process/load_priv.h"

#define USES_MAX 1000

/* '*': every state that is not an end. */
static void all_open_states(struct mh_load *l, struct mh_transition *t)
{
	t->from = MH_LOAD_ARRAY(l, l->def->n_states, int);
	if (!t->from) return;
	for (size_t i = 0; i < l->def->n_states; i++)
		if (!mh_def_is_over(l->def, (int)i)) t->from[t->n_from++] = (int)i;
}

static void read_from(struct mh_load *l, struct mh_yaml *map, struct mh_transition *t)
{
	struct mh_yaml *node = mh_yaml_get(map, "from");

	if (!node) mh_load__missing(l, map, "from", "Write from: state, from: [one, two] or from: '*'");
	else if (node->kind == MH_YAML_SCALAR && mh_str_is(node->text, "*")) all_open_states(l, t);
	else t->n_from = mh_load__refs(l, MH_REF_STATE, map, "from", &t->from);
	if (node && node->kind == MH_YAML_LIST && node->n == 0)
		MH_DIAG_ERROR(l->diags, "missing-key", node->at, "Write from: state, from: [one, two] or from: '*'",
			      "'from' is empty");
}

static void read_to(struct mh_load *l, struct mh_yaml *map, struct mh_transition *t)
{
	struct mh_yaml *node = mh_yaml_get(map, "to");

	t->to = -1;
	if (node && node->kind == MH_YAML_SCALAR && mh_str_is(node->text, "same")) return;
	t->to = mh_load__ref(l, MH_REF_STATE, map, "to", true);
}

static void read_org(struct mh_load *l, struct mh_yaml *map, struct mh_who *w)
{
	struct mh_yaml *node = mh_yaml_get(map, "org");

	if (!node) return;
	if (node->kind == MH_YAML_SCALAR && mh_str_is(node->text, "owner")) {
		w->org = MH_ORG_OWNER;
		return;
	}
	w->org = MH_ORG_FIELD;
	w->org_field = mh_load__field(l, map, "org", true, MH_F_ORG);
}

/* `level: +1` */
static void read_level_up(struct mh_load *l, struct mh_yaml *map, struct mh_who *w)
{
	struct mh_str s;
	int64_t n;

	if (!mh_yaml_str(map, "level", &s, l->diags)) return;
	if (s.len == 2 && s.ptr[0] == '+' && mh_str_to_i64((struct mh_str){s.ptr + 1, 1}, &n) && n >= 1 &&
	    n < MH_LEVEL_MAX) {
		w->level_up = (int)n;
		return;
	}
	MH_DIAG_ERROR(l->diags, "range", mh_yaml_get(map, "level")->at, "Write level: +1 for one level above the owner",
		      "'level' must be +1, +2 or +3, not '" MH_STR_FMT "'", MH_STR_ARG(mh_utf8_prefix(s, 40)));
}

static void read_person(struct mh_load *l, struct mh_yaml *map, struct mh_who *w)
{
	static const char *const known[] = {"role", "org", "officer", "level", "child", "main", NULL};

	if (!mh_yaml_get(map, "role"))
		mh_load__missing(l, map, "role", "Write {role: name}, {child: kind}, {main: state}, or clock, or vote");
	w->n_roles = mh_load__refs(l, MH_REF_ROLE, map, "role", &w->roles);
	read_org(l, map, w);
	read_level_up(l, map, w);
	w->named = mh_yaml_get(map, "officer") != NULL;
	if (w->named) w->officer_field = mh_load__field(l, map, "officer", true, MH_F_OFFICER);
	if (w->level_up && w->org != MH_ORG_ANY)
		MH_DIAG_ERROR(l->diags, "who-conflict", mh_yaml_get(map, "level")->key_at, "Keep one of the two",
			      "'level: +%d' is a superior of the owner; 'org' says another unit", w->level_up);
	for (size_t i = 0; i < w->n_roles; i++)
		if (w->roles[i] >= 0 && l->def->roles[w->roles[i]].levels == 1 &&
		    (w->level_up || w->org != MH_ORG_ANY || w->named))
			MH_DIAG_ERROR(l->diags, "who-conflict", map->at,
				      "Remove org, officer and level, or make two transitions",
				      "the role '" MH_STR_FMT "' holds no office, so it belongs to no unit",
				      MH_STR_ARG(l->def->roles[w->roles[i]].name));
	mh_yaml_unknown(map, known, l->diags);
}

/* {child: kind} or {main: state}: nothing else beside it. */
static void read_event(struct mh_load *l, struct mh_yaml *map, struct mh_transition *t)
{
	static const char *const known[] = {"child", "main", NULL};

	if (mh_yaml_get(map, "child")) {
		t->trigger = MH_BY_CHILD;
		mh_load__word(l, map, "child", "Write {child: kind}", &t->child_kind);
	} else {
		/* states of the main matter, which may be of another kind, are looked up by name in this one: merging is within
		 * a kind */
		t->trigger = MH_BY_MAIN;
		t->main_state = mh_load__ref(l, MH_REF_STATE, map, "main", true);
	}
	mh_yaml_unknown(map, known, l->diags);
}

static void read_who(struct mh_load *l, struct mh_yaml *map, struct mh_transition *t)
{
	static const char *const words[] = {"clock", "vote"};
	struct mh_yaml *who = mh_yaml_get(map, "who");

	if (!who) {
		mh_load__missing(
			l, map, "who",
			"Write who: clock, who: vote, who: {role: name}, who: {child: kind} or who: {main: state}");
	} else if (who->kind != MH_YAML_MAP) {
		int i = mh_load__choice_of(l, who, "who", words, 2);
		t->trigger = i == 0 ? MH_BY_CLOCK : i == 1 ? MH_BY_VOTE : MH_BY_PERSON;
	} else if (mh_yaml_get(who, "child") || mh_yaml_get(who, "main")) {
		read_event(l, who, t);
	} else {
		read_person(l, who, &t->who);
	}
}

static void read_needs(struct mh_load *l, struct mh_yaml *map, struct mh_transition *t)
{
	t->n_require = mh_load__refs(l, MH_REF_FIELD, map, "require", &t->require);
	t->n_optional = mh_load__refs(l, MH_REF_FIELD, map, "optional", &t->optional);
	t->n_evidence = mh_load__refs(l, MH_REF_EVIDENCE, map, "evidence", &t->evidence);
	for (size_t i = 0; i < t->n_require; i++)
		for (size_t j = 0; j < t->n_optional; j++)
			if (t->require[i] >= 0 && t->require[i] == t->optional[j])
				MH_DIAG_ERROR(l->diags, "duplicate-name", mh_yaml_get(map, "optional")->at,
					      "Keep one of the two", "'" MH_STR_FMT "' is both required and optional",
					      MH_STR_ARG(l->def->fields[t->require[i]].name));
}

/* Nobody can fill in a form when a clock fires. */
static void refuse_needs(struct mh_load *l, struct mh_yaml *map, const struct mh_transition *t)
{
	static const char *const keys[] = {"require", "optional", "evidence"};

	for (size_t i = 0; i < 3 && t->trigger != MH_BY_PERSON; i++) {
		struct mh_yaml *node = mh_yaml_get(map, keys[i]);
		if (node)
			MH_DIAG_ERROR(l->diags, "key-not-here", node->key_at,
				      "Remove it, or set fields with do: [set: {…}]",
				      "no person takes this transition, so nobody can give '%s'", keys[i]);
	}
}

static void read_transition(struct mh_load *l, struct mh_yaml *map, struct mh_transition *t)
{
	static const char *const known[] = {"from",     "to",  "who", "when", "require", "optional",
					    "evidence", "max", "do",  "else", "label",   NULL};
	int64_t max = 0;

	read_from(l, map, t);
	read_to(l, map, t);
	read_who(l, map, t);
	t->when = mh_load__expr(l, map, "when", MH_V_BOOL);
	read_needs(l, map, t);
	refuse_needs(l, map, t);
	mh_load__int(l, map, "max", 1, USES_MAX, &max);
	t->max = (int)max;
	t->n_effects = mh_load__effects(l, map, "do", &t->effects);
	t->else_to = mh_load__ref(l, MH_REF_STATE, map, "else", false);
	mh_load__label(l, map, "label", t->name, &t->label);
	mh_yaml_unknown(map, known, l->diags);
}

void mh_load__transitions(struct mh_load *l)
{
	struct mh_yaml *map = mh_yaml_get(l->root, "transitions");
	size_t i = 0;

	if (!map || map->kind != MH_YAML_MAP || l->def->n_transitions != map->n) return;
	for (struct mh_yaml *e = map->first; e; e = e->next) {
		struct mh_transition *t = &l->def->transitions[i++];
		*t = (struct mh_transition){.name = e->key,
					    .at = e->key_at,
					    .label = {e->key, e->key},
					    .to = -1,
					    .else_to = -1,
					    .main_state = -1,
					    .who = {.org_field = -1}};
		if (mh_load__is_map(l, e, "a transition")) read_transition(l, e, t);
	}
}
