#include "base/csv_priv.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static enum mh_code read_raw(struct mh_csv__source *s, unsigned char *out, size_t room, size_t *ret_n,
			     struct mh_err *reterr)
{
	size_t n;
	if (s->file) {
		n = fread(out, 1, room, s->file);
		if (n == 0 && ferror(s->file)) {
			enum mh_code code = MH_FAIL(reterr, MH_E_IO, "Could not read the file");
			mh_err_detail(reterr, "%s", strerror(errno));
			return code;
		}
	} else {
		n = s->bytes.len < room ? s->bytes.len : room;
		if (n) memcpy(out, s->bytes.ptr, n);
		s->bytes.ptr = n ? s->bytes.ptr + n : s->bytes.ptr;
		s->bytes.len -= n;
	}
	*ret_n = n;
	return MH_OK;
}

/* Whether the whole file is UTF-8. A sequence may lie across two reads: up to three bytes are carried over. */
static enum mh_code file_is_utf8(FILE *file, bool *ret, struct mh_err *reterr)
{
	unsigned char chunk[4096];
	size_t kept = 0, n;
	bool good = true;
	long from = ftell(file);
	if (from < 0) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot guess the encoding of a stream");
		mh_err_hint(reterr, "Name the encoding, for example GB18030 or UTF-8.");
		return code;
	}
	while (good && (n = fread(chunk + kept, 1, sizeof chunk - kept, file)) > 0) {
		size_t len = kept + n;
		ptrdiff_t bad = mh_utf8_bad((struct mh_bytes){chunk, len});
		good = bad < 0 || len - (size_t)bad < 4;
		kept = bad < 0 ? 0 : len - (size_t)bad;
		if (good && kept) memmove(chunk, chunk + bad, kept);
	}
	if (ferror(file) || fseek(file, from, SEEK_SET) != 0)
		return MH_FAIL(reterr, MH_E_IO, "Could not read the file");
	*ret = good && kept == 0;
	return MH_OK;
}

enum mh_code mh_csv__source_open(struct mh_csv__source *s, const char *encoding, struct mh_err *reterr)
{
	if (encoding && strcasecmp(encoding, "auto") == 0) {
		bool utf8 = true;
		if (s->file) MH_TRY(file_is_utf8(s->file, &utf8, reterr));
		else utf8 = mh_utf8_bad(s->bytes) < 0;
		encoding = utf8 ? NULL : "GB18030";
	}
	if (!encoding || strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0) return MH_OK;
	s->iconv = iconv_open("UTF-8", encoding);
	if (s->iconv == (iconv_t)-1) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "The encoding \"%.40s\" is not known", encoding);
		mh_err_hint(reterr, "Use UTF-8, GB18030 or another name that iconv lists.");
		return code;
	}
	s->converts = true;
	return MH_OK;
}

void mh_csv__source_done(struct mh_csv__source *s)
{
	if (s->converts) iconv_close(s->iconv);
	s->converts = false;
}

static enum mh_code refill(struct mh_csv__source *s, struct mh_err *reterr)
{
	size_t kept = s->raw_len - s->raw_at, n = 0;
	memmove(s->raw, s->raw + s->raw_at, kept);
	s->raw_at = 0;
	s->raw_len = kept;
	MH_TRY(read_raw(s, s->raw + kept, sizeof s->raw - kept, &n, reterr));
	s->raw_len += n;
	s->raw_end = n == 0;
	return MH_OK;
}

/* A byte that means nothing in the encoding becomes 0xFF, which UTF-8 never holds: the reader finds it in its check and
 * reports the record with the place. */
enum mh_code mh_csv__source_read(struct mh_csv__source *s, unsigned char *out, size_t room, size_t *ret_n,
				 struct mh_err *reterr)
{
	if (!s->converts) return read_raw(s, out, room, ret_n, reterr);
	char *to = (char *)out;
	size_t left = room;
	bool cut = false; /* the last sequence waits for more bytes */
	while (left == room) {
		if ((s->raw_at == s->raw_len || cut) && !s->raw_end) MH_TRY(refill(s, reterr));
		if (s->raw_at == s->raw_len) break;
		char *from = (char *)s->raw + s->raw_at;
		size_t have = s->raw_len - s->raw_at;
		size_t done = iconv(s->iconv, &from, &have, &to, &left);
		int why = errno;
		s->raw_at = s->raw_len - have;
		cut = done == (size_t)-1 && why == EINVAL;
		if (done == (size_t)-1 && (why == EILSEQ || (cut && s->raw_end)) && left) {
			*to++ = (char)0xFF;
			left--;
			s->raw_at++;
		}
	}
	*ret_n = room - left;
	return MH_OK;
}
