#include "web/personal.h"

#define RUN_MAX 24

/* A run of digits, with where each one stands in the text. */
struct run {
	int n;
	char digit[RUN_MAX];
	size_t from[RUN_MAX], to[RUN_MAX];
	bool too_long;
};

/* 0–9 for a digit of either width, 10 for an X, -1 for a separator, -2 for anything else. */
static int kind_of(uint32_t c)
{
	if (c >= '0' && c <= '9') return (int)(c - '0');
	if (c >= 0xff10 && c <= 0xff19) return (int)(c - 0xff10);
	if (c == 'x' || c == 'X' || c == 0xff38 || c == 0xff58) return 10;
	return c == ' ' || c == '-' || c == 0x3000 || c == 0x2013 ? -1 : -2;
}

/* GB 11643-1999: the weighted sum of the first 17, modulo 11, gives the last. */
static bool is_card(const struct run *r)
{
	static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	static const int check[11] = {1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2};
	int sum = 0;
	if (r->n != 18) return false;
	for (int i = 0; i < 17; i++) sum += r->digit[i] * weight[i];
	return check[sum % 11] == r->digit[17];
}

static bool is_mobile(const struct run *r)
{
	int at = r->n == 13 && r->digit[0] == 8 && r->digit[1] == 6 ? 2 : 0; /* 86 139… */
	return r->n - at == 11 && r->digit[at] == 1 && r->digit[at + 1] >= 3;
}

/* The next run from *at on; false at the end. A separator goes on only when a digit follows it. */
static bool next_run(struct mh_str text, size_t *at, struct run *r)
{
	bool gap = false;
	*r = (struct run){0};
	while (*at < text.len) {
		size_t from = *at;
		int k = kind_of(mh_utf8_next(text, at));
		bool x_end = k == 10 && r->n == 17;
		if (k >= 0 && (k < 10 || x_end)) {
			gap = false;
			if (r->n == RUN_MAX) r->too_long = true;
			else r->digit[r->n] = (char)k, r->from[r->n] = from, r->to[r->n++] = *at;
		} else if (k == -1 && r->n && !gap) {
			gap = true;
		} else if (r->n) {
			return true;
		}
	}
	return r->n > 0;
}

static bool names_person(const struct run *r)
{
	return !r->too_long && (is_card(r) || is_mobile(r));
}

bool mh_personal_in(struct mh_str text)
{
	struct run r;
	size_t at = 0;
	while (next_run(text, &at, &r))
		if (names_person(&r)) return true;
	return false;
}

struct mh_str mh_personal_cover(struct mh_arena *a, struct mh_str text)
{
	struct mh_buf b = MH_BUF(text.len * 3 + 64);
	struct run r;
	size_t at = 0, done = 0;
	while (next_run(text, &at, &r)) {
		if (!names_person(&r)) continue;
		for (int i = 3; i < r.n; i++) {
			mh_buf_add(&b, text.ptr + done, r.from[i] - done);
			mh_buf_c(&b, "●");
			done = r.to[i];
		}
	}
	mh_buf_add(&b, text.ptr + done, text.len - done);
	struct mh_str out = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return out;
}
