#include "web/web_priv.h"

#include <string.h>

static bool path_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~!$&'()*+,;=:@%", c));
}

static bool query_byte(char c)
{
	/* RFC 3986 has no brackets in a query, but browsers send them and they mean nothing else */
	return path_byte(c) || c == '/' || c == '?' || c == '[' || c == ']';
}

/* Decodes %XX (and + when told). The result is UTF-8 without control bytes, line breaks and tabs excepted if allowed. */
static bool decode(struct mh_arena *a, struct mh_str s, bool form, struct mh_str *ret)
{
	unsigned char *p = mh_arena_alloc(a, s.len + 1);
	size_t n = 0;
	if (!p) return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c == '%') {
			if (s.len - i < 3 || !mh_str_unhex((struct mh_str){s.ptr + i + 1, 2}, &c)) return false;
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		bool line = form && (c == '\n' || c == '\r' || c == '\t');
		if ((c < 0x20 && !line) || c == 0x7f) return false;
		p[n++] = c;
	}
	*ret = (struct mh_str){(const char *)p, n};
	return mh_utf8_bad((struct mh_bytes){p, n}) < 0;
}

static bool good_segment(struct mh_str s)
{
	return s.len && !mh_str_is(s, ".") && !mh_str_is(s, "..") && mh_str_find(s, '/') < 0 &&
	       mh_str_find(s, '\\') < 0;
}

static bool decode_path(struct mh_arena *a, struct mh_str raw, struct mh_buf *out)
{
	struct mh_str rest = raw, seg, text;
	mh_str_split(&rest, '/', &seg);
	while (mh_str_split(&rest, '/', &seg)) {
		bool end_slash = seg.len == 0 &&
				 rest.ptr == NULL; /* "/a/" is another address than "/a", not a bad one */
		for (size_t i = 0; i < seg.len; i++)
			if (!path_byte(seg.ptr[i])) return false;
		if (!decode(a, seg, false, &text) || (!end_slash && !good_segment(text))) return false;
		mh_buf_ch(out, '/');
		mh_buf_str_add(out, text);
	}
	return true;
}

enum mh_code mh_web__target_parse(struct mh_arena *a, struct mh_str raw, struct mh_str *ret_path,
				  struct mh_str *ret_query, struct mh_err *reterr)
{
	struct mh_str path = raw, query = {NULL, 0};
	struct mh_buf out = MH_BUF(8192);
	ptrdiff_t at = mh_str_find(raw, '?');
	if (at >= 0) {
		path.len = (size_t)at;
		query = (struct mh_str){raw.ptr + at + 1, raw.len - (size_t)at - 1};
	}
	bool good = path.len && path.ptr[0] == '/' && path.len <= 2048 && decode_path(a, path, &out);
	for (size_t i = 0; good && i < query.len; i++) good = query_byte(query.ptr[i]);
	struct mh_str decoded = good ? mh_str_dup(a, mh_buf_str(&out)) : (struct mh_str){"", 0};
	bool failed = out.failed;
	mh_buf_done(&out);
	if (!good) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot read the address");
		mh_err_hint(reterr, "Percent-encode UTF-8; leave out dot segments, empty segments, encoded slashes and "
				    "control characters.");
		return code;
	}
	if (failed || !decoded.ptr) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	*ret_path = decoded;
	*ret_query = query;
	return MH_OK;
}

static enum mh_code bad_form(struct mh_err *reterr, size_t at)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot read the parameters");
	mh_err_detail(reterr, "parameter %zu", at + 1);
	mh_err_hint(reterr, "Write name=value, joined by &, percent-encoded UTF-8.");
	return code;
}

enum mh_code mh_web__form_parse(struct mh_arena *a, struct mh_str text, const struct mh_pair **ret, size_t *ret_n,
				struct mh_err *reterr)
{
	struct mh_str rest = text, item, name;
	struct mh_pair *pairs;
	size_t n = 0, room = 1;
	for (size_t i = 0; i < text.len; i++) room += text.ptr[i] == '&';
	if (room > MH_WEB_PAIRS)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "There are more than %d parameters", MH_WEB_PAIRS);
	pairs = MH_NEW_ARRAY(a, room, struct mh_pair);
	MH_TRY_MEM(pairs, reterr);
	while (text.len && mh_str_split(&rest, '&', &item)) {
		if (!item.len) continue;
		struct mh_str value = item;
		mh_str_split(&value, '=', &name);
		if (!decode(a, name, true, &pairs[n].name) || !pairs[n].name.len ||
		    !decode(a, value, true, &pairs[n].value))
			return bad_form(reterr, n);
		n++;
	}
	*ret = pairs;
	*ret_n = n;
	return MH_OK;
}
