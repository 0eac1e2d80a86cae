/* A drawing on its way: what is drawn (draw_plan.c), where (draw_layout.c, by Graphviz), and how (draw_svg.c).
 *
 * Graphviz is asked only for places: it gets boxes of fixed size, and never measures a letter, so that the drawing does
 * not depend on the fonts of the machine. Lengths are points (1/72 inch) in tenths, y downwards. */
#ifndef MH_PROCESS_DRAW_PRIV_H
#define MH_PROCESS_DRAW_PRIV_H
#include "process/words_priv.h"

enum mh_draw_line { MH_LINE_PERSON, MH_LINE_CLOCK, MH_LINE_OTHER, MH_LINE_MAX };
enum mh_draw_icon {
	MH_ICON_PERSON,
	MH_ICON_CLOCK,
	MH_ICON_VOTE,
	MH_ICON_CHILD,
	MH_ICON_MAIN,
	MH_ICON_ELSE,
	MH_ICON_MAX
};

struct mh_draw_text {
	enum mh_draw_icon icon;
	struct mh_str main, aside; /* what, and by whom or when */
};
struct mh_draw_box {
	int64_t x, y, w, h; /* centre and size */
};
struct mh_draw_node {
	int state; /* -1: stands for several states, named in the notes */
	const struct mh_transition *stands_for;
	struct mh_str title;
	struct mh_draw_text *notes;
	size_t n_notes;
	struct mh_draw_box box;
};
struct mh_draw_edge {
	int from, to; /* nodes */
	enum mh_draw_line line;
	bool quiet; /* leads to a void state */
	struct mh_draw_text *texts;
	size_t n_texts;
	struct mh_draw_box label;
	int64_t *xy;     /* Bézier points: 1 + 3 n pairs, then the arrow's tip */
	size_t n_points; /* without the tip */
};
struct mh_draw {
	struct mh_words w;
	struct mh_draw_node *nodes;
	size_t n_nodes;
	struct mh_draw_edge *edges;
	size_t n_edges;
	struct mh_draw_text *everywhere; /* what may be done in many states without leaving them */
	size_t n_everywhere;
	int *everywhere_n;                     /* … in how many */
	struct mh_draw_box rooms[MH_ROOM_MAX]; /* w = 0: not drawn */
	int64_t width, height;
};

/* Width of a text in tenths of a point at a size in points, by the usual widths of a sans-serif face. */
int64_t mh_draw__measure(struct mh_str s, int size);
int64_t mh_draw__text_width(const struct mh_draw_text *t);

#define MH_DRAW_TITLE_SIZE 14
#define MH_DRAW_TEXT_SIZE 11
#define MH_DRAW_LINE_HEIGHT 170 /* tenths */
#define MH_DRAW_ICON_WIDTH 150  /* tenths, with the gap behind it */

/* false when memory is short. */
bool mh_draw__plan(struct mh_draw *g);
enum mh_code mh_draw__layout(struct mh_draw *g, struct mh_err *reterr);
#endif
