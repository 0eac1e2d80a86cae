/* What a pack says about its residents' pages (portal.yaml in the state folder, docs/portal.md): which kinds come first, what each is
 * for in a sentence, which fields the pages fill in themselves, such as the channel, and which they
 * leave out. Kinds that it does not name are there all
 * the same, behind the others: what the public may raise is the definitions' to say.
 *
 * And the tile map: the city's districts as equal squares, each roughly where it lies. Pages of residents and of staff draw it. */
#ifndef MH_WEB_PORTAL_H
#define MH_WEB_PORTAL_H
#include "matter/city.h"

struct mh_portal_set {
	struct mh_str field, value;
};
struct mh_portal_kind {
	struct mh_str kind;
	struct mh_label hint;
	const struct mh_portal_set *set;
	size_t n_set;
	const struct mh_str *hide; /* fields that are not asked for */
	size_t n_hide;
};
#define MH_TILE_COLS 6 /* at 44 px each they fit on the narrowest telephone */
#define MH_TILE_ROWS 12
struct mh_portal_tile {
	int org;
	int row, col; /* from 1, the north-west */
};
struct mh_portal {
	struct mh_arena arena;
	struct mh_portal_tile *tiles; /* row by row; every district once, or none at all */
	size_t n_tiles;
	int tile_cols;
	struct mh_portal_kind *kinds; /* in the order of the file */
	size_t n_kinds;
};
/* *ret stays NULL when there is no such file. MH_E_INVALID with the first fault. */
enum mh_code mh_portal_open(const struct mh_city *city, mh_time now, struct mh_str state_dir, struct mh_portal **ret,
			    struct mh_err *reterr);
enum mh_code mh_portal_load(const struct mh_city *city, mh_time now, struct mh_str text, struct mh_str file,
			    struct mh_portal **ret, struct mh_err *reterr);
void mh_portal_free(struct mh_portal *p); /* NULL is accepted */
/* NULL when there is no file or it does not name the kind. */
const struct mh_portal_kind *mh_portal_kind_of(const struct mh_portal *p, struct mh_str kind);
/* NULL for a unit without a tile, and for -1. */
const struct mh_portal_tile *mh_portal_tile_of(const struct mh_portal *p, int org);
#endif
