#include "base/str.h"

#include <stdio.h>
#include <string.h>

struct mh_str mh_str_c(const char *z)
{
	return (struct mh_str){z, z ? strlen(z) : 0};
}

bool mh_str_eq(struct mh_str a, struct mh_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool mh_str_is(struct mh_str a, const char *z)
{
	return mh_str_eq(a, mh_str_c(z));
}

int mh_str_cmp(struct mh_str a, struct mh_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool mh_str_starts(struct mh_str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.len >= n && memcmp(s.ptr, prefix, n) == 0;
}

bool mh_str_ends(struct mh_str s, const char *suffix)
{
	size_t n = strlen(suffix);
	return s.len >= n && memcmp(s.ptr + s.len - n, suffix, n) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct mh_str mh_str_trim(struct mh_str s)
{
	while (s.len && is_space(s.ptr[0])) s.ptr++, s.len--;
	while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
	return s;
}

ptrdiff_t mh_str_find(struct mh_str s, char c)
{
	const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
	return p ? p - s.ptr : -1;
}

bool mh_str_split(struct mh_str *rest, char sep, struct mh_str *ret_head)
{
	if (!rest->ptr) return false;
	ptrdiff_t at = mh_str_find(*rest, sep);
	if (at < 0) {
		*ret_head = *rest;
		*rest = (struct mh_str){NULL, 0};
		return true;
	}
	*ret_head = (struct mh_str){rest->ptr, (size_t)at};
	*rest = (struct mh_str){rest->ptr + at + 1, rest->len - (size_t)at - 1};
	return true;
}

bool mh_str_to_i64(struct mh_str s, int64_t *ret)
{
	bool neg = s.len && s.ptr[0] == '-';
	size_t i = neg;
	int64_t v = 0;
	if (i == s.len) return false;
	for (; i < s.len; i++) {
		int d = s.ptr[i] - '0';
		if (d < 0 || d > 9) return false;
		if (__builtin_mul_overflow(v, (int64_t)10, &v)) return false;
		if (__builtin_sub_overflow(v, (int64_t)d, &v)) return false; /* negative has the wider range */
	}
	if (!neg && __builtin_sub_overflow((int64_t)0, v, &v)) return false;
	*ret = v;
	return true;
}

struct mh_str mh_str_dup(struct mh_arena *a, struct mh_str s)
{
	char *p = mh_arena_alloc(a, s.len + 1);
	if (!p) return (struct mh_str){NULL, 0};
	if (s.len) memcpy(p, s.ptr, s.len);
	return (struct mh_str){p, s.len};
}

struct mh_str mh_str_fmt(struct mh_arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char most[256]; /* are no longer, and are written once */
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(most, sizeof most, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : mh_arena_alloc(a, (size_t)n + 1);
	if (p && (size_t)n < sizeof most) memcpy(p, most, (size_t)n + 1);
	else if (p) vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct mh_str){p, p ? (size_t)n : 0};
}

struct mh_str mh_str_hex(struct mh_arena *a, struct mh_bytes b)
{
	static const char digits[] = "0123456789abcdef";
	char *p = mh_arena_alloc(a, b.len * 2 + 1);
	if (!p) return (struct mh_str){NULL, 0};
	for (size_t i = 0; i < b.len; i++) {
		p[2 * i] = digits[b.ptr[i] >> 4];
		p[2 * i + 1] = digits[b.ptr[i] & 15];
	}
	return (struct mh_str){p, b.len * 2};
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

bool mh_str_unhex(struct mh_str s, unsigned char *ret)
{
	if (s.len % 2) return false;
	for (size_t i = 0; i < s.len; i += 2) {
		int hi = hex_value(s.ptr[i]), lo = hex_value(s.ptr[i + 1]);
		if (hi < 0 || lo < 0) return false;
		ret[i / 2] = (unsigned char)(hi * 16 + lo);
	}
	return true;
}

/* Length of the sequence that starts at p, or 0. Table 3-7 of the Unicode standard. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	unsigned char c = p[0];
	if (c < 0x80) return 1;
	size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC2 || c > 0xF4 || left < n) return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80) return 0;
	if (c == 0xE0 && p[1] < 0xA0) return 0;
	if (c == 0xED && p[1] > 0x9F) return 0;
	if (c == 0xF0 && p[1] < 0x90) return 0;
	if (c == 0xF4 && p[1] > 0x8F) return 0;
	return n;
}

ptrdiff_t mh_utf8_bad(struct mh_bytes b)
{
	for (size_t i = 0; i < b.len;) {
		if (b.ptr[i] < 0x80) {
			i++;
			continue;
		}
		size_t n = utf8_len(b.ptr + i, b.len - i);
		if (!n) return (ptrdiff_t)i;
		i += n;
	}
	return -1;
}

size_t mh_utf8_count(struct mh_str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
	return n;
}

uint32_t mh_utf8_next(struct mh_str s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.ptr + *at;
	size_t n = utf8_len(p, s.len - *at);
	if (n <= 1) {
		(*at)++;
		return n ? p[0] : 0xFFFD;
	}
	uint32_t c = p[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) c = c << 6 | (p[i] & 0x3F);
	*at += n;
	return c;
}

struct mh_str mh_utf8_prefix(struct mh_str s, size_t max)
{
	size_t at = 0;
	while (max-- && at < s.len) mh_utf8_next(s, &at);
	return (struct mh_str){s.ptr, at};
}
