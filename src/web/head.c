#include "web/web_priv.h"

/* libmicrohttpd hands the head out as C strings in its read buffer, where it has put NULs over the separators. So a NUL that the
 * client sent cuts a string short in silence, and a line may have ended with CR or LF alone. Both show in what lies between
 * the strings. Nothing here is dereferenced outside [head, head + n), and strings that lie elsewhere are refused: a version of
 * the library that works otherwise makes the server refuse everything, which the tests see, rather than let anything pass. */

struct walk {
	const char *at, *end;
};

/* Moves over s, which must begin in the rest of the head; *ret_gap: the bytes skipped before it. */
static bool step(struct walk *w, struct mh_str s, struct mh_str *ret_gap)
{
	uintptr_t at = (uintptr_t)w->at, end = (uintptr_t)w->end, from = (uintptr_t)s.ptr;
	if (from < at || from > end || s.len > end - from) return false;
	*ret_gap = (struct mh_str){w->at, from - at};
	w->at += from - at + s.len;
	return true;
}

/* `nuls` NULs, and blanks only before them (in front of a line end) or behind them (in front of a value). */
static bool gap_is(struct mh_str gap, size_t nuls, bool blanks_before)
{
	size_t blanks = gap.len - nuls, from = blanks_before ? blanks : 0;
	if (gap.len < nuls) return false;
	for (size_t i = 0; i < gap.len; i++) {
		bool nul = i >= from && i < from + nuls;
		if (nul ? gap.ptr[i] != '\0' : gap.ptr[i] != ' ' && gap.ptr[i] != '\t') return false;
	}
	return true;
}

enum mh_code mh_web__head_whole(struct mh_str head, struct mh_str target, struct mh_str version,
				const struct mh_pair *headers, size_t n, struct mh_err *reterr)
{
	struct walk w = {head.ptr, head.ptr + head.len};
	struct mh_str gap, method = {head.ptr, 0};
	while (method.len < head.len && head.ptr[method.len]) method.len++;
	bool good = step(&w, method, &gap) && step(&w, target, &gap) && gap_is(gap, 1, true) && gap.len == 1 &&
		    step(&w, version, &gap) && gap_is(gap, 1, true) && gap.len == 1;
	for (size_t i = 0; good && i < n; i++)
		good = step(&w, headers[i].name, &gap) && gap_is(gap, 2, i > 0) && step(&w, headers[i].value, &gap) &&
		       gap_is(gap, 1, false);
	good = good && gap_is((struct mh_str){w.at, (size_t)(w.end - w.at)}, 4, true);
	if (good) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot take this request: its head is not well-formed");
	mh_err_hint(reterr,
		    "End every line with CRLF, separate by one blank, and send no control bytes and no folded lines.");
	return code;
}
