#include "base/random.h"

#include <sodium.h>
#include <string.h>

static void system_fill(void *ctx, void *out, size_t n)
{
	(void)ctx;
	randombytes_buf(out, n);
}

struct mh_rng mh_rng_system(void)
{
	return (struct mh_rng){system_fill, NULL};
}

static void seeded_fill(void *ctx, void *out, size_t n)
{
	struct mh_rng_seed *s = ctx;
	unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = {0};
	uint64_t c = s->counter++;
	for (int i = 0; i < 8; i++) nonce[i] = (unsigned char)(c >> (8 * i));
	crypto_stream_chacha20(out, n, nonce, s->key);
}

struct mh_rng mh_rng_seeded(struct mh_rng_seed *state, uint64_t seed)
{
	*state = (struct mh_rng_seed){.counter = 0};
	for (int i = 0; i < 8; i++) state->key[i] = (unsigned char)(seed >> (8 * i));
	return (struct mh_rng){seeded_fill, state};
}

uint64_t mh_random_below(const struct mh_rng *r, uint64_t limit)
{
	uint64_t floor = (0 - limit) % limit, v; /* values below it would make small results likelier */
	do mh_random(r, &v, sizeof v);
	while (v < floor);
	return v % limit;
}
