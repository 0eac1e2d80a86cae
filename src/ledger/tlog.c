#include "ledger/tlog.h"

#include <inttypes.h>
#include <string.h>

struct mh_hash mh_tlog_leaf(struct mh_bytes entry)
{
	static const unsigned char mark = 0x00;
	return mh_sha256_of((struct mh_bytes[]){{&mark, 1}, entry}, 2);
}

struct mh_hash mh_tlog_node(const struct mh_hash *left, const struct mh_hash *right)
{
	unsigned char in[1 + 2 * MH_SHA256_LEN]; /* one update is a third faster than three */
	in[0] = 0x01;
	memcpy(in + 1, left->b, MH_SHA256_LEN);
	memcpy(in + 1 + MH_SHA256_LEN, right->b, MH_SHA256_LEN);
	return mh_sha256_one(in, sizeof in);
}

struct mh_hash mh_tlog_empty(void)
{
	return mh_sha256_one("", 0);
}

static bool bit(int64_t n, int k)
{
	return (uint64_t)n >> k & 1;
}

static int bits(int64_t n)
{
	return __builtin_popcountll((uint64_t)n);
}

void mh_tlog_append(struct mh_tlog *t, const struct mh_hash *leaf)
{
	struct mh_hash h = *leaf;
	int k = 0;
	for (; bit(t->size, k); k++) h = mh_tlog_node(&t->peak[k], &h);
	t->peak[k] = h;
	t->size++;
}

struct mh_hash mh_tlog_root(const struct mh_tlog *t)
{
	struct mh_hash h = mh_tlog_empty();
	bool any = false;
	for (int k = 0; k < MH_TLOG_LEVELS; k++) {
		if (!bit(t->size, k)) continue;
		h = any ? mh_tlog_node(&t->peak[k], &h) : t->peak[k];
		any = true;
	}
	return h;
}

size_t mh_tlog_pack(const struct mh_tlog *t, unsigned char *out)
{
	size_t n = 0;
	for (int k = MH_TLOG_LEVELS - 1; k >= 0; k--) {
		if (!bit(t->size, k)) continue;
		memcpy(out + n, t->peak[k].b, MH_SHA256_LEN);
		n += MH_SHA256_LEN;
	}
	return n;
}

bool mh_tlog_unpack(int64_t size, struct mh_bytes packed, struct mh_tlog *ret)
{
	if (size < 0 || size > MH_TLOG_SIZE_MAX || packed.len != (size_t)bits(size) * MH_SHA256_LEN) return false;
	memset(ret, 0, sizeof *ret);
	ret->size = size;
	const unsigned char *p = packed.ptr;
	for (int k = MH_TLOG_LEVELS - 1; k >= 0; k--) {
		if (!bit(size, k)) continue;
		memcpy(ret->peak[k].b, p, MH_SHA256_LEN);
		p += MH_SHA256_LEN;
	}
	return true;
}

/* Root over the leaves [from, to): to is arbitrary, from is a multiple of the smallest power of two >= to - from.
 * Such a range is a row of complete subtrees of falling height; they are folded from the right. */
static enum mh_code range_root(const struct mh_tlog_reader *r, int64_t from, int64_t to, struct mh_hash *ret,
			       struct mh_err *reterr)
{
	int64_t len = to - from, end = to;
	struct mh_hash h = mh_tlog_empty();
	bool any = false;
	for (int k = 0; k < MH_TLOG_LEVELS; k++) {
		struct mh_hash left;
		if (!bit(len, k)) continue;
		end -= (int64_t)1 << k;
		MH_TRY(r->read(r->ctx, k, end >> k, &left, reterr));
		h = any ? mh_tlog_node(&left, &h) : left;
		any = true;
	}
	*ret = h;
	return MH_OK;
}

enum mh_code mh_tlog_root_of(const struct mh_tlog_reader *r, int64_t size, struct mh_hash *ret, struct mh_err *reterr)
{
	if (size < 0 || size > MH_TLOG_SIZE_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "A log cannot have the size %" PRId64, size);
	return range_root(r, 0, size, ret, reterr);
}

/* Largest power of two below n; n > 1. */
static int64_t split_at(int64_t n)
{
	return (int64_t)1 << (63 - __builtin_clzll((uint64_t)(n - 1)));
}

static void turn_round(struct mh_tlog_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		struct mh_hash h = p->hash[i];
		p->hash[i] = p->hash[p->n - 1 - i];
		p->hash[p->n - 1 - i] = h;
	}
}

enum mh_code mh_tlog_inclusion(const struct mh_tlog_reader *r, int64_t index, int64_t size, struct mh_tlog_proof *ret,
			       struct mh_err *reterr)
{
	struct mh_tlog_proof p = {0};
	if (size > MH_TLOG_SIZE_MAX || index < 0 || index >= size)
		return MH_FAIL(reterr, MH_E_INVALID, "Entry %" PRId64 " is not in a log of %" PRId64, index, size);
	for (int64_t from = 0, to = size; to - from > 1;) { /* downwards, so the hashes come top first */
		int64_t mid = from + split_at(to - from);
		if (index < mid) {
			MH_TRY(range_root(r, mid, to, &p.hash[p.n++], reterr));
			to = mid;
		} else {
			MH_TRY(range_root(r, from, mid, &p.hash[p.n++], reterr));
			from = mid;
		}
	}
	turn_round(&p);
	*ret = p;
	return MH_OK;
}

enum mh_code mh_tlog_consistency(const struct mh_tlog_reader *r, int64_t old, int64_t size, struct mh_tlog_proof *ret,
				 struct mh_err *reterr)
{
	struct mh_tlog_proof p = {0};
	int64_t from = 0, to = size;
	if (old < 0 || old > size || size > MH_TLOG_SIZE_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "A log of %" PRId64 " does not begin with one of %" PRId64, size,
			       old);
	if (old == 0 || old == size) {
		*ret = p;
		return MH_OK;
	}
	while (old < to) {
		int64_t mid = from + split_at(to - from);
		if (old <= mid) {
			MH_TRY(range_root(r, mid, to, &p.hash[p.n++], reterr));
			to = mid;
		} else {
			MH_TRY(range_root(r, from, mid, &p.hash[p.n++], reterr));
			from = mid;
		}
	}
	if (from > 0) MH_TRY(range_root(r, from, to, &p.hash[p.n++], reterr)); /* else it is the old root itself */
	turn_round(&p);
	*ret = p;
	return MH_OK;
}

enum mh_code mh_tlog_check_inclusion(const struct mh_hash *leaf, int64_t index, int64_t size,
				     const struct mh_tlog_proof *proof, const struct mh_hash *root,
				     struct mh_err *reterr)
{
	if (size > MH_TLOG_SIZE_MAX || index < 0 || index >= size)
		return MH_FAIL(reterr, MH_E_INVALID, "Entry %" PRId64 " is not in a log of %" PRId64, index, size);
	struct mh_hash h = *leaf;
	int64_t at = index, last = size - 1;
	for (size_t i = 0; i < proof->n; i++) {
		if (last == 0)
			return MH_FAIL(reterr, MH_E_CORRUPT, "The proof for entry %" PRId64 " has %zu hashes too many",
				       index, proof->n - i);
		if (bit(at, 0) || at == last) {
			h = mh_tlog_node(&proof->hash[i], &h);
			while (!bit(at, 0) && at != 0) at >>= 1, last >>= 1;
		} else {
			h = mh_tlog_node(&h, &proof->hash[i]);
		}
		at >>= 1, last >>= 1;
	}
	if (last != 0) return MH_FAIL(reterr, MH_E_CORRUPT, "The proof for entry %" PRId64 " lacks hashes", index);
	if (!mh_hash_eq(&h, root))
		return MH_FAIL(reterr, MH_E_CORRUPT,
			       "The proof does not lead from entry %" PRId64 " to the root of size %" PRId64, index,
			       size);
	return MH_OK;
}

/* The loop of RFC 9162 §2.1.4.2 step 6; `first` is what the proof begins with. false: its length does not fit. */
static bool fold_consistency(int64_t from, int64_t to, const struct mh_hash *first, const struct mh_hash *rest,
			     size_t n, struct mh_hash *ret_from, struct mh_hash *ret_to)
{
	int64_t at = from - 1, last = to - 1;
	struct mh_hash fr = *first, sr = *first;
	while (bit(at, 0)) at >>= 1, last >>= 1;
	for (size_t i = 0; i < n; i++) {
		if (last == 0) return false;
		if (bit(at, 0) || at == last) {
			fr = mh_tlog_node(&rest[i], &fr);
			sr = mh_tlog_node(&rest[i], &sr);
			while (!bit(at, 0) && at != 0) at >>= 1, last >>= 1;
		} else {
			sr = mh_tlog_node(&sr, &rest[i]);
		}
		at >>= 1, last >>= 1;
	}
	*ret_from = fr;
	*ret_to = sr;
	return last == 0;
}

enum mh_code mh_tlog_check_consistency(int64_t from, const struct mh_hash *from_root, int64_t to,
				       const struct mh_hash *to_root, const struct mh_tlog_proof *proof,
				       struct mh_err *reterr)
{
	struct mh_hash fr, sr;
	if (from < 0 || from > to || to > MH_TLOG_SIZE_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "A log of %" PRId64 " does not begin with one of %" PRId64, to,
			       from);
	if ((from == 0 || from == to) && proof->n > 0)
		return MH_FAIL(reterr, MH_E_CORRUPT, "The proof from size %" PRId64 " to %" PRId64 " must be empty",
			       from, to);
	if (from == 0) {
		fr = mh_tlog_empty();
		sr = *to_root; /* everything begins with nothing */
	} else if (from == to) {
		fr = sr = *to_root;
	} else {
		bool whole = (from & (from - 1)) == 0; /* the old tree is itself a node of the new one */
		size_t skip = whole ? 0 : 1;
		if (proof->n < skip)
			return MH_FAIL(reterr, MH_E_CORRUPT, "The proof from size %" PRId64 " lacks hashes", from);
		if (!fold_consistency(from, to, whole ? from_root : &proof->hash[0], proof->hash + skip,
				      proof->n - skip, &fr, &sr))
			return MH_FAIL(reterr, MH_E_CORRUPT,
				       "The proof from size %" PRId64 " to %" PRId64 " has the wrong number of hashes",
				       from, to);
	}
	if (!mh_hash_eq(&fr, from_root))
		return MH_FAIL(reterr, MH_E_CORRUPT, "The consistency proof does not lead to the root of size %" PRId64,
			       from);
	if (!mh_hash_eq(&sr, to_root))
		return MH_FAIL(reterr, MH_E_CORRUPT, "The consistency proof does not lead to the root of size %" PRId64,
			       to);
	return MH_OK;
}
