#include "base/arena.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define MH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MH_ASAN 1
#endif
#endif
#ifdef MH_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#define REDZONE 16 /* a gap after each object, so that a neighbour cannot hide an overrun */
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#define REDZONE 0
#endif

struct mh_arena_chunk {
	struct mh_arena_chunk *prev;
	size_t used, size;
	_Alignas(max_align_t) unsigned char data[];
};

static atomic_long fail_countdown = -1;

void mh_mem_fail_after(long n)
{
	atomic_store(&fail_countdown, n);
}

/* Counts down to the chosen allocation and then stays at zero: everything after it fails too. */
static int must_fail(void)
{
	long now = atomic_load(&fail_countdown);
	if (now < 0) return 0;
	while (now > 0 && !atomic_compare_exchange_weak(&fail_countdown, &now, now - 1)) {
	}
	return now <= 0;
}

void *mh_mem_alloc(size_t size)
{
	return must_fail() ? NULL : calloc(1, size ? size : 1);
}

void *mh_mem_resize(void *p, size_t size)
{
	return must_fail() ? NULL : realloc(p, size ? size : 1);
}

void mh_mem_free(void *p)
{
	free(p);
}

static size_t align_up(size_t n)
{
	size_t a = _Alignof(max_align_t);
	return (n + a - 1) & ~(a - 1);
}

static struct mh_arena_chunk *new_chunk(struct mh_arena *a, size_t need)
{
	size_t size = a->last ? a->last->size * 2 : 4096;
	if (size > (1u << 20)) size = 1u << 20;
	if (size < need) size = need;
	struct mh_arena_chunk *c = mh_mem_alloc(sizeof *c + size);
	if (!c) return NULL;
	c->size = size;
	c->prev = a->last;
	POISON(c->data, size);
	a->last = c;
	return c;
}

void *mh_arena_alloc(struct mh_arena *a, size_t size)
{
	size_t cap = a->cap ? a->cap : MH_ARENA_CAP_DEFAULT;
	if (size > cap || a->used > cap - size) return NULL;
	size_t step = align_up(size ? size : 1) + REDZONE;
	struct mh_arena_chunk *c = a->last;
	if (!c || c->size - c->used < step) c = new_chunk(a, step);
	if (!c) return NULL;
	void *p = c->data + c->used;
	UNPOISON(p, size ? size : 1);
	c->used += step;
	a->used += size;
	return p; /* zero: as it came, or since _clear */
}

void *mh_arena_array(struct mh_arena *a, size_t n, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(n, size, &total)) return NULL;
	return mh_arena_alloc(a, total);
}

void *mh_arena_copy(struct mh_arena *a, const void *p, size_t size)
{
	void *to = mh_arena_alloc(a, size);
	if (to && size) memcpy(to, p, size);
	return to;
}

static void free_chain(struct mh_arena_chunk *c)
{
	while (c) {
		struct mh_arena_chunk *prev = c->prev;
		UNPOISON(c->data, c->size);
		mh_mem_free(c);
		c = prev;
	}
}

void mh_arena_clear(struct mh_arena *a)
{
	a->used = 0;
	if (!a->last) return;
	free_chain(a->last->prev);
	a->last->prev = NULL;
	UNPOISON(a->last->data, a->last->used);
	memset(a->last->data, 0, a->last->used);
	a->last->used = 0;
	POISON(a->last->data, a->last->size);
}

void mh_arena_done(struct mh_arena *a)
{
	free_chain(a->last);
	a->last = NULL;
	a->used = 0;
}
