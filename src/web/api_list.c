/* Lists of matters for staff, and how many there are: what they may open and nothing else, never personal data. */
#include "loop/desk.h"
#include "loop/panel.h"
#include "web/list_file.h"

#include <stdlib.h>
#include <string.h>

extern const struct mh_route_list mh_routes_list;

#define ANSWER_MAX ((size_t)4 << 20)

/* --- the list --- */

/* "n123", "o123" or "d1700000000000.123": the order, and the row that the page begins behind. */
static bool cursor_of(struct mh_str text, enum mh_list_sort sort, struct mh_list_at *ret)
{
	struct mh_str rest = {text.ptr + 1, text.len - 1}, key;
	struct mh_list_at at = {.set = true};
	if (text.len < 2 || text.ptr[0] != mh_list_sorts[sort][0]) return false;
	if (sort == MH_LIST_DUE && !(mh_str_split(&rest, '.', &key) && mh_str_to_i64(key, &at.key))) return false;
	if (!mh_str_to_i64(rest, &at.id) || at.id < 0) return false;
	*ret = at;
	return true;
}

static void cursor_json(struct mh_buf *b, enum mh_list_sort sort, struct mh_list_at at)
{
	if (!at.set) mh_buf_c(b, "null");
	else if (sort == MH_LIST_DUE) mh_buf_fmt(b, "\"d%lld.%lld\"", (long long)at.key, (long long)at.id);
	else mh_buf_fmt(b, "\"%c%lld\"", mh_list_sorts[sort][0], (long long)at.id);
}

static enum mh_code get_matters(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_list_filter f;
	enum mh_list_sort sort;
	struct mh_list_at at = {0};
	struct mh_list_page page;
	struct mh_str cursor = mh_req_str(req, "cursor");
	MH_API_READ(req, reterr);
	MH_TRY(mh_list_filter_of(req, &tx, &f, reterr));
	MH_TRY(mh_list_sort_of(req, &f, &sort, reterr));
	if (cursor.len && !cursor_of(cursor, sort, &at))
		return mh_req_bad_field(req, reterr, "cursor", "Not a cursor of this list", "翻页标记无效");
	size_t limit = (size_t)mh_req_int(req, "limit", 50);
	MH_TRY(mh_list_page(&tx, mh_api_of(req)->desk, &f, sort, at, limit, &page, reterr));
	struct mh_buf b = MH_BUF(ANSWER_MAX);
	mh_buf_c(&b, "{\"matters\":[");
	for (size_t i = 0; i < page.n; i++) {
		if (i) mh_buf_ch(&b, ',');
		mh_list_row_json(&b, tx.city, &page.rows[i], tx.now);
	}
	mh_buf_c(&b, "],\"next\":");
	cursor_json(&b, sort, page.next);
	mh_buf_ch(&b, '}');
	enum mh_code code = mh_res_buf(res, 200, "application/json", &b, reterr);
	mh_buf_done(&b);
	return code;
}

/* --- votes that wait --- */

static enum mh_code get_ballots(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_party by;
	struct mh_list_row *rows;
	size_t n;
	MH_API_READ(req, reterr);
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &by, reterr));
	MH_TRY(mh_panel_waiting(&tx, mh_api_of(req)->desk, &by, &rows, &n, reterr));
	struct mh_buf b = MH_BUF(ANSWER_MAX);
	mh_buf_c(&b, "{\"matters\":[");
	for (size_t i = 0; i < n; i++) {
		if (i) mh_buf_ch(&b, ',');
		mh_list_row_json(&b, tx.city, &rows[i], tx.now);
	}
	mh_buf_c(&b, "],\"next\":null}");
	enum mh_code code = mh_res_buf(res, 200, "application/json", &b, reterr);
	mh_buf_done(&b);
	return code;
}

/* --- how many --- */

enum group { BY_STATE, BY_UNIT, BY_KIND, BY_ROOM, BY_LEVEL, BY_CATEGORY, BY_DUE, GROUP_MAX };
static const char *const groups[] = {"state", "unit", "kind", "room", "level", "category", "due", NULL};
enum due { DUE_LATE, DUE_TODAY, DUE_WEEK, DUE_LATER, DUE_NONE };
static const char *const dues[] = {"late", "today", "this_week", "later", "none"};

struct bucket {
	int64_t key, n, late;
	const struct mh_def *def;
};
#define SLOTS 16384 /* a city has some thousand units, and as many categories */
struct tally {
	enum group by;
	mh_time now, tomorrow, next_week;
	struct bucket *slots;
	int64_t n, late;
	bool full;
};

static int64_t due_of(const struct tally *t, const struct mh_list_row *r)
{
	if (r->due == MH_TIME_MAX) return DUE_NONE;
	if (r->due < t->now) return DUE_LATE;
	return r->due < t->tomorrow ? DUE_TODAY : r->due < t->next_week ? DUE_WEEK : DUE_LATER;
}

static int64_t key_of(const struct tally *t, const struct mh_list_row *r)
{
	switch (t->by) {
	case BY_STATE: return r->state;
	case BY_UNIT: return r->owner;
	case BY_ROOM: return r->def->states[r->state].room;
	case BY_LEVEL: return r->level;
	case BY_CATEGORY: return r->cls;
	case BY_DUE: return due_of(t, r);
	default: return 0;
	}
}

static bool same(const struct tally *t, const struct bucket *b, int64_t key, const struct mh_def *def)
{
	if (b->key != key) return false;
	if (t->by == BY_STATE) /* of whatever version */
		return mh_str_eq(b->def->kind, def->kind) && mh_str_eq(b->def->states[key].name, def->states[key].name);
	return t->by != BY_KIND || mh_str_eq(b->def->kind, def->kind);
}

static void count(void *ctx, const struct mh_list_row *r)
{
	struct tally *t = ctx;
	int64_t key = key_of(t, r);
	size_t s = (size_t)(uint64_t)(key * 31 + 7) % SLOTS;
	for (size_t tries = 0; t->slots[s].n && !same(t, &t->slots[s], key, r->def); tries++) {
		s = (s + 1) % SLOTS;
		if (tries == SLOTS) {
			t->full = true;
			return;
		}
	}
	struct bucket *b = &t->slots[s];
	b->key = key;
	b->def = r->def;
	b->n++;
	b->late += r->due < t->now;
	t->n++;
	t->late += r->due < t->now;
}

static void bucket_json(struct mh_buf *b, const struct mh_city *c, const struct tally *t, const struct bucket *k)
{
	const struct mh_org *o = t->by == BY_UNIT && k->key >= 0 ? &c->orgs.list[k->key] : NULL;
	const struct mh_class *cls = t->by == BY_CATEGORY && k->key >= 0 ? &c->classes[k->key] : NULL;
	const struct mh_state *s = t->by == BY_STATE ? &k->def->states[k->key] : NULL;
	struct mh_str kind = t->by == BY_STATE || t->by == BY_KIND ? k->def->kind : MH_STR("");
	mh_buf_c(b, "{\"key\":");
	if (o) mh_buf_json(b, o->code);
	else if (cls) mh_buf_json(b, cls->code);
	else if (s) mh_buf_json(b, s->name);
	else if (t->by == BY_KIND) mh_buf_json(b, kind);
	else if (t->by == BY_ROOM) mh_buf_json(b, mh_str_c(mh_room_names[k->key]));
	else if (t->by == BY_DUE) mh_buf_json(b, mh_str_c(dues[k->key]));
	else if (t->by == BY_LEVEL) mh_buf_fmt(b, "\"%lld\"", (long long)k->key);
	else mh_buf_c(b, "\"\"");
	mh_buf_c(b, ",\"kind\":");
	mh_buf_json(b, kind);
	mh_buf_c(b, ",\"label\":");
	if (o) mh_list_label_json(b, o->zh, o->en);
	else if (cls) mh_list_label_json(b, cls->zh, cls->en);
	else if (s) mh_list_label_json(b, s->label.zh, s->label.en);
	else if (t->by == BY_KIND) mh_list_label_json(b, k->def->title.zh, k->def->title.en);
	else mh_buf_c(b, "null");
	mh_buf_fmt(b, ",\"matters\":%lld,\"late\":%lld}", (long long)k->n, (long long)k->late);
}

static int by_number(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;
	if (x->n != y->n) return x->n < y->n ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

static enum mh_code tally_json(struct mh_response *res, const struct mh_city *c, struct tally *t, bool all,
			       struct mh_err *reterr)
{
	struct mh_buf b = MH_BUF(ANSWER_MAX);
	size_t n = 0;
	for (size_t i = 0; i < SLOTS; i++)
		if (t->slots[i].n) t->slots[n++] = t->slots[i];
	qsort(t->slots, n, sizeof *t->slots, by_number);
	mh_buf_fmt(&b, "{\"group\":\"%s\",\"counts\":[", groups[t->by]);
	for (size_t i = 0; i < n; i++) {
		if (i) mh_buf_ch(&b, ',');
		bucket_json(&b, c, t, &t->slots[i]);
	}
	mh_buf_fmt(&b, "],\"matters\":%lld,\"late\":%lld,\"complete\":%s}", (long long)t->n, (long long)t->late,
		   all && !t->full ? "true" : "false");
	enum mh_code code = mh_res_buf(res, 200, "application/json", &b, reterr);
	mh_buf_done(&b);
	return code;
}

/* Weeks begin on Monday. */
static enum mh_code get_tally(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_list_filter f;
	bool all;
	MH_API_READ(req, reterr);
	MH_TRY(mh_list_filter_of(req, &tx, &f, reterr));
	int zone = tx.city->zone_min;
	mh_day today = mh_time_day(tx.now, zone);
	struct tally t = {.by = (enum group)mh_req_choice(req, "group", BY_STATE),
			  .now = tx.now,
			  .tomorrow = mh_day_start(today + 1, zone),
			  .next_week = mh_day_start(today + 8 - mh_day_weekday(today), zone),
			  .slots = MH_NEW_ARRAY(tx.arena, SLOTS, struct bucket)};
	MH_TRY_MEM(t.slots, reterr);
	MH_TRY(mh_list_count(&tx, mh_api_of(req)->desk, &f, count, &t, &all, reterr));
	return tally_json(res, tx.city, &t, all, reterr);
}

/* --- the table --- */

static const struct mh_param list_params[] = {MH_LIST_PARAMS, MH_LIST_SORT, MH_API_CURSOR, MH_API_LIMIT, {0}};
static const struct mh_param tally_params[] = {MH_LIST_PARAMS,
					       {.name = "group",
						.in = MH_IN_QUERY,
						.type = MH_TYPE_ENUM,
						.choices = groups,
						.en = "Counted by; by state",
						.zh = "统计口径，缺省按状态"},
					       {0}};

static const struct mh_param file_params[] = {MH_LIST_PARAMS, MH_LIST_SORT, MH_API_LANG, {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/matters",
	 .perm = MH_PERM_STAFF,
	 .params = list_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "matters",
	 .handler = get_matters,
	 .en = "Matters of one's territory, without personal data",
	 .zh = "本辖区事项列表，不含个人信息"},
	{.method = "GET",
	 .path = "/api/v1/ballots",
	 .perm = MH_PERM_STAFF,
	 .flags = MH_ROUTE_READ,
	 .response = "matters",
	 .handler = get_ballots,
	 .en = "Matters whose panel one was drawn for and has not voted in, the oldest first",
	 .zh = "抽中本人评议、尚未投票的事项，时间最久的在前"},
	{.method = "GET",
	 .path = "/api/v1/matters/tally",
	 .perm = MH_PERM_STAFF,
	 .params = tally_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "matter_tally",
	 .handler = get_tally,
	 .en = "How many there are of them",
	 .zh = "本辖区事项件数"},
	{.method = "GET",
	 .path = "/api/v1/matters.csv",
	 .perm = MH_PERM_STAFF,
	 .params = file_params,
	 .flags = MH_ROUTE_READ,
	 .response = "text/csv",
	 .handler = mh_list_csv,
	 .en = "The list as a table: CSV",
	 .zh = "事项列表导出为 CSV 表格"},
	{.method = "GET",
	 .path = "/api/v1/matters.xlsx",
	 .perm = MH_PERM_STAFF,
	 .params = file_params,
	 .flags = MH_ROUTE_READ,
	 .response = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	 .handler = mh_list_xlsx,
	 .en = "The list as a workbook: XLSX",
	 .zh = "事项列表导出为 Excel 工作簿"},
};

const struct mh_route_list mh_routes_list = MH_ROUTES("list", routes);
