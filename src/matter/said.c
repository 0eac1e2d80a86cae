#include "matter/said.h"

#include <pthread.h>

struct mh_said {
	pthread_mutex_t lock;
	struct slot {
		int64_t id; /* 0: empty */
		struct mh_buf text;
	} slots[MH_SAID_SLOTS];
};

struct mh_said *mh_said_new(void)
{
	struct mh_said *s = mh_mem_alloc(sizeof *s);
	if (s) pthread_mutex_init(&s->lock, NULL);
	return s;
}

void mh_said_free(struct mh_said *s)
{
	if (!s) return;
	for (size_t i = 0; i < MH_SAID_SLOTS; i++) mh_buf_done(&s->slots[i].text);
	pthread_mutex_destroy(&s->lock);
	mh_mem_free(s);
}

/* An id is milliseconds above 22 bits that are mostly a small counter: the golden ratio spreads them. */
static struct slot *slot_of(struct mh_said *s, int64_t id)
{
	return &s->slots[((uint64_t)id * 0x9E3779B97F4A7C15u >> 32) % MH_SAID_SLOTS];
}

/* Returns what the slot held. */
static struct mh_buf exchange(struct slot *slot, int64_t id, struct mh_buf text)
{
	struct mh_buf was = slot->text;
	*slot = (struct slot){id, text};
	return was;
}

void mh_said_put(struct mh_said *s, int64_t matter_id, struct mh_buf *text)
{
	struct mh_buf old = *text;
	*text = (struct mh_buf){0};
	if (s && !old.failed) {
		pthread_mutex_lock(&s->lock);
		old = exchange(slot_of(s, matter_id), matter_id, old);
		pthread_mutex_unlock(&s->lock);
	}
	mh_buf_done(&old);
}

bool mh_said_take(struct mh_said *s, int64_t matter_id, struct mh_buf *ret)
{
	if (!s) return false;
	pthread_mutex_lock(&s->lock);
	struct slot *slot = slot_of(s, matter_id);
	bool held = slot->id == matter_id;
	if (held) *ret = exchange(slot, 0, (struct mh_buf){0});
	pthread_mutex_unlock(&s->lock);
	return held;
}

void mh_said_drop(struct mh_said *s, int64_t matter_id)
{
	struct mh_buf text;
	if (mh_said_take(s, matter_id, &text)) mh_buf_done(&text);
}
