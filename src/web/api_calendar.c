/* Which days are worked, for pages that say how much time is left: an answer that holds a number of days would be wrong the next
 * morning and could not be kept; the days themselves can. */
#include "calendar/calendar.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_calendar;

static json_t *week_of(const struct mh_cal_rules *r)
{
	json_t *list = json_array();
	for (int i = 0; list && i < 7; i++)
		if (r->week >> i & 1) json_array_append_new(list, json_integer(i + 1));
	return list;
}

/* The days of the table that are not as the week has them. */
static json_t *exceptions(struct mh_arena *a, const struct mh_cal *cal, bool working)
{
	const struct mh_cal_day *days;
	size_t n = mh_cal_days(cal, &days);
	json_t *list = json_array();
	for (size_t i = 0; list && i < n; i++) {
		bool by_week = mh_cal_rules(cal)->week >> (mh_day_weekday(days[i].day) - 1) & 1;
		if (days[i].working == by_week || days[i].working != working) continue;
		if (json_array_append_new(list, mh_json_str(mh_day_text(a, days[i].day))) != 0) break;
	}
	return list;
}

static enum mh_code get_workdays(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_API_READ(req, reterr);
	const struct mh_cal *cal = mh_city_cal(tx.city, 0);
	const struct mh_cal_rules *r = mh_cal_rules(cal);
	struct mh_str from = mh_day_text(tx.arena, mh_day_from(r->first_year, 1, 1));
	struct mh_str to = mh_day_text(tx.arena, mh_day_from(r->last_year, 12, 31));
	json_t *j = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "rev", (json_int_t)r->revision, "from",
			      mh_json_str(from), "to", mh_json_str(to), "week", week_of(r), "worked",
			      exceptions(tx.arena, cal, true), "off", exceptions(tx.arena, cal, false));
	MH_TRY(mh_res_json(res, 200, j, reterr));
	return mh_res_tag(res, reterr);
}

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/workdays",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "workdays",
	 .handler = get_workdays,
	 .en = "Which days are worked, as the newest calendar has it",
	 .zh = "工作日与放假日（现行日历）"},
};

const struct mh_route_list mh_routes_calendar = MH_ROUTES("calendar", routes);
