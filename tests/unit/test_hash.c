#include "unit.h"

#include "base/hash.h"

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

MH_TESTS(cmocka_unit_test(sha256))
