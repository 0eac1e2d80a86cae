#include "process/words_priv.h"

bool mh_word__is_zh(const char *lang)
{
	return lang && lang[0] == 'z' && lang[1] == 'h';
}

const char *mh_word__room(enum mh_room room, bool zh)
{
	static const char *const words[MH_ROOM_MAX][2] = {
		[MH_ROOM_INTAKE] = {"Intake", "受理"}, [MH_ROOM_GATHER] = {"Gather", "汇总"},
		[MH_ROOM_HANDLE] = {"Handle", "处置"}, [MH_ROOM_REPLY] = {"Reply", "反馈"},
		[MH_ROOM_RATE] = {"Rate", "评价"},     [MH_ROOM_APPLY] = {"Apply", "运用"}};
	return words[room][zh];
}

const char *mh_word__category(enum mh_category category, bool zh)
{
	static const char *const words[MH_CAT_MAX][2] = {[MH_CAT_INITIAL] = {"beginning", "起始"},
							 [MH_CAT_ACTIVE] = {"in progress", "进行中"},
							 [MH_CAT_WAITING] = {"waiting", "等待"},
							 [MH_CAT_DONE] = {"done", "办结"},
							 [MH_CAT_VOID] = {"void", "终止"}};
	return words[category][zh];
}

const char *mh_word__color(struct mh_str word, bool zh)
{
	static const char *const words[][3] = {
		{"yellow", "yellow", "黄"}, {"red", "red", "红"}, {"black", "black", "黑"}, {"none", "no", "无"}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (mh_str_is(word, words[i][0])) return words[i][1 + zh];
	return "";
}

struct mh_str mh_word__join(struct mh_words *w, struct mh_str list, struct mh_str item)
{
	if (!list.len) return item;
	return mh_str_fmt(&w->arena, MH_STR_FMT "%s" MH_STR_FMT, MH_STR_ARG(list), w->zh ? "、" : ", ",
			  MH_STR_ARG(item));
}

static struct mh_str unit(struct mh_words *w, const struct mh_who *who)
{
	if (who->level_up > 0)
		return w->zh ? mh_str_fmt(&w->arena, "上%s级单位的",
					  who->level_up == 1   ? "一"
					  : who->level_up == 2 ? "两"
							       : "三")
			     : mh_str_fmt(&w->arena, " of the unit %d level%s above", who->level_up,
					  who->level_up == 1 ? "" : "s");
	if (who->named) {
		struct mh_str f = mh_word__of(&w->def->fields[who->officer_field].label, w->zh);
		return mh_str_fmt(&w->arena, w->zh ? "“%.*s”所指的" : " named in “%.*s”", MH_STR_ARG(f));
	}
	if (who->org == MH_ORG_OWNER) return w->zh ? MH_STR("承办单位的") : MH_STR(" of the owning unit");
	if (who->org == MH_ORG_FIELD && who->org_field >= 0) {
		struct mh_str f = mh_word__of(&w->def->fields[who->org_field].label, w->zh);
		return mh_str_fmt(&w->arena, w->zh ? "“%.*s”单位的" : " of the unit in “%.*s”", MH_STR_ARG(f));
	}
	return (struct mh_str){0};
}

struct mh_str mh_word__who(struct mh_words *w, const struct mh_transition *t, bool short_form)
{
	struct mh_str list = {0};
	switch (t->trigger) {
	case MH_BY_PERSON: break;
	case MH_BY_CLOCK: return w->zh ? MH_STR("时钟") : MH_STR("the clock");
	case MH_BY_VOTE: return w->zh ? MH_STR("表决") : MH_STR("the vote");
	case MH_BY_CHILD: return w->zh ? MH_STR("子事项办结") : MH_STR("children ended");
	case MH_BY_MAIN: return w->zh ? MH_STR("随主件") : MH_STR("the main matter");
	case MH_TRIGGER_MAX: return list;
	}
	for (size_t i = 0; i < t->who.n_roles; i++)
		list = mh_word__join(w, list, mh_word__of(&w->def->roles[t->who.roles[i]].label, w->zh));
	if (short_form) return list;
	struct mh_str of = unit(w, &t->who);
	if (w->zh) return mh_str_fmt(&w->arena, MH_STR_FMT MH_STR_FMT, MH_STR_ARG(of), MH_STR_ARG(list));
	return mh_str_fmt(&w->arena, MH_STR_FMT MH_STR_FMT, MH_STR_ARG(list), MH_STR_ARG(of));
}

struct mh_str mh_word__length(struct mh_words *w, const struct mh_clock_rule *r)
{
	switch (r->how) {
	case MH_CLOCK_WITHIN: return mh_span_words(&w->arena, r->span, w->zh ? "zh" : "en");
	case MH_CLOCK_EVERY: {
		struct mh_str s = mh_span_words(&w->arena, r->span, w->zh ? "zh" : "en");
		return mh_str_fmt(&w->arena, w->zh ? "每%.*s" : "every %.*s", MH_STR_ARG(s));
	}
	case MH_CLOCK_AT: {
		struct mh_str f = mh_word__of(&w->def->fields[r->field].label, w->zh);
		return mh_str_fmt(&w->arena, w->zh ? "%.*s当日" : "day of %.*s", MH_STR_ARG(f));
	}
	default: return mh_word__of(&w->def->clocks[r->clock].label, w->zh);
	}
}

const struct mh_clock_rule *mh_word__fired_by(const struct mh_def *d, int state, int transition)
{
	const struct mh_state *s = &d->states[state];
	for (size_t i = 0; i < s->n_clocks; i++)
		if (s->clocks[i].then == transition && s->clocks[i].how != MH_CLOCK_PAUSE &&
		    s->clocks[i].how != MH_CLOCK_STOP)
			return &s->clocks[i];
	return NULL;
}
