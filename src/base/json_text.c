/* The one way in which JSON is written. Published hashes rest on these bytes (entries of the ledger, requests), so they are
 * what jansson writes with JSON_COMPACT | JSON_SORT_KEYS, to the byte; tests/unit/test_json_text.c compares the two. jansson
 * itself walks the tree twice to know the size, allocates for each object and formats each integer: half the time of
 * answering a list went into that. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)1 << 30)
#define DEPTH_MAX 2048 /* jansson reads no deeper */
#define MEMBERS_HERE 16

struct member {
	const char *key;
	size_t len;
	json_t *value;
};

static int by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = memcmp(x->key, y->key, x->len < y->len ? x->len : y->len);
	return c ? c : (x->len > y->len) - (x->len < y->len);
}

static void put_escape(struct mh_buf *b, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char letters[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char letter = c < 0x20 ? letters[c] : (char)c;
	char s[6] = {'\\', letter ? letter : 'u', '0', '0', hex[c >> 4], hex[c & 15]};
	mh_buf_add(b, s, letter ? 2 : 6);
}

/* jansson lets no string in that is not UTF-8. */
static void put_string(struct mh_buf *b, const char *s, size_t n)
{
	mh_buf_ch(b, '"');
	for (size_t at = 0, from = 0; at <= n; at++) {
		unsigned char c = at < n ? (unsigned char)s[at] : '"';
		if (c >= 0x20 && c != '"' && c != '\\') continue;
		if (at > from) mh_buf_add(b, s + from, at - from);
		if (at < n) put_escape(b, c);
		from = at + 1;
	}
	mh_buf_ch(b, '"');
}

static void put_integer(struct mh_buf *b, json_int_t i)
{
	char digits[24], *p = digits + sizeof digits;
	unsigned long long u = i < 0 ? 0 - (unsigned long long)i : (unsigned long long)i;
	do *--p = (char)('0' + u % 10);
	while (u /= 10);
	if (i < 0) *--p = '-';
	mh_buf_add(b, p, (size_t)(digits + sizeof digits - p));
}

static void put(struct mh_buf *b, json_t *j, int depth);

static void put_members(struct mh_buf *b, const struct member *m, size_t n, int depth)
{
	mh_buf_ch(b, '{');
	for (size_t i = 0; i < n; i++) {
		if (i) mh_buf_ch(b, ',');
		put_string(b, m[i].key, m[i].len);
		mh_buf_ch(b, ':');
		put(b, m[i].value, depth);
	}
	mh_buf_ch(b, '}');
}

static void put_object(struct mh_buf *b, json_t *j, int depth)
{
	struct member here[MEMBERS_HERE], *m = here;
	size_t n = json_object_size(j), i = 0, len;
	const char *key;
	json_t *value;
	if (n > MEMBERS_HERE && !(m = mh_mem_alloc(n * sizeof *m))) {
		b->failed = true;
		return;
	}
	json_object_keylen_foreach(j, key, len, value) m[i++] = (struct member){key, len, value};
	if (i > 1) qsort(m, i, sizeof *m, by_key);
	put_members(b, m, i, depth);
	if (m != here) mh_mem_free(m);
}

static void put_array(struct mh_buf *b, json_t *j, int depth)
{
	mh_buf_ch(b, '[');
	for (size_t i = 0; i < json_array_size(j); i++) {
		if (i) mh_buf_ch(b, ',');
		put(b, json_array_get(j, i), depth);
	}
	mh_buf_ch(b, ']');
}

static void put(struct mh_buf *b, json_t *j, int depth)
{
	if (!j || depth > DEPTH_MAX) {
		b->failed = true;
		return;
	}
	switch (json_typeof(j)) {
	case JSON_OBJECT: put_object(b, j, depth + 1); break;
	case JSON_ARRAY: put_array(b, j, depth + 1); break;
	case JSON_STRING: put_string(b, json_string_value(j), json_string_length(j)); break;
	case JSON_INTEGER: put_integer(b, json_integer_value(j)); break;
	case JSON_TRUE: mh_buf_add(b, "true", 4); break;
	case JSON_FALSE: mh_buf_add(b, "false", 5); break;
	case JSON_NULL: mh_buf_add(b, "null", 4); break;
	default: b->failed = true; break; /* a real: there are none (json.h) */
	}
}

struct mh_str mh_json_text(struct mh_arena *a, const json_t *j)
{
	struct mh_buf b = MH_BUF(TEXT_MAX);
	put(&b, (json_t *)(uintptr_t)j, 0);
	struct mh_str text = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return text;
}
