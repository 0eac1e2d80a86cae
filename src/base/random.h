/* Randomness as an argument. The system source is the kernel's; the seeded one repeats, for tests and sample cities. */
#ifndef MH_BASE_RANDOM_H
#define MH_BASE_RANDOM_H
#include "base/str.h"

struct mh_rng {
	void (*fill)(void *ctx, void *out, size_t n);
	void *ctx;
};
struct mh_rng_seed {
	unsigned char key[32];
	uint64_t counter;
};
struct mh_rng mh_rng_system(void);
/* *state must outlive the generator. The same seed gives the same bytes on every machine (ChaCha20). */
struct mh_rng mh_rng_seeded(struct mh_rng_seed *state, uint64_t seed);
static inline void mh_random(const struct mh_rng *r, void *out, size_t n)
{
	r->fill(r->ctx, out, n);
}
uint64_t mh_random_below(const struct mh_rng *r, uint64_t limit); /* 0 … limit-1, without bias; limit > 0 */
#endif
