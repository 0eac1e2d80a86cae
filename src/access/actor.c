#include "access/actor.h"

static bool is_word(struct mh_str s, size_t max, bool code)
{
	if (s.len == 0 || s.len > max) return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9', upper = c >= 'A' && c <= 'Z';
		bool mark = code ? (c == '.' || c == '_' || c == '-') : c == '_';
		if (i == 0 ? !(lower || (code && (upper || digit))) : !(lower || digit || mark || (code && upper)))
			return false;
	}
	return true;
}

static bool decode_name(struct mh_arena *a, struct mh_str s, struct mh_str *ret)
{
	if (!mh_str_starts(s, "name=")) return false;
	s.ptr += 5;
	s.len -= 5;
	char *p = mh_arena_alloc(a, s.len + 1);
	size_t n = 0;
	if (!p) return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c == '%') {
			if (i + 2 >= s.len || !mh_str_unhex((struct mh_str){s.ptr + i + 1, 2}, &c)) return false;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f) return false;
		p[n++] = (char)c;
	}
	*ret = (struct mh_str){p, n};
	return mh_utf8_bad((struct mh_bytes){(const unsigned char *)p, n}) < 0 && mh_utf8_count(*ret) <= 60;
}

enum mh_code mh_actor_parse(struct mh_arena *a, struct mh_str text, struct mh_actor *ret, struct mh_err *reterr)
{
	struct mh_actor actor = {0};
	struct mh_str rest = mh_str_dup(a, text), unit = {NULL, 0};
	MH_TRY_MEM(rest.ptr, reterr);
	bool good = mh_str_split(&rest, '@', &actor.role) && mh_str_split(&rest, ';', &unit) &&
		    mh_str_split(&unit, '/', &actor.org) && is_word(actor.role, 32, false) &&
		    is_word(actor.org, 64, true) && (!unit.ptr || is_word(unit, 64, true)) &&
		    (!rest.ptr || decode_name(a, rest, &actor.name));
	actor.officer = unit;
	if (!good) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot read who acts");
		mh_err_hint(reterr,
			    "Write role@orgcode or role@orgcode/officer, for example handler@330102, then ;name= and a "
			    "percent-encoded name if you like.");
		return code;
	}
	*ret = actor;
	return MH_OK;
}

enum mh_code mh_actor_require(const struct mh_actor *actor, enum mh_perm perm, bool has_tracking_code,
			      struct mh_err *reterr)
{
	if (mh_perm_role_has(actor->role, perm)) return MH_OK;
	if (perm == MH_PERM_HOLDER && has_tracking_code) return MH_OK;
	enum mh_code code;
	if (mh_actor_known(actor)) {
		code = MH_FAIL(reterr, MH_E_FORBIDDEN, "The role " MH_STR_FMT " may not do this",
			       MH_STR_ARG(actor->role));
		mh_err_detail(reterr, "needed: %s", mh_perm_name(perm));
	} else {
		code = MH_FAIL(reterr, MH_E_UNAUTHENTICATED, "You need to say who you are");
		mh_err_hint(reterr, perm == MH_PERM_HOLDER ? "Send the header Authorization: Tracking CODE."
							   : "Staff log in: POST /api/v1/session.");
	}
	return code;
}
