#include "unit.h"

#include "base/hash.h"

#include <string.h>

static void gives(struct mh_hash h, const char *hex)
{
	struct mh_arena a = MH_ARENA(0);
	assert_true(mh_str_is(mh_hash_hex(&a, &h), hex));
	mh_arena_done(&a);
}

/* FIPS 180-4's example, whole, in parts and as a stream. */
static void sha256(void **state)
{
	(void)state;
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	const unsigned char *p = (const unsigned char *)"abc";
	const struct mh_bytes parts[] = {{p, 1}, {NULL, 0}, {p + 1, 2}};
	gives(mh_sha256_one("abc", 3), abc);
	gives(mh_sha256_of(parts, 3), abc);
	struct mh_sha256 *h = mh_sha256_begin();
	assert_non_null(h);
	mh_sha256_add(h, p, 2);
	mh_sha256_add(h, p + 2, 1);
	gives(mh_sha256_end(h), abc);
}

/* RFC 4231, cases 1 to 3: keys shorter than a block are filled up with zeros, so these are keys of 32 bytes too. */
static void hmac(void **state)
{
	(void)state;
	unsigned char key[MH_SHA256_LEN] = {0}, data[50];
	struct mh_str hi = MH_STR("Hi There"), what = MH_STR("what do ya want "), more = MH_STR("for nothing?");
	memset(key, 0x0b, 20);
	gives(mh_hmac_sha256(key, &(struct mh_bytes){(const unsigned char *)hi.ptr, hi.len}, 1),
	      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	memset(key, 0, sizeof key);
	memcpy(key, "Jefe", 4);
	const struct mh_bytes parts[] = {{(const unsigned char *)what.ptr, what.len},
					 {(const unsigned char *)more.ptr, more.len}};
	gives(mh_hmac_sha256(key, parts, 2), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 20);
	memset(key + 20, 0, sizeof key - 20);
	memset(data, 0xdd, sizeof data);
	gives(mh_hmac_sha256(key, &(struct mh_bytes){data, sizeof data}, 1),
	      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

MH_TESTS(cmocka_unit_test(sha256), cmocka_unit_test(hmac))
