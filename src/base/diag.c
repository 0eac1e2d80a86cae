#include "base/diag.h"

#include <string.h>

struct mh_diags mh_diags_new(struct mh_arena *a, struct mh_str file)
{
	return (struct mh_diags){.arena = a, .file = file};
}

/* An error that comes after many warnings must still be told: the last warning makes way for it. */
static bool drop_warning(struct mh_diags *d)
{
	for (size_t i = d->n; i-- > 0;) {
		if (d->list[i].severity != MH_SEV_WARNING) continue;
		memmove(&d->list[i], &d->list[i + 1], (d->n - i - 1) * sizeof *d->list);
		d->n--;
		return true;
	}
	return false;
}

/* False when the list is full or memory is short: then only the counters know of the entry. */
static bool make_room(struct mh_diags *d, enum mh_severity sev)
{
	if (d->n >= MH_DIAG_MAX) return sev == MH_SEV_ERROR && drop_warning(d);
	if (d->n < d->room) return true;
	size_t room = d->room ? d->room * 2 : 16;
	struct mh_diag *list = MH_NEW_ARRAY(d->arena, room, struct mh_diag);
	if (!list) return false;
	if (d->n) memcpy(list, d->list, d->n * sizeof *list);
	d->list = list;
	d->room = room;
	return true;
}

void mh_diag_add(struct mh_diags *d, enum mh_severity sev, const char *rule, struct mh_mark at, const char *hint,
		 const char *fmt, ...)
{
	va_list ap;
	struct mh_buf b = MH_BUF(4096);

	if (sev == MH_SEV_ERROR) d->errors++;
	else d->warnings++;
	if (!make_room(d, sev)) return;
	va_start(ap, fmt);
	mh_buf_vfmt(&b, fmt, ap);
	va_end(ap);
	d->list[d->n++] = (struct mh_diag){.severity = sev,
					   .rule = rule,
					   .at = at,
					   .message = mh_str_dup(d->arena, mh_buf_str(&b)),
					   .hint = mh_str_dup(d->arena, mh_str_c(hint))};
	mh_buf_done(&b);
}

static bool is_before(const struct mh_diag *a, const struct mh_diag *b)
{
	return a->at.line != b->at.line ? a->at.line < b->at.line : a->at.column < b->at.column;
}

static void print_one(const struct mh_diags *d, const struct mh_diag *e, struct mh_buf *out)
{
	static const char *const words[MH_SEV_MAX] = {[MH_SEV_ERROR] = "error", [MH_SEV_WARNING] = "warning"};

	mh_buf_str_add(out, d->file);
	if (e->at.line) mh_buf_fmt(out, ":%d:%d", e->at.line, e->at.column);
	mh_buf_fmt(out, ": %s: " MH_STR_FMT " [%s]\n", words[e->severity], MH_STR_ARG(e->message), e->rule);
	if (e->hint.len) mh_buf_fmt(out, "    hint: " MH_STR_FMT "\n", MH_STR_ARG(e->hint));
}

void mh_diags_print(const struct mh_diags *d, struct mh_buf *out)
{
	const struct mh_diag *order[MH_DIAG_MAX];

	/* stable: findings at one place stay in the order in which they were made */
	for (size_t i = 0; i < d->n; i++) {
		size_t at = i;
		for (; at > 0 && is_before(&d->list[i], order[at - 1]); at--) order[at] = order[at - 1];
		order[at] = &d->list[i];
	}
	for (size_t i = 0; i < d->n; i++) print_one(d, order[i], out);
	if (d->errors + d->warnings > d->n) {
		mh_buf_str_add(out, d->file);
		mh_buf_fmt(out, ": %zu more findings are not listed\n", d->errors + d->warnings - d->n);
	}
}

enum mh_code mh_diags_result(const struct mh_diags *d, struct mh_err *reterr)
{
	const struct mh_diag *first = NULL;

	if (d->errors == 0) return MH_OK;
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].severity == MH_SEV_ERROR && (!first || is_before(&d->list[i], first)))
			first = &d->list[i];
	if (first && first->at.line)
		MH_FAIL(reterr, MH_E_INVALID, MH_STR_FMT ":%d:%d: " MH_STR_FMT, MH_STR_ARG(d->file), first->at.line,
			first->at.column, MH_STR_ARG(first->message));
	else
		MH_FAIL(reterr, MH_E_INVALID, MH_STR_FMT ": " MH_STR_FMT, MH_STR_ARG(d->file),
			MH_STR_ARG(first ? first->message : MH_STR("cannot be read")));
	mh_err_detail(reterr, "%zu errors, %zu warnings", d->errors, d->warnings);
	if (first && first->hint.len) mh_err_hint(reterr, MH_STR_FMT, MH_STR_ARG(first->hint));
	return MH_E_INVALID;
}
