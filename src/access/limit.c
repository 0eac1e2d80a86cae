/* A table of sets of eight: a key lives in one set, and the longest unused of the set makes room. No pointers, no growth, so
 * a flood of addresses costs nothing but forgetting. The hash is keyed by chance, or an attacker would aim at one set. */
#include "access/limit.h"

#include "base/random.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define WAYS 8
#define UNIT 3600000 /* a token is this many parts, so that per_hour parts come back each millisecond */

struct bucket {
	uint64_t key; /* 0: free */
	int64_t level, at;
};
struct mh_limit {
	struct mh_limit_rule rule;
	size_t sets;
	pthread_mutex_t lock;
	unsigned char secret[crypto_shorthash_KEYBYTES];
	struct bucket buckets[];
};

enum mh_code mh_limit_new(struct mh_limit_rule rule, size_t keys, struct mh_limit **ret, struct mh_err *reterr)
{
	size_t sets = keys / WAYS + 1;
	struct mh_limit *l = mh_mem_alloc(sizeof *l + sets * WAYS * sizeof l->buckets[0]);
	MH_TRY_MEM(l, reterr);
	struct mh_rng rng = mh_rng_system();
	mh_random(&rng, l->secret, sizeof l->secret);
	pthread_mutex_init(&l->lock, NULL);
	l->rule = rule;
	l->sets = sets;
	*ret = l;
	return MH_OK;
}

void mh_limit_free(struct mh_limit *l)
{
	if (!l) return;
	pthread_mutex_destroy(&l->lock);
	mh_mem_free(l);
}

static struct bucket *find(struct mh_limit *l, uint64_t key, int64_t now)
{
	struct bucket *set = &l->buckets[key % l->sets * WAYS], *oldest = set;
	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key) return &set[i];
		if (set[i].at < oldest->at || (!set[i].key && oldest->key)) oldest = &set[i];
	}
	*oldest = (struct bucket){key, (int64_t)l->rule.burst * UNIT, now};
	return oldest;
}

bool mh_limit_take(struct mh_limit *l, struct mh_str key, int64_t now, int *ret_wait_s)
{
	uint64_t h = 0;
	crypto_shorthash((unsigned char *)&h, (const unsigned char *)(key.len ? key.ptr : ""), key.len, l->secret);
	int64_t full = (int64_t)l->rule.burst * UNIT, wait = 0;
	pthread_mutex_lock(&l->lock);
	struct bucket *b = find(l, h ? h : 1, now);
	int64_t gone = now > b->at ? now - b->at : 0;
	if (gone > UNIT) gone = UNIT; /* an hour fills any sensible bucket, and nothing overflows */
	b->level += gone * l->rule.per_hour;
	if (b->level > full) b->level = full;
	b->at = now;
	bool good = b->level >= UNIT;
	if (good) b->level -= UNIT;
	else wait = (UNIT - b->level + l->rule.per_hour - 1) / l->rule.per_hour;
	pthread_mutex_unlock(&l->lock);
	if (!good) *ret_wait_s = (int)(wait / 1000 + 1);
	return good;
}
