/* The panels of the rooms, the cards of the states, and the legend. */
#include "process/draw_svg_priv.h"

/* ---- rooms ---- */

void mh_svg__rooms(struct svg *s)
{
	for (int i = 0; i < MH_ROOM_MAX; i++) {
		struct mh_draw_box b = s->g->rooms[i];
		char style[160];
		if (!b.w) continue;
		snprintf(style, sizeof style, "fill=\"%s\" stroke=\"%s\" stroke-opacity=\".35\"",
			 mh_draw__colors[i].panel, mh_draw__colors[i].ink);
		mh_svg__rect(s, b, 140, style);
		snprintf(style, sizeof style, "font-size=\"12\" font-weight=\"600\" letter-spacing=\".5\" fill=\"%s\"",
			 mh_draw__colors[i].ink);
		mh_svg__text(s, b.x - b.w / 2 + 110, b.y - b.h / 2 + 150, style,
			     mh_str_c(mh_word__room((enum mh_room)i, s->g->w.zh)));
	}
}

/* ---- cards ---- */

static const char *board_of(const struct mh_state *s)
{
	const char *color = NULL;
	for (size_t i = 0; i < s->n_enter; i++) {
		if (s->enter[i].kind != MH_DO_BOARD) continue;
		struct mh_str w = s->enter[i].word;
		color = mh_str_is(w, "black")    ? "#111"
			: mh_str_is(w, "red")    ? "#d92d20"
			: mh_str_is(w, "yellow") ? "#eab308"
						 : NULL;
	}
	return color;
}

static void shape(struct svg *s, const struct mh_draw_node *n, const struct mh_state *state)
{
	const struct mh_draw_color *c = &mh_draw__colors[state->room];
	bool over = state->category == MH_CAT_DONE || state->category == MH_CAT_VOID,
	     first = state->category == MH_CAT_INITIAL;
	int64_t radius = over || first ? (n->box.h < 340 ? n->box.h : 340) / 2 : 70;
	char style[160];
	if (state->category == MH_CAT_VOID)
		snprintf(style, sizeof style, "fill=\"#f3f4f6\" stroke=\"#9aa4ae\" stroke-width=\"1.3\"");
	else
		snprintf(style, sizeof style, "fill=\"%s\" stroke=\"%s\" stroke-width=\"%s\"%s",
			 state->category == MH_CAT_DONE ? c->card : "#fff", c->ink, first ? "2.4" : "1.4",
			 state->category == MH_CAT_WAITING ? " stroke-dasharray=\"5 3\"" : "");
	mh_svg__rect(s, n->box, radius, style);
	if (state->category == MH_CAT_DONE) {
		struct mh_draw_box inner = {n->box.x, n->box.y, n->box.w - 60, n->box.h - 60};
		snprintf(style, sizeof style, "fill=\"none\" stroke=\"%s\" stroke-width=\"1\"", c->ink);
		mh_svg__rect(s, inner, radius - 30, style);
	}
}

static void board(struct svg *s, const struct mh_draw_node *n, const char *color)
{
	char style[64];
	struct mh_draw_box bar = {n->box.x - n->box.w / 2 + 30, n->box.y, 60, n->box.h};
	snprintf(style, sizeof style, "fill=\"%s\"", color);
	mh_svg__rect(s, bar, 25, style);
}

static void tip(struct svg *s, const struct mh_draw_node *n, const struct mh_state *state)
{
	bool zh = s->g->w.zh;
	mh_buf_c(s->out, "<title>");
	mh_buf_xml(s->out, n->title);
	mh_buf_fmt(s->out, " · %s · %s (", mh_word__room(state->room, zh), mh_word__category(state->category, zh));
	mh_buf_xml(s->out, state->name);
	mh_buf_c(s->out, ")</title>\n");
}

static void several(struct svg *s, const struct mh_draw_node *n)
{
	int64_t y = n->box.y - n->box.h / 2 + 165;
	mh_svg__rect(s, n->box, 110, "fill=\"#fff\" stroke=\"#9aa4ae\" stroke-dasharray=\"2 2\"");
	mh_svg__text(s, n->box.x, y, "font-size=\"11\" font-weight=\"600\" text-anchor=\"middle\" fill=\"#4b5563\"",
		     n->title);
	for (size_t i = 0; i < n->n_notes; i++)
		mh_svg__text(s, n->box.x, y + (int64_t)(i + 1) * MH_DRAW_LINE_HEIGHT,
			     "font-size=\"11\" text-anchor=\"middle\" fill=\"#5b6672\"", n->notes[i].main);
}

void mh_svg__card(struct svg *s, const struct mh_draw_node *n)
{
	if (n->state < 0) {
		several(s, n);
		return;
	}
	const struct mh_state *state = &s->g->w.def->states[n->state];
	const char *color = board_of(state);
	int64_t top = n->box.y - n->box.h / 2;
	mh_buf_c(s->out, "<g>");
	tip(s, n, state);
	shape(s, n, state);
	if (color) board(s, n, color);
	mh_svg__text(s, n->box.x, top + 220,
		     state->category == MH_CAT_VOID
			     ? "font-size=\"14\" text-anchor=\"middle\" fill=\"#5b6672\""
			     : "font-size=\"14\" font-weight=\"600\" text-anchor=\"middle\" fill=\"#16202b\"",
		     n->title);
	for (size_t i = 0; i < n->n_notes; i++)
		mh_svg__line_of_text(s, n->box.x - mh_draw__text_width(&n->notes[i]) / 2,
				     top + 400 + (int64_t)i * MH_DRAW_LINE_HEIGHT, &n->notes[i]);
	mh_buf_c(s->out, "</g>\n");
}

/* ---- legend ---- */

static const char *const line_words[MH_LINE_MAX][2] = {[MH_LINE_PERSON] = {"by a person", "由人办理"},
						       [MH_LINE_CLOCK] = {"by a clock", "时钟触发"},
						       [MH_LINE_OTHER] = {"by itself", "自动发生"}};
static const char *const line_styles[MH_LINE_MAX] = {
	[MH_LINE_PERSON] = "stroke=\"#46525f\" stroke-width=\"1.5\"",
	[MH_LINE_CLOCK] = "stroke=\"#c2410c\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"",
	[MH_LINE_OTHER] =
		"stroke=\"#7a8694\" stroke-width=\"1.4\" stroke-dasharray=\"1.5 3.5\" stroke-linecap=\"round\""};

enum { KEY_INITIAL, KEY_WAITING, KEY_DONE, KEY_VOID, KEY_BLACK, KEY_MAX };
static const char *const key_words[KEY_MAX][2] = {[KEY_INITIAL] = {"begins", "起始"},
						  [KEY_WAITING] = {"waits for somebody", "等待"},
						  [KEY_DONE] = {"done", "办结"},
						  [KEY_VOID] = {"void", "终止"},
						  [KEY_BLACK] = {"on the black board", "上黑榜"}};
static const char *const key_styles[KEY_MAX] = {
	[KEY_INITIAL] = "fill=\"#fff\" stroke=\"#46525f\" stroke-width=\"2.4\"",
	[KEY_WAITING] = "fill=\"#fff\" stroke=\"#46525f\" stroke-dasharray=\"5 3\"",
	[KEY_DONE] = "fill=\"#e6eaee\" stroke=\"#46525f\" stroke-width=\"2\"",
	[KEY_VOID] = "fill=\"#f3f4f6\" stroke=\"#9aa4ae\"",
	[KEY_BLACK] = "fill=\"#111\""};

static int64_t word_width(const char *word)
{
	return mh_draw__measure(mh_str_c(word), 12) + 220;
}

int64_t mh_svg__legend_width(struct svg *s)
{
	int64_t w = 0, keys = 0;
	for (int i = 0; i < MH_LINE_MAX; i++) w += 440 + word_width(line_words[i][s->g->w.zh]);
	for (int i = 0; i < KEY_MAX; i++) keys += 300 + word_width(key_words[i][s->g->w.zh]);
	int64_t title = mh_draw__measure(mh_word__of(&s->g->w.def->title, s->g->w.zh), 22);
	w = w > keys ? w : keys;
	return w > title ? w : title;
}

int64_t mh_svg__legend_height(struct svg *s)
{
	return 640 + (int64_t)s->g->n_everywhere * 190 + (s->g->n_everywhere ? 60 : 0);
}

static int64_t everywhere(struct svg *s, int64_t y)
{
	for (size_t i = 0; i < s->g->n_everywhere; i++) {
		struct mh_draw_text t = s->g->everywhere[i];
		t.aside = mh_str_fmt(&s->g->w.arena,
				     s->g->w.zh ? "%.*s，%d个状态下均可，状态不变"
						: "%.*s, in %d states, which stay as they are",
				     MH_STR_ARG(t.aside), s->g->everywhere_n[i]);
		mh_svg__line_of_text(s, 0, y, &t);
		y += 190;
	}
	return s->g->n_everywhere ? y + 60 : y;
}

static void lines(struct svg *s, int64_t y)
{
	int64_t x = 0;
	for (int i = 0; i < MH_LINE_MAX; i++) {
		const char *word = line_words[i][s->g->w.zh];
		mh_buf_c(s->out, "<path d=\"M");
		mh_svg__n(s, x);
		mh_buf_ch(s->out, ' ');
		mh_svg__n(s, y - 40);
		mh_buf_fmt(s->out, "h34\" fill=\"none\" %s/>\n", line_styles[i]);
		mh_svg__text(s, x + 440, y, "font-size=\"12\" fill=\"#27313d\"", mh_str_c(word));
		x += 440 + word_width(word);
	}
}

static void keys(struct svg *s, int64_t y)
{
	int64_t x = 0;
	for (int i = 0; i < KEY_MAX; i++) {
		const char *word = key_words[i][s->g->w.zh];
		struct mh_draw_box b = {x + (i == KEY_BLACK ? 30 : 110), y - 40, i == KEY_BLACK ? 60 : 220, 130};
		mh_svg__rect(s, b, i == KEY_WAITING ? 30 : i == KEY_BLACK ? 25 : 65, key_styles[i]);
		int64_t gap = i == KEY_BLACK ? 140 : 300;
		mh_svg__text(s, x + gap, y, "font-size=\"12\" fill=\"#27313d\"", mh_str_c(word));
		x += gap + word_width(word);
	}
}

void mh_svg__legend(struct svg *s)
{
	int64_t y = everywhere(s, 160);
	lines(s, y);
	keys(s, y + 260);
}
