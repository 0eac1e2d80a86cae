#include "text/terms.h"

#include <sodium.h>

#define BEGINS_MIN 3
#define BEGINS_MAX 12

enum sort { SEPARATOR, LETTER, IDEOGRAPH };

/* Full-width forms (FF01–FF5E) stand 0xFEE0 above ASCII. */
static uint32_t fold(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
	if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
	return c;
}

/* Han with its extensions and compatibility forms, kana, hangul: scripts that run on. */
static bool ideograph(uint32_t c)
{
	return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
	       (c >= 0x20000 && c <= 0x323AF) || (c >= 0x3041 && c <= 0x30FF && c != 0x30FB) || c == 0x3005 ||
	       c == 0x3007 || (c >= 0xAC00 && c <= 0xD7A3);
}

static enum sort sort_of(uint32_t c)
{
	if (ideograph(c)) return IDEOGRAPH;
	if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ? LETTER : SEPARATOR;
	bool mark = c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x2BFF) ||
		    (c >= 0x3000 && c <= 0x303F) || c == 0x30FB || (c >= 0xFE10 && c <= 0xFE6F) ||
		    (c >= 0xFF00 && c <= 0xFFEF) || (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0xE000 && c <= 0xF8FF) ||
		    c >= 0xE0000;
	return mark ? SEPARATOR : LETTER;
}

static void put(struct mh_buf *b, uint32_t c)
{
	if (c < 0x80) {
		mh_buf_ch(b, (char)c);
		return;
	}
	if (c < 0x800) {
		mh_buf_ch(b, (char)(0xC0 | c >> 6));
	} else if (c < 0x10000) {
		mh_buf_ch(b, (char)(0xE0 | c >> 12));
		mh_buf_ch(b, (char)(0x80 | (c >> 6 & 0x3F)));
	} else {
		mh_buf_ch(b, (char)(0xF0 | c >> 18));
		mh_buf_ch(b, (char)(0x80 | (c >> 12 & 0x3F)));
		mh_buf_ch(b, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	mh_buf_ch(b, (char)(0x80 | (c & 0x3F)));
}

/* The next run of one sort; *ret_n: its characters. */
static enum sort next_run(struct mh_str text, size_t *at, size_t *ret_from, size_t *ret_n)
{
	enum sort sort = SEPARATOR;
	*ret_n = 0;
	while (*at < text.len) {
		size_t before = *at;
		enum sort here = sort_of(fold(mh_utf8_next(text, at)));
		if (sort == SEPARATOR && here != SEPARATOR) {
			sort = here;
			*ret_from = before;
		} else if (here != sort) {
			*at = before;
			break;
		}
		if (here != SEPARATOR) ++*ret_n;
	}
	return sort;
}

static void word(struct mh_buf *b, struct mh_str text, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++) put(b, fold(mh_utf8_next(text, &from)));
}

/* c1c2 c2c3 … */
static void pairs(struct mh_buf *b, struct mh_str text, size_t from, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		mh_buf_ch(b, ' ');
		word(b, text, from, 2);
		mh_utf8_next(text, &from);
	}
}

/* <c1 <c2 … */
static void singles(struct mh_buf *b, struct mh_str text, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mh_buf_c(b, " <");
		word(b, text, from, 1);
		mh_utf8_next(text, &from);
	}
}

static void beginnings(struct mh_buf *b, struct mh_str text, size_t from, size_t n)
{
	for (size_t i = BEGINS_MIN; i <= n && i <= BEGINS_MAX; i++) {
		mh_buf_c(b, " <");
		word(b, text, from, i);
	}
}

void mh_terms_of(struct mh_str text, struct mh_buf *out)
{
	size_t at = 0, from = 0, n;
	enum sort sort;
	while ((sort = next_run(text, &at, &from, &n)) != SEPARATOR) {
		if (sort == IDEOGRAPH) {
			pairs(out, text, from, n);
			singles(out, text, from, n);
		} else {
			mh_buf_ch(out, ' ');
			word(out, text, from, n);
			beginnings(out, text, from, n);
		}
	}
}

void mh_terms_query(struct mh_str text, struct mh_buf *out)
{
	size_t at = 0, from = 0, n;
	enum sort sort;
	for (int i = 0; i < MH_TERMS_QUERY_MAX && (sort = next_run(text, &at, &from, &n)) != SEPARATOR; i++) {
		bool part = sort == IDEOGRAPH ? n == 1 : n >= BEGINS_MIN && n <= BEGINS_MAX;
		mh_buf_c(out, i ? " AND \"" : "\"");
		if (part) mh_buf_ch(out, '<');
		if (sort == IDEOGRAPH && !part) pairs(out, text, from, n);
		else word(out, text, from, n);
		mh_buf_ch(out, '"');
	}
}

/* --- sealing --- */

_Static_assert(MH_TERMS_KEY_LEN == crypto_shorthash_KEYBYTES, "the key of SipHash");

/* 40 bits in base 32. A city has a million words: one search in a million finds a hit too many, and the index is smaller by a
 * third than with all 64. */
static void seal_word(const unsigned char *key, struct mh_str w, struct mh_buf *out)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char h[crypto_shorthash_BYTES];
	uint64_t v = 0;
	crypto_shorthash(h, (const unsigned char *)w.ptr, w.len, key);
	for (size_t i = 0; i < sizeof h; i++) v = v << 8 | h[i];
	for (int i = 0; i < MH_TERMS_SEALED; i++, v >>= 5) mh_buf_ch(out, digits[v & 31]);
}

void mh_terms_seal(const unsigned char *key, struct mh_str words, struct mh_buf *out)
{
	/* among words every token is one; in a query those within quotes are, the rest is the language's */
	bool inside = mh_str_find(words, '"') < 0;
	for (size_t i = 0; i < words.len;) {
		size_t from = i;
		while (i < words.len && words.ptr[i] != ' ' && words.ptr[i] != '"') i++;
		struct mh_str w = {words.ptr + from, i - from};
		if (w.len && inside) seal_word(key, w, out);
		else mh_buf_str_add(out, w);
		if (i == words.len) return;
		if (words.ptr[i] == '"') inside = !inside;
		mh_buf_ch(out, words.ptr[i++]);
	}
}
