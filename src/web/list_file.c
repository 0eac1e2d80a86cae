#include "web/list_file.h"

#include "web/web_priv.h"

#include <stdio.h>
#include <string.h>

#define AT_ONCE 4 /* files being made */

static atomic_int being_made;

enum column {
	NUMBER,
	KIND,
	STATE,
	ROOM,
	LEVEL,
	OWNER,
	ANSWERS,
	PLACE,
	CATEGORY_CODE,
	CATEGORY,
	MARK,
	MERGED,
	DUE,
	CLOCK,
	LATE,
	CREATED,
	REF,
};
_Static_assert(REF + 1 == MH_LIST_FILE_COLUMNS, "every column has a place");

static const struct mh_label headings[MH_LIST_FILE_COLUMNS] = {
#define H(column, zh_, en_) [column] = {{zh_, sizeof(zh_) - 1}, {en_, sizeof(en_) - 1}}
	H(NUMBER, "事项编号", "Number"),
	H(KIND, "事项类型", "Kind"),
	H(STATE, "状态", "State"),
	H(ROOM, "环节", "Room"),
	H(LEVEL, "负责层级", "Level"),
	H(OWNER, "承办单位", "Unit"),
	H(ANSWERS, "负责单位", "Answers for it"),
	H(PLACE, "属地", "Place"),
	H(CATEGORY_CODE, "分类代码", "Category code"),
	H(CATEGORY, "诉求分类", "Category"),
	H(MARK, "挂牌", "Board"),
	H(MERGED, "已并案", "Handled with another"),
	H(DUE, "到期时间", "Due"),
	H(CLOCK, "时限名称", "Deadline"),
	H(LATE, "是否逾期", "Late"),
	H(CREATED, "提出时间", "Raised"),
	H(REF, "引用号", "Reference"),
};
static const struct mh_label rooms[MH_ROOM_MAX] = {
	H(MH_ROOM_INTAKE, "受理", "Intake"), H(MH_ROOM_GATHER, "汇总", "Gather"), H(MH_ROOM_HANDLE, "处置", "Handle"),
	H(MH_ROOM_REPLY, "反馈", "Reply"),   H(MH_ROOM_RATE, "评价", "Rate"),     H(MH_ROOM_APPLY, "运用", "Apply"),
};
static const struct mh_label levels[] = {
	H(0, "", ""),           H(1, "村社区", "Village"), H(2, "乡镇街道", "Township"),
	H(3, "区县", "County"), H(4, "市", "City"),
};
static const struct mh_label yes = {{"是", 3}, {"yes", 3}}, no = {{"否", 3}, {"no", 2}};
static const struct mh_label marks[] = {
	{{"黄牌", 6}, {"yellow", 6}}, {{"红牌", 6}, {"red", 3}}, {{"黑牌", 6}, {"black", 5}}};
#undef H

enum mh_code mh_list_file_begin(struct mh_request *req, struct mh_tx *tx, struct mh_list_file *ret,
				struct mh_err *reterr)
{
	struct mh_list_file f = {.req = req,
				 .desk = mh_api_of(req)->desk,
				 .city = tx->city,
				 .zh = strcmp(mh_api_lang(req), "zh") == 0,
				 .page = MH_ARENA(0)};
	MH_TRY(mh_list_filter_of(req, tx, &f.filter, reterr));
	MH_TRY(mh_list_sort_of(req, &f.filter, &f.sort, reterr));
	if (atomic_fetch_add(&being_made, 1) >= AT_ONCE) {
		atomic_fetch_sub(&being_made, 1);
		return MH_FAIL(reterr, MH_E_TOO_MANY, "Too many files are being made; ask again in a moment");
	}
	*ret = f;
	return MH_OK;
}

void mh_list_file_done(struct mh_list_file *f)
{
	atomic_fetch_sub(&being_made, 1);
	mh_arena_done(&f->page);
}

static enum mh_code page(struct mh_list_file *f, struct mh_db *db, struct mh_list_page *ret, struct mh_err *reterr)
{
	MH_DB_TX(snapshot, db);
	MH_TRY(mh_db_begin_read(&snapshot, reterr));
	MH_TX(tx, f->city, db, &f->page, f->filter.now);
	return mh_list_page(&tx, f->desk, &f->filter, f->sort, f->at, MH_LIST_PAGE, ret, reterr);
}

enum mh_code mh_list_file_next(struct mh_list_file *f, struct mh_list_page *ret, struct mh_err *reterr)
{
	mh_arena_clear(&f->page);
	struct mh_db *db = mh_web__borrow(f->req);
	if (!db) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The store cannot be read just now");
	enum mh_code code = page(f, db, ret, reterr);
	mh_web__give_back(f->req, db);
	MH_TRY(code);
	f->over = !ret->next.set;
	f->at = ret->next;
	if (ret->n > MH_LIST_FILE_ROWS - f->rows) ret->n = MH_LIST_FILE_ROWS - f->rows, f->cut = true;
	f->rows += ret->n;
	f->cut = f->cut || (f->rows == MH_LIST_FILE_ROWS && !f->over);
	f->over = f->over || f->cut;
	return MH_OK;
}

/* --- cells --- */

static struct mh_str in(const struct mh_list_file *f, const struct mh_label *l)
{
	return f->zh ? l->zh : l->en;
}

struct mh_str mh_list_file_heading(const struct mh_list_file *f, size_t column)
{
	return in(f, &headings[column]);
}

static struct mh_str unit(const struct mh_list_file *f, int org)
{
	if (org < 0) return MH_STR("");
	const struct mh_org *o = &f->city->orgs.list[org];
	return f->zh ? o->zh : o->en;
}

static struct mh_str class(const struct mh_list_file *f, const struct mh_list_row *r, bool code)
{
	if (r->cls < 0) return MH_STR("");
	const struct mh_class *c = &f->city->classes[r->cls];
	return code ? c->code : f->zh ? c->zh : c->en;
}

/* As spreadsheets read a date. */
static struct mh_str moment(struct mh_list_file *f, mh_time t)
{
	if (t <= 0 || t >= MH_TIME_MAX) return MH_STR("");
	struct mh_civil c = mh_time_civil(t, f->city->zone_min);
	return mh_str_fmt(&f->page, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
			  c.second);
}

static struct mh_str board(const struct mh_list_file *f, const struct mh_list_row *r)
{
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (mh_str_is(marks[i].en, r->mark)) return in(f, &marks[i]);
	return mh_str_c(r->mark);
}

struct mh_str mh_list_file_cell(struct mh_list_file *f, const struct mh_list_row *r, size_t column)
{
	const struct mh_state *s = &r->def->states[r->state];
	switch ((enum column)column) {
	case NUMBER: return mh_str_c(r->number);
	case KIND: return in(f, &r->def->title);
	case STATE: return in(f, &s->label);
	case ROOM: return in(f, &rooms[s->room]);
	case LEVEL: return in(f, &levels[r->level > 0 && r->level <= MH_LEVEL_MAX ? r->level : 0]);
	case OWNER: return unit(f, r->owner);
	case ANSWERS: return unit(f, r->super >= 0 ? r->super : r->owner);
	case PLACE: return unit(f, r->place);
	case CATEGORY_CODE: return class(f, r, true);
	case CATEGORY: return class(f, r, false);
	case MARK: return board(f, r);
	case MERGED: return in(f, r->merged ? &yes : &no);
	case DUE: return moment(f, r->due);
	case CLOCK: return r->clock >= 0 ? in(f, &r->def->clocks[r->clock].label) : MH_STR("");
	case LATE: return in(f, r->due < f->filter.now ? &yes : &no);
	case CREATED: return moment(f, r->created);
	default: return mh_str_hex(&f->page, (struct mh_bytes){r->ref, sizeof r->ref});
	}
}

struct mh_str mh_list_file_cut(const struct mh_list_file *f)
{
	return f->zh ? MH_STR("仅导出前 100000 条，以下未列出。请缩小筛选范围后再导出。")
		     : MH_STR("Cut after 100,000 rows. Narrow the filter to get the others.");
}

enum mh_code mh_list_file_name(struct mh_response *res, const struct mh_tx *tx, const char *end, struct mh_err *reterr)
{
	char text[80];
	struct mh_civil c = mh_time_civil(tx->now, tx->city->zone_min);
	snprintf(text, sizeof text, "attachment; filename=\"matters-%04d%02d%02d.%s\"", c.year, c.month, c.day, end);
	return mh_res_header(res, "Content-Disposition", mh_str_c(text), reterr);
}
