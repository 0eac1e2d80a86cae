/* Small readers and writers that the line formats share. */
#include "ledger/ledger_priv.h"
#include "ledger/tlog.h"

#include <sodium.h>

void mh_ledger__b64(struct mh_buf *b, struct mh_bytes in)
{
	char out[512];
	while (in.len) { /* pieces of a multiple of 3 bytes join without padding */
		size_t n = in.len < 300 ? in.len : 300;
		sodium_bin2base64(out, sizeof out, in.ptr, n, sodium_base64_VARIANT_ORIGINAL);
		mh_buf_c(b, out);
		in.ptr += n;
		in.len -= n;
	}
}

bool mh_ledger__unb64(struct mh_str s, unsigned char *out, size_t cap, size_t *ret_len)
{
	const char *end = NULL;
	size_t n = 0;
	/* libsodium 1.0.18 takes some bytes above 0x7F for letters; the fuzzer found it */
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80) return false;
	if (!s.len) return *ret_len = 0, true;
	if (s.len % 4 || sodium_base642bin(out, cap, s.ptr, s.len, NULL, &n, &end, sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	if (end != s.ptr + s.len) return false;
	*ret_len = n;
	return true;
}

bool mh_ledger__unb64_hash(struct mh_str s, struct mh_hash *ret)
{
	struct mh_hash h;
	size_t n;
	if (!mh_ledger__unb64(s, h.b, sizeof h.b, &n) || n != sizeof h.b) return false;
	*ret = h;
	return true;
}

bool mh_ledger__number(struct mh_str s, int64_t *ret)
{
	int64_t v;
	if (!s.len || s.ptr[0] == '-' || (s.len > 1 && s.ptr[0] == '0')) return false;
	if (!mh_str_to_i64(s, &v) || v > MH_TLOG_SIZE_MAX) return false;
	*ret = v;
	return true;
}

bool mh_ledger__line(struct mh_str *rest, struct mh_str *ret_line)
{
	ptrdiff_t at = mh_str_find(*rest, '\n');
	if (at < 0) return false;
	*ret_line = (struct mh_str){rest->ptr, (size_t)at};
	rest->ptr += at + 1;
	rest->len -= (size_t)at + 1;
	return true;
}
