#include "web/web_priv.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool mh_web__name_eq(struct mh_str a, const char *b)
{
	size_t i = 0;
	for (; i < a.len && b[i]; i++)
		if (lower(a.ptr[i]) != lower(b[i])) return false;
	return i == a.len && !b[i];
}

static bool token(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!word && (c < 0x21 || c > 0x7e || mh_str_find(MH_STR("\"(),/:;<=>?@[\\]{}"), (char)c) >= 0))
			return false;
	}
	return s.len > 0;
}

static bool printable(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
	}
	return mh_utf8_bad((struct mh_bytes){(const unsigned char *)s.ptr, s.len}) < 0;
}

/* host, host:port, [v6], [v6]:port */
static bool host_ok(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = lower(s.ptr[i]);
		bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
		if (!word && mh_str_find(MH_STR("-._:[]%"), c) < 0) return false;
	}
	return s.len > 0 && s.len <= 255;
}

static bool length_ok(struct mh_str s, int64_t *ret)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
	return s.len <= 18 && mh_str_to_i64(s, ret);
}

static enum mh_code refuse(struct mh_err *reterr, const char *why)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot take this request: %s", why);
	mh_err_hint(reterr, "Two programs on the way could understand it differently, so it is refused.");
	return code;
}

enum mh_code mh_web__guard(struct mh_str version, const struct mh_pair *headers, size_t n, struct mh_web__framing *ret,
			   struct mh_err *reterr)
{
	struct mh_web__framing f = {.length = -1};
	size_t lengths = 0, encodings = 0, hosts = 0;
	if (!mh_str_is(version, "HTTP/1.1") && !mh_str_is(version, "HTTP/1.0"))
		return refuse(reterr, "unknown version of HTTP");
	for (size_t i = 0; i < n; i++) {
		struct mh_str name = headers[i].name, value = headers[i].value;
		if (!token(name)) return refuse(reterr, "the name of a header field is not a token");
		if (!printable(value)) return refuse(reterr, "a header field holds control bytes or is not UTF-8");
		if (mh_web__name_eq(name, "Content-Length")) {
			lengths++;
			if (!length_ok(value, &f.length)) return refuse(reterr, "Content-Length is not a number");
		} else if (mh_web__name_eq(name, "Transfer-Encoding")) {
			encodings++;
			if (!mh_web__name_eq(value, "chunked"))
				return refuse(reterr, "Transfer-Encoding is not chunked");
			f.chunked = true;
		} else if (mh_web__name_eq(name, "Host")) {
			hosts++;
			if (!host_ok(value)) return refuse(reterr, "Host is not a host");
		} else if (mh_web__name_eq(name, "Expect")) {
			if (!mh_web__name_eq(value, "100-continue"))
				return refuse(reterr, "Expect is not 100-continue");
			f.expect = true;
		}
	}
	if (lengths > 1) return refuse(reterr, "Content-Length comes more than once");
	if (encodings > 1) return refuse(reterr, "Transfer-Encoding comes more than once");
	if (lengths && encodings) return refuse(reterr, "Content-Length and Transfer-Encoding exclude each other");
	if (encodings && !mh_str_is(version, "HTTP/1.1")) return refuse(reterr, "Transfer-Encoding needs HTTP/1.1");
	if (hosts != 1) return refuse(reterr, "there must be exactly one Host");
	*ret = f;
	return MH_OK;
}
