#include "web/route.h"

#include <string.h>

#define ATOMS 24
#define TEXT_MAX 512
#define COUNT_MAX 512

/* One character class with its count. */
struct atom {
	unsigned char set[16]; /* bits for ASCII 0…127 */
	unsigned min, max;
};

static void set_add(struct atom *a, unsigned c)
{
	a->set[c >> 3] = (unsigned char)(a->set[c >> 3] | 1u << (c & 7));
}

static bool set_has(const struct atom *a, unsigned char c)
{
	return c < 128 && (a->set[c >> 3] >> (c & 7) & 1);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && !strchr("[](){}?*+.|^$\\", c);
}

/* Behind '['. */
static const char *parse_set(const char *p, struct atom *a)
{
	bool not = *p == '^';
	if (not ) p++;
	if (*p == ']') return NULL;
	for (; *p && *p != ']'; p++) {
		unsigned char from = (unsigned char)*p, to = from;
		if (from == '\\' || from == '[' || from >= 127 || from < 0x20) return NULL;
		if (p[1] == '-' && p[2] && p[2] != ']') {
			to = (unsigned char)p[2];
			p += 2;
		}
		if (to < from || to >= 127) return NULL;
		for (unsigned c = from; c <= to; c++) set_add(a, c);
	}
	if (not )
		for (size_t i = 0; i < sizeof a->set; i++) a->set[i] = (unsigned char)~a->set[i];
	return *p == ']' ? p + 1 : NULL;
}

static const char *parse_number(const char *p, unsigned *ret)
{
	unsigned v = 0;
	const char *from = p;
	for (; *p >= '0' && *p <= '9' && v <= COUNT_MAX; p++) v = v * 10 + (unsigned)(*p - '0');
	*ret = v;
	return p > from && v <= COUNT_MAX ? p : NULL;
}

static const char *parse_count(const char *p, struct atom *a)
{
	a->min = a->max = 1;
	switch (*p) {
	case '?': a->min = 0; return p + 1;
	case '*':
		a->min = 0;
		a->max = COUNT_MAX;
		return p + 1;
	case '+': a->max = COUNT_MAX; return p + 1;
	case '{':
		p = parse_number(p + 1, &a->min);
		if (p && *p == ',') p = parse_number(p + 1, &a->max);
		else a->max = a->min;
		return p && *p == '}' && a->max >= a->min ? p + 1 : NULL;
	default: return p;
	}
}

static const char *parse_atom(const char *p, struct atom *a)
{
	memset(a, 0, sizeof *a);
	if (*p == '[') {
		p = parse_set(p + 1, a);
	} else if (*p == '.') {
		for (unsigned c = 0x20; c < 0x7f; c++) set_add(a, c);
		p++;
	} else if (*p == '\\' && p[1] == 'd') {
		for (unsigned c = '0'; c <= '9'; c++) set_add(a, c);
		p += 2;
	} else if (*p == '\\' && p[1] && strchr("[](){}?*+.|^$\\", p[1])) {
		set_add(a, (unsigned char)p[1]);
		p += 2;
	} else if (is_plain((unsigned char)*p)) {
		set_add(a, (unsigned char)*p++);
	} else {
		return NULL;
	}
	return p ? parse_count(p, a) : NULL;
}

bool mh_pattern_ok(const char *pattern)
{
	struct atom a;
	size_t n = 0;
	const char *p = pattern;
	while (p && *p && n++ < ATOMS) p = parse_atom(p, &a);
	return p && !*p && n > 0;
}

/* to[j]: some way leads from a reachable place through this atom to j. */
static void advance(const struct atom *a, struct mh_str text, const bool *from, bool *to)
{
	for (size_t i = 0; i <= text.len; i++) {
		if (!from[i]) continue;
		for (size_t n = 0; n <= a->max && i + n <= text.len; n++) {
			if (n >= a->min) to[i + n] = true;
			if (i + n == text.len || !set_has(a, (unsigned char)text.ptr[i + n])) break;
		}
	}
}

bool mh_pattern_match(const char *pattern, struct mh_str text)
{
	bool reach[2][TEXT_MAX + 1] = {{true}};
	struct atom a;
	int now = 0;
	if (text.len > TEXT_MAX) return false;
	for (const char *p = pattern; p && *p; now ^= 1) {
		p = parse_atom(p, &a);
		if (!p) return false;
		memset(reach[now ^ 1], 0, sizeof reach[0]);
		advance(&a, text, reach[now], reach[now ^ 1]);
	}
	return reach[now][text.len];
}
