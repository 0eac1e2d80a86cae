/* Builds a calendar from its rules and rows, and refuses what cannot be meant. */
#include "calendar/calendar_priv.h"

#include <string.h>

#define TEXT_CAP ((size_t)4 << 20) /* of the canonical text */
#define NAME_MAX_BYTES 200

struct row {
	struct mh_cal_day day;
	bool copied; /* from an earlier revision: gives way to a row of this one */
};
struct mh_cal_builder {
	struct mh_arena *arena;
	struct mh_cal *cal; /* NULL once finished */
	struct row *rows;
	size_t n, room;
};

static bool plain_text(struct mh_str s, size_t max)
{
	if (s.len == 0 || s.len > max) return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f) return false;
	return mh_utf8_bad((struct mh_bytes){(const unsigned char *)s.ptr, s.len}) < 0;
}

static enum mh_code check_hours(const struct mh_cal_rules *r, struct mh_err *reterr)
{
	if (r->n_hours < 1 || r->n_hours > MH_CAL_HOURS_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "A calendar needs 1 to %d intervals of business hours",
			       MH_CAL_HOURS_MAX);
	int last = -1; /* intervals that touch would be one */
	for (size_t i = 0; i < r->n_hours; i++) {
		const struct mh_cal_hours *h = &r->hours[i];
		if (h->from <= last || h->to <= h->from || h->to > 1440)
			return MH_FAIL(reterr, MH_E_INVALID, "Business hours %d-%d are not in order", h->from, h->to);
		last = h->to;
	}
	return MH_OK;
}

static enum mh_code check_rules(const struct mh_cal_rules *r, struct mh_err *reterr)
{
	if (!plain_text(r->region, NAME_MAX_BYTES))
		return MH_FAIL(reterr, MH_E_INVALID, "The region of a calendar is not plain text");
	if (!plain_text(r->source, 2000))
		return MH_FAIL(reterr, MH_E_INVALID, "The source of a calendar is not plain text");
	if (r->revision < 1) return MH_FAIL(reterr, MH_E_INVALID, "Calendar revisions count from 1");
	if (r->zone_min < -840 || r->zone_min > 840)
		return MH_FAIL(reterr, MH_E_INVALID, "A zone cannot be %d minutes from UTC", r->zone_min);
	if (r->week == 0 || r->week > 0x7f) return MH_FAIL(reterr, MH_E_INVALID, "A week needs 1 to 7 working days");
	if (r->first_year < 1000 || r->last_year > 9000 || r->first_year > r->last_year)
		return MH_FAIL(reterr, MH_E_INVALID, "A calendar cannot cover the years %d to %d", r->first_year,
			       r->last_year);
	return check_hours(r, reterr);
}

static void derive(struct mh_cal *cal)
{
	const struct mh_cal_rules *r = &cal->rules;
	for (int i = 0; i < 7; i++) cal->week_upto[i] = cal->week_days += (r->week >> i) & 1;
	for (size_t i = 0; i < r->n_hours; i++) cal->open_ms += (r->hours[i].to - r->hours[i].from) * MH_CAL__MINUTE_MS;
	cal->from = mh_day_from(r->first_year, 1, 1);
	cal->to = mh_day_from(r->last_year, 12, 31);
}

enum mh_code mh_cal_builder_new(struct mh_arena *a, const struct mh_cal_rules *rules, struct mh_cal_builder **ret,
				struct mh_err *reterr)
{
	MH_TRY(check_rules(rules, reterr));
	struct mh_cal_builder *b = MH_NEW(a, struct mh_cal_builder);
	MH_TRY_MEM(b, reterr);
	b->arena = a;
	b->cal = MH_NEW(a, struct mh_cal);
	MH_TRY_MEM(b->cal, reterr);
	b->cal->rules = *rules;
	b->cal->rules.region = mh_str_dup(a, rules->region);
	b->cal->rules.source = mh_str_dup(a, rules->source);
	MH_TRY_MEM(b->cal->rules.region.ptr, reterr);
	MH_TRY_MEM(b->cal->rules.source.ptr, reterr);
	derive(b->cal);
	*ret = b;
	return MH_OK;
}

static enum mh_code grow(struct mh_cal_builder *b, struct mh_err *reterr)
{
	if (b->n < b->room) return MH_OK;
	if (b->n >= 2 * MH_CAL_DAYS_MAX) /* copied and own rows together */
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "A calendar holds at most %d rows", MH_CAL_DAYS_MAX);
	size_t room = b->room ? b->room * 2 : 256;
	struct row *rows = MH_NEW_ARRAY(b->arena, room, struct row);
	MH_TRY_MEM(rows, reterr);
	if (b->n) memcpy(rows, b->rows, b->n * sizeof *rows);
	b->rows = rows;
	b->room = room;
	return MH_OK;
}

static enum mh_code add(struct mh_cal_builder *b, const struct mh_cal_day *row, bool copied, struct mh_err *reterr)
{
	if (!b->cal) return MH_FAIL(reterr, MH_E_CONFLICT, "This calendar is finished and takes no more days");
	MH_TRY(grow(b, reterr));
	struct row r = {*row, copied};
	r.day.zh = mh_str_dup(b->arena, row->zh);
	r.day.en = mh_str_dup(b->arena, row->en);
	MH_TRY_MEM(r.day.zh.ptr, reterr);
	MH_TRY_MEM(r.day.en.ptr, reterr);
	b->rows[b->n++] = r;
	return MH_OK;
}

enum mh_code mh_cal_builder_day(struct mh_cal_builder *b, const struct mh_cal_day *row, struct mh_err *reterr)
{
	if (row->day < mh_day_from(1, 1, 1) || row->day > mh_day_from(9999, 12, 31))
		return MH_FAIL(reterr, MH_E_INVALID, "A calendar row is of no year that can be written");
	struct mh_civil c = mh_day_civil(row->day);
	if (b->cal && !mh_cal_covers(b->cal, row->day))
		return MH_FAIL(reterr, MH_E_INVALID, "%04d-%02d-%02d is outside the years that the calendar covers",
			       c.year, c.month, c.day);
	if (!plain_text(row->zh, NAME_MAX_BYTES) || !plain_text(row->en, NAME_MAX_BYTES))
		return MH_FAIL(reterr, MH_E_INVALID, "%04d-%02d-%02d needs a Chinese and an English name in plain text",
			       c.year, c.month, c.day);
	return add(b, row, false, reterr);
}

enum mh_code mh_cal_builder_copy(struct mh_cal_builder *b, const struct mh_cal *base, struct mh_err *reterr)
{
	for (size_t i = 0; i < base->n; i++) {
		if (b->cal && !mh_cal_covers(b->cal, base->days[i].day))
			return MH_FAIL(reterr, MH_E_INVALID, "The calendar copied covers years that this one does not");
		MH_TRY(add(b, &base->days[i], true, reterr));
	}
	return MH_OK;
}

/* By day; a copied row before the one that replaces it. */
static int by_day(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	if (a->day.day != b->day.day) return a->day.day < b->day.day ? -1 : 1;
	return (int)b->copied - (int)a->copied;
}

static enum mh_code settle(struct mh_cal_builder *b, struct mh_cal *cal, struct mh_err *reterr)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct row *r = &b->rows[i];
		bool again = cal->n && cal->days[cal->n - 1].day == r->day.day;
		if (again && (r->copied || !b->rows[i - 1].copied)) {
			struct mh_civil c = mh_day_civil(r->day.day);
			return MH_FAIL(reterr, MH_E_INVALID, "%04d-%02d-%02d is given twice", c.year, c.month, c.day);
		}
		cal->days[again ? cal->n - 1 : cal->n] = r->day;
		cal->n += !again;
	}
	if (cal->n > MH_CAL_DAYS_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "A calendar holds at most %d rows", MH_CAL_DAYS_MAX);
	return MH_OK;
}

static void count_shifts(struct mh_cal *cal)
{
	int32_t sum = 0;
	for (size_t i = 0; i < cal->n; i++) {
		int usual = (cal->rules.week >> (mh_day_weekday(cal->days[i].day) - 1)) & 1;
		cal->shift[i] = sum += (int32_t)cal->days[i].working - usual;
	}
}

static enum mh_code identify(struct mh_cal *cal, struct mh_err *reterr)
{
	struct mh_buf text = MH_BUF(TEXT_CAP);
	mh_cal_text(cal, &text);
	bool failed = text.failed;
	if (!failed) cal->hash = mh_sha256_str(mh_buf_str(&text));
	mh_buf_done(&text);
	if (failed)
		return MH_FAIL(reterr, MH_E_NO_MEMORY,
			       "Could not write the text of a calendar: memory is short or it is too long");
	return MH_OK;
}

enum mh_code mh_cal_builder_finish(struct mh_cal_builder *b, const struct mh_cal **ret, struct mh_err *reterr)
{
	struct mh_cal *cal = b->cal;
	if (!cal) return MH_FAIL(reterr, MH_E_CONFLICT, "This calendar is finished already");
	b->cal = NULL;
	cal->days = MH_NEW_ARRAY(b->arena, b->n, struct mh_cal_day);
	cal->shift = MH_NEW_ARRAY(b->arena, b->n, int32_t);
	MH_TRY_MEM(cal->days, reterr);
	MH_TRY_MEM(cal->shift, reterr);
	if (b->n) qsort(b->rows, b->n, sizeof *b->rows, by_day);
	MH_TRY(settle(b, cal, reterr));
	count_shifts(cal);
	MH_TRY(identify(cal, reterr));
	*ret = cal;
	return MH_OK;
}
