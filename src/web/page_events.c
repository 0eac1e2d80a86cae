/* The history of a matter in words that need no explanation: what happened, when, by whom or by which clock, and what it meant for
 * the deadline and for who answers. All of it comes from the definition and the ledger. */
#include "calendar/explain.h"
#include "web/page_follow.h"

/* The clock that takes this step when it runs out; -1: none does. */
static int clock_behind(const struct mh_def *d, int t)
{
	for (size_t s = 0; s < d->n_states; s++)
		for (size_t c = 0; c < d->states[s].n_clocks; c++)
			if (d->states[s].clocks[c].then == t) return d->states[s].clocks[c].clock;
	return -1;
}

static void effects(const struct mh_web__page *p, const struct mh_def *d, const struct mh_transition *t,
		    struct mh_page_matter_event *to)
{
	for (size_t i = 0; i < t->n_effects; i++) {
		const struct mh_effect *e = &t->effects[i];
		if (e->kind == MH_DO_ESCALATE) to->rises = true;
		if (e->kind != MH_DO_CLOCK || e->stop || e->restart || !e->span.n) continue;
		struct mh_buf b = MH_BUF(200);
		mh_cal_steps_words(e->span.unit, e->span.n, mh_page__api_lang(p), &b);
		struct mh_str words = b.failed ? MH_STR("") : mh_str_dup(p->a, mh_buf_str(&b));
		to->longer = mh_page__words(p, words, words);
		mh_buf_done(&b);
	}
}

static void step(const struct mh_web__page *p, const struct mh_def *d, int t, struct mh_page_matter_event *to)
{
	const struct mh_transition *tr = &d->transitions[t];
	int clock = tr->trigger == MH_BY_CLOCK ? clock_behind(d, t) : -1;
	to->label = mh_page__label(p, &tr->label);
	if (clock >= 0) to->clock = mh_page__label(p, &d->clocks[clock].label);
	effects(p, d, tr, to);
}

/* Who did it: the unit that acted, else the one that has the matter; the role by its name in the definition. */
static void actor(const struct mh_web__page *p, const struct mh_def *d, const json_t *e,
		  struct mh_page_matter_event *to)
{
	int role = mh_def_role(d, mh_json_get_str(e, "by"));
	struct mh_str unit = mh_json_get_str(e, "u");
	if (!unit.len) unit = mh_json_get_str(e, "org");
	bool office = role >= 0 && !(d->roles[role].levels & 1);
	if (role >= 0) to->who = mh_page__label(p, &d->roles[role].label);
	if (office && unit.len) to->unit = mh_page__org(p, mh_org_by_code(&p->city->orgs, unit));
}

enum mh_code mh_page__events(const struct mh_web__page *p, const struct mh_glance *g, const json_t *events,
			     const struct mh_page_matter_event **ret, size_t *ret_n, struct mh_err *reterr)
{
	size_t n = json_array_size(events);
	struct mh_page_matter_event *list = MH_NEW_ARRAY(p->a, n + 1, struct mh_page_matter_event);
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++) {
		const json_t *e = json_array_get(events, n - 1 - i);
		struct mh_page_matter_event *to = &list[i];
		mh_time at = 0;
		int t = mh_def_transition(g->def, mh_json_get_str(e, "e"));
		int state = mh_def_state(g->def, mh_json_get_str(e, "to"));
		if (mh_time_parse(mh_json_get_str(e, "at"), &at)) to->at = mh_page__moment(p, at);
		if (t >= 0) step(p, g->def, t, to);
		else to->first = i + 1 == n;
		if (state >= 0) to->state = mh_page__label(p, &g->def->states[state].label);
		if (!to->label.len && !to->first) to->label = to->state;
		actor(p, g->def, e, to);
	}
	*ret = list;
	*ret_n = n;
	return MH_OK;
}
