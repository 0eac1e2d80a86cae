/* Compression of texts. Only answers to GET are compressed: what a client posts and gets back in the same answer could let
 * the length of the answer tell a secret beside it (BREACH, CVE-2013-3587). */
#include "web/web_priv.h"

#include <string.h>
#include <zlib.h>

#define LEAST ((size_t)1 << 10) /* below, the header fields cost what compression gains */
#define MOST ((size_t)16 << 20)
#define LEVEL 4 /* JSON shrinks to within a few per cent of level 6's size in half its time */

static bool is_text(const char *type)
{
	static const char *const kinds[] = {
		"text/",           "application/json", "application/problem+json", "application/openapi+json",
		"application/xml", "image/svg+xml"};
	for (size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++)
		if (strncmp(type, kinds[i], strlen(kinds[i])) == 0) return true;
	return false;
}

/* "gzip", "gzip;q=0.5" or "*", but not with a weight of nought. */
bool mh_web__gzip_accepted(struct mh_str accept)
{
	struct mh_str item, name;
	bool star = false;
	while (mh_str_split(&accept, ',', &item)) {
		mh_str_split(&item, ';', &name);
		name = mh_str_trim(name);
		struct mh_str weight = mh_str_trim(item);
		bool nought = mh_str_is(weight, "q=0") || mh_str_is(weight, "q=0.0") || mh_str_is(weight, "q=0.00") ||
			      mh_str_is(weight, "q=0.000");
		if (mh_web__name_eq(name, "gzip") || mh_web__name_eq(name, "x-gzip")) return !nought;
		if (mh_str_is(name, "*")) star = !nought;
	}
	return star;
}

bool mh_web__gzip_wanted(struct mh_str accept_encoding, const char *content_type, struct mh_str body)
{
	return body.len >= LEAST && body.len <= MOST && is_text(content_type) && mh_web__gzip_accepted(accept_encoding);
}

bool mh_web__gzip(struct mh_arena *a, struct mh_str body, struct mh_str *ret)
{
	z_stream z = {0};
	unsigned char *out = mh_arena_alloc(a, body.len);
	if (!out || deflateInit2(&z, LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
	z.next_in =
		(unsigned char *)(uintptr_t)body.ptr; /* not written to; the member lacks a const for history's sake */
	z.avail_in = (unsigned)body.len;
	z.next_out = out;
	z.avail_out = (unsigned)body.len;
	bool whole = deflate(&z, Z_FINISH) == Z_STREAM_END;
	if (whole) *ret = (struct mh_str){(const char *)out, (size_t)z.total_out};
	deflateEnd(&z);
	return whole;
}
