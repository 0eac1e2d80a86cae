#include "web/api.h"

#include "access/manage.h"
#include "base/hash.h"
#include "loop/panel.h"

#include <string.h>

const char *const mh_api_languages[] = {"zh", "en", NULL};

struct mh_city *mh_api_city(const struct mh_request *req)
{
	return mh_service_city(mh_api_of(req)->service);
}

enum mh_code mh_api_begin(struct mh_request *req, struct mh_db_tx *snapshot, struct mh_err *reterr)
{
	if (!req->db || !req->app) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The store cannot be read just now");
	return mh_db_begin_read(snapshot, reterr);
}

static bool has_param(const struct mh_request *req, const char *name)
{
	for (const struct mh_param *p = req->route->params; p && p->name; p++)
		if (strcmp(p->name, name) == 0) return true;
	return false;
}

static enum mh_code by_code(struct mh_request *req, struct mh_tx *tx, int64_t *ret, struct mh_err *reterr)
{
	if (req->tracking_code.len) return mh_matter_find_code(tx, req->tracking_code, ret, reterr);
	enum mh_code code = MH_FAIL(reterr, MH_E_UNAUTHENTICATED, "Show the tracking code of the matter");
	mh_err_hint(reterr, "Send the header Authorization: Tracking CODE; never put a code into an address.");
	return code;
}

enum mh_code mh_api_find(struct mh_request *req, struct mh_tx *tx, struct mh_glance *ret, struct mh_err *reterr)
{
	int64_t id = 0;
	struct mh_glance g;
	struct mh_party by;
	if (has_param(req, "ref")) MH_TRY(mh_matter_find(tx, mh_req_str(req, "ref"), &id, reterr));
	else MH_TRY(by_code(req, tx, &id, reterr));
	MH_TRY(mh_glance(tx, id, &g, reterr));
	if (req->route->flags & MH_ROUTE_TERRITORY) MH_TRY(mh_api_reach(req, tx, &g, reterr));
	if (req->route->flags & MH_ROUTE_CHARGE) MH_TRY(mh_api_in_charge(req, tx, &g, &by, reterr));
	*ret = g;
	return MH_OK;
}

/* Has the code of this very matter been shown? */
static enum mh_code is_holder(struct mh_request *req, struct mh_tx *tx, const struct mh_glance *g,
			      struct mh_err *reterr)
{
	int64_t id = 0;
	MH_TRY(by_code(req, tx, &id, reterr));
	return id == g->id ? MH_OK : MH_FAIL(reterr, MH_E_FORBIDDEN, "The tracking code belongs to another matter");
}

enum mh_code mh_api_party(struct mh_request *req, struct mh_tx *tx, const struct mh_glance *g, struct mh_str step,
			  struct mh_party *ret, struct mh_err *reterr)
{
	bool follow = !has_param(req, "ref");
	if (!follow && mh_actor_known(&req->actor)) return mh_party_of(&req->actor, &tx->city->orgs, ret, reterr);
	if (follow || req->tracking_code.len) MH_TRY(is_holder(req, tx, g, reterr));
	*ret = mh_party_outside(g->def, step, follow || req->tracking_code.len, g->id);
	return MH_OK;
}

enum mh_code mh_api_reach(struct mh_request *req, struct mh_tx *tx, const struct mh_glance *g, struct mh_err *reterr)
{
	struct mh_party by;
	MH_TRY(mh_api_party(req, tx, g, MH_STR(""), &by, reterr));
	if (by.matter_id == g->id || mh_party_reaches(&tx->city->orgs, &by, g->owner, g->place)) return MH_OK;
	return MH_FAIL(reterr, MH_E_FORBIDDEN, "The matter lies outside your territory");
}

enum mh_code mh_api_charge(struct mh_tx *tx, const struct mh_glance *g, const struct mh_party *by, bool *ret,
			   struct mh_err *reterr)
{
	*ret = mh_party_in_charge(&tx->city->orgs, by, g->owner, g->place);
	return *ret ? MH_OK : mh_panel_sits(tx, g->id, by, ret, reterr);
}

enum mh_code mh_api_in_charge(struct mh_request *req, struct mh_tx *tx, const struct mh_glance *g, struct mh_party *ret,
			      struct mh_err *reterr)
{
	struct mh_party by;
	bool charge;
	MH_TRY(mh_party_of(&req->actor, &tx->city->orgs, &by, reterr));
	MH_TRY(mh_api_charge(tx, g, &by, &charge, reterr));
	if (!charge) {
		enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "Your unit is not in charge of this matter");
		mh_err_hint(reterr,
			    "Personal data is for the unit that has it, for those who visit, dispatch, call back, "
			    "lead, supervise or audit in its territory, and for the panel that votes on it.");
		return code;
	}
	*ret = by;
	return MH_OK;
}

enum mh_code mh_api_manager(struct mh_request *req, bool own, struct mh_manager *ret, struct mh_err *reterr)
{
	struct mh_party by;
	MH_TRY(mh_party_of(&req->actor, &mh_api_city(req)->orgs, &by, reterr));
	if (own && !req->login.len)
		return MH_FAIL(reterr, MH_E_CONFLICT, "This server believes Minhu-Actor; there are no accounts");
	*ret = (struct mh_manager){.login = req->login, .role = by.role, .org = by.org};
	return MH_OK;
}

static bool is_instant(mh_time t)
{
	return t > 0 && t < MH_TIME_MAX;
}

json_t *mh_api_time(const struct mh_tx *tx, mh_time t)
{
	return is_instant(t) ? mh_json_str(mh_time_text(tx->arena, t, tx->city->zone_min)) : json_null();
}

enum mh_code mh_api_before(struct mh_request *req, int64_t *ret, struct mh_err *reterr)
{
	struct mh_str cursor = mh_req_str(req, "cursor");
	int64_t before = INT64_MAX;
	if (cursor.len && !mh_str_to_i64(cursor, &before))
		return mh_req_bad_field(req, reterr, "cursor", "Not a cursor of this list", "翻页标记无效");
	*ret = before;
	return MH_OK;
}

json_t *mh_api_next(const struct mh_tx *tx, int64_t next)
{
	return next ? mh_json_str(mh_str_fmt(tx->arena, "%lld", (long long)next)) : json_null();
}

json_t *mh_api_label(const struct mh_label *l)
{
	return json_pack("{s:o, s:o}", "zh", mh_json_str(l->zh), "en", mh_json_str(l->en));
}

json_t *mh_api_role(const struct mh_city *c, struct mh_str role)
{
	const char *zh = NULL, *en = NULL, *name;
	for (size_t i = 0; (name = mh_perm_role(i, &zh, &en)) != NULL; i++)
		if (mh_str_is(role, name)) return mh_api_label(&(struct mh_label){mh_str_c(zh), mh_str_c(en)});
	for (size_t i = c->n_defs; i-- > 0;) {
		int r = mh_def_role(c->defs[i], role);
		if (r >= 0) return mh_api_label(&c->defs[i]->roles[r].label);
	}
	return mh_api_label(&(struct mh_label){role, role});
}

json_t *mh_api_word(const struct mh_city *c, const char *map, struct mh_str code)
{
	const struct mh_label *word = mh_city_word(c, map, code);
	return mh_api_label(word ? word : &(struct mh_label){code, code});
}

json_t *mh_api_org(const struct mh_city *c, int org)
{
	if (org < 0) return json_null();
	const struct mh_org *o = &c->orgs.list[org];
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:i, s:o}", "code", mh_json_str(o->code), "zh", mh_json_str(o->zh),
			 "en", mh_json_str(o->en), "kind", mh_json_str(o->kind), "duty", mh_json_str(o->duty), "level",
			 o->level, "parent", o->parent < 0 ? json_null() : mh_json_str(c->orgs.list[o->parent].code));
}

/* Numbers, refs and states hold letters, digits and hyphens: nothing that JSON escapes. */
struct outcome {
	struct mh_outcome out;
	int status;
};

static enum mh_code outcome_rest(struct mh_request *req, struct mh_response *res, const void *arg,
				 struct mh_err *reterr)
{
	const struct outcome *o = arg;
	const struct mh_outcome *out = &o->out;
	MH_API_JOB(req, NULL);
	struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(4096);
	struct mh_str where = mh_str_fmt(&req->arena, "/api/v1/matters/" MH_STR_FMT, MH_STR_ARG(out->ref));
	MH_TRY_MEM(where.ptr, reterr);
	if (o->status == 201) MH_TRY(mh_res_header(res, "Location", where, reterr));
	mh_buf_fmt(&b, "{\"again\":%s", out->again ? "true" : "false");
	if (o->status == 201 && out->code[0]) mh_buf_fmt(&b, ",\"code\":\"%s\"", out->code);
	mh_buf_c(&b, ",\"due\":");
	if (is_instant(out->due)) mh_buf_json(&b, mh_time_text(tx.arena, out->due, tx.city->zone_min));
	else mh_buf_c(&b, "null");
	mh_buf_fmt(&b,
		   ",\"number\":\"" MH_STR_FMT "\",\"receipt\":\"" MH_STR_FMT
		   "/receipt?seq=%lld\",\"ref\":\"" MH_STR_FMT "\",\"seq\":%lld,\"state\":\"" MH_STR_FMT "\"}",
		   MH_STR_ARG(out->number), MH_STR_ARG(where), (long long)out->seq, MH_STR_ARG(out->ref),
		   (long long)out->seq, MH_STR_ARG(out->state));
	return mh_res_buf(res, o->status, "application/json", &b, reterr);
}

enum mh_code mh_api_outcome(struct mh_request *req, struct mh_response *res, int status, const struct mh_outcome *out,
			    struct mh_err *reterr)
{
	struct outcome *o = MH_NEW(&req->arena, struct outcome);
	MH_TRY_MEM(o, reterr);
	*o = (struct outcome){*out, status};
	o->out.state = mh_str_dup(&req->arena, out->state);
	MH_TRY_MEM(o->out.state.ptr, reterr);
	res->rest = outcome_rest;
	res->rest_arg = o;
	return MH_OK;
}

const char *mh_api_lang(const struct mh_request *req)
{
	int choice = mh_req_choice(req, "lang", -1);
	return choice >= 0 ? mh_api_languages[choice] : mh_str_is(req->lang, "en") ? "en" : "zh";
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool mh_api_contains(struct mh_str hay, struct mh_str needle)
{
	for (size_t at = 0; at + needle.len <= hay.len; at++) {
		size_t i = 0;
		while (i < needle.len && lower(hay.ptr[at + i]) == lower(needle.ptr[i])) i++;
		if (i == needle.len) return true;
	}
	return false;
}

bool mh_api_begins(struct mh_str hay, struct mh_str needle)
{
	return hay.len >= needle.len && mh_api_contains((struct mh_str){hay.ptr, needle.len}, needle);
}
