/* The definition as a Mermaid state diagram, for documents that are read where Mermaid is rendered. */
#include "process/words_priv.h"

/* Mermaid ends a description at a line end and reads `;`, `#` and `"` as its own. */
static void text(struct mh_words *w, struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '"' || c == '#' || c == ';' || c == ':' || c == '<' || c == '>' || c == '{' || c == '}')
			mh_buf_fmt(w->out, "#%d;", c);
		else mh_buf_ch(w->out, c == '\n' ? ' ' : c);
	}
}

static void id(struct mh_words *w, int state)
{
	struct mh_str s = w->def->states[state].name;
	mh_buf_c(w->out, "s_"); /* `end`, `state`, `note` are words of Mermaid */
	for (size_t i = 0; i < s.len; i++) mh_buf_ch(w->out, s.ptr[i] == '-' ? '_' : s.ptr[i]);
}

static void states(struct mh_words *w)
{
	for (int room = 0; room < MH_ROOM_MAX; room++) {
		bool any = false;
		for (size_t i = 0; i < w->def->n_states; i++) any |= (int)w->def->states[i].room == room;
		if (!any) continue;
		mh_buf_fmt(w->out, "  state \"%s\" as room_%s {\n", mh_word__room((enum mh_room)room, w->zh),
			   mh_room_names[room]);
		for (size_t i = 0; i < w->def->n_states; i++) {
			if ((int)w->def->states[i].room != room) continue;
			mh_buf_c(w->out, "    state \"");
			text(w, mh_word__of(&w->def->states[i].label, w->zh));
			mh_buf_c(w->out, "\" as ");
			id(w, (int)i);
			mh_buf_ch(w->out, '\n');
		}
		mh_buf_c(w->out, "  }\n");
	}
}

static void edge(struct mh_words *w, int from, int to, const struct mh_transition *t, bool otherwise)
{
	const struct mh_clock_rule *r = mh_word__fired_by(w->def, from, (int)(t - w->def->transitions));
	mh_buf_c(w->out, "  ");
	id(w, from);
	mh_buf_c(w->out, " --> ");
	id(w, to);
	mh_buf_c(w->out, " : ");
	text(w, mh_word__of(&t->label, w->zh));
	mh_buf_c(w->out, " · ");
	text(w, t->trigger == MH_BY_CLOCK && r ? mh_word__length(w, r) : mh_word__who(w, t, true));
	if (t->max > 0 && !otherwise) mh_buf_fmt(w->out, " ≤%d", t->max);
	if (otherwise) mh_buf_c(w->out, w->zh ? "（否则）" : " (else)");
	mh_buf_ch(w->out, '\n');
}

static void transitions(struct mh_words *w)
{
	for (size_t i = 0; i < w->def->n_transitions; i++) {
		const struct mh_transition *t = &w->def->transitions[i];
		for (size_t j = 0; j < t->n_from; j++) {
			edge(w, t->from[j], t->to < 0 ? t->from[j] : t->to, t, false);
			if (t->else_to >= 0) edge(w, t->from[j], t->else_to, t, true);
		}
	}
}

void mh_def_mermaid(const struct mh_def *d, const char *lang, struct mh_buf *out)
{
	struct mh_words w = {.def = d, .zh = mh_word__is_zh(lang), .out = out, .arena = MH_ARENA((size_t)16 << 20)};
	mh_buf_c(out, "---\ntitle: ");
	mh_buf_json(out, mh_word__of(&d->title, w.zh));
	mh_buf_c(out, "\n---\nstateDiagram-v2\n");
	states(&w);
	if (d->initial >= 0) {
		mh_buf_c(out, "  [*] --> ");
		id(&w, d->initial);
		mh_buf_ch(out, '\n');
	}
	transitions(&w);
	for (size_t i = 0; i < d->n_states; i++) {
		if (!mh_def_is_over(d, (int)i)) continue;
		mh_buf_c(out, "  ");
		id(&w, (int)i);
		mh_buf_c(out, " --> [*]\n");
	}
	mh_arena_done(&w.arena);
}
