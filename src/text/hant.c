#include "text/hant.h"

#include <opencc/opencc.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* OpenCC promises nothing about threads */
static opencc_t converter;

/* Kept until the program ends: opening reads half a megabyte of tables. */
static void open_tables(void)
{
	opencc_t o = opencc_open("s2tw.json");
	converter = o == (opencc_t)-1 ? NULL : o;
}

static bool is_ascii(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80) return false;
	return true;
}

struct mh_str mh_hant(struct mh_arena *a, struct mh_str hans)
{
	if (is_ascii(hans) || pthread_once(&once, open_tables) != 0 || !converter) return hans;
	pthread_mutex_lock(&lock);
	char *text = opencc_convert_utf8(converter, hans.ptr, hans.len);
	pthread_mutex_unlock(&lock);
	struct mh_str out = text ? mh_str_dup(a, mh_str_c(text)) : hans;
	if (text) opencc_convert_utf8_free(text);
	return out.ptr ? out : hans;
}
