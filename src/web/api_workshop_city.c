/* The workshop: calendar, units, the duty catalogue, and the ways in and out. */
#include "sql_gen.h"
#include "web/api.h"
#include "web/open311.h"

#include <string.h>

extern const struct mh_route_list mh_routes_workshop_city;

#define ROWS 500

/* --- the calendar --- */

static json_t *label_or_null(struct mh_str zh, struct mh_str en)
{
	return zh.len || en.len ? json_pack("{s:o, s:o}", "zh", mh_json_str(zh), "en", mh_json_str(en)) : json_null();
}

static json_t *day_text(struct mh_arena *a, mh_day day)
{
	return mh_json_str(mh_day_text(a, day));
}

static json_t *days_of(struct mh_arena *a, const struct mh_cal *cal, int year, int64_t *ret_worked)
{
	json_t *list = json_array();
	mh_day first = mh_day_from(year, 1, 1), end = mh_day_from(year + 1, 1, 1);
	*ret_worked = 0;
	for (mh_day d = first; list && d < end; d++) {
		const struct mh_cal_day *row = mh_cal_find(cal, d);
		bool working = mh_cal_is_working(cal, d),
		     weekday = mh_cal_rules(cal)->week >> (mh_day_weekday(d) - 1) & 1;
		json_t *one = json_pack("{s:o, s:b, s:b, s:o}", "day", day_text(a, d), "working", working, "weekday",
					weekday, "name", row ? label_or_null(row->zh, row->en) : json_null());
		*ret_worked += working;
		if (json_array_append_new(list, one) != 0) break;
	}
	return list;
}

/* What the revision changed; the first changed nothing. */
static enum mh_code changes_of(struct mh_tx *tx, const struct mh_cal *cal, json_t **ret, struct mh_err *reterr)
{
	const struct mh_city *c = tx->city;
	struct mh_cal_diff diff = {0};
	for (size_t i = 1; i < c->n_cals; i++)
		if (c->cals[i] == cal) MH_TRY(mh_cal_diff(tx->arena, c->cals[i - 1], cal, &diff, reterr));
	json_t *list = json_array();
	for (size_t i = 0; list && i < diff.n && i < ROWS; i++) {
		const struct mh_cal_change *x = &diff.changes[i];
		json_t *one = json_pack("{s:o, s:b, s:b, s:o, s:o}", "day", day_text(tx->arena, x->day), "was_working",
					x->was_working, "working", x->is_working, "was",
					label_or_null(x->was_zh, x->was_en), "name", label_or_null(x->is_zh, x->is_en));
		if (json_array_append_new(list, one) != 0) break;
	}
	*ret = list;
	return MH_OK;
}

static enum mh_code revisions(struct mh_tx *tx, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_calendar_rev_dates_row *rows;
	size_t n;
	struct mh_q_calendar_rev_dates_in in = {.region = tx->city->home_code};
	MH_TRY(mh_q_calendar_rev_dates(tx->db, tx->arena, &in, &rows, &n, reterr));
	json_t *list = json_array();
	for (size_t i = 0; list && i < tx->city->n_cals; i++) {
		const struct mh_cal_rules *r = mh_cal_rules(tx->city->cals[i]);
		mh_time at = 0;
		struct mh_str hash = MH_STR("");
		for (size_t k = 0; k < n; k++)
			if (rows[k].rev == r->revision) at = rows[k].at, hash = rows[k].hash;
		json_t *one = json_pack("{s:I, s:o, s:o, s:o, s:i, s:i}", "rev", (json_int_t)r->revision, "added",
					mh_api_time(tx, at), "source", mh_json_str(r->source), "sha256",
					mh_json_str(hash), "first_year", r->first_year, "last_year", r->last_year);
		if (json_array_append_new(list, one) != 0) break;
	}
	*ret = list;
	return MH_OK;
}

static json_t *hours_of(struct mh_arena *a, const struct mh_cal_rules *r)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < r->n_hours; i++) {
		const struct mh_cal_hours *h = &r->hours[i];
		struct mh_str text = mh_str_fmt(a, "%02d:%02d–%02d:%02d", h->from / 60, h->from % 60, h->to / 60,
						h->to % 60);
		if (json_array_append_new(list, mh_json_str(text)) != 0) break;
	}
	return list;
}

static enum mh_code get_calendar(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	json_t *revs, *changes;
	int64_t worked, rev = mh_req_int(req, "rev", 0);
	MH_API_READ(req, reterr);
	const struct mh_cal *cal = mh_city_cal(tx.city, rev);
	const struct mh_cal_rules *r = mh_cal_rules(cal);
	if (rev && r->revision != rev) return MH_FAIL(reterr, MH_E_NOT_FOUND, "The calendar has no such revision");
	mh_day today = mh_time_day(tx.now, tx.city->zone_min);
	int year = (int)mh_req_int(req, "year", mh_day_civil(today).year);
	MH_TRY(revisions(&tx, &revs, reterr));
	enum mh_code code = changes_of(&tx, cal, &changes, reterr);
	if (code != MH_OK) return json_decref(revs), code;
	json_t *days = days_of(tx.arena, cal, year, &worked);
	json_t *j = json_pack("{s:o, s:i, s:I, s:o, s:b, s:I, s:o, s:o, s:o, s:o}", "region", mh_json_str(r->region),
			      "year", year, "rev", (json_int_t)r->revision, "today", day_text(tx.arena, today), "known",
			      year >= r->first_year && year <= r->last_year, "worked", (json_int_t)worked, "hours",
			      hours_of(tx.arena, r), "revisions", revs, "changes", changes, "days", days);
	return mh_res_json(res, 200, j, reterr);
}

/* --- the duty catalogue --- */

static json_t *duty_json(const struct mh_duty *d)
{
	return json_pack("{s:o, s:i, s:o, s:o, s:b, s:o}", "row", mh_json_str(d->class_code), "level", d->level, "lead",
			 mh_json_str(d->lead), "co", mh_json_str(d->co), "urgent", d->urgent, "note",
			 mh_json_str(d->zh));
}

static json_t *entry_json(const struct mh_city *c, const struct mh_class *k)
{
	const struct mh_duty *d = mh_city_duty(c, k->code);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "code", mh_json_str(k->code), "parent",
			 mh_json_str(k->parent), "zh", mh_json_str(k->zh), "en", mh_json_str(k->en), "keywords",
			 mh_json_str(k->keywords), "duty", d ? duty_json(d) : json_null());
}

/* A duty is called as its highest unit is called. */
static void name_duty(json_t *map, const struct mh_org *u, struct mh_str duty)
{
	char key[128];
	snprintf(key, sizeof key, MH_STR_FMT, MH_STR_ARG(duty));
	json_t *have = json_object_get(map, key);
	json_int_t units = (have ? mh_json_get_int(have, "units", 0) : 0) + 1;
	if (have && mh_json_get_int(have, "level", 0) >= u->level) {
		json_object_set_new(have, "units", json_integer(units));
		return;
	}
	json_object_set_new(map, key,
			    json_pack("{s:o, s:o, s:i, s:I}", "zh", mh_json_str(u->zh), "en", mh_json_str(u->en),
				      "level", u->level, "units", units));
}

static json_t *duties_of(const struct mh_orgs *o)
{
	json_t *map = json_object();
	for (size_t i = 0; map && i < o->n; i++) {
		struct mh_str one, rest = o->list[i].duty;
		while (mh_str_split(&rest, '|', &one))
			if (one.len) name_duty(map, &o->list[i], one);
	}
	return map;
}

static bool carries(struct mh_str duties, struct mh_str duty)
{
	struct mh_str one;
	while (mh_str_split(&duties, '|', &one))
		if (mh_str_eq(one, duty)) return true;
	return false;
}

static enum mh_code get_catalogue(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_city *c = mh_api_city(req);
	json_t *list = json_array();
	for (size_t i = 0; list && i < c->n_classes; i++)
		if (json_array_append_new(list, entry_json(c, &c->classes[i])) != 0) break;
	return mh_res_json(res, 200, json_pack("{s:o, s:o}", "entries", list, "duties", duties_of(&c->orgs)), reterr);
}

/* --- one unit --- */

static json_t *path_of(const struct mh_city *c, int org)
{
	json_t *list = json_array();
	for (int at = c->orgs.list[org].parent; list && at >= 0; at = c->orgs.list[at].parent)
		if (json_array_insert_new(list, 0, mh_api_org(c, at)) != 0) break;
	return list;
}

static json_t *children_of(const struct mh_city *c, int org)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < c->orgs.n && json_array_size(list) < ROWS; i++)
		if (c->orgs.list[i].parent == org && json_array_append_new(list, mh_api_org(c, (int)i)) != 0) break;
	return list;
}

/* The rows of the catalogue that lead to this unit: of its duty and level, or of its territory. */
static json_t *leads_of(const struct mh_city *c, int org)
{
	const struct mh_org *u = &c->orgs.list[org];
	json_t *list = json_array();
	for (size_t i = 0; list && i < c->n_duties; i++) {
		const struct mh_duty *d = &c->duties[i];
		const struct mh_class *k = mh_city_class(c, d->class_code);
		bool mine = u->department ? carries(u->duty, d->lead) && d->level == u->level
					  : mh_str_is(d->lead, "territory") && d->level == u->level;
		if (mine && k && json_array_append_new(list, entry_json(c, k)) != 0) break;
	}
	return list;
}

static json_t *duty_words(const struct mh_city *c, struct mh_str duties)
{
	struct mh_str one;
	json_t *list = json_array();
	while (list && mh_str_split(&duties, '|', &one))
		if (one.len && json_array_append_new(list, mh_api_word(c, "duties", one)) != 0) break;
	return list;
}

static enum mh_code officers_of(struct mh_tx *tx, int org, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_officer_of_org_row *rows;
	size_t n;
	struct mh_q_officer_of_org_in in = {.org_id = mh_org_id_of(&tx->city->orgs, org), .limit = ROWS};
	MH_TRY(mh_q_officer_of_org(tx->db, tx->arena, &in, &rows, &n, reterr));
	json_t *list = json_array();
	for (size_t i = 0; list && i < n; i++)
		if (json_array_append_new(list,
					  json_pack("{s:o, s:o, s:o, s:o, s:o}", "code", mh_json_str(rows[i].code),
						    "zh", mh_json_str(rows[i].zh), "en", mh_json_str(rows[i].en),
						    "role", mh_json_str(rows[i].role), "label",
						    mh_api_role(tx->city, rows[i].role))) != 0)
			break;
	*ret = list;
	return MH_OK;
}

static enum mh_code accounts_of(struct mh_tx *tx, int org, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_of_org_row *rows;
	size_t n;
	struct mh_q_account_of_org_in in = {.org_code = mh_org_code(&tx->city->orgs, org), .limit = ROWS};
	MH_TRY(mh_q_account_of_org(tx->db, tx->arena, &in, &rows, &n, reterr));
	json_t *list = json_array();
	for (size_t i = 0; list && i < n; i++)
		if (json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:b}", "login",
							  mh_json_str(rows[i].login), "role", mh_json_str(rows[i].role),
							  "label", mh_api_role(tx->city, rows[i].role), "zh",
							  mh_json_str(rows[i].zh), "en", mh_json_str(rows[i].en),
							  "locked", rows[i].locked != 0)) != 0)
			break;
	*ret = list;
	return MH_OK;
}

static enum mh_code get_unit(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	json_t *officers = NULL, *accounts = NULL;
	MH_API_READ(req, reterr);
	int org = mh_org_by_code(&tx.city->orgs, mh_req_str(req, "code"));
	if (org < 0) return MH_FAIL(reterr, MH_E_NOT_FOUND, "The city has no such unit");
	enum mh_code code = officers_of(&tx, org, &officers, reterr);
	if (code == MH_OK) code = accounts_of(&tx, org, &accounts, reterr);
	if (code != MH_OK) return json_decref(officers), code;
	const struct mh_org *u = &tx.city->orgs.list[org];
	json_t *j = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "unit", mh_api_org(tx.city, org), "sort",
			      mh_api_word(tx.city, "kinds", u->kind), "duties", duty_words(tx.city, u->duty), "path",
			      path_of(tx.city, org), "children", children_of(tx.city, org), "leads",
			      leads_of(tx.city, org), "officers", officers, "accounts", accounts);
	return mh_res_json(res, 200, j, reterr);
}

/* --- ways in and out --- */

static json_t *open311_json(const struct mh_open311 *o)
{
	if (!o) return json_null();
	json_t *partners = json_array();
	for (size_t i = 0; i < o->n_keys; i++) json_array_append_new(partners, mh_json_str(o->keys[i].name));
	return json_pack("{s:o, s:o, s:I, s:o}", "jurisdiction", mh_json_str(o->jurisdiction), "contact",
			 mh_api_label(&o->contact), "services", (json_int_t)o->n_services, "partners", partners);
}

struct messages {
	json_t *list;
	const struct mh_city *city;
	const struct mh_def *def;
};

static void message(struct messages *m, const struct mh_effect *e, const struct mh_label *at)
{
	static const char *const who[] = {[MH_NOTIFY_OWNER] = "owner",
					  [MH_NOTIFY_CITIZEN] = "citizen",
					  [MH_NOTIFY_SUPERIOR] = "superior",
					  [MH_NOTIFY_ROLE] = "role"};
	if (e->kind != MH_DO_NOTIFY) return;
	json_t *role = e->notify == MH_NOTIFY_ROLE ? mh_api_label(&m->def->roles[e->role].label) : json_null();
	json_array_append_new(m->list,
			      json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "template", mh_json_str(e->word),
					"about", mh_api_word(m->city, "messages", e->word), "to", who[e->notify],
					"role", role, "kind", mh_json_str(m->def->kind), "title",
					mh_api_label(&m->def->title), "at", mh_api_label(at)));
}

static json_t *messages_of(const struct mh_tx *tx)
{
	struct messages m = {.list = json_array(), .city = tx->city};
	mh_day today = mh_time_day(tx->now, tx->city->zone_min);
	for (size_t i = 0; m.list && i < tx->city->n_defs; i++) {
		const struct mh_def *d = m.def = tx->city->defs[i];
		if (mh_city_def_for(tx->city, d->kind, today) != d) continue;
		for (size_t s = 0; s < d->n_states; s++)
			for (size_t e = 0; e < d->states[s].n_enter; e++)
				message(&m, &d->states[s].enter[e], &d->states[s].label);
		for (size_t t = 0; t < d->n_transitions; t++)
			for (size_t e = 0; e < d->transitions[t].n_effects; e++)
				message(&m, &d->transitions[t].effects[e], &d->transitions[t].label);
	}
	return m.list;
}

static enum mh_code get_channels(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_API_READ(req, reterr);
	json_t *j = json_pack("{s:o, s:o}", "open311", open311_json(mh_api_of(req)->open311), "messages",
			      messages_of(&tx));
	return mh_res_json(res, 200, j, reterr);
}

/* --- the table --- */

static const struct mh_param calendar_params[] = {{.name = "year",
						   .in = MH_IN_QUERY,
						   .type = MH_TYPE_INT,
						   .min = 1990,
						   .max = 2100,
						   .en = "Year; this one when left out",
						   .zh = "年份，缺省为今年"},
						  {.name = "rev",
						   .in = MH_IN_QUERY,
						   .type = MH_TYPE_INT,
						   .min = 1,
						   .max = INT32_MAX,
						   .en = "Revision; the newest when left out",
						   .zh = "修订号，缺省为最新"},
						  {0}};
static const struct mh_param unit_params[] = {{.name = "code",
					       .in = MH_IN_PATH,
					       .type = MH_TYPE_STR,
					       .required = true,
					       .min = 1,
					       .max = 64,
					       .en = "Code of the unit",
					       .zh = "单位代码"},
					      {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/workshop/calendar",
	 .perm = MH_PERM_STAFF,
	 .params = calendar_params,
	 .flags = MH_ROUTE_READ,
	 .response = "calendar_year",
	 .handler = get_calendar,
	 .en = "Every day of a year, worked or not and why, and the revisions of the calendar",
	 .zh = "一年中每天是否工作日及其原因，以及工作日历的历次修订"},
	{.method = "GET",
	 .path = "/api/v1/workshop/catalogue",
	 .perm = MH_PERM_STAFF,
	 .flags = MH_ROUTE_READ,
	 .response = "catalogue",
	 .handler = get_catalogue,
	 .en = "The categories, and who leads for each",
	 .zh = "诉求分类及其承办职责"},
	{.method = "GET",
	 .path = "/api/v1/workshop/units/{code}",
	 .perm = MH_PERM_AUDIT,
	 .params = unit_params,
	 .flags = MH_ROUTE_READ,
	 .response = "unit_page",
	 .handler = get_unit,
	 .en = "One unit: where it stands, what it leads for, its officers and accounts",
	 .zh = "一个单位：上下级、职责、人员与账号"},
	{.method = "GET",
	 .path = "/api/v1/workshop/channels",
	 .perm = MH_PERM_AUDIT,
	 .flags = MH_ROUTE_READ,
	 .response = "channels",
	 .handler = get_channels,
	 .en = "Partners by Open311, and the messages that definitions send",
	 .zh = "Open311 合作系统，以及流程会发出的通知"},
};

const struct mh_route_list mh_routes_workshop_city = MH_ROUTES("workshop-city", routes);
