/* multipart/form-data (RFC 7578) of a body that is already in memory. Strict where two readers could differ: every line ends in
 * CRLF, every part has a name, the last delimiter is there. Parts without a file name are form fields; the others are files,
 * whose claimed names and types are not believed. */
#include "web/web_priv.h"

#include <string.h>

#define PARTS_MAX 200
#define BOUNDARY_MAX 70 /* RFC 2046 */
#define HEAD_MAX 8192

static enum mh_code bad(struct mh_err *reterr, const char *why)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot read the form: %s", why);
	mh_err_hint(reterr, "Send multipart/form-data as RFC 7578 has it.");
	return code;
}

static bool boundary_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("'()+_,-./:=? ", c));
}

/* Case of ASCII letters does not matter. */
static bool starts_nocase(struct mh_str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.len >= n && mh_web__name_eq((struct mh_str){s.ptr, n}, prefix);
}

/* Reads one value from *at on, quoted or not, to the `;` behind it. out (NULL: not wanted) has room for all of it. */
static size_t param_value(struct mh_str s, size_t *at, char *out)
{
	size_t n = 0, i = *at;
	if (i < s.len && s.ptr[i] == '"') {
		for (i++; i < s.len && s.ptr[i] != '"'; i++) {
			if (s.ptr[i] == '\\' && i + 1 < s.len) i++;
			if (out) out[n] = s.ptr[i];
			n++;
		}
		while (i < s.len && s.ptr[i] != ';') i++;
	} else {
		for (; i < s.len && s.ptr[i] != ';'; i++, n++)
			if (out) out[n] = s.ptr[i];
	}
	*at = i;
	return n;
}

/* One parameter of a header value: `; name="…"` or `; name=token`. False: absent, or there twice (two readers, two answers). */
static bool param_of(struct mh_arena *a, struct mh_str s, const char *name, struct mh_str *ret)
{
	struct mh_str found = {NULL, 0};
	size_t i = 0;
	while (i < s.len && s.ptr[i] != ';') i++;
	while (i < s.len) {
		i++;
		while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t')) i++;
		size_t from = i;
		while (i < s.len && s.ptr[i] != '=' && s.ptr[i] != ';') i++;
		bool wanted = mh_web__name_eq((struct mh_str){s.ptr + from, i - from}, name);
		if (i < s.len && s.ptr[i] == '=') i++;
		if (wanted && found.ptr) return false;
		char *text = wanted ? mh_arena_alloc(a, s.len - i + 1) : NULL;
		if (wanted && !text) return false;
		size_t n = param_value(s, &i, text);
		if (wanted) found = (struct mh_str){text, n};
	}
	if (found.ptr) *ret = found;
	return found.ptr != NULL;
}

static ptrdiff_t find(struct mh_str s, size_t from, struct mh_str what)
{
	if (from > s.len) return -1;
	const char *p = memmem(s.ptr + from, s.len - from, what.ptr, what.len);
	return p ? p - s.ptr : -1;
}

static enum mh_code read_head(struct mh_arena *a, struct mh_str head, struct mh_web__part *part, struct mh_err *reterr)
{
	bool disposed = false;
	while (head.len) {
		ptrdiff_t end = find(head, 0, MH_STR("\r\n"));
		struct mh_str line = {head.ptr, end < 0 ? head.len : (size_t)end};
		head = end < 0 ? (struct mh_str){NULL, 0}
			       : (struct mh_str){head.ptr + end + 2, head.len - (size_t)end - 2};
		if (starts_nocase(line, "content-transfer-encoding:"))
			return bad(reterr, "a part is encoded once more");
		if (!starts_nocase(line, "content-disposition:")) continue;
		struct mh_str v = mh_str_trim((struct mh_str){line.ptr + 20, line.len - 20});
		if (disposed || !starts_nocase(v, "form-data")) return bad(reterr, "a part says no form-data");
		disposed = param_of(a, v, "name", &part->name) && part->name.len;
		part->is_file = param_of(a, v, "filename", &part->filename) ||
				param_of(a, v, "filename*", &part->filename);
	}
	if (!disposed) return bad(reterr, "a part has no name");
	if (mh_utf8_bad((struct mh_bytes){(const unsigned char *)part->name.ptr, part->name.len}) >= 0)
		return bad(reterr, "the name of a part is not UTF-8");
	return MH_OK;
}

static enum mh_code read_part(struct mh_arena *a, struct mh_str text, struct mh_web__part *part, struct mh_err *reterr)
{
	/* an empty head: the body begins at once */
	ptrdiff_t end = find(text, 0, MH_STR("\r\n\r\n"));
	if (end < 0 || end > HEAD_MAX) return bad(reterr, "the head of a part does not end");
	MH_TRY(read_head(a, (struct mh_str){text.ptr, (size_t)end}, part, reterr));
	part->body = (struct mh_bytes){(const unsigned char *)text.ptr + end + 4, text.len - (size_t)end - 4};
	if (part->is_file) return MH_OK;
	if (mh_utf8_bad(part->body) >= 0 || memchr(part->body.ptr, 0, part->body.len))
		return bad(reterr, "a field is not UTF-8 text");
	return MH_OK;
}

static enum mh_code delimiter_of(struct mh_arena *a, struct mh_str content_type, struct mh_str *ret,
				 struct mh_err *reterr)
{
	struct mh_str b;
	if (!param_of(a, content_type, "boundary", &b)) return bad(reterr, "the Content-Type names no boundary");
	b = mh_str_trim(b);
	bool good = b.len && b.len <= BOUNDARY_MAX;
	for (size_t i = 0; good && i < b.len; i++) good = boundary_char(b.ptr[i]);
	if (!good) return bad(reterr, "the boundary cannot be one");
	struct mh_str d = mh_str_fmt(a, "\r\n--" MH_STR_FMT, MH_STR_ARG(b));
	MH_TRY_MEM(d.ptr, reterr);
	*ret = d;
	return MH_OK;
}

enum mh_code mh_web__multipart_parse(struct mh_arena *a, struct mh_str content_type, struct mh_str text,
				     const struct mh_web__part **ret, size_t *ret_n, struct mh_err *reterr)
{
	struct mh_str delimiter;
	size_t n = 0;
	MH_TRY(delimiter_of(a, content_type, &delimiter, reterr));
	struct mh_web__part *parts = MH_NEW_ARRAY(a, PARTS_MAX, struct mh_web__part);
	MH_TRY_MEM(parts, reterr);
	/* the first delimiter may stand at the very beginning, without its line break; before it nothing counts */
	struct mh_str first = {delimiter.ptr + 2, delimiter.len - 2};
	bool at_once = text.len >= first.len && memcmp(text.ptr, first.ptr, first.len) == 0;
	ptrdiff_t at = at_once ? (ptrdiff_t)first.len : find(text, 0, delimiter);
	if (at < 0) return bad(reterr, "the boundary does not appear");
	size_t from = (size_t)at + (at_once ? 0 : delimiter.len);
	for (;;) {
		struct mh_str rest = {text.ptr + from, text.len - from};
		if (mh_str_starts(rest, "--")) break;
		if (!mh_str_starts(rest, "\r\n")) return bad(reterr, "a delimiter does not end its line");
		if (n == PARTS_MAX)
			return MH_FAIL(reterr, MH_E_TOO_LARGE, "The form has more than %d parts", PARTS_MAX);
		ptrdiff_t end = find(text, from + 2, delimiter);
		if (end < 0) return bad(reterr, "the last delimiter is missing");
		MH_TRY(read_part(a, (struct mh_str){text.ptr + from + 2, (size_t)end - from - 2}, &parts[n++], reterr));
		from = (size_t)end + delimiter.len;
	}
	*ret = parts;
	*ret_n = n;
	return MH_OK;
}
