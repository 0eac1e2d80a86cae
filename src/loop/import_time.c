/* The many ways in which exported tables write an instant. */
#include "loop/import_priv.h"

#define SERIAL_MIN 20000 /* 1954 */
#define SERIAL_MAX 80000 /* 2119 */

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Days since 1899-12-30 with a fraction, as spreadsheets keep times: rounded to the second. */
static bool serial(struct mh_str s, int zone_min, mh_time *ret)
{
	struct mh_str whole, rest = s;
	int64_t days, frac = 0, unit = 1;
	if (!mh_str_split(&rest, '.', &whole) || whole.len != 5 || !mh_str_to_i64(whole, &days)) return false;
	if (days < SERIAL_MIN || days > SERIAL_MAX) return false;
	for (size_t i = 0; i < rest.len; i++) {
		if (!digit(rest.ptr[i])) return false;
		if (i >= 13) continue;
		frac = frac * 10 + (rest.ptr[i] - '0');
		unit *= 10;
	}
	int64_t seconds = (frac * 86400 + unit / 2) / unit;
	*ret = mh_day_start((mh_day)(days + mh_day_from(1899, 12, 30)), zone_min) + seconds * 1000;
	return true;
}

/* 20190425, 201904250932, 20190425093209 */
static bool compact(struct mh_str s, int n[6], int *ret_groups)
{
	static const int at[] = {0, 4, 6, 8, 10, 12, 14};
	if (s.len != 8 && s.len != 12 && s.len != 14) return false;
	int groups = s.len == 8 ? 3 : s.len == 12 ? 5 : 6;
	for (int g = 0; g < groups; g++) {
		n[g] = 0;
		for (int i = at[g]; i < at[g + 1]; i++) {
			if (!digit(s.ptr[i])) return false;
			n[g] = n[g] * 10 + (s.ptr[i] - '0');
		}
	}
	*ret_groups = groups;
	return true;
}

/* Up to six numbers with anything of / - . : T 年 月 日 时 分 秒 and blanks between; a fraction of a second is cut off. */
static bool groups(struct mh_str s, int n[6], int *ret_groups)
{
	const struct mh_str all = MH_STR("/-.: T年月日时点分秒号");
	int count = 0;
	size_t i = 0;
	while (i < s.len) {
		size_t begin = i;
		int v = 0;
		for (; i < s.len && digit(s.ptr[i]); i++)
			if ((v = v * 10 + (s.ptr[i] - '0')) > 9999) return false;
		if (i == begin) return false;
		if (count < 6) n[count] = v;
		count++;
		while (i < s.len && !digit(s.ptr[i])) {
			size_t next = i, at = 0;
			uint32_t c = mh_utf8_next(s, &next), known = 0;
			while (at < all.len && (known = mh_utf8_next(all, &at)) != c) known = 0;
			if (known != c) return false;
			i = next;
		}
	}
	*ret_groups = count > 6 ? 6 : count;
	return count >= 3 && count <= 7 && n[0] >= 1900;
}

bool mh_import_time(struct mh_str s, int zone_min, mh_time *ret)
{
	int n[6] = {0}, count = 0;
	s = mh_str_trim(s);
	if (s.len == 0 || s.len > 64) return false;
	if (mh_time_parse(s, ret)) return true;
	if (serial(s, zone_min, ret)) return true;
	if (!compact(s, n, &count) && !groups(s, n, &count)) return false;
	for (int i = count; i < 6; i++) n[i] = 0;
	struct mh_civil c = {n[0], n[1], n[2], n[3], n[4], n[5]};
	if (!mh_civil_valid(&c)) return false;
	*ret = mh_civil_time(&c, zone_min);
	return true;
}
