#include "loop/intake.h"

#include "access/party.h"

/* Somebody without an office raises what they can follow afterwards; the rest is an office's own business. */
static enum mh_code may_raise(struct mh_tx *tx, const struct mh_intake *in, struct mh_err *reterr)
{
	const struct mh_def *d = mh_city_def_for(tx->city, in->kind, mh_time_day(tx->now, tx->city->zone_min));
	if (in->by.org >= 0) {
		if (in->raised <= tx->now) return MH_OK;
		return MH_FAIL(reterr, MH_E_INVALID, "Cannot raise a matter in the future");
	}
	if (in->raised)
		return MH_FAIL(reterr, MH_E_FORBIDDEN, "Only staff may say that a matter was raised at another time");
	if (!d || mh_party_outside_raises(d)) return MH_OK; /* an unknown kind is the engine's to name */
	return MH_FAIL(reterr, MH_E_FORBIDDEN, "A " MH_STR_FMT " is raised by offices only", MH_STR_ARG(d->kind));
}

struct mh_str mh_intake_request_id(struct mh_arena *a, struct mh_str key)
{
	return key.len ? mh_str_fmt(a, "raise:" MH_STR_FMT, MH_STR_ARG(key)) : MH_STR("");
}

enum mh_code mh_intake_raise(struct mh_tx *tx, const struct mh_intake *in, struct mh_outcome *ret,
			     struct mh_err *reterr)
{
	struct mh_create create = {
		.kind = in->kind, .fields = in->fields, .by = in->by, .raised = in->raised, .owner = -1};
	MH_TRY(may_raise(tx, in, reterr));
	create.request_id = mh_intake_request_id(tx->arena, in->key);
	MH_TRY_MEM(create.request_id.ptr, reterr);
	return mh_matter_create(tx, &create, ret, reterr);
}
