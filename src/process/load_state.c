#include "process/load_priv.h"

static const char *const hows[] = {
	[MH_CLOCK_WITHIN] = "within", [MH_CLOCK_START] = "start",       [MH_CLOCK_AT] = "at",
	[MH_CLOCK_EVERY] = "every",   [MH_CLOCK_CONTINUE] = "continue", [MH_CLOCK_PAUSE] = "pause",
	[MH_CLOCK_STOP] = "stop",
};
#define N_HOWS (sizeof hows / sizeof *hows)

static const char *const how_hint =
	"Give exactly one of within, start, at, every, continue: yes, pause: yes, stop: yes";

static bool read_how(struct mh_load *l, struct mh_yaml *map, struct mh_clock_rule *r)
{
	int found = 0;

	for (size_t i = 0; i < N_HOWS; i++) {
		struct mh_yaml *node = mh_yaml_get(map, hows[i]);
		if (!node) continue;
		if (found++)
			MH_DIAG_ERROR(l->diags, "clock-how", node->key_at, how_hint, "this clock already has '%s'",
				      hows[r->how]);
		else r->how = (enum mh_clock_how)i;
	}
	if (!found) MH_DIAG_ERROR(l->diags, "clock-how", map->key_at, how_hint, "nothing says how this clock runs");
	return found == 1;
}

static void read_length(struct mh_load *l, struct mh_yaml *map, struct mh_clock_rule *r)
{
	struct mh_str text;

	switch (r->how) {
	case MH_CLOCK_WITHIN:
	case MH_CLOCK_EVERY:
		if (mh_load__span(l, map, hows[r->how], &r->span) && r->span.n == 0)
			MH_DIAG_ERROR(l->diags, "span", mh_yaml_get(map, hows[r->how])->at, "Write at least 1",
				      "the span is empty");
		break;
	case MH_CLOCK_START:
		r->expr = mh_load__expr(l, map, "start", MH_V_SPAN);
		/* a plain span is also told as such, for those who only want to print it */
		if (r->expr && mh_yaml_str(map, "start", &text, l->diags) && !mh_span_parse(text, &r->span))
			r->span.n = 0;
		break;
	case MH_CLOCK_AT: r->field = mh_load__field(l, map, "at", true, MH_F_DATE); break;
	default:
		if (!mh_load__yes(l, map, hows[r->how]))
			MH_DIAG_ERROR(l->diags, "clock-how", mh_yaml_get(map, hows[r->how])->at,
				      "Write yes, or leave the clock out", "'%s' can only be yes", hows[r->how]);
		break;
	}
}

/* "80%" or "3wd" */
static void read_warn(struct mh_load *l, struct mh_yaml *map, struct mh_clock_rule *r)
{
	struct mh_str s;
	int64_t percent;

	if (!mh_yaml_str(map, "warn", &s, l->diags)) return;
	if (mh_str_ends(s, "%") && mh_str_to_i64((struct mh_str){s.ptr, s.len - 1}, &percent) && percent >= 1 &&
	    percent <= 99) {
		r->warn_percent = (int)percent;
		return;
	}
	if (mh_span_parse(s, &r->warn_span) && r->warn_span.n > 0) return;
	MH_DIAG_ERROR(l->diags, "warn", mh_yaml_get(map, "warn")->at,
		      "Write 80% (of the span gone by) or 3wd (before its end)", "'warn' cannot be '" MH_STR_FMT "'",
		      MH_STR_ARG(mh_utf8_prefix(s, 40)));
}

static void refuse_when_still(struct mh_load *l, struct mh_yaml *map, enum mh_clock_how how)
{
	static const char *const keys[] = {"warn", "then"};

	if (how != MH_CLOCK_PAUSE && how != MH_CLOCK_STOP) return;
	for (size_t i = 0; i < 2; i++) {
		struct mh_yaml *node = mh_yaml_get(map, keys[i]);
		if (node)
			MH_DIAG_ERROR(l->diags, "key-not-here", node->key_at, "Remove it",
				      "a clock that does not run here cannot have '%s'", keys[i]);
	}
}

static void name_clock(struct mh_load *l, struct mh_yaml *map, const struct mh_clock_rule *r)
{
	struct mh_clock_name *c = &l->def->clocks[r->clock];
	struct mh_label label;

	if (!mh_yaml_get(map, "label")) return;
	mh_load__label(l, map, "label", c->name, &label);
	if (mh_str_eq(c->label.zh, c->name) && mh_str_eq(c->label.en, c->name)) c->label = label;
	else if (!mh_str_eq(c->label.zh, label.zh) || !mh_str_eq(c->label.en, label.en))
		MH_DIAG_ERROR(l->diags, "clock-label", mh_yaml_get(map, "label")->at,
			      "Label it once, where it stands first",
			      "the clock '" MH_STR_FMT "' has another label already", MH_STR_ARG(c->name));
}

static void read_clock(struct mh_load *l, struct mh_yaml *map, struct mh_clock_rule *r)
{
	static const char *const known[] = {"within", "start", "at",   "every", "continue", "pause",
					    "stop",   "warn",  "then", "label", NULL};

	*r = (struct mh_clock_rule){.at = map->key_at, .field = -1, .then = -1};
	r->clock = mh_load__ref_of(l, MH_REF_CLOCK, map->key, map->key_at);
	if (r->clock < 0 || !mh_load__is_map(l, map, "a clock")) return;
	if (read_how(l, map, r)) read_length(l, map, r);
	read_warn(l, map, r);
	r->then = mh_load__ref(l, MH_REF_TRANSITION, map, "then", false);
	refuse_when_still(l, map, r->how);
	name_clock(l, map, r);
	if (r->how == MH_CLOCK_START) l->def->clocks[r->clock].lasting = true;
	mh_yaml_unknown(map, known, l->diags);
}

static void read_clocks(struct mh_load *l, struct mh_yaml *state, struct mh_state *s)
{
	struct mh_yaml *map = mh_load__section(l, state, "clocks", false);

	if (!map) return;
	s->clocks = MH_LOAD_ARRAY(l, map->n, struct mh_clock_rule);
	if (!s->clocks) return;
	for (struct mh_yaml *e = map->first; e; e = e->next) read_clock(l, e, &s->clocks[s->n_clocks++]);
}

static void read_state(struct mh_load *l, struct mh_yaml *map, struct mh_state *s)
{
	static const char *const known[] = {"category", "room", "label", "enter", "clocks", "vote", NULL};

	int category = mh_load__choice(l, map, "category", mh_category_names, MH_CAT_MAX, true);
	int room = mh_load__choice(l, map, "room", mh_room_names, MH_ROOM_MAX, true);
	if (category >= 0) s->category = (enum mh_category)category;
	if (room >= 0) s->room = (enum mh_room)room;
	mh_load__label(l, map, "label", s->name, &s->label);
	s->n_enter = mh_load__effects(l, map, "enter", &s->enter);
	read_clocks(l, map, s);
	s->vote = mh_load__ref(l, MH_REF_VOTE, map, "vote", false);
	mh_yaml_unknown(map, known, l->diags);
}

/* A clock lasts as long as the matter or belongs to a stay in a state; under one name it cannot do both. */
static void refuse_mixed_clocks(struct mh_load *l)
{
	const struct mh_def *d = l->def;

	for (size_t i = 0; i < d->n_states; i++)
		for (size_t j = 0; j < d->states[i].n_clocks; j++) {
			const struct mh_clock_rule *r = &d->states[i].clocks[j];
			bool of_stay = r->how == MH_CLOCK_WITHIN || r->how == MH_CLOCK_AT || r->how == MH_CLOCK_EVERY;
			if (r->clock < 0 || !of_stay || !d->clocks[r->clock].lasting) continue;
			MH_DIAG_ERROR(
				l->diags, "clock-mixed", r->at, "Give one of the two another name",
				"the clock '" MH_STR_FMT
				"' has 'start' elsewhere and lasts as long as the matter; '%s' would begin it anew",
				MH_STR_ARG(d->clocks[r->clock].name), hows[r->how]);
		}
}

void mh_load__states(struct mh_load *l)
{
	struct mh_yaml *map = mh_yaml_get(l->root, "states");
	size_t i = 0;

	if (!map || map->kind != MH_YAML_MAP || l->def->n_states != map->n) return;
	for (struct mh_yaml *e = map->first; e; e = e->next) {
		struct mh_state *s = &l->def->states[i++];
		*s = (struct mh_state){.name = e->key,
				       .at = e->key_at,
				       .label = {e->key, e->key},
				       .vote = -1,
				       .category = MH_CAT_ACTIVE};
		if (mh_str_is(s->name, "same"))
			MH_DIAG_ERROR(l->diags, "reserved-name", s->at, "Choose another name",
				      "'same' has its own meaning in to:");
		if (mh_load__is_map(l, e, "a state")) read_state(l, e, s);
	}
	refuse_mixed_clocks(l);
}
