#include "ledger/bundle_priv.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define THREADS_MAX 16

static void hash_one(struct mh_ledger__bundle *b)
{
	struct mh_bytes rest = {(const unsigned char *)b->file.ptr, b->file.len}, entry;
	b->ends_before = -1;
	b->trailing = false;
	b->bytes = 0;
	for (int i = 0; i < b->width; i++) {
		if (!mh_bundle_next(&rest, &entry)) {
			b->ends_before = i;
			return;
		}
		b->leaf[i] = mh_tlog_leaf(entry);
		b->bytes += (int64_t)entry.len;
	}
	b->trailing = rest.len > 0 && !b->more;
	if (b->width == MH_TILE_WIDTH) b->root = mh_tile_root(b->leaf, MH_TILE_WIDTH);
}

struct work {
	struct mh_ledger__bundle *bundle;
	size_t n;
	atomic_size_t next;
};

static void *work_off(void *ctx)
{
	struct work *w = ctx;
	for (size_t i; (i = atomic_fetch_add(&w->next, 1)) < w->n;) hash_one(&w->bundle[i]);
	return NULL;
}

void mh_ledger__bundles_hash(struct mh_ledger__bundle *b, size_t n)
{
	struct work w = {.bundle = b, .n = n};
	pthread_t thread[THREADS_MAX];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t want = cpus < 1 ? 1 : cpus > THREADS_MAX ? THREADS_MAX : (size_t)cpus, started = 0;
	if (want > n) want = n;
	while (started + 1 < want && pthread_create(&thread[started], NULL, work_off, &w) == 0) started++;
	work_off(&w);
	while (started > 0) pthread_join(thread[--started], NULL);
}
