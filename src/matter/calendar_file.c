/* Calendars from their CSV form. */
#include "matter/city_priv.h"

#include "base/csv.h"

static bool minutes(struct mh_str s, int *ret)
{
	struct mh_str h, m = s;
	int64_t hour, minute;
	if (!mh_str_split(&m, ':', &h) || !mh_str_to_i64(h, &hour) || !mh_str_to_i64(m, &minute)) return false;
	if (hour < 0 || hour > 24 || minute < 0 || minute > 59) return false;
	*ret = (int)(hour * 60 + minute);
	return true;
}

static enum mh_code read_hours(struct mh_str text, struct mh_cal_rules *rules, struct mh_err *reterr)
{
	struct mh_str one;
	while (mh_str_split(&text, ',', &one)) {
		struct mh_str from, to = mh_str_trim(one);
		struct mh_cal_hours *h = &rules->hours[rules->n_hours];
		if (rules->n_hours == MH_CAL_HOURS_MAX || !mh_str_split(&to, '-', &from) || !minutes(from, &h->from) ||
		    !minutes(to, &h->to))
			return MH_FAIL(reterr, MH_E_INVALID,
				       "Cannot read the business hours \"" MH_STR_FMT "\"; write 08:30-12:00",
				       MH_STR_ARG(one));
		rules->n_hours++;
	}
	return MH_OK;
}

static enum mh_code bad_row(const struct mh_csv_record *r, const char *why, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_INVALID, "Cannot read line %lld of the calendar: %s", (long long)r->line, why);
}

static enum mh_code row(const struct mh_csv_record *r, struct mh_cal_day *ret, struct mh_err *reterr)
{
	if (r->fault != MH_CSV_SOUND) return bad_row(r, mh_csv_fault_info(r->fault)->en, reterr);
	if (r->n < 4) return bad_row(r, "it needs date, working, zh, en", reterr);
	if (!mh_day_parse(r->fields[0].text, &ret->day)) return bad_row(r, "the date is none", reterr);
	ret->working = mh_str_is(r->fields[1].text, "1");
	if (!ret->working && !mh_str_is(r->fields[1].text, "0")) return bad_row(r, "working is 0 or 1", reterr);
	ret->zh = r->fields[2].text;
	ret->en = r->fields[3].text;
	return MH_OK;
}

/* Calls fn for each row; the first is the head. */
static enum mh_code each(struct mh_str csv, enum mh_code (*fn)(void *, const struct mh_cal_day *, struct mh_err *),
			 void *ctx, struct mh_err *reterr)
{
	struct mh_csv *reader MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	MH_TRY(mh_csv_open_bytes((struct mh_bytes){(const unsigned char *)csv.ptr, csv.len}, NULL, &reader, reterr));
	MH_TRY(mh_csv_next(reader, &r, reterr));
	for (;;) {
		struct mh_cal_day day;
		MH_TRY(mh_csv_next(reader, &r, reterr));
		if (r.end) return MH_OK;
		MH_TRY(row(&r, &day, reterr));
		MH_TRY(fn(ctx, &day, reterr));
	}
}

static enum mh_code widen(void *ctx, const struct mh_cal_day *day, struct mh_err *reterr)
{
	struct mh_cal_rules *rules = ctx;
	(void)reterr;
	int year = mh_day_civil(day->day).year;
	if (!rules->first_year || year < rules->first_year) rules->first_year = year;
	if (year > rules->last_year) rules->last_year = year;
	return MH_OK;
}

static enum mh_code add(void *ctx, const struct mh_cal_day *day, struct mh_err *reterr)
{
	return mh_cal_builder_day(ctx, day, reterr);
}

enum mh_code mh_calendar_read(struct mh_arena *a, const struct mh_calendar_file *f, const struct mh_cal **ret,
			      struct mh_err *reterr)
{
	struct mh_cal_rules rules = {.region = f->region,
				     .source = f->source,
				     .revision = f->rev,
				     .zone_min = f->zone_min,
				     .week = MH_CAL_WEEK_CHINA};
	struct mh_cal_builder *b;
	MH_TRY(read_hours(f->hours, &rules, reterr));
	MH_TRY(each(f->csv, widen, &rules, reterr));
	MH_TRY(mh_cal_builder_new(a, &rules, &b, reterr));
	MH_TRY(each(f->csv, add, b, reterr));
	return mh_cal_builder_finish(b, ret, reterr);
}
