#include "text/hant.h"

#include <opencc/opencc.h>
#include <pthread.h>
#include <string.h>

/* What packs say is said again with every answer, and OpenCC takes some 20 µs for a word. What was converted before stays here; a
 * text that falls on another's place takes it. */
#define KEPT 4096
#define KEPT_LEN 96 /* bytes; longer texts are rare, and converted each time */
struct kept {
	unsigned char n_hans, n_hant; /* n_hans 0: free */
	char hans[KEPT_LEN], hant[KEPT_LEN];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* OpenCC promises nothing about threads */
static opencc_t to_hant, to_hans;                        /* NULL: its tables are missing */
static struct kept kept[KEPT];                           /* under lock */

/* Kept until the program ends: opening reads half a megabyte of tables. */
static void open_tables(void)
{
	opencc_t there = opencc_open("s2tw.json"), back = opencc_open("tw2s.json");
	to_hant = there == (opencc_t)-1 ? NULL : there;
	to_hans = back == (opencc_t)-1 ? NULL : back;
}

static bool is_ascii(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80) return false;
	return true;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static struct kept *place_of(struct mh_str hans)
{
	uint32_t h = 2166136261U;
	if (hans.len > KEPT_LEN) return NULL;
	for (size_t i = 0; i < hans.len; i++) h = (h ^ (unsigned char)hans.ptr[i]) * 16777619U;
	return &kept[(h ^ h >> 16) % KEPT];
}

static void keep(struct kept *k, struct mh_str hans, struct mh_str hant)
{
	if (!k || hant.len > KEPT_LEN) return;
	k->n_hans = (unsigned char)hans.len;
	k->n_hant = (unsigned char)hant.len;
	memcpy(k->hans, hans.ptr, hans.len);
	memcpy(k->hant, hant.ptr, hant.len);
}

/* k: where it is kept; NULL: nowhere */
static struct mh_str convert(struct mh_arena *a, opencc_t with, struct kept *k, struct mh_str from)
{
	char *text = with ? opencc_convert_utf8(with, from.ptr, from.len) : NULL;
	if (!text) return from;
	struct mh_str out = mh_str_dup(a, mh_str_c(text));
	keep(k, from, mh_str_c(text));
	opencc_convert_utf8_free(text);
	return out;
}

struct mh_str mh_hant(struct mh_arena *a, struct mh_str hans)
{
	if (is_ascii(hans) || pthread_once(&once, open_tables) != 0) return hans;
	pthread_mutex_lock(&lock);
	struct kept *k = place_of(hans);
	bool known = k && mh_str_eq((struct mh_str){k->hans, k->n_hans}, hans);
	struct mh_str out = known ? mh_str_dup(a, (struct mh_str){k->hant, k->n_hant}) : convert(a, to_hant, k, hans);
	pthread_mutex_unlock(&lock);
	return out.ptr ? out : hans;
}

struct mh_str mh_hans(struct mh_arena *a, struct mh_str hant)
{
	if (is_ascii(hant) || pthread_once(&once, open_tables) != 0) return hant;
	pthread_mutex_lock(&lock);
	struct mh_str out = convert(a, to_hans, NULL, hant);
	pthread_mutex_unlock(&lock);
	return out.ptr ? out : hant;
}
