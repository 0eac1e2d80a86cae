#include "base/time.h"

#include <time.h>

#define DAY_MS ((int64_t)86400000)

static mh_time system_now(void *ctx)
{
	(void)ctx;
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (mh_time)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static mh_time fixed_now(void *ctx)
{
	return *(mh_time *)ctx;
}

struct mh_clock mh_clock_system(void)
{
	return (struct mh_clock){system_now, NULL};
}

struct mh_clock mh_clock_fixed(mh_time *at)
{
	return (struct mh_clock){fixed_now, at};
}

int64_t mh_ticks(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Civil date <-> day number: the era method (400 years = 146,097 days), years that begin in March. */
mh_day mh_day_from(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

struct mh_civil mh_day_civil(mh_day day)
{
	int z = day + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	int month = mp < 10 ? mp + 3 : mp - 9;
	return (struct mh_civil){
		.year = yoe + era * 400 + (month <= 2), .month = month, .day = doy - (153 * mp + 2) / 5 + 1};
}

int mh_day_weekday(mh_day day)
{
	int w = (day + 3) % 7; /* 1970-01-01 was a Thursday */
	return (w < 0 ? w + 7 : w) + 1;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

mh_day mh_time_day(mh_time t, int zone_min)
{
	return (mh_day)floor_div(t + (int64_t)zone_min * 60000, DAY_MS);
}

mh_time mh_day_start(mh_day day, int zone_min)
{
	return (mh_time)day * DAY_MS - (int64_t)zone_min * 60000;
}

struct mh_civil mh_time_civil(mh_time t, int zone_min)
{
	mh_day d = mh_time_day(t, zone_min);
	struct mh_civil c = mh_day_civil(d);
	int64_t s = (t - mh_day_start(d, zone_min)) / 1000;
	c.hour = (int)(s / 3600);
	c.minute = (int)(s / 60 % 60);
	c.second = (int)(s % 60);
	return c;
}

mh_time mh_civil_time(const struct mh_civil *c, int zone_min)
{
	mh_time start = mh_day_start(mh_day_from(c->year, c->month, c->day), zone_min);
	return start + ((int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second) * 1000;
}

bool mh_civil_valid(const struct mh_civil *c)
{
	if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 || c->day > 31) return false;
	if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 || c->second > 59)
		return false;
	struct mh_civil back = mh_day_civil(mh_day_from(c->year, c->month, c->day));
	return back.month == c->month && back.day == c->day;
}

/* Reads exactly n digits at *at. */
static bool digits(struct mh_str s, size_t *at, int n, int *ret)
{
	int v = 0;
	for (int i = 0; i < n; i++, (*at)++) {
		if (*at >= s.len || s.ptr[*at] < '0' || s.ptr[*at] > '9') return false;
		v = v * 10 + (s.ptr[*at] - '0');
	}
	*ret = v;
	return true;
}

static bool expect(struct mh_str s, size_t *at, char c)
{
	return *at < s.len && s.ptr[(*at)++] == c;
}

static bool parse_date(struct mh_str s, size_t *at, struct mh_civil *c)
{
	return digits(s, at, 4, &c->year) && expect(s, at, '-') && digits(s, at, 2, &c->month) && expect(s, at, '-') &&
	       digits(s, at, 2, &c->day);
}

bool mh_day_parse(struct mh_str s, mh_day *ret)
{
	struct mh_civil c = {0};
	size_t at = 0;
	if (!parse_date(s, &at, &c) || at != s.len || !mh_civil_valid(&c)) return false;
	*ret = mh_day_from(c.year, c.month, c.day);
	return true;
}

static bool parse_zone(struct mh_str s, size_t *at, int *ret_min)
{
	if (*at >= s.len) return false;
	char c = s.ptr[(*at)++];
	if (c == 'Z' || c == 'z') return *ret_min = 0, true;
	int h, m;
	if ((c != '+' && c != '-') || !digits(s, at, 2, &h) || !expect(s, at, ':') || !digits(s, at, 2, &m))
		return false;
	if (h > 14 || m > 59) return false;
	*ret_min = (c == '-' ? -1 : 1) * (h * 60 + m);
	return true;
}

bool mh_time_parse(struct mh_str s, mh_time *ret)
{
	struct mh_civil c = {0};
	size_t at = 0;
	int zone, ms = 0;
	if (!parse_date(s, &at, &c) || at >= s.len) return false;
	char t = s.ptr[at++];
	if (t != 'T' && t != 't' && t != ' ') return false;
	if (!digits(s, &at, 2, &c.hour) || !expect(s, &at, ':') || !digits(s, &at, 2, &c.minute) ||
	    !expect(s, &at, ':') || !digits(s, &at, 2, &c.second))
		return false;
	if (at < s.len && s.ptr[at] == '.') {
		int scale = 100;
		for (at++; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++, scale /= 10)
			ms += (s.ptr[at] - '0') * scale;
	}
	if (!parse_zone(s, &at, &zone) || at != s.len || !mh_civil_valid(&c)) return false;
	*ret = mh_civil_time(&c, zone) + ms;
	return true;
}

struct mh_str mh_day_text(struct mh_arena *a, mh_day day)
{
	struct mh_civil c = mh_day_civil(day);
	return mh_str_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

struct mh_str mh_time_text(struct mh_arena *a, mh_time t, int zone_min)
{
	struct mh_civil c = mh_time_civil(t, zone_min);
	int z = zone_min < 0 ? -zone_min : zone_min;
	return mh_str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
			  c.second, zone_min < 0 ? '-' : '+', z / 60, z % 60);
}
