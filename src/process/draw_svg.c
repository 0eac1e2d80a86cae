/* The drawing as SVG: rooms as coloured panels, states as cards, clocks' lines dashed. Plain shapes and attributes only, so
 * that browsers, Inkscape and librsvg show the same; text in the reader's own sans-serif. */
#include "process/draw_svg_priv.h"

#define HEAD 620 /* tenths: the title above the drawing */
#define MARGIN 240

const struct mh_draw_color mh_draw__colors[MH_ROOM_MAX] = {
	[MH_ROOM_INTAKE] = {"#1d5fa8", "#f1f6fc", "#dbe9f8"}, [MH_ROOM_GATHER] = {"#0b7285", "#eef8fa", "#d5eff4"},
	[MH_ROOM_HANDLE] = {"#b35309", "#fdf6ec", "#fbe6c8"}, [MH_ROOM_REPLY] = {"#6741d9", "#f5f2fe", "#e5dbff"},
	[MH_ROOM_RATE] = {"#b4236a", "#fdf1f6", "#fcd9e8"},   [MH_ROOM_APPLY] = {"#4c7a12", "#f4f9ec", "#e0f0c8"},
};

void mh_svg__n(struct svg *s, int64_t tenths)
{
	mh_buf_fmt(s->out, "%s%lld.%lld", tenths < 0 ? "-" : "", (long long)((tenths < 0 ? -tenths : tenths) / 10),
		   (long long)((tenths < 0 ? -tenths : tenths) % 10));
}

void mh_svg__attr(struct svg *s, const char *name, int64_t tenths)
{
	mh_buf_fmt(s->out, " %s=\"", name);
	mh_svg__n(s, tenths);
	mh_buf_ch(s->out, '"');
}

void mh_svg__rect(struct svg *s, struct mh_draw_box b, int64_t radius, const char *style)
{
	mh_buf_c(s->out, "<rect");
	mh_svg__attr(s, "x", b.x - b.w / 2);
	mh_svg__attr(s, "y", b.y - b.h / 2);
	mh_svg__attr(s, "width", b.w);
	mh_svg__attr(s, "height", b.h);
	mh_svg__attr(s, "rx", radius);
	mh_buf_fmt(s->out, " %s/>\n", style);
}

void mh_svg__text(struct svg *s, int64_t x, int64_t y, const char *style, struct mh_str text)
{
	mh_buf_c(s->out, "<text");
	mh_svg__attr(s, "x", x);
	mh_svg__attr(s, "y", y);
	mh_buf_fmt(s->out, " %s>", style);
	mh_buf_xml(s->out, text);
	mh_buf_c(s->out, "</text>\n");
}

/* Ten points wide, drawn about (0, 0); the colour is the text's. */
static const char *const icons[MH_ICON_MAX] = {
	[MH_ICON_PERSON] = "<circle cy=\"-2.6\" r=\"2.1\"/><path d=\"M-4 4.6C-4 1.6-2.2.4 0 .4S4 1.6 4 4.6Z\"/>",
	[MH_ICON_CLOCK] = "<circle r=\"4.3\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.2\"/>"
			  "<path d=\"M0-2.6V.2L2 1.6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.2\" "
			  "stroke-linecap=\"round\"/>",
	[MH_ICON_VOTE] = ("<path d=\"M-4.4.6H4.4V4.6H-4.4Z\"/><path d=\"M-2.6-1.8L-.6.2L3-4.2\" fill=\"none\" "
			  "stroke=\"currentColor\" stroke-width=\"1.4\"/>"),
	[MH_ICON_CHILD] =
		"<path d=\"M-3-4V2H3M.6-.6L3.4 2L.6 4.6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.3\"/>",
	[MH_ICON_MAIN] =
		"<path d=\"M-4-3L0 0L-4 3M0 0H4.4\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.3\"/>",
	[MH_ICON_ELSE] =
		"<path d=\"M-4 0H0L3.6-3.4M0 0L3.6 3.4\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.2\"/>",
};

static const char *const inks[MH_ICON_MAX] = {
	[MH_ICON_PERSON] = "#27313d", [MH_ICON_CLOCK] = "#9a3412", [MH_ICON_VOTE] = "#27313d",
	[MH_ICON_CHILD] = "#27313d",  [MH_ICON_MAIN] = "#27313d",  [MH_ICON_ELSE] = "#5b6672"};

void mh_svg__line_of_text(struct svg *s, int64_t x, int64_t y, const struct mh_draw_text *t)
{
	mh_buf_fmt(s->out, "<g fill=\"%s\" color=\"%s\"><g transform=\"translate(", inks[t->icon], inks[t->icon]);
	mh_svg__n(s, x + 50);
	mh_buf_ch(s->out, ' ');
	mh_svg__n(s, y - 38);
	mh_buf_fmt(s->out, ")\">%s</g>", icons[t->icon]);
	mh_buf_c(s->out, "<text");
	mh_svg__attr(s, "x", x + MH_DRAW_ICON_WIDTH);
	mh_svg__attr(s, "y", y);
	mh_buf_fmt(s->out, " font-size=\"%d\" class=\"h\">", MH_DRAW_TEXT_SIZE);
	mh_buf_xml(s->out, t->main);
	if (t->aside.len) {
		mh_buf_c(s->out, "<tspan dx=\"6\" fill=\"#5b6672\">");
		mh_buf_xml(s->out, t->aside);
		mh_buf_c(s->out, "</tspan>");
	}
	mh_buf_c(s->out, "</text></g>\n");
}

/* ---- lines ---- */

static void path(struct svg *s, const struct mh_draw_edge *e)
{
	mh_buf_c(s->out, "<path d=\"");
	for (size_t i = 0; i < e->n_points; i++) {
		mh_buf_c(s->out, i == 0 ? "M" : i == 1 ? " C" : " ");
		mh_svg__n(s, e->xy[2 * i]);
		mh_buf_ch(s->out, ',');
		mh_svg__n(s, e->xy[2 * i + 1]);
	}
	mh_buf_c(s->out, "\" marker-end=\"url(#tip");
}

static void line(struct svg *s, const struct mh_draw_edge *e)
{
	static const char *const styles[MH_LINE_MAX] = {
		[MH_LINE_PERSON] = "stroke=\"#46525f\" stroke-width=\"1.5\"",
		[MH_LINE_CLOCK] = "stroke=\"#c2410c\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"",
		[MH_LINE_OTHER] = ("stroke=\"#7a8694\" stroke-width=\"1.4\" stroke-dasharray=\"1.5 3.5\" "
				   "stroke-linecap=\"round\"")};
	static const char *const quiet = "stroke=\"#b3bcc6\" stroke-width=\"1.2\"";
	path(s, e);
	bool pale = e->quiet && e->line == MH_LINE_PERSON;
	mh_buf_fmt(s->out, "%s)\" fill=\"none\" %s/>\n",
		   pale                       ? "q"
		   : e->line == MH_LINE_CLOCK ? "c"
		   : e->line == MH_LINE_OTHER ? "o"
					      : "p",
		   pale ? quiet : styles[e->line]);
}

static void edge_label(struct svg *s, const struct mh_draw_edge *e)
{
	int64_t x = e->label.x - e->label.w / 2 + 40, y = e->label.y - e->label.h / 2 + 20;
	for (size_t i = 0; i < e->n_texts; i++)
		mh_svg__line_of_text(s, x, y + (int64_t)i * MH_DRAW_LINE_HEIGHT + 125, &e->texts[i]);
}

/* ---- the whole ---- */

static void open_svg(struct svg *s, int64_t width, int64_t height)
{
	const struct mh_def *d = s->g->w.def;
	bool zh = s->g->w.zh;
	mh_buf_c(s->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\"");
	mh_buf_fmt(s->out, " xml:lang=\"%s\" lang=\"%s\" viewBox=\"0 0 ", zh ? "zh-CN" : "en", zh ? "zh-CN" : "en");
	mh_svg__n(s, width);
	mh_buf_ch(s->out, ' ');
	mh_svg__n(s, height);
	mh_buf_ch(s->out, '"');
	mh_svg__attr(s, "width", width);
	mh_svg__attr(s, "height", height);
	mh_buf_c(s->out, " font-family=\"system-ui, sans-serif\">\n<title id=\"title\">");
	mh_buf_xml(s->out, mh_word__of(&d->title, zh));
	mh_buf_c(s->out, "</title>\n<desc id=\"desc\">");
	mh_buf_fmt(s->out,
		   zh ? "办理流程图：%zu个状态，%zu种转移；方框为状态，实线由人办理，虚线由时钟触发。"
		      : "Process diagram: %zu states, %zu transitions. Boxes are states; solid lines are taken by "
			"persons, dashed ones by clocks.",
		   d->n_states, d->n_transitions);
	mh_buf_c(s->out, "</"
			 "desc>\n<style>.h{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-opacity:.9;stroke-"
			 "linejoin:round}</style>\n<defs>\n");
	static const char *const tips[][2] = {{"p", "#46525f"}, {"c", "#c2410c"}, {"o", "#7a8694"}, {"q", "#b3bcc6"}};
	for (size_t i = 0; i < sizeof tips / sizeof *tips; i++)
		mh_buf_fmt(s->out,
			   "<marker id=\"tip%s\" viewBox=\"0 0 10 8\" refX=\"1\" refY=\"4\" markerWidth=\"9\" "
			   "markerHeight=\"7.2\" "
			   "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 .6L9.5 4L0 7.4Z\" "
			   "fill=\"%s\"/></marker>\n",
			   tips[i][0], tips[i][1]);
	mh_buf_c(s->out, "</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

static void heading(struct svg *s)
{
	const struct mh_def *d = s->g->w.def;
	mh_svg__text(s, MARGIN, 330, "font-size=\"21\" font-weight=\"600\" fill=\"#16202b\"",
		     mh_word__of(&d->title, s->g->w.zh));
	struct mh_str sub = mh_str_fmt(&s->g->w.arena, s->g->w.zh ? "%.*s · 第%lld版" : "%.*s · version %lld",
				       MH_STR_ARG(d->kind), (long long)d->version);
	mh_svg__text(s, MARGIN, 520, "font-size=\"12\" fill=\"#5b6672\"", sub);
}

static void move(struct svg *s, int64_t dx, int64_t dy)
{
	mh_buf_c(s->out, "<g transform=\"translate(");
	mh_svg__n(s, dx);
	mh_buf_ch(s->out, ' ');
	mh_svg__n(s, dy);
	mh_buf_c(s->out, ")\">\n");
}

static void write_all(struct svg *s)
{
	struct mh_draw *g = s->g;
	int64_t wide = mh_svg__legend_width(s), drawn = g->width > wide ? g->width : wide,
		legend = mh_svg__legend_height(s);
	open_svg(s, drawn + 2 * MARGIN, g->height + HEAD + legend + 2 * MARGIN);
	heading(s);
	move(s, MARGIN + (drawn - g->width) / 2, HEAD + MARGIN / 2);
	mh_svg__rooms(s);
	for (size_t i = 0; i < g->n_edges; i++) line(s, &g->edges[i]);
	for (size_t i = 0; i < g->n_nodes; i++) mh_svg__card(s, &g->nodes[i]);
	for (size_t i = 0; i < g->n_edges; i++) edge_label(s, &g->edges[i]);
	mh_buf_c(s->out, "</g>\n");
	move(s, MARGIN, HEAD + MARGIN + g->height);
	mh_svg__legend(s);
	mh_buf_c(s->out, "</g>\n</svg>\n");
}

enum mh_code mh_def_svg(const struct mh_def *d, const char *lang, struct mh_buf *out, struct mh_err *reterr)
{
	struct mh_draw g = {
		.w = {.def = d, .zh = mh_word__is_zh(lang), .out = out, .arena = MH_ARENA((size_t)32 << 20)}};
	struct svg s = {.g = &g, .out = out};
	enum mh_code code = mh_draw__plan(&g) ? mh_draw__layout(&g, reterr)
					      : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code == MH_OK) write_all(&s);
	if (code == MH_OK && out->failed)
		code = MH_FAIL(reterr, MH_E_TOO_LARGE, "The drawing is larger than its buffer may grow");
	mh_arena_done(&g.w.arena);
	return code;
}
