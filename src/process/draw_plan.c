/* What the drawing shows: cards, lines between them, and the words on both. */
#include "process/draw_priv.h"

#include <string.h>

#define NAMES_WIDTH 1700 /* tenths of a point */
#define MANY 4           /* a transition from so many states is drawn once, from a card that stands for them */

/* ---- measuring ---- */

static int per_mille(uint32_t c)
{
	if (c >= 0x1100 && c != 0x2264) return 1000;
	if (c < 128 && strchr("ijl.,:;'|!", (int)c)) return 270;
	if (c < 128 && strchr("frt()[]- ", (int)c)) return 350;
	if (c < 128 && strchr("mwMW@", (int)c)) return 860;
	return c >= 'A' && c <= 'Z' ? 690 : 610;
}

int64_t mh_draw__measure(struct mh_str s, int size)
{
	int64_t sum = 0;
	for (size_t at = 0; at < s.len;) sum += per_mille(mh_utf8_next(s, &at));
	return sum * size / 100;
}

int64_t mh_draw__text_width(const struct mh_draw_text *t)
{
	int64_t w = MH_DRAW_ICON_WIDTH + mh_draw__measure(t->main, MH_DRAW_TEXT_SIZE);
	return t->aside.len ? w + mh_draw__measure(t->aside, MH_DRAW_TEXT_SIZE) + 70 : w;
}

/* ---- words ---- */

static enum mh_draw_icon icon_of(const struct mh_transition *t, bool otherwise)
{
	static const enum mh_draw_icon icons[MH_TRIGGER_MAX] = {[MH_BY_PERSON] = MH_ICON_PERSON,
								[MH_BY_CLOCK] = MH_ICON_CLOCK,
								[MH_BY_VOTE] = MH_ICON_VOTE,
								[MH_BY_CHILD] = MH_ICON_CHILD,
								[MH_BY_MAIN] = MH_ICON_MAIN};
	return otherwise ? MH_ICON_ELSE : icons[t->trigger];
}

/* A clock's transition may be told once for all its states when one and the same clock fires it everywhere. */
static const struct mh_clock_rule *one_clock(struct mh_draw *g, const struct mh_transition *t)
{
	const struct mh_clock_rule *first = NULL;
	for (size_t i = 0; i < t->n_from; i++) {
		const struct mh_clock_rule *r = mh_word__fired_by(g->w.def, t->from[i],
								  (int)(t - g->w.def->transitions));
		if (!r || (first && r->clock != first->clock)) return NULL;
		first = r;
	}
	return first;
}

static struct mh_draw_text text_of(struct mh_draw *g, const struct mh_transition *t, int from, bool otherwise)
{
	const struct mh_clock_rule *r = from < 0 ? one_clock(g, t)
						 : mh_word__fired_by(g->w.def, from, (int)(t - g->w.def->transitions));
	struct mh_draw_text x = {icon_of(t, otherwise), mh_word__of(&t->label, g->w.zh), {0}};
	if (otherwise) x.aside = g->w.zh ? MH_STR("否则") : MH_STR("else");
	else if (t->trigger == MH_BY_CLOCK && from < 0)
		x.aside = mh_word__of(&g->w.def->clocks[r->clock].label, g->w.zh);
	else if (t->trigger == MH_BY_CLOCK) x.aside = r ? mh_word__length(&g->w, r) : (struct mh_str){0};
	else if (t->trigger == MH_BY_PERSON) x.aside = mh_word__who(&g->w, t, true);
	if (t->max > 0 && !otherwise)
		x.aside = mh_str_fmt(&g->w.arena, MH_STR_FMT "%s≤%d", MH_STR_ARG(x.aside), x.aside.len ? " " : "",
				     t->max);
	return x;
}

/* Grows by doubling from the arena; the number of texts is small. */
static bool add_text(struct mh_draw *g, struct mh_draw_text **list, size_t *n, struct mh_draw_text x)
{
	if ((*n & (*n - 1)) == 0) {
		struct mh_draw_text *more = MH_NEW_ARRAY(&g->w.arena, *n ? *n * 2 : 1, struct mh_draw_text);
		if (!more) return false;
		if (*n) memcpy(more, *list, *n * sizeof *more);
		*list = more;
	}
	(*list)[(*n)++] = x;
	return true;
}

/* ---- lines ---- */

static bool add_edge(struct mh_draw *g, int from, int to, const struct mh_transition *t, struct mh_draw_text x,
		     bool otherwise)
{
	enum mh_draw_line line = otherwise                    ? MH_LINE_OTHER
				 : t->trigger == MH_BY_PERSON ? MH_LINE_PERSON
				 : t->trigger == MH_BY_CLOCK  ? MH_LINE_CLOCK
							      : MH_LINE_OTHER;
	for (size_t i = 0; i < g->n_edges; i++) {
		struct mh_draw_edge *e = &g->edges[i];
		if (e->from == from && e->to == to && e->line == line) return add_text(g, &e->texts, &e->n_texts, x);
	}
	struct mh_draw_edge *e = &g->edges[g->n_edges++];
	*e = (struct mh_draw_edge){.from = from, .to = to, .line = line};
	e->quiet = g->w.def->states[to].category == MH_CAT_VOID;
	return add_text(g, &e->texts, &e->n_texts, x);
}

static bool one_way(struct mh_draw *g, const struct mh_transition *t, int from, int to, bool otherwise)
{
	struct mh_draw_text x = text_of(g, t, from, otherwise);
	struct mh_draw_node *n = &g->nodes[from];
	if (from == to) return add_text(g, &n->notes, &n->n_notes, x);
	return add_edge(g, from, to, t, x, otherwise);
}

/* The names of the states that `t` leaves, in lines of a fair width. */
static bool name_lines(struct mh_draw *g, const struct mh_transition *t, struct mh_draw_node *n)
{
	struct mh_str now = {0};
	for (size_t i = 0; i < t->n_from; i++) {
		struct mh_str more = mh_word__join(&g->w, now,
						   mh_word__of(&g->w.def->states[t->from[i]].label, g->w.zh));
		if (now.len && mh_draw__measure(more, MH_DRAW_TEXT_SIZE) > NAMES_WIDTH) {
			if (!add_text(g, &n->notes, &n->n_notes, (struct mh_draw_text){.main = now})) return false;
			more = mh_word__of(&g->w.def->states[t->from[i]].label, g->w.zh);
		}
		now = more;
	}
	return add_text(g, &n->notes, &n->n_notes, (struct mh_draw_text){.main = now});
}

static bool same_states(const struct mh_transition *a, const struct mh_transition *b)
{
	return a->n_from == b->n_from && memcmp(a->from, b->from, a->n_from * sizeof *a->from) == 0;
}

/* The card that stands for the states that `t` leaves; transitions from the same states to the same place share one.
 * -1 when memory is short. */
static int many_card(struct mh_draw *g, const struct mh_transition *t)
{
	for (size_t i = g->w.def->n_states; i < g->n_nodes; i++)
		if (same_states(g->nodes[i].stands_for, t) && g->nodes[i].stands_for->to == t->to) return (int)i;
	struct mh_draw_node *n = &g->nodes[g->n_nodes++];
	n->state = -1;
	n->stands_for = t;
	n->title = mh_str_fmt(&g->w.arena, g->w.zh ? "%zu个状态" : "%zu states", t->n_from);
	return name_lines(g, t, n) ? (int)(n - g->nodes) : -1;
}

static bool transition(struct mh_draw *g, const struct mh_transition *t)
{
	bool many = t->n_from >= MANY && t->else_to < 0 && (t->trigger != MH_BY_CLOCK || one_clock(g, t));
	if (many && t->to < 0) {
		g->everywhere_n[g->n_everywhere] = (int)t->n_from;
		return add_text(g, &g->everywhere, &g->n_everywhere, text_of(g, t, -1, false));
	}
	if (many) {
		int card = many_card(g, t);
		return card >= 0 && add_edge(g, card, t->to, t, text_of(g, t, -1, false), false);
	}
	for (size_t i = 0; i < t->n_from; i++) {
		if (!one_way(g, t, t->from[i], t->to < 0 ? t->from[i] : t->to, false)) return false;
		if (t->else_to >= 0 && !one_way(g, t, t->from[i], t->else_to, true)) return false;
	}
	return true;
}

/* ---- cards ---- */

static void size_card(struct mh_draw_node *n)
{
	int64_t w = mh_draw__measure(n->title, n->state < 0 ? MH_DRAW_TEXT_SIZE : MH_DRAW_TITLE_SIZE + 1 /* bold */);
	for (size_t i = 0; i < n->n_notes; i++) {
		int64_t x = n->state < 0 ? mh_draw__measure(n->notes[i].main, MH_DRAW_TEXT_SIZE)
					 : mh_draw__text_width(&n->notes[i]);
		if (x > w) w = x;
	}
	n->box.w = w + (n->state < 0 ? 200 : 320);
	if (n->state >= 0 && n->box.w < 900) n->box.w = 900;
	n->box.h = (n->state < 0 ? 230 : 340) + (int64_t)n->n_notes * MH_DRAW_LINE_HEIGHT + (n->n_notes ? 40 : 0);
}

static size_t count_ways(const struct mh_def *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_transitions; i++)
		n += d->transitions[i].n_from * (d->transitions[i].else_to >= 0 ? 2 : 1);
	return n;
}

static void size_label(struct mh_draw_edge *e)
{
	for (size_t i = 0; i < e->n_texts; i++) {
		int64_t w = mh_draw__text_width(&e->texts[i]) + 80;
		if (w > e->label.w) e->label.w = w;
	}
	e->label.h = (int64_t)e->n_texts * MH_DRAW_LINE_HEIGHT + 40;
}

bool mh_draw__plan(struct mh_draw *g)
{
	const struct mh_def *d = g->w.def;
	struct mh_arena *a = &g->w.arena;
	g->nodes = MH_NEW_ARRAY(a, d->n_states + d->n_transitions + 1, struct mh_draw_node);
	g->edges = MH_NEW_ARRAY(a, count_ways(d) + 1, struct mh_draw_edge);
	g->everywhere_n = MH_NEW_ARRAY(a, d->n_transitions + 1, int);
	if (!g->nodes || !g->edges || !g->everywhere_n) return false;
	for (size_t i = 0; i < d->n_states; i++)
		g->nodes[g->n_nodes++] = (struct mh_draw_node){.state = (int)i,
							       .title = mh_word__of(&d->states[i].label, g->w.zh)};
	for (size_t i = 0; i < d->n_transitions; i++)
		if (!transition(g, &d->transitions[i])) return false;
	for (size_t i = 0; i < g->n_nodes; i++) size_card(&g->nodes[i]);
	for (size_t i = 0; i < g->n_edges; i++) size_label(&g->edges[i]);
	return true;
}
