/* The right edge of a growing log as tiles: what is not yet a full tile, level by level, in memory (64 KiB). */
#ifndef MH_LEDGER_EDGE_PRIV_H
#define MH_LEDGER_EDGE_PRIV_H
#include "ledger/tile.h"

struct mh_ledger__edge {
	int64_t size;
	struct mh_hash hash[MH_TILE_LEVELS][MH_TILE_WIDTH]; /* as many as mh_tile_width says for `size` */
};
/* Called for every tile that becomes full; an error stops the appending half-way (throw the edge away then). */
struct mh_ledger__edge_sink {
	enum mh_code (*full)(void *ctx, int level, int64_t index, const struct mh_hash hash[MH_TILE_WIDTH],
			     struct mh_err *reterr);
	void *ctx;
};
enum mh_code mh_ledger__edge_append(struct mh_ledger__edge *e, const struct mh_hash *leaf,
				    const struct mh_ledger__edge_sink *sink, struct mh_err *reterr);
/* A whole tile of 256 leaves at once, of which the root is known; e->size must be a multiple of 256. The sink is not called
 * for level 0. */
enum mh_code mh_ledger__edge_append_tile(struct mh_ledger__edge *e, const struct mh_hash *root,
					 const struct mh_ledger__edge_sink *sink, struct mh_err *reterr);
/* Fills the edge of a log of `size` from its tiles. */
enum mh_code mh_ledger__edge_load(struct mh_ledger__edge *e, int64_t size, const struct mh_tile_source *source,
				  struct mh_err *reterr);
/* Root from the edge alone: the second way, which shares nothing with the frontier's. */
struct mh_hash mh_ledger__edge_root(const struct mh_ledger__edge *e);
#endif
