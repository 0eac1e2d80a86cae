/* Names, dates and times as people read them, in the language of the page. */
#include "text/hant.h"
#include "web/page_priv.h"

#define DAY_MS ((int64_t)86400 * 1000)
#define HOUR_MS ((int64_t)3600 * 1000)

struct mh_str mh_page__words(const struct mh_web__page *p, struct mh_str zh, struct mh_str en)
{
	if (p->lang == MH_LANG_EN && en.len) return en;
	return p->lang == MH_LANG_HANT ? mh_hant(p->a, zh) : zh;
}

struct mh_str mh_page__label(const struct mh_web__page *p, const struct mh_label *l)
{
	return mh_page__words(p, l->zh, l->en);
}

struct mh_str mh_page__jlabel(const struct mh_web__page *p, const json_t *l)
{
	return mh_page__words(p, mh_json_get_str(l, "zh"), mh_json_get_str(l, "en"));
}

struct mh_str mh_page__org(const struct mh_web__page *p, int org)
{
	if (org < 0) return MH_STR("");
	return mh_page__words(p, p->city->orgs.list[org].zh, p->city->orgs.list[org].en);
}

const char *mh_page__api_lang(const struct mh_web__page *p)
{
	return p->lang == MH_LANG_EN ? "en" : "zh";
}

struct mh_str mh_page__msg(const struct mh_web__page *p, enum mh_msg id, const struct mh_msg_arg *args, size_t n)
{
	struct mh_buf b = MH_BUF(64 << 10);
	mh_msg_fmt(&b, p->lang, id, args, n);
	struct mh_str s = b.failed ? MH_STR("") : mh_str_dup(p->a, mh_buf_str(&b));
	mh_buf_done(&b);
	return s;
}

struct mh_str mh_page__day(const struct mh_web__page *p, mh_time t)
{
	static const enum mh_msg months[] = {MH_MSG_COMMON_DATE_M1,  MH_MSG_COMMON_DATE_M2,  MH_MSG_COMMON_DATE_M3,
					     MH_MSG_COMMON_DATE_M4,  MH_MSG_COMMON_DATE_M5,  MH_MSG_COMMON_DATE_M6,
					     MH_MSG_COMMON_DATE_M7,  MH_MSG_COMMON_DATE_M8,  MH_MSG_COMMON_DATE_M9,
					     MH_MSG_COMMON_DATE_M10, MH_MSG_COMMON_DATE_M11, MH_MSG_COMMON_DATE_M12};
	struct mh_civil c = mh_time_civil(t, p->city->zone_min);
	struct mh_msg_arg args[] = {MH_MSG_INT("year", c.year),
				    MH_MSG_STR("month", mh_msg(p->lang, months[(c.month + 11) % 12])),
				    MH_MSG_INT("day", c.day)};
	return mh_page__msg(p, MH_MSG_COMMON_DATE_DAY, args, 3);
}

struct mh_str mh_page__moment(const struct mh_web__page *p, mh_time t)
{
	struct mh_civil c = mh_time_civil(t, p->city->zone_min);
	struct mh_msg_arg args[] = {MH_MSG_STR("day", mh_page__day(p, t)),
				    MH_MSG_STR("time", mh_str_fmt(p->a, "%02d:%02d", c.hour, c.minute))};
	return mh_page__msg(p, MH_MSG_COMMON_DATE_MOMENT, args, 2);
}

struct mh_str mh_page__left(const struct mh_web__page *p, mh_time due, mh_time now, struct mh_str *ret_how)
{
	int zone = p->city->zone_min;
	int64_t ms = due - now, days = mh_time_day(due, zone) - mh_time_day(now, zone);
	struct mh_msg_arg n = MH_MSG_INT("n", 0);
	enum mh_msg id = MH_MSG_COMMON_TIME_LEFT_DAYS;
	*ret_how = ms < 0 ? MH_STR("late") : days <= 1 ? MH_STR("soon") : MH_STR("fine");
	if (ms < -DAY_MS) n.n = -ms / DAY_MS, id = MH_MSG_COMMON_TIME_LATE_DAYS;
	else if (ms <= -HOUR_MS) n.n = -ms / HOUR_MS, id = MH_MSG_COMMON_TIME_LATE_HOURS;
	else if (ms < 0) return mh_msg(p->lang, MH_MSG_COMMON_TIME_LATE);
	else if (days == 0) return mh_msg(p->lang, MH_MSG_COMMON_TIME_TODAY);
	else if (days == 1) return mh_msg(p->lang, MH_MSG_COMMON_TIME_TOMORROW);
	else n.n = days;
	return mh_page__msg(p, id, &n, 1);
}

const struct mh_page_rooms *mh_page__rooms(const struct mh_web__page *p, int now, bool over)
{
	static const enum mh_msg names[MH_ROOM_MAX] = {
		[MH_ROOM_INTAKE] = MH_MSG_COMMON_ROOM_INTAKE, [MH_ROOM_GATHER] = MH_MSG_COMMON_ROOM_GATHER,
		[MH_ROOM_HANDLE] = MH_MSG_COMMON_ROOM_HANDLE, [MH_ROOM_REPLY] = MH_MSG_COMMON_ROOM_REPLY,
		[MH_ROOM_RATE] = MH_MSG_COMMON_ROOM_RATE,     [MH_ROOM_APPLY] = MH_MSG_COMMON_ROOM_APPLY};
	struct mh_page_rooms *rooms = MH_NEW(p->a, struct mh_page_rooms);
	struct mh_page_rooms_room *list = MH_NEW_ARRAY(p->a, MH_ROOM_MAX, struct mh_page_rooms_room);
	if (!rooms || !list) return NULL;
	for (int i = 0; i < MH_ROOM_MAX; i++)
		list[i] = (struct mh_page_rooms_room){
			.name = names[i], .past = i < now || (over && i == now), .now = i == now && !over, .n = i + 1};
	*rooms = (struct mh_page_rooms){.rooms = list, .n_rooms = MH_ROOM_MAX};
	return rooms;
}
