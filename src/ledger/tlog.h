/* The Merkle tree of a log: hashes, the frontier, proofs and their checks. Pure arithmetic, no store.
 *
 * RFC 6962 §2.1: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right), a tree of n leaves is split at the
 * largest power of two below n, the empty tree is SHA-256 of nothing. Proofs are those of RFC 6962 §2.1.1 and §2.1.2;
 * the iterative checks are RFC 9162 §2.1.3.2 and §2.1.4.2.
 *
 * A *subtree* (level, index) is the complete tree over the leaves [index << level, (index + 1) << level).
 * Sizes are 0 … MH_TLOG_SIZE_MAX. Nothing here allocates. */
#ifndef MH_LEDGER_TLOG_H
#define MH_LEDGER_TLOG_H
#include "base/err.h"
#include "base/hash.h"

#define MH_TLOG_LEVELS 62 /* peaks of a frontier: sizes stay below 2^62 */
#define MH_TLOG_SIZE_MAX (((int64_t)1 << MH_TLOG_LEVELS) - 1)
#define MH_TLOG_PROOF_MAX 64 /* no proof of such a tree is longer */

struct mh_hash mh_tlog_leaf(struct mh_bytes entry);
struct mh_hash mh_tlog_node(const struct mh_hash *left, const struct mh_hash *right);
struct mh_hash mh_tlog_empty(void); /* root of the tree without leaves */

/* The right edge: all that appending needs. peak[k] is the root of a complete subtree of 2^k leaves and has a meaning
 * only when bit k of size is set. All zero is the empty tree. */
struct mh_tlog {
	int64_t size;
	struct mh_hash peak[MH_TLOG_LEVELS];
};
void mh_tlog_append(struct mh_tlog *t, const struct mh_hash *leaf); /* size must be below MH_TLOG_SIZE_MAX */
struct mh_hash mh_tlog_root(const struct mh_tlog *t);
/* The frontier as stored: the peaks that exist, the largest subtree first, 32 bytes each.
 * _pack writes at most MH_TLOG_PACKED_MAX bytes and returns their number. _unpack: false when the length does not fit
 * the size; *ret is untouched then. */
#define MH_TLOG_PACKED_MAX (MH_TLOG_LEVELS * MH_SHA256_LEN)
size_t mh_tlog_pack(const struct mh_tlog *t, unsigned char *out);
bool mh_tlog_unpack(int64_t size, struct mh_bytes packed, struct mh_tlog *ret);

/* Where the proofs take their hashes from: the root of the subtree (level, index). */
struct mh_tlog_reader {
	enum mh_code (*read)(void *ctx, int level, int64_t index, struct mh_hash *ret, struct mh_err *reterr);
	void *ctx;
};

struct mh_tlog_proof {
	size_t n;
	struct mh_hash hash[MH_TLOG_PROOF_MAX];
};

/* Root of the tree of the first `size` leaves. */
enum mh_code mh_tlog_root_of(const struct mh_tlog_reader *r, int64_t size, struct mh_hash *ret, struct mh_err *reterr);
/* Proof that leaf `index` is in the tree of `size` leaves; sibling of the leaf first. Needs 0 <= index < size. */
enum mh_code mh_tlog_inclusion(const struct mh_tlog_reader *r, int64_t index, int64_t size, struct mh_tlog_proof *ret,
			       struct mh_err *reterr);
/* Proof that the tree of `size` leaves begins with the tree of `old`. Needs 0 <= old <= size; empty when old is 0 or size. */
enum mh_code mh_tlog_consistency(const struct mh_tlog_reader *r, int64_t old, int64_t size, struct mh_tlog_proof *ret,
				 struct mh_err *reterr);

/* MH_E_CORRUPT, with a message that says what does not fit, when the proof does not hold; MH_E_INVALID when the numbers
 * cannot be true together. */
enum mh_code mh_tlog_check_inclusion(const struct mh_hash *leaf, int64_t index, int64_t size,
				     const struct mh_tlog_proof *proof, const struct mh_hash *root,
				     struct mh_err *reterr);
enum mh_code mh_tlog_check_consistency(int64_t from, const struct mh_hash *from_root, int64_t to,
				       const struct mh_hash *to_root, const struct mh_tlog_proof *proof,
				       struct mh_err *reterr);
#endif
