/* Tiles and entry bundles: how a log lies in files (C2SP tlog-tiles).
 *
 *   tile/<L>/<N>[.p/<W>]        256 (or W) hashes of 32 bytes: the subtrees (8 L, 256 N …) side by side
 *   tile/entries/<N>[.p/<W>]    256 (or W) entries, each a big-endian uint16 length and its bytes
 * N is written in groups of three digits, all but the last with an x before: 1234067 → x001/x234/067. */
#ifndef MH_LEDGER_TILE_H
#define MH_LEDGER_TILE_H
#include "ledger/tlog.h"

#define MH_TILE_HEIGHT 8
#define MH_TILE_WIDTH 256
#define MH_TILE_BYTES (MH_TILE_WIDTH * MH_SHA256_LEN)
#define MH_TILE_LEVELS ((MH_TLOG_LEVELS + MH_TILE_HEIGHT - 1) / MH_TILE_HEIGHT)
#define MH_TILE_PATH_MAX 64     /* with the NUL */
#define MH_TILE_ENTRIES (-1)    /* the "level" of an entry bundle */
#define MH_TILE_ENTRY_MAX 65535 /* the format's limit; the ledger's own is lower (log.h) */
#define MH_TILE_BUNDLE_MAX (MH_TILE_WIDTH * (2 + MH_TILE_ENTRY_MAX))

struct mh_tile_name {
	int level;     /* 0 … MH_TILE_LEVELS - 1, or MH_TILE_ENTRIES */
	int64_t index; /* N */
	int width;     /* 1 … 256; 256 is a full tile and has no suffix */
};

void mh_tile_path(const struct mh_tile_name *name, char out[MH_TILE_PATH_MAX]);
/* Strict: only what mh_tile_path writes. */
bool mh_tile_parse(struct mh_str path, struct mh_tile_name *ret);
/* How many hashes tile `index` of a level (entries: MH_TILE_ENTRIES) holds in a log of `size`: 0 … 256. */
int mh_tile_width(int level, int64_t index, int64_t size);
/* Root of a complete subtree; n is a power of two up to 256. */
struct mh_hash mh_tile_root(const struct mh_hash *hash, int n);

/* Appends one entry; the caller has checked len <= MH_TILE_ENTRY_MAX. */
void mh_bundle_add(struct mh_buf *b, struct mh_bytes entry);
/* Cuts the next entry off *rest, as a view into it. False when the bundle ends in the middle of one, or is empty. */
bool mh_bundle_next(struct mh_bytes *rest, struct mh_bytes *ret_entry);

/* A reader of subtrees over something that loads tiles. Keeps the last tile of each level, so the proofs of one log cost
 * few loads. `load` fills `width` hashes of tile (level, index). One thread at a time; about 64 KiB. */
struct mh_tile_source {
	enum mh_code (*load)(void *ctx, const struct mh_tile_name *name, struct mh_hash *out, struct mh_err *reterr);
	void *ctx;
};
struct mh_tile_cache {
	struct mh_tile_source source;
	int64_t size; /* of the log as the source knows it */
	struct {
		int64_t index;
		int width;
		struct mh_hash hash[MH_TILE_WIDTH];
	} slot[MH_TILE_LEVELS];
};
void mh_tile_cache_init(struct mh_tile_cache *c, struct mh_tile_source source, int64_t size);
/* Lives as long as *c. A subtree that is not complete in c->size is MH_E_INVALID. */
struct mh_tlog_reader mh_tile_reader(struct mh_tile_cache *c);
#endif
