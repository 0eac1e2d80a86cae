#include "ledger/bundle_priv.h"

#include <unistd.h>

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

static void *work_off(void *ctx)
{
	struct mh_ledger__hashing *h = ctx;
	for (size_t i; (i = atomic_fetch_add(&h->next, 1)) < h->n;) hash_one(&h->bundle[i]);
	return NULL;
}

void mh_ledger__hashing_begin(struct mh_ledger__hashing *h, struct mh_ledger__bundle *b, size_t n)
{
	const size_t most = sizeof h->thread / sizeof h->thread[0];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t want = cpus < 3 ? 1 : (size_t)cpus - 1;
	if (want > most) want = most;
	if (want > n) want = n;
	h->bundle = b;
	h->n = n;
	h->started = 0;
	atomic_store(&h->next, 0);
	while (h->started < want && pthread_create(&h->thread[h->started], NULL, work_off, h) == 0) h->started++;
}

void mh_ledger__hashing_end(struct mh_ledger__hashing *h)
{
	work_off(h);
	while (h->started > 0) pthread_join(h->thread[--h->started], NULL);
}
