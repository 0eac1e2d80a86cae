#include "process/load_priv.h"

#include <string.h>

#define EFFECTS_MAX 64
#define LEVELS_MAX 3
#define ADD_MAX 1000000

/* ---- one function for each kind; `map` is what stands behind its name ---- */

/* The choice says whose business it is, so each of them must. */
static void read_value_field(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	e->field = mh_load__field(l, map, "field", true, MH_F_ENUM);
	for (size_t i = 0; e->field >= 0 && i < l->def->fields[e->field].n_values; i++) {
		const struct mh_field_value *v = &l->def->fields[e->field].values[i];
		if (v->duty.len) continue;
		MH_DIAG_ERROR(l->diags, "missing-key", mh_yaml_get(map, "field")->at,
			      "Write {zh: …, en: …, duty: a duty of the pack} behind each value",
			      "the value '" MH_STR_FMT "' has no duty, so no unit can be found for it",
			      MH_STR_ARG(v->name));
	}
}

static void read_assign(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"by", "level", "field", NULL};
	static const char *const by[] = {[MH_ASSIGN_DUTY] = "duty",
					 [MH_ASSIGN_TERRITORY] = "territory",
					 [MH_ASSIGN_FIELD] = "field",
					 [MH_ASSIGN_VALUE] = "value"};
	int64_t level = 0;
	int i = mh_load__choice(l, map, "by", by, 4, true);

	if (i < 0) return;
	e->by = (enum mh_assign_by)i;
	if (e->by == MH_ASSIGN_TERRITORY || e->by == MH_ASSIGN_VALUE) {
		mh_load__int(l, map, "level", 0, MH_LEVEL_MAX, &level);
		e->level = (int)level;
	}
	if (e->by == MH_ASSIGN_FIELD) e->field = mh_load__field(l, map, "field", true, MH_F_ORG);
	if (e->by == MH_ASSIGN_VALUE) read_value_field(l, map, e);
	mh_yaml_unknown(map, known, l->diags);
}

static void read_notify(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"who", "template", NULL};
	static const char *const words[] = {
		[MH_NOTIFY_OWNER] = "owner", [MH_NOTIFY_CITIZEN] = "citizen", [MH_NOTIFY_SUPERIOR] = "superior"};
	struct mh_yaml *who = mh_yaml_get(map, "who");

	e->notify = MH_NOTIFY_ROLE;
	for (int i = 0; who && who->kind == MH_YAML_SCALAR && i < 3; i++)
		if (mh_str_is(who->text, words[i])) e->notify = (enum mh_notify_who)i;
	if (!who) mh_load__missing(l, map, "who", "Write who: owner, citizen, superior or the name of a role");
	else if (e->notify == MH_NOTIFY_ROLE) e->role = mh_load__ref(l, MH_REF_ROLE, map, "who", true);
	mh_load__word(l, map, "template", "Write template: name", &e->word);
	mh_yaml_unknown(map, known, l->diags);
}

/* One child for each unit, or for each choice, which the child takes in its field `as`. */
static void read_each(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	struct mh_yaml *as = mh_yaml_get(map, "as");
	int f = mh_load__ref(l, MH_REF_FIELD, map, "each", false);
	bool choices = f >= 0 && l->def->fields[f].type == MH_F_ENUMS;

	if (choices) {
		e->field = f;
		mh_load__word(l, map, "as", "Write as: the field of the child that takes the choice", &e->as);
		return;
	}
	if (mh_yaml_get(map, "each")) e->field = mh_load__field(l, map, "each", false, MH_F_ORGS);
	if (as)
		MH_DIAG_ERROR(l->diags, "key-not-here", as->key_at, "Remove it",
			      "'as' stands only with each: a field of type enums");
}

static void read_spawn(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"kind", "each", "as", "link", "copy", "when", NULL};

	e->word = MH_STR("child");
	mh_load__word(l, map, "kind", "Write kind: the kind of the child", &e->kind_name);
	read_each(l, map, e);
	mh_load__word(l, map, "link", NULL, &e->word);
	e->n_fields = mh_load__refs(l, MH_REF_FIELD, map, "copy", &e->fields);
	e->when = mh_load__expr(l, map, "when", MH_V_BOOL);
	mh_yaml_unknown(map, known, l->diags);
}

static void read_escalate(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"levels", "hand_up", NULL};
	int64_t levels = 1;

	mh_load__int(l, map, "levels", 1, LEVELS_MAX, &levels);
	e->levels = (int)levels;
	e->hand_up = mh_load__yes(l, map, "hand_up");
	mh_yaml_unknown(map, known, l->diags);
}

static void read_board(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"color", NULL}, *const colors[] = {"yellow", "red", "black", "none"};
	int i = mh_load__choice(l, map, "color", colors, 4, true);

	if (i >= 0) e->word = mh_str_c(colors[i]);
	mh_yaml_unknown(map, known, l->diags);
}

static void read_publish(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"fields", "place", NULL};

	if (!mh_yaml_get(map, "fields")) mh_load__missing(l, map, "fields", "Write fields: [one, two]");
	e->n_fields = mh_load__refs(l, MH_REF_FIELD, map, "fields", &e->fields);
	mh_load__word(l, map, "place", "Write place: the name of the public place", &e->word);
	mh_yaml_unknown(map, known, l->diags);
}

static void read_sample(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"percent", "spawn", NULL};
	int64_t percent = 0;

	if (!mh_yaml_get(map, "percent")) mh_load__missing(l, map, "percent", "Write percent: 5");
	mh_load__int(l, map, "percent", 1, 100, &percent);
	e->percent = (int)percent;
	mh_load__word(l, map, "spawn", "Write spawn: the kind of the child", &e->kind_name);
	mh_yaml_unknown(map, known, l->diags);
}

static void read_merge(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"into", NULL};

	e->field = mh_load__field(l, map, "into", true, MH_F_MATTER);
	mh_yaml_unknown(map, known, l->diags);
}

static void read_unmerge(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	mh_yaml_unknown(map, NULL, l->diags);
}

static void read_link(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"to", "as", NULL};

	e->field = mh_load__field(l, map, "to", true, MH_F_MATTER);
	mh_load__word(l, map, "as", "Write as: the name of the link", &e->word);
	mh_yaml_unknown(map, known, l->diags);
}

/* ---- those that give one effect for each entry ---- */

static void read_set(struct mh_load *l, struct mh_yaml *entry, struct mh_effect *e)
{
	entry->used = true;
	e->field = mh_load__ref_of(l, MH_REF_FIELD, entry->key, entry->key_at);
	if (e->field >= 0) mh_load__set_value(l, entry, e);
}

/* `add: {trips: 1}`, or `add: {standard_days: items}`: what the choices are worth. */
static void read_add(struct mh_load *l, struct mh_yaml *entry, struct mh_effect *e)
{
	int64_t n;

	entry->used = true;
	e->field = mh_load__ref_of(l, MH_REF_FIELD, entry->key, entry->key_at);
	if (e->field < 0) return;
	if (l->def->fields[e->field].type != MH_F_INT)
		MH_DIAG_ERROR(l->diags, "field-type", entry->key_at, "Name another field, or change its type",
			      "only to a field of type int can something be added");
	if (entry->kind == MH_YAML_SCALAR && mh_str_to_i64(entry->text, &n) && n >= 1 && n <= ADD_MAX) {
		e->value = (struct mh_value){.type = MH_V_INT, .i = n};
		return;
	}
	if (entry->kind != MH_YAML_SCALAR || !mh_load__is_name(entry->text)) {
		MH_DIAG_ERROR(l->diags, "range", entry->at, "Write a number from 1, or the name of an enum field",
			      "this cannot be added");
		return;
	}
	e->of = mh_load__ref_of(l, MH_REF_FIELD, entry->text, entry->at);
	if (e->of >= 0 && l->def->fields[e->of].type != MH_F_ENUM && l->def->fields[e->of].type != MH_F_ENUMS)
		MH_DIAG_ERROR(l->diags, "field-type", entry->at, "Name a field of type enum or enums",
			      "only choices are worth something");
}

static void read_measure(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e)
{
	static const char *const known[] = {"into", "since", "unit", NULL}, *const since[] = {"entered", "created"},
				 *const units[] = {"wd", "d"};

	e->field = mh_load__field(l, map, "into", true, MH_F_INT);
	e->whole = mh_load__choice(l, map, "since", since, 2, true) == 1;
	e->unit = mh_load__choice(l, map, "unit", units, 2, true) == 1 ? MH_UNIT_D : MH_UNIT_WD;
	mh_yaml_unknown(map, known, l->diags);
}

static void read_clock(struct mh_load *l, struct mh_yaml *entry, struct mh_effect *e)
{
	struct mh_str s = entry->text;

	entry->used = true;
	e->clock = mh_load__ref_of(l, MH_REF_CLOCK, entry->key, entry->key_at);
	e->restart = entry->kind == MH_YAML_SCALAR && mh_str_is(s, "restart");
	e->stop = entry->kind == MH_YAML_SCALAR && mh_str_is(s, "stop");
	if (e->restart || e->stop) return;
	if (s.len > 1 && s.ptr[0] == '+' && mh_span_parse((struct mh_str){s.ptr + 1, s.len - 1}, &e->span) &&
	    e->span.n > 0)
		return;
	MH_DIAG_ERROR(l->diags, "span", entry->at, "Write restart, stop, or a span to add such as +5wd",
		      "a clock cannot be told '" MH_STR_FMT "'", MH_STR_ARG(mh_utf8_prefix(s, 40)));
}

static const struct {
	const char *name;
	void (*read)(struct mh_load *l, struct mh_yaml *map, struct mh_effect *e);
	bool each; /* one effect for each entry of the map */
} kinds[MH_DO_MAX] = {
	[MH_DO_ASSIGN] = {"assign", read_assign, false},
	[MH_DO_NOTIFY] = {"notify", read_notify, false},
	[MH_DO_SPAWN] = {"spawn", read_spawn, false},
	[MH_DO_SET] = {"set", read_set, true},
	[MH_DO_CLOCK] = {"clock", read_clock, true},
	[MH_DO_ESCALATE] = {"escalate", read_escalate, false},
	[MH_DO_BOARD] = {"board", read_board, false},
	[MH_DO_PUBLISH] = {"publish", read_publish, false},
	[MH_DO_SAMPLE] = {"sample", read_sample, false},
	[MH_DO_MERGE] = {"merge", read_merge, false},
	[MH_DO_UNMERGE] = {"unmerge", read_unmerge, false},
	[MH_DO_LINK] = {"link", read_link, false},
	[MH_DO_ADD] = {"add", read_add, true},
	[MH_DO_MEASURE] = {"measure", read_measure, false},
};

static int effect_kind(struct mh_load *l, const struct mh_yaml *entry)
{
	struct mh_str words[MH_DO_MAX];
	struct mh_buf b = MH_BUF(1024);

	for (int i = 0; i < MH_DO_MAX; i++) {
		if (mh_str_is(entry->key, kinds[i].name)) return i;
		words[i] = mh_str_c(kinds[i].name);
	}
	const char *hint = mh_load__hint(l, entry->key, words, MH_DO_MAX, &b);
	MH_DIAG_ERROR(l->diags, "unknown-effect", entry->key_at, hint, "unknown effect '" MH_STR_FMT "'",
		      MH_STR_ARG(mh_utf8_prefix(entry->key, 40)));
	mh_buf_done(&b);
	return -1;
}

/* The one entry of an item of the list, or NULL. */
static struct mh_yaml *entry_of(struct mh_load *l, struct mh_yaml *item)
{
	if (item->kind == MH_YAML_MAP && item->n == 1) return item->first;
	MH_DIAG_ERROR(l->diags, "type", item->at, "Write [notify: {who: owner, template: name}, escalate: {levels: 1}]",
		      "an effect is one name with what belongs to it");
	return NULL;
}

/* How many effects an item gives; 0 when it cannot be read. */
static size_t count_of(const struct mh_yaml *item)
{
	const struct mh_yaml *entry = item->kind == MH_YAML_MAP && item->n == 1 ? item->first : NULL;
	bool each = false;

	for (int i = 0; entry && i < MH_DO_MAX; i++)
		each = each || (kinds[i].each && mh_str_is(entry->key, kinds[i].name));
	return !entry ? 0 : each ? entry->n : 1;
}

static size_t read_item(struct mh_load *l, struct mh_yaml *entry, struct mh_effect *list)
{
	const struct mh_effect empty = {.field = -1, .of = -1, .role = -1, .clock = -1};
	int kind = effect_kind(l, entry);
	size_t n = 0;

	if (kind < 0 || !mh_load__is_map(l, entry, kinds[kind].name)) return 0;
	if (kinds[kind].each && entry->n == 0)
		MH_DIAG_ERROR(l->diags, "missing-key", entry->at, "Write {name: value}", "'%s' is empty",
			      kinds[kind].name);
	if (!list) return 0;
	if (!kinds[kind].each) {
		list[0] = empty;
		list[0].kind = (enum mh_effect_kind)kind;
		list[0].at = entry->key_at;
		kinds[kind].read(l, entry, &list[0]);
		return 1;
	}
	for (struct mh_yaml *e = entry->first; e; e = e->next) {
		list[n] = empty;
		list[n].kind = (enum mh_effect_kind)kind;
		list[n].at = e->key_at;
		kinds[kind].read(l, e, &list[n++]);
	}
	return n;
}

size_t mh_load__effects(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_effect **ret)
{
	struct mh_yaml *node = mh_yaml_get(map, key);
	size_t room = 0, n = 0;

	if (!node) return 0;
	if (node->kind != MH_YAML_LIST) {
		MH_DIAG_ERROR(l->diags, "type", node->at,
			      "Write [notify: {…}, escalate: {…}], or items with - in front",
			      "'%s' must be a list of effects", key);
		return 0;
	}
	for (struct mh_yaml *e = node->first; e; e = e->next) room += count_of(e);
	if (room > EFFECTS_MAX) {
		MH_DIAG_ERROR(l->diags, "too-many", node->at, "Make two transitions of it",
			      "'%s' holds more than %d effects", key, EFFECTS_MAX);
		return 0;
	}
	struct mh_effect *list = MH_LOAD_ARRAY(l, room, struct mh_effect);
	for (struct mh_yaml *e = node->first; e; e = e->next) {
		struct mh_yaml *entry = entry_of(l, e);
		if (entry) n += read_item(l, entry, list ? list + n : NULL);
	}
	*ret = list;
	return n;
}
