#include "base/str.h"

#include <stdio.h>
#include <string.h>

static void fail(struct mh_buf *b)
{
	size_t cap = b->cap;
	mh_buf_done(b);
	b->cap = cap;
	b->failed = true;
}

/* Room for n more bytes and the NUL. */
static bool reserve(struct mh_buf *b, size_t n)
{
	if (b->failed) return false;
	if (n > b->cap || b->len > b->cap - n) return fail(b), false;
	size_t need = b->len + n + 1;
	if (need <= b->room) return true;
	size_t room = b->room ? b->room * 2 : 512;
	if (room < need) room = need;
	char *p = mh_mem_resize(b->ptr, room);
	if (!p) return fail(b), false;
	b->ptr = p;
	b->room = room;
	return true;
}

void mh_buf_add(struct mh_buf *b, const void *p, size_t n)
{
	if (!reserve(b, n)) return;
	if (n) memcpy(b->ptr + b->len, p, n);
	b->len += n;
	b->ptr[b->len] = '\0';
}

void mh_buf_str_add(struct mh_buf *b, struct mh_str s)
{
	mh_buf_add(b, s.ptr, s.len);
}

void mh_buf_c(struct mh_buf *b, const char *z)
{
	mh_buf_add(b, z, strlen(z));
}

void mh_buf_ch(struct mh_buf *b, char c)
{
	if (!reserve(b, 1)) return;
	b->ptr[b->len++] = c;
	b->ptr[b->len] = '\0';
}

void mh_buf_vfmt(struct mh_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	size_t left = b->failed ? 0 : b->room - b->len; /* most texts fit into what is there */
	int n = vsnprintf(left ? b->ptr + b->len : NULL, left, fmt, ap);
	if (n >= 0 && reserve(b, (size_t)n)) {
		if ((size_t)n >= left) vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	} else if (left && b->ptr) {
		b->ptr[b->len] = '\0';
	}
	va_end(again);
}

void mh_buf_fmt(struct mh_buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	mh_buf_vfmt(b, fmt, ap);
	va_end(ap);
}

static void json_char(struct mh_buf *b, unsigned char c)
{
	switch (c) {
	case '"': mh_buf_c(b, "\\\""); break;
	case '\\': mh_buf_c(b, "\\\\"); break;
	case '\n': mh_buf_c(b, "\\n"); break;
	case '\r': mh_buf_c(b, "\\r"); break;
	case '\t': mh_buf_c(b, "\\t"); break;
	default: mh_buf_fmt(b, "\\u%04x", c);
	}
}

void mh_buf_json(struct mh_buf *b, struct mh_str s)
{
	size_t from = 0;
	mh_buf_ch(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
		mh_buf_add(b, s.ptr + from, i - from);
		json_char(b, c);
		from = i + 1;
	}
	if (s.len > from) mh_buf_add(b, s.ptr + from, s.len - from);
	mh_buf_ch(b, '"');
}

void mh_buf_xml(struct mh_buf *b, struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		switch (c) {
		case '&': mh_buf_c(b, "&amp;"); break;
		case '<': mh_buf_c(b, "&lt;"); break;
		case '>': mh_buf_c(b, "&gt;"); break;
		case '"': mh_buf_c(b, "&quot;"); break;
		case '\'': mh_buf_c(b, "&#39;"); break;
		default:
			/* XML 1.0 has no other control characters, not even escaped */
			if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t' || c == '\r') mh_buf_ch(b, c);
		}
	}
}

struct mh_str mh_buf_str(const struct mh_buf *b)
{
	return (struct mh_str){b->ptr ? b->ptr : "", b->len};
}

void mh_buf_clear(struct mh_buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->ptr) b->ptr[0] = '\0';
}

void mh_buf_done(struct mh_buf *b)
{
	mh_mem_free(b->ptr);
	*b = (struct mh_buf){.cap = b->cap};
}
