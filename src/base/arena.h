/* Arenas: memory with one lifetime, freed at once.
 *
 * Four lifetimes are used: process, connection, request, scratch. The arena is always a parameter, never hidden.
 * Memory is zeroed, aligned for any type, and stays where it is until _clear or _done. Under ASan unused space is
 * poisoned, so an overrun is found. Not thread-safe: one owner at a time. */
#ifndef MH_BASE_ARENA_H
#define MH_BASE_ARENA_H
#include <stddef.h>

struct mh_arena_chunk;
struct mh_arena {
	struct mh_arena_chunk *last;
	size_t used, cap; /* bytes handed out; the most it may hand out */
};

/* A cap of 0 means MH_ARENA_CAP_DEFAULT. */
#define MH_ARENA_CAP_DEFAULT ((size_t)256 << 20)
#define MH_ARENA(cap_) ((struct mh_arena){.cap = (cap_)})

/* NULL when memory or the cap is exhausted. */
void *mh_arena_alloc(struct mh_arena *a, size_t size);
void *mh_arena_array(struct mh_arena *a, size_t n, size_t size); /* checks n * size for overflow */
void *mh_arena_copy(struct mh_arena *a, const void *p, size_t size);
#define MH_NEW(a, type) ((type *)mh_arena_alloc((a), sizeof(type)))
#define MH_NEW_ARRAY(a, n, type) ((type *)mh_arena_array((a), (n), sizeof(type)))

void mh_arena_clear(struct mh_arena *a); /* empty, reusable; keeps its newest chunk */
void mh_arena_done(struct mh_arena *a);

/* The one way to the heap, so that tests can make the Nth allocation fail.
 * mh_mem_fail_after(n): the n-th allocation from now returns NULL and so do all later ones; negative: never. */
void *mh_mem_alloc(size_t size); /* zeroed */
void *mh_mem_resize(void *p, size_t size);
void mh_mem_free(void *p);
void mh_mem_fail_after(long n);

#endif
