#include "web/list.h"

#include "loop/missed.h"

#include <string.h>

#define MISSED_MOST ((mh_time)366 * 86400000)

const char *const mh_list_phases[] = {"initial", "active", "waiting", "done", "void", NULL};
const char *const mh_list_rooms[] = {"intake", "gather", "handle", "reply", "rate", "apply", NULL};
const char *const mh_list_sorts[] = {"newest", "oldest", "due", NULL};
_Static_assert(MH_CAT_VOID == 4 && MH_ROOM_APPLY == 5 && MH_LIST_DUE == 2, "the choices are in the order of the enums");

/* --- what is asked for --- */

static enum mh_code unit_of(struct mh_request *req, struct mh_tx *tx, const char *field, int *ret,
			    struct mh_err *reterr)
{
	struct mh_str code = mh_req_str(req, field);
	int org = code.len ? mh_org_by_code(&tx->city->orgs, code) : -1;
	if (code.len && org < 0) return mh_req_bad_field(req, reterr, field, "The city has no such unit", "没有该单位");
	*ret = org;
	return MH_OK;
}

static enum mh_code owner_of(struct mh_request *req, struct mh_tx *tx, const struct mh_party *by, int *ret,
			     struct mh_err *reterr)
{
	MH_TRY(unit_of(req, tx, "unit", ret, reterr));
	if (!mh_req_bool(req, "mine", false)) return MH_OK;
	if (*ret >= 0 && *ret != by->org)
		return mh_req_bad_field(req, reterr, "mine", "Give `unit` or `mine`, not both",
					"unit 与 mine 只能给其一");
	*ret = by->org;
	return MH_OK;
}

static enum mh_code class_of(struct mh_request *req, struct mh_tx *tx, struct mh_list_filter *f, struct mh_err *reterr)
{
	struct mh_str code = mh_req_str(req, "category");
	if (!code.len) return MH_OK;
	const struct mh_class *cls = mh_city_class(tx->city, code);
	if (!cls) return mh_req_bad_field(req, reterr, "category", "There is no such category", "没有该分类");
	f->cls = mh_list_classes(tx->arena, tx->city, (int)(cls - tx->city->classes));
	MH_TRY_MEM(f->cls, reterr);
	return MH_OK;
}

/* Whoever may not open a matter does not learn of its parts. */
static enum mh_code parent_of(struct mh_request *req, struct mh_tx *tx, struct mh_list_filter *f, struct mh_err *reterr)
{
	struct mh_str name = mh_req_str(req, "parent");
	if (!name.len) return MH_OK;
	if (mh_matter_find(tx, name, &f->parent_id, NULL) == MH_OK) return MH_OK;
	return mh_req_bad_field(req, reterr, "parent", "There is no matter of that name", "没有该事项");
}

/* Between two days only: that is one look into an index a day. */
static enum mh_code missed_of(struct mh_request *req, struct mh_tx *tx, struct mh_list_filter *f, struct mh_err *reterr)
{
	mh_time from = mh_req_time(req, "missed_from", 0), to = mh_req_time(req, "missed_to", 0);
	if (!from && !to) return MH_OK;
	if (!to || to > tx->now) to = tx->now + 1;
	if (from && to - from <= MISSED_MOST) return mh_missed_filter(tx, from, to, f, reterr);
	return mh_req_bad_field(req, reterr, "missed_from", "Give two times at most 366 days apart",
				"起止时间须都给出，相距不超过366天");
}

static enum mh_list_is is_of(struct mh_request *req, const char *name)
{
	if (!mh_req_has(req, name)) return MH_LIST_EITHER;
	return mh_req_bool(req, name, false) ? MH_LIST_YES : MH_LIST_NO;
}

enum mh_code mh_list_filter_of(struct mh_request *req, struct mh_tx *tx, struct mh_list_filter *ret,
			       struct mh_err *reterr)
{
	struct mh_party by;
	int place = -1;
	struct mh_list_filter f = {.kind = mh_req_str(req, "kind"),
				   .state = mh_req_str(req, "state"),
				   .room = mh_req_choice(req, "room", -1),
				   .phase = mh_req_choice(req, "phase", -1),
				   .level = (int)mh_req_int(req, "level", 0),
				   .owner = -1,
				   .open = is_of(req, "open"),
				   .merged = is_of(req, "merged"),
				   .marked = is_of(req, "marked"),
				   .assigned = is_of(req, "assigned"),
				   .late = is_of(req, "overdue"),
				   .due_from = mh_req_time(req, "due_after", 0),
				   .due_to = mh_req_time(req, "due_before", 0),
				   .created_from = mh_req_time(req, "created_from", 0),
				   .created_to = mh_req_time(req, "created_to", 0),
				   .ended_from = mh_req_time(req, "ended_from", 0),
				   .ended_to = mh_req_time(req, "ended_to", 0),
				   .now = tx->now};
	MH_TRY(mh_party_of(&req->actor, &tx->city->orgs, &by, reterr));
	MH_TRY(mh_list_reach(tx->arena, tx->city, &by, &f, reterr));
	MH_TRY(owner_of(req, tx, &by, &f.owner, reterr));
	MH_TRY(unit_of(req, tx, "place", &place, reterr));
	if (place >= 0) {
		f.place = mh_list_below(tx->arena, &tx->city->orgs, place);
		MH_TRY_MEM(f.place, reterr);
	}
	MH_TRY(class_of(req, tx, &f, reterr));
	MH_TRY(missed_of(req, tx, &f, reterr));
	MH_TRY(parent_of(req, tx, &f, reterr));
	*ret = f;
	return MH_OK;
}

enum mh_code mh_list_sort_of(struct mh_request *req, const struct mh_list_filter *f, enum mh_list_sort *ret,
			     struct mh_err *reterr)
{
	enum mh_list_sort sort = (enum mh_list_sort)mh_req_choice(req, "sort", MH_LIST_NEWEST);
	if (sort == MH_LIST_DUE && (f->open == MH_LIST_NO || f->ended_from || f->ended_to || f->parent_id))
		return mh_req_bad_field(req, reterr, "sort",
					"What is over, and the parts of one matter, have no such order",
					"已办结事项和子事项不能按到期排序");
	*ret = sort;
	return MH_OK;
}

/* --- rows --- */

void mh_list_label_json(struct mh_buf *b, struct mh_str zh, struct mh_str en)
{
	mh_buf_c(b, "{\"zh\":");
	mh_buf_json(b, zh);
	mh_buf_c(b, ",\"en\":");
	mh_buf_json(b, en);
	mh_buf_ch(b, '}');
}

void mh_list_org_json(struct mh_buf *b, const struct mh_city *c, int org)
{
	if (org < 0) {
		mh_buf_c(b, "null");
		return;
	}
	const struct mh_org *o = &c->orgs.list[org];
	mh_buf_c(b, "{\"code\":");
	mh_buf_json(b, o->code);
	mh_buf_c(b, ",\"zh\":");
	mh_buf_json(b, o->zh);
	mh_buf_c(b, ",\"en\":");
	mh_buf_json(b, o->en);
	mh_buf_c(b, ",\"level\":");
	mh_buf_ch(b, (char)('0' + o->level));
	mh_buf_ch(b, '}');
}

static void two(char *to, int n)
{
	to[0] = (char)('0' + n / 10 % 10);
	to[1] = (char)('0' + n % 10);
}

void mh_list_time_json(struct mh_buf *b, mh_time t, int zone_min)
{
	char text[] = "\"0000-00-00T00:00:00+00:00\"";
	if (t <= 0 || t >= MH_TIME_MAX) {
		mh_buf_c(b, "null");
		return;
	}
	struct mh_civil c = mh_time_civil(t, zone_min);
	int z = zone_min < 0 ? -zone_min : zone_min;
	two(text + 1, c.year / 100);
	two(text + 3, c.year);
	two(text + 6, c.month);
	two(text + 9, c.day);
	two(text + 12, c.hour);
	two(text + 15, c.minute);
	two(text + 18, c.second);
	text[20] = zone_min < 0 ? '-' : '+';
	two(text + 21, z / 60);
	two(text + 24, z % 60);
	mh_buf_add(b, text, sizeof text - 1);
}

static void names(struct mh_buf *b, const struct mh_list_row *r)
{
	static const char digits[] = "0123456789abcdef";
	char ref[2 * sizeof r->ref];
	for (size_t i = 0; i < sizeof r->ref; i++) {
		ref[2 * i] = digits[r->ref[i] >> 4];
		ref[2 * i + 1] = digits[r->ref[i] & 15];
	}
	mh_buf_c(b, "{\"ref\":\"");
	mh_buf_add(b, ref, sizeof ref);
	mh_buf_c(b, "\",\"number\":");
	mh_buf_json(b, mh_str_c(r->number));
}

static void standing(struct mh_buf *b, const struct mh_list_row *r)
{
	const struct mh_def *d = r->def;
	const struct mh_state *s = &d->states[r->state];
	mh_buf_c(b, ",\"kind\":");
	mh_buf_json(b, d->kind);
	mh_buf_c(b, ",\"title\":");
	mh_list_label_json(b, d->title.zh, d->title.en);
	mh_buf_c(b, ",\"state\":");
	mh_buf_json(b, s->name);
	mh_buf_c(b, ",\"state_label\":");
	mh_list_label_json(b, s->label.zh, s->label.en);
	mh_buf_c(b, ",\"phase\":\"");
	mh_buf_c(b, mh_category_names[s->category]);
	mh_buf_c(b, "\",\"room\":\"");
	mh_buf_c(b, mh_room_names[s->room]);
	mh_buf_c(b, "\",\"level\":");
	mh_buf_ch(b, (char)('0' + r->level));
}

static void where(struct mh_buf *b, const struct mh_city *c, const struct mh_list_row *r)
{
	const struct mh_class *k = r->cls >= 0 ? &c->classes[r->cls] : NULL;
	mh_buf_c(b, ",\"owner\":");
	mh_list_org_json(b, c, r->owner);
	mh_buf_c(b, ",\"answers\":");
	mh_list_org_json(b, c, r->super >= 0 ? r->super : r->owner);
	mh_buf_c(b, ",\"place\":");
	mh_list_org_json(b, c, r->place);
	mh_buf_c(b, ",\"category\":");
	mh_buf_json(b, k ? k->code : MH_STR(""));
	mh_buf_c(b, ",\"category_label\":");
	if (k) mh_list_label_json(b, k->zh, k->en);
	else mh_buf_c(b, "null");
	mh_buf_c(b, ",\"mark\":");
	mh_buf_json(b, mh_str_c(r->mark));
	mh_buf_c(b, r->merged ? ",\"merged\":true" : ",\"merged\":false");
}

static void when(struct mh_buf *b, const struct mh_city *c, const struct mh_list_row *r, mh_time now)
{
	const struct mh_label *clock = r->clock >= 0 ? &r->def->clocks[r->clock].label : NULL;
	mh_buf_c(b, ",\"due\":");
	mh_list_time_json(b, r->due, c->zone_min);
	mh_buf_c(b, ",\"clock\":");
	if (clock) mh_list_label_json(b, clock->zh, clock->en);
	else mh_buf_c(b, "null");
	mh_buf_c(b, ",\"unit\":");
	if (r->due >= MH_TIME_MAX) mh_buf_c(b, "null");
	else mh_buf_json(b, mh_str_c(r->unit < MH_UNIT_MAX ? mh_unit_names[r->unit] : "day"));
	mh_buf_c(b, r->due < now ? ",\"late\":true" : ",\"late\":false");
	mh_buf_c(b, ",\"created\":");
	mh_list_time_json(b, r->created, c->zone_min);
	mh_buf_c(b, ",\"entered\":");
	mh_list_time_json(b, r->entered, c->zone_min);
	mh_buf_fmt(b, ",\"seq\":%lld}", (long long)r->seq);
}

void mh_list_row_json(struct mh_buf *b, const struct mh_city *c, const struct mh_list_row *r, mh_time now)
{
	names(b, r);
	standing(b, r);
	where(b, c, r);
	when(b, c, r, now);
}
