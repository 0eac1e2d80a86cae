/* Shared by draw_svg.c (the file, lines, texts) and draw_parts.c (panels, cards, legend). Lengths in tenths of a point. */
#ifndef MH_PROCESS_DRAW_SVG_PRIV_H
#define MH_PROCESS_DRAW_SVG_PRIV_H
#include "process/draw_priv.h"

struct svg {
	struct mh_draw *g;
	struct mh_buf *out;
};
struct mh_draw_color {
	const char *ink, *panel, *card; /* ink has contrast 4.5:1 or more on both others (WCAG 2.2, 1.4.3) */
};
extern const struct mh_draw_color mh_draw__colors[MH_ROOM_MAX];

void mh_svg__n(struct svg *s, int64_t tenths);
void mh_svg__attr(struct svg *s, const char *name, int64_t tenths);
void mh_svg__rect(struct svg *s, struct mh_draw_box b, int64_t radius, const char *style);
void mh_svg__text(struct svg *s, int64_t x, int64_t y, const char *style, struct mh_str text);
void mh_svg__line_of_text(struct svg *s, int64_t x, int64_t y, const struct mh_draw_text *t);

void mh_svg__rooms(struct svg *s);
void mh_svg__card(struct svg *s, const struct mh_draw_node *n);
int64_t mh_svg__legend_width(struct svg *s);
int64_t mh_svg__legend_height(struct svg *s);
void mh_svg__legend(struct svg *s);
#endif
