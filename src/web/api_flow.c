/* The leader's view: the six rooms as a flow, old cases, day by day, and what rises. For the territory of whoever asks. */
#include "loop/flow.h"
#include "web/api.h"
#include "web/list.h"

extern const struct mh_route_list mh_routes_flow;

#define UNITS_MAX 100
#define MINE_MAX MH_LIST_PAGE
#define RISE_LEAST 5
#define RISE_MOST 20
#define DAYS 90

/* Ages in days, upper ends of the bars; the last bar has no end. */
static const int age_ends[] = {2, 7, 15, 30};
#define N_AGES (sizeof age_ends / sizeof *age_ends + 1)

static enum mh_code begin(struct mh_request *req, struct mh_tx *tx, struct mh_party *by, struct mh_list_filter *f,
			  struct mh_err *reterr)
{
	*f = (struct mh_list_filter){.room = -1, .phase = -1, .owner = -1, .now = tx->now};
	MH_TRY(mh_party_of(&req->actor, &tx->city->orgs, by, reterr));
	return mh_list_reach(tx->arena, tx->city, by, f, reterr);
}

static json_t *scope_of(const struct mh_tx *tx, const struct mh_party *by)
{
	return mh_api_org(tx->city, tx->city->orgs.list[by->org].territory);
}

/* --- now --- */

static json_t *ages(const struct mh_flow_pile *p)
{
	json_t *list = json_array();
	int from = 0;
	for (size_t i = 0; list && i < N_AGES; i++) {
		int to = i + 1 < N_AGES ? age_ends[i] : MH_FLOW_DAYS;
		if (json_array_append_new(list, json_integer(mh_flow_aged(p, from, to))) != 0) break;
		from = to + 1;
	}
	return list;
}

/* Nothing has no age. */
static json_t *age(const struct mh_flow_pile *p, int percent)
{
	int days = mh_flow_age(p, percent);
	return days < 0 ? json_null() : json_integer(days);
}

static json_t *room_json(const struct mh_flow_now *f, int room)
{
	const struct mh_flow_pile *p = &f->rooms[room];
	json_t *kinds = json_array();
	for (size_t i = 0; kinds && i < f->n_kinds; i++) {
		const struct mh_flow_count *n = &f->room_kinds[(size_t)room * f->n_kinds + i];
		if (n->open && json_array_append_new(
				       kinds, json_pack("{s:o, s:I, s:I}", "kind", mh_json_str(f->kinds[i]->kind),
							"open", (json_int_t)n->open, "late", (json_int_t)n->late)) != 0)
			break;
	}
	return json_pack("{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "room", mh_room_names[room], "open",
			 (json_int_t)p->n.open, "late", (json_int_t)p->n.late, "marked", (json_int_t)p->n.marked,
			 "ages", ages(p), "half", age(p, 50), "nine_tenths", age(p, 90), "oldest", age(p, 100), "kinds",
			 kinds);
}

static json_t *rooms_json(const struct mh_flow_now *f)
{
	json_t *list = json_array();
	for (int i = 0; list && i < MH_ROOM_MAX; i++)
		if (json_array_append_new(list, room_json(f, i)) != 0) break;
	return list;
}

static json_t *kinds_json(const struct mh_flow_now *f)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < f->n_kinds; i++) {
		const struct mh_flow_pile *p = &f->by_kind[i];
		json_t *one = json_pack("{s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "kind",
					mh_json_str(f->kinds[i]->kind), "title", mh_api_label(&f->kinds[i]->title),
					"open", (json_int_t)p->n.open, "late", (json_int_t)p->n.late, "marked",
					(json_int_t)p->n.marked, "half", age(p, 50), "nine_tenths", age(p, 90),
					"oldest", age(p, 100));
		if (json_array_append_new(list, one) != 0) break;
	}
	return list;
}

static json_t *levels_json(const struct mh_flow_now *f)
{
	json_t *list = json_array();
	for (int i = 1; list && i <= MH_LEVEL_MAX; i++) {
		const struct mh_flow_count *n = &f->levels[i];
		if (json_array_append_new(list,
					  json_pack("{s:i, s:I, s:I, s:I}", "level", i, "open", (json_int_t)n->open,
						    "late", (json_int_t)n->late, "marked", (json_int_t)n->marked)) != 0)
			break;
	}
	return list;
}

static int64_t trouble(const struct mh_flow_count *n)
{
	return n->late + n->marked;
}

/* Units that have something late or on a board, those with most first; by code where equal. */
static bool worse(const struct mh_flow_now *f, const struct mh_orgs *o, int a, int b)
{
	const struct mh_flow_count *x = &f->units[a], *y = &f->units[b];
	if (trouble(x) != trouble(y)) return trouble(x) > trouble(y);
	if (x->open != y->open) return x->open > y->open;
	return mh_str_cmp(o->list[a].code, o->list[b].code) < 0;
}

static json_t *units_json(const struct mh_tx *tx, const struct mh_flow_now *f, json_int_t *ret_n)
{
	const struct mh_orgs *o = &tx->city->orgs;
	int top[UNITS_MAX];
	size_t n = 0;
	json_t *list = json_array();
	*ret_n = 0;
	for (size_t i = 0; i < o->n; i++) {
		if (!trouble(&f->units[i])) continue;
		size_t at = n;
		++*ret_n;
		while (at > 0 && worse(f, o, (int)i, top[at - 1])) at--;
		if (at == UNITS_MAX) continue;
		if (n < UNITS_MAX) n++;
		for (size_t k = n - 1; k > at; k--) top[k] = top[k - 1];
		top[at] = (int)i;
	}
	for (size_t i = 0; list && i < n; i++) {
		const struct mh_flow_count *c = &f->units[top[i]];
		json_t *one = json_pack("{s:o, s:I, s:I, s:I}", "unit", mh_api_org(tx->city, top[i]), "open",
					(json_int_t)c->open, "late", (json_int_t)c->late, "marked",
					(json_int_t)c->marked);
		if (json_array_append_new(list, one) != 0) break;
	}
	return list;
}

/* The territories one below that of whoever asks, by code. */
static json_t *places_json(const struct mh_tx *tx, const struct mh_flow_now *f, int scope)
{
	const struct mh_orgs *o = &tx->city->orgs;
	json_t *list = json_array();
	int *below = MH_NEW_ARRAY(tx->arena, o->n, int);
	size_t n = 0;
	for (size_t i = 0; below && i < o->n; i++) {
		if (o->list[i].parent != scope || o->list[i].department) continue;
		size_t at = n++;
		for (; at > 0 && mh_str_cmp(o->list[below[at - 1]].code, o->list[i].code) > 0; at--)
			below[at] = below[at - 1];
		below[at] = (int)i;
	}
	for (size_t i = 0; list && i < n; i++) {
		const struct mh_flow_count *c = &f->places[below[i]];
		json_t *one = json_pack("{s:o, s:I, s:I, s:I}", "place", mh_api_org(tx->city, below[i]), "open",
					(json_int_t)c->open, "late", (json_int_t)c->late, "marked",
					(json_int_t)c->marked);
		if (json_array_append_new(list, one) != 0) break;
	}
	return list;
}

static enum mh_code get_flow(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_party by;
	struct mh_list_filter f;
	struct mh_flow_now now;
	json_int_t n_units;
	MH_API_READ(req, reterr);
	MH_TRY(begin(req, &tx, &by, &f, reterr));
	MH_TRY(mh_flow_now(&tx, mh_api_of(req)->desk, &f, &now, reterr));
	json_t *ends = json_array(), *units = units_json(&tx, &now, &n_units);
	for (size_t i = 0; ends && i + 1 < N_AGES; i++) json_array_append_new(ends, json_integer(age_ends[i]));
	json_t *j = json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "scope",
			      scope_of(&tx, &by), "at", mh_api_time(&tx, tx.now), "open", (json_int_t)now.all.n.open,
			      "late", (json_int_t)now.all.n.late, "marked", (json_int_t)now.all.n.marked, "nobody",
			      (json_int_t)now.nobody.open, "nobody_late", (json_int_t)now.nobody.late, "age_ends", ends,
			      "levels", levels_json(&now), "rooms", rooms_json(&now), "kinds", kinds_json(&now),
			      "units", units, "units_n", n_units, "places",
			      places_json(&tx, &now, tx.city->orgs.list[by.org].territory));
	return mh_res_json(res, 200, j, reterr);
}

/* --- old cases --- */

static enum mh_code get_mine(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_party by;
	struct mh_list_filter f;
	struct mh_flow_mine *list;
	size_t n, all;
	MH_API_READ(req, reterr);
	MH_TRY(begin(req, &tx, &by, &f, reterr));
	MH_TRY(mh_flow_mine(&tx, mh_api_of(req)->desk, &by, (size_t)mh_req_int(req, "limit", 20), &list, &n, &all,
			    reterr));
	struct mh_buf b = MH_BUF(4 << 20);
	mh_day today = mh_time_day(tx.now, tx.city->zone_min);
	mh_buf_fmt(&b, "{\"total\":%zu,\"cases\":[", all);
	for (size_t i = 0; i < n; i++) {
		const struct mh_flow_mine *m = &list[i];
		mh_buf_fmt(&b, "%s{\"days\":%lld,\"has\":%s,\"answers\":%s,\"named\":%s,\"matter\":", i ? "," : "",
			   (long long)(today - mh_time_day(m->row.created, tx.city->zone_min)),
			   m->ties & MH_FLOW_HAS ? "true" : "false", m->ties & MH_FLOW_ANSWERS ? "true" : "false",
			   m->ties & MH_FLOW_NAMED ? "true" : "false");
		mh_list_row_json(&b, tx.city, &m->row, tx.now);
		mh_buf_ch(&b, '}');
	}
	mh_buf_c(&b, "]}");
	enum mh_code code = mh_res_buf(res, 200, "application/json", &b, reterr);
	mh_buf_done(&b);
	return code;
}

/* --- day by day --- */

static json_t *numbers(const int32_t *list, int n, json_int_t *sum)
{
	json_t *j = json_array();
	for (int i = 0; j && i < n; i++) {
		*sum += list[i];
		if (json_array_append_new(j, json_integer(list[i])) != 0) break;
	}
	return j;
}

static json_t *line_json(const struct mh_flow_line *l, int spans)
{
	json_int_t raised = 0, ended = 0, missed = 0;
	json_t *r = numbers(l->raised, spans, &raised), *e = numbers(l->ended, spans, &ended),
	       *m = numbers(l->missed, spans, &missed);
	if (raised || ended || missed)
		return json_pack("{s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "kind", mh_json_str(l->kind->kind),
				 "title", mh_api_label(&l->kind->title), "raised_total", raised, "ended_total", ended,
				 "missed_total", (json_int_t)l->n_missed, "raised", r, "ended", e, "missed", m);
	json_decref(r);
	json_decref(e);
	json_decref(m);
	return NULL;
}

static enum mh_code get_days(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_party by;
	struct mh_list_filter f;
	struct mh_flow_days d;
	int days = (int)mh_req_int(req, "days", DAYS), step = (int)mh_req_int(req, "step", 1);
	MH_API_READ(req, reterr);
	MH_TRY(begin(req, &tx, &by, &f, reterr));
	MH_TRY(mh_flow_days(&tx, &f, days, step, &d, reterr));
	MH_JSON_AUTO json_t *lines = json_array();
	MH_TRY_MEM(lines, reterr);
	for (size_t i = 0; i < d.n; i++) {
		json_t *one = line_json(&d.lines[i], d.n_spans);
		if (one) json_array_append_new(lines, one);
	}
	json_t *j = json_pack("{s:o, s:o, s:o, s:i, s:O}", "scope", scope_of(&tx, &by), "from",
			      mh_json_str(mh_day_text(tx.arena, d.from)), "to",
			      mh_json_str(mh_day_text(tx.arena, d.to)), "step", step, "lines", lines);
	return mh_res_json(res, 200, j, reterr);
}

/* --- what rises --- */

static json_t *rise_json(const struct mh_tx *tx, const struct mh_flow_rise *r)
{
	struct mh_str code, zh, en;
	if (r->topic) code = r->topic->code, zh = r->topic->zh, en = r->topic->en;
	else {
		const struct mh_org *o = &tx->city->orgs.list[r->place];
		code = o->code, zh = o->zh, en = o->en;
	}
	return json_pack("{s:o, s:{s:o, s:o}, s:I, s:I}", "code", mh_json_str(code), "label", "zh", mh_json_str(zh),
			 "en", mh_json_str(en), "recent", (json_int_t)r->recent, "before", (json_int_t)r->before);
}

static json_t *rises_json(const struct mh_tx *tx, const struct mh_flow_rise *list, size_t n)
{
	json_t *j = json_array();
	for (size_t i = 0; j && i < n; i++)
		if (json_array_append_new(j, rise_json(tx, &list[i])) != 0) break;
	return j;
}

static enum mh_code get_rising(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_party by;
	struct mh_list_filter f;
	struct mh_flow_rises r;
	int least = (int)mh_req_int(req, "least", RISE_LEAST);
	MH_API_READ(req, reterr);
	MH_TRY(begin(req, &tx, &by, &f, reterr));
	MH_TRY(mh_flow_rises(&tx, &f, least, RISE_MOST, &r, reterr));
	json_t *j = json_pack("{s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o}", "scope", scope_of(&tx, &by), "before_from",
			      mh_json_str(mh_day_text(tx.arena, r.from)), "recent_from",
			      mh_json_str(mh_day_text(tx.arena, r.split)), "to",
			      mh_json_str(mh_day_text(tx.arena, r.to)), "least", least, "since",
			      mh_api_time(&tx, mh_day_start(r.split, tx.city->zone_min)), "topics",
			      rises_json(&tx, r.topics, r.n_topics), "places", rises_json(&tx, r.places, r.n_places));
	return mh_res_json(res, 200, j, reterr);
}

/* --- the table --- */

static const struct mh_param mine_params[] = {{.name = "limit",
					       .in = MH_IN_QUERY,
					       .type = MH_TYPE_INT,
					       .min = 1,
					       .max = MINE_MAX,
					       .en = "At most so many; 20",
					       .zh = "最多条数，缺省20"},
					      {0}};
static const struct mh_param days_params[] = {{.name = "days",
					       .in = MH_IN_QUERY,
					       .type = MH_TYPE_INT,
					       .min = 7,
					       .max = 366,
					       .en = "So many days, today the last; 90",
					       .zh = "天数（含今天），缺省90"},
					      {.name = "step",
					       .in = MH_IN_QUERY,
					       .type = MH_TYPE_INT,
					       .min = 1,
					       .max = 31,
					       .en = "Counted together, so many days at a time; 1",
					       .zh = "每段天数，缺省1"},
					      {0}};
static const struct mh_param rising_params[] = {{.name = "least",
						 .in = MH_IN_QUERY,
						 .type = MH_TYPE_INT,
						 .min = 1,
						 .max = 1000,
						 .en = "Only what came so often in the last seven days; 5",
						 .zh = "近七天至少件数，缺省5"},
						{0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/flow",
	 .perm = MH_PERM_STAFF,
	 .flags = MH_ROUTE_READ,
	 .response = "flow",
	 .handler = get_flow,
	 .en = "What is open in the own territory, by room, kind and unit, with ages and how many are late",
	 .zh = "辖区在办件：按环节、类型、单位统计件数、时长与逾期"},
	{.method = "GET",
	 .path = "/api/v1/flow/mine",
	 .perm = MH_PERM_STAFF,
	 .params = mine_params,
	 .flags = MH_ROUTE_READ,
	 .response = "old_cases",
	 .handler = get_mine,
	 .en = "Open matters that the own unit has or answers for, or that name the officer, the longest open first",
	 .zh = "本单位承办、负责或由本人包案的在办件，时间最久的在前"},
	{.method = "GET",
	 .path = "/api/v1/flow/days",
	 .perm = MH_PERM_STAFF,
	 .params = days_params,
	 .flags = MH_ROUTE_READ,
	 .response = "flow_days",
	 .handler = get_days,
	 .en = "Day by day and by kind: taken in, ended, and those that missed a deadline",
	 .zh = "逐日按类型统计：受理、办结、到期未办"},
	{.method = "GET",
	 .path = "/api/v1/flow/rising",
	 .perm = MH_PERM_STAFF,
	 .params = rising_params,
	 .flags = MH_ROUTE_READ,
	 .response = "rising",
	 .handler = get_rising,
	 .en = "Categories and towns from which more comes than before: the last seven days against the 28 before them",
	 .zh = "上升较快的分类与镇街：近七天与此前28天相比"},
};

const struct mh_route_list mh_routes_flow = MH_ROUTES("flow", routes);
