/* Places for the cards, lines and labels, by Graphviz' dot.
 *
 * Graphviz keeps state of its own and is not made for threads: one lock around all of it, and one context for good (its
 * configuration cannot be freed wholly). It gets sizes only, so its font plugins are never asked.
 *
 * dot (2.42) loses about 25 KB in each run with clusters. A definition never changes: draw it once and keep the text. */
#include "process/draw_priv.h"

#include <graphviz/gvc.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GVC_t *context;

struct layout {
	struct mh_draw *g;
	Agraph_t *graph;
	Agnode_t **nodes;
	Agedge_t **edges;
};

/* agsafeset takes char * and does not write to it. */
static void set(void *object, const char *name, const char *value)
{
	agsafeset(object, (char *)(uintptr_t)name, (char *)(uintptr_t)value, (char *)(uintptr_t) "");
}

static void set_length(void *object, const char *name, int64_t tenths)
{
	char text[32];
	int64_t milli = tenths * 1000 / 720; /* inches */
	snprintf(text, sizeof text, "%lld.%03lld", (long long)(milli / 1000), (long long)(milli % 1000));
	set(object, name, text);
}

/* A label of a fixed size and no text. */
static void set_label(struct layout *l, void *object, const struct mh_draw_box *box)
{
	char text[160];
	snprintf(text, sizeof text,
		 "<TABLE FIXEDSIZE=\"TRUE\" WIDTH=\"%lld\" HEIGHT=\"%lld\" BORDER=\"0\" "
		 "CELLBORDER=\"0\"><TR><TD></TD></TR></TABLE>",
		 (long long)(box->w / 10), (long long)(box->h / 10));
	char *html = agstrdup_html(l->graph, text);
	agset(object, (char *)(uintptr_t) "label", html);
	agstrfree(l->graph, html);
}

static Agraph_t *room_of(struct layout *l, enum mh_room room)
{
	char name[32];
	snprintf(name, sizeof name, "cluster_%d", (int)room);
	bool is_new = !agsubg(l->graph, name, 0);
	Agraph_t *sub = agsubg(l->graph, name, 1);
	if (!is_new) return sub;
	set(sub, "margin", "14");
	set(sub, "labeljust", "l");
	set_label(l, sub, &(struct mh_draw_box){.w = 400, .h = 120}); /* room for the name of the room */
	return sub;
}

static void add_nodes(struct layout *l)
{
	for (size_t i = 0; i < l->g->n_nodes; i++) {
		const struct mh_draw_node *n = &l->g->nodes[i];
		char name[24];
		snprintf(name, sizeof name, "n%zu", i);
		Agraph_t *in = n->state < 0 ? l->graph : room_of(l, l->g->w.def->states[n->state].room);
		l->nodes[i] = agnode(in, name, 1);
		set(l->nodes[i], "shape", "box");
		set(l->nodes[i], "label", "");
		set(l->nodes[i], "fixedsize", "true");
		set_length(l->nodes[i], "width", n->box.w);
		set_length(l->nodes[i], "height", n->box.h);
	}
}

static void add_edges(struct layout *l)
{
	for (size_t i = 0; i < l->g->n_edges; i++) {
		const struct mh_draw_edge *e = &l->g->edges[i];
		char name[24];
		snprintf(name, sizeof name, "e%zu", i);
		l->edges[i] = agedge(l->graph, l->nodes[e->from], l->nodes[e->to], name, 1);
		set(l->edges[i], "arrowsize", "0.8");
		set(l->edges[i], "weight", e->quiet ? "1" : e->line == MH_LINE_PERSON ? "4" : "2");
		set_label(l, l->edges[i], &e->label);
	}
}

/* ---- reading the answer ---- */

static bool number(const char **at, int64_t *ret_tenths)
{
	char *end;
	double v = strtod(*at, &end);
	if (end == *at || !isfinite(v) || fabs(v) > 1e7) return false;
	*ret_tenths = llround(v * 10);
	*at = *end == ',' ? end + 1 : end;
	return true;
}

static const char *answer(void *object, const char *name)
{
	const char *text = agget(object, (char *)(uintptr_t)name);
	return text ? text : "";
}

static bool read_point(const char **at, int64_t height, int64_t *ret_x, int64_t *ret_y)
{
	int64_t x, y;
	while (**at == ' ') ++*at;
	if (!number(at, &x) || !number(at, &y)) return false;
	*ret_x = x;
	*ret_y = height - y;
	return true;
}

/* "e,x,y x,y x,y x,y x,y …": the tip first, then the curve. */
static bool curve(struct layout *l, struct mh_draw_edge *e, const char *text)
{
	int64_t tip_x = 0, tip_y = 0, height = l->g->height;
	bool tip = false;
	size_t n = 1;
	for (const char *z = text; *z; z++) n += *z == ' ';
	e->xy = MH_NEW_ARRAY(&l->g->w.arena, 2 * (n + 1), int64_t);
	if (!e->xy) return false;
	while (*text) {
		while (*text == ' ') text++;
		if (text[0] == 'e' && text[1] == ',') {
			text += 2;
			if (!(tip = read_point(&text, height, &tip_x, &tip_y))) return false;
		} else if (*text) {
			if (!read_point(&text, height, &e->xy[2 * e->n_points], &e->xy[2 * e->n_points + 1]))
				return false;
			e->n_points++;
		}
	}
	e->xy[2 * e->n_points] = tip_x;
	e->xy[2 * e->n_points + 1] = tip_y;
	return tip && e->n_points >= 4;
}

static bool read_rooms(struct layout *l)
{
	for (int room = 0; room < MH_ROOM_MAX; room++) {
		char name[32];
		snprintf(name, sizeof name, "cluster_%d", room);
		Agraph_t *sub = agsubg(l->graph, name, 0);
		if (!sub) continue;
		const char *at = answer(sub, "bb");
		int64_t x0, y0, x1, y1;
		if (!read_point(&at, l->g->height, &x0, &y0)) return false;
		if (*at == ',') at++;
		if (!read_point(&at, l->g->height, &x1, &y1)) return false;
		l->g->rooms[room] = (struct mh_draw_box){(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y0 - y1};
	}
	return true;
}

static bool read_answer(struct layout *l)
{
	const char *at = answer(l->graph, "bb");
	int64_t x, y;
	if (!read_point(&at, 0, &x, &y) || !number(&at, &l->g->width) || !number(&at, &l->g->height)) return false;
	for (size_t i = 0; i < l->g->n_nodes; i++) {
		at = answer(l->nodes[i], "pos");
		if (!read_point(&at, l->g->height, &l->g->nodes[i].box.x, &l->g->nodes[i].box.y)) return false;
	}
	for (size_t i = 0; i < l->g->n_edges; i++) {
		struct mh_draw_edge *e = &l->g->edges[i];
		if (!curve(l, e, answer(l->edges[i], "pos"))) return false;
		at = answer(l->edges[i], "lp");
		if (!read_point(&at, l->g->height, &e->label.x, &e->label.y)) return false;
	}
	return read_rooms(l);
}

static void describe(struct layout *l)
{
	static const char *const settings[][2] = {{"rankdir", "TB"},   {"nodesep", "0.3"},  {"ranksep", "0.35"},
						  {"splines", "true"}, {"newrank", "true"}, {"remincross", "true"}};
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) set(l->graph, settings[i][0], settings[i][1]);
	agattr(l->graph, AGRAPH, (char *)(uintptr_t) "label", (char *)(uintptr_t) "");
	agattr(l->graph, AGEDGE, (char *)(uintptr_t) "label", (char *)(uintptr_t) "");
	add_nodes(l);
	add_edges(l);
}

static bool run(struct layout *l)
{
	l->graph = agopen((char *)(uintptr_t) "definition", Agdirected, NULL);
	if (!l->graph) return false;
	describe(l);
	bool good = gvLayout(context, l->graph, "dot") == 0;
	if (good) {
		attach_attrs(l->graph);
		good = read_answer(l);
		gvFreeLayout(context, l->graph);
	}
	agclose(l->graph);
	return good;
}

enum mh_code mh_draw__layout(struct mh_draw *g, struct mh_err *reterr)
{
	struct layout l = {.g = g};
	l.nodes = MH_NEW_ARRAY(&g->w.arena, g->n_nodes + 1, Agnode_t *);
	l.edges = MH_NEW_ARRAY(&g->w.arena, g->n_edges + 1, Agedge_t *);
	MH_TRY_MEM(l.nodes, reterr);
	MH_TRY_MEM(l.edges, reterr);
	pthread_mutex_lock(&lock);
	agseterr(AGMAX);
	if (!context) context = gvContext();
	bool good = context && run(&l);
	pthread_mutex_unlock(&lock);
	if (!good) return MH_FAIL(reterr, MH_E_INTERNAL, "Could not draw the definition: the layout gave no answer");
	return MH_OK;
}
