#include "unit.h"

#include "ledger/tlog.h"

#include <string.h>

#define N 70 /* sizes tried exhaustively: past one power of two and its neighbours */

static struct mh_hash leaves[N];

/* RFC 6962 §2.1, word for word: the slow definition that everything is compared with. */
static struct mh_hash mth(int from, int n)
{
	int k = 1;
	if (n == 0) return mh_sha256_one("", 0);
	if (n == 1) return leaves[from];
	while (k * 2 < n) k *= 2;
	struct mh_hash l = mth(from, k), r = mth(from + k, n - k);
	return mh_sha256_of((struct mh_bytes[]){{(const unsigned char *)"\x01", 1}, {l.b, 32}, {r.b, 32}}, 3);
}

/* §2.1.1 PATH(m, D[n]) */
static void path(int m, int from, int n, struct mh_tlog_proof *p)
{
	int k = 1;
	if (n == 1) return;
	while (k * 2 < n) k *= 2;
	if (m < k) {
		path(m, from, k, p);
		p->hash[p->n++] = mth(from + k, n - k);
	} else {
		path(m - k, from + k, n - k, p);
		p->hash[p->n++] = mth(from, k);
	}
}

/* §2.1.2 SUBPROOF(m, D[n], b) */
static void subproof(int m, int from, int n, bool whole, struct mh_tlog_proof *p)
{
	int k = 1;
	if (m == n) {
		if (!whole) p->hash[p->n++] = mth(from, n);
		return;
	}
	while (k * 2 < n) k *= 2;
	if (m <= k) {
		subproof(m, from, k, whole, p);
		p->hash[p->n++] = mth(from + k, n - k);
	} else {
		subproof(m - k, from + k, n - k, false, p);
		p->hash[p->n++] = mth(from, k);
	}
}

static enum mh_code read_slow(void *ctx, int level, int64_t index, struct mh_hash *ret, struct mh_err *reterr)
{
	int64_t *size = ctx;
	assert_true((index + 1) << level <= *size); /* never asks for what is not complete */
	*ret = mth((int)(index << level), 1 << level);
	return MH_OK;
}

static void same(const struct mh_tlog_proof *a, const struct mh_tlog_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->hash, b->hash, a->n * sizeof a->hash[0]);
}

static int set_up(void **state)
{
	for (int i = 0; i < N; i++) leaves[i] = mh_tlog_leaf((struct mh_bytes){(const unsigned char *)&i, sizeof i});
	return 0;
}

/* The vectors of the certificate-transparency project. */
static void known_roots(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *root;
	} v[] = {
		{"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
		{"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
		{"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
		{"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
		{"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
		{"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
		 "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
		{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
		 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	struct mh_tlog t = {0};
	struct mh_arena a = MH_ARENA(0);
	struct mh_hash root = mh_tlog_root(&t);
	assert_string_equal(mh_hash_hex(&a, &root).ptr,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		struct mh_hash leaf = mh_tlog_leaf((struct mh_bytes){(const unsigned char *)v[i].bytes, v[i].len});
		mh_tlog_append(&t, &leaf);
		root = mh_tlog_root(&t);
		assert_string_equal(mh_hash_hex(&a, &root).ptr, v[i].root);
	}
	mh_arena_done(&a);
}

static void frontier(void **state)
{
	struct mh_tlog t = {0}, again;
	unsigned char packed[MH_TLOG_PACKED_MAX];
	for (int n = 0; n <= N; n++) {
		struct mh_hash root = mh_tlog_root(&t), slow = mth(0, n);
		assert_memory_equal(&root, &slow, 32);
		size_t len = mh_tlog_pack(&t, packed);
		assert_true(mh_tlog_unpack(n, (struct mh_bytes){packed, len}, &again));
		root = mh_tlog_root(&again);
		assert_memory_equal(&root, &slow, 32);
		assert_false(mh_tlog_unpack(n, (struct mh_bytes){packed, len + 32}, &again));
		if (n < N) mh_tlog_append(&t, &leaves[n]);
	}
	assert_false(mh_tlog_unpack(-1, (struct mh_bytes){packed, 32}, &again));
}

static void inclusion(void **state)
{
	for (int64_t n = 1; n <= N; n++) {
		struct mh_tlog_reader r = {read_slow, &n};
		struct mh_hash root = mth(0, (int)n), got;
		assert_int_equal(mh_tlog_root_of(&r, n, &got, NULL), MH_OK);
		assert_memory_equal(&got, &root, 32);
		for (int i = 0; i < n; i++) {
			struct mh_tlog_proof p, slow = {0};
			path(i, 0, (int)n, &slow);
			assert_int_equal(mh_tlog_inclusion(&r, i, n, &p, NULL), MH_OK);
			same(&p, &slow);
			assert_int_equal(mh_tlog_check_inclusion(&leaves[i], i, n, &p, &root, NULL), MH_OK);
			/* another leaf, place, hash, length: all refused */
			assert_int_equal(mh_tlog_check_inclusion(&root, i, n, &p, &root, NULL),
					 n == 1 ? MH_OK : MH_E_CORRUPT);
			if (n > 1)
				assert_int_not_equal(
					mh_tlog_check_inclusion(&leaves[i], (i + 1) % n, n, &p, &root, NULL), MH_OK);
			for (size_t k = 0; k < p.n; k++) {
				p.hash[k].b[k % 32] ^= 1;
				assert_int_equal(mh_tlog_check_inclusion(&leaves[i], i, n, &p, &root, NULL),
						 MH_E_CORRUPT);
				p.hash[k].b[k % 32] ^= 1;
			}
			p.n++;
			assert_int_equal(mh_tlog_check_inclusion(&leaves[i], i, n, &p, &root, NULL), MH_E_CORRUPT);
			p.n -= 2;
			if (n > 1)
				assert_int_equal(mh_tlog_check_inclusion(&leaves[i], i, n, &p, &root, NULL),
						 MH_E_CORRUPT);
		}
		struct mh_tlog_proof none;
		assert_int_equal(mh_tlog_inclusion(&r, n, n, &none, NULL), MH_E_INVALID);
		assert_int_equal(mh_tlog_inclusion(&r, -1, n, &none, NULL), MH_E_INVALID);
	}
}

static void consistency(void **state)
{
	for (int64_t n = 0; n <= N; n++) {
		struct mh_tlog_reader r = {read_slow, &n};
		struct mh_hash root = mth(0, (int)n);
		for (int m = 0; m <= n; m++) {
			struct mh_tlog_proof p, slow = {0};
			struct mh_hash old = mth(0, m);
			if (m > 0) subproof(m, 0, (int)n, true, &slow);
			assert_int_equal(mh_tlog_consistency(&r, m, n, &p, NULL), MH_OK);
			same(&p, &slow);
			assert_int_equal(mh_tlog_check_consistency(m, &old, n, &root, &p, NULL), MH_OK);
			old.b[0] ^= 1;
			assert_int_equal(mh_tlog_check_consistency(m, &old, n, &root, &p, NULL), MH_E_CORRUPT);
			old.b[0] ^= 1;
			for (size_t k = 0; k < p.n; k++) {
				p.hash[k].b[k % 32] ^= 1;
				assert_int_equal(mh_tlog_check_consistency(m, &old, n, &root, &p, NULL), MH_E_CORRUPT);
				p.hash[k].b[k % 32] ^= 1;
			}
			for (size_t len = 0; len < p.n + 3; len++) {
				struct mh_tlog_proof other = p;
				if (len == p.n) continue;
				other.n = len;
				assert_int_equal(mh_tlog_check_consistency(m, &old, n, &root, &other, NULL),
						 MH_E_CORRUPT);
			}
		}
	}
	struct mh_tlog_proof p = {0};
	assert_int_equal(mh_tlog_check_consistency(3, &leaves[0], 2, &leaves[1], &p, NULL), MH_E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(known_roots), cmocka_unit_test(frontier),
					   cmocka_unit_test(inclusion), cmocka_unit_test(consistency)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, NULL);
}
