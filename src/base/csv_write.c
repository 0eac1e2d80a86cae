#include "base/csv.h"

#include <string.h>

/* Digits with at most one sign before and one point inside: nothing a spreadsheet could run. */
static bool plain_number(struct mh_str s)
{
	size_t i = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'), digits = 0, points = 0;
	for (; i < s.len; i++) {
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9') digits++;
		else if (s.ptr[i] == '.') points++;
		else return false;
	}
	return digits > 0 && points <= 1;
}

static bool looks_like_formula(struct mh_str s)
{
	return s.len && strchr("=+-@\t\r", s.ptr[0]) && s.ptr[0] && !plain_number(s);
}

static bool needs_quotes(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\r' || s.ptr[i] == '\n') return true;
	return s.len && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ');
}

void mh_csv_put(struct mh_csv_writer *w, struct mh_str text)
{
	bool quote = needs_quotes(text);
	if (w->n++) mh_buf_ch(w->buf, ',');
	w->empty = w->n == 1 && text.len == 0;
	if (quote) mh_buf_ch(w->buf, '"');
	if (looks_like_formula(text)) mh_buf_ch(w->buf, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"') mh_buf_ch(w->buf, '"');
		mh_buf_ch(w->buf, text.ptr[i]);
	}
	if (quote) mh_buf_ch(w->buf, '"');
}

void mh_csv_put_int(struct mh_csv_writer *w, int64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
	mh_csv_put(w, (struct mh_str){digits, (size_t)n});
}

void mh_csv_put_end(struct mh_csv_writer *w)
{
	if (w->empty) mh_buf_c(w->buf, "\"\"");
	mh_buf_c(w->buf, "\r\n");
	w->n = 0;
	w->empty = false;
}
