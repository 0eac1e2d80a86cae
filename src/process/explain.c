/* A definition retold for a clerk: in each state, who may do what, by when, and what happens when nobody does. Markdown. */
#include "process/explain_priv.h"

#define SAY(w, zh_, en_) mh_buf_c((w)->out, (w)->zh ? (zh_) : (en_))
#define SAYF(w, zh_, en_, ...) mh_buf_fmt((w)->out, (w)->zh ? (zh_) : (en_), __VA_ARGS__)

static struct mh_str state_name(struct mh_words *w, int state)
{
	return mh_explain__quoted(w, &w->def->states[state].label);
}

static void put(struct mh_words *w, const char *zh, const char *en, struct mh_str s)
{
	if (!s.len) return;
	SAY(w, zh, en);
	mh_buf_str_add(w->out, s);
}

/* ---- transitions ---- */

static void asks(struct mh_words *w, const struct mh_transition *t)
{
	struct mh_str must = {0}, may = {0}, show = {0};
	for (size_t i = 0; i < t->n_require; i++)
		must = mh_word__join(w, must, mh_word__of(&w->def->fields[t->require[i]].label, w->zh));
	for (size_t i = 0; i < t->n_optional; i++)
		may = mh_word__join(w, may, mh_word__of(&w->def->fields[t->optional[i]].label, w->zh));
	for (size_t i = 0; i < t->n_evidence; i++) {
		const struct mh_evidence *e = &w->def->evidence[t->evidence[i]];
		struct mh_str one = mh_word__of(&e->label, w->zh);
		if (e->min > 1)
			one = mh_str_fmt(&w->arena, w->zh ? "%.*s（至少%d份）" : "%.*s (at least %d)", MH_STR_ARG(one),
					 e->min);
		show = mh_word__join(w, show, one);
	}
	put(w, "；须填：", "; must give: ", must);
	put(w, "；可填：", "; may give: ", may);
	put(w, "；须附：", "; must attach: ", show);
}

static void limits(struct mh_words *w, const struct mh_transition *t)
{
	if (t->max > 0)
		SAYF(w, "；每件至多%d次",
		     t->max == 1 ? "; at most %d time in one matter" : "; at most %d times in one matter", t->max);
	if (t->when) SAYF(w, "；条件：`%.*s`", "; only if `%.*s`", MH_STR_ARG(mh_expr_text(t->when)));
}

static void leads(struct mh_words *w, const struct mh_transition *t, int from)
{
	struct mh_str does = mh_explain__effects(w, t->effects, t->n_effects);
	if (t->to < 0) SAY(w, "。状态不变", ". The state stays");
	else if (t->to == from) SAYF(w, "。重新进入%.*s", ". Begins %.*s anew", MH_STR_ARG(state_name(w, t->to)));
	else SAYF(w, "。转入%.*s", ". Leads to %.*s", MH_STR_ARG(state_name(w, t->to)));
	put(w, "；", "; ", does);
	if (t->else_to >= 0)
		SAYF(w, "。否则转入%.*s", ". Otherwise it leads to %.*s", MH_STR_ARG(state_name(w, t->else_to)));
	SAY(w, "。\n", ".\n");
}

static void way(struct mh_words *w, const struct mh_transition *t, int from)
{
	struct mh_str who = mh_word__who(w, t, false);
	SAYF(w, "- **%.*s**：%.*s", "- **%.*s**: %.*s", MH_STR_ARG(mh_word__of(&t->label, w->zh)), MH_STR_ARG(who));
	asks(w, t);
	limits(w, t);
	leads(w, t, from);
}

static bool starts_from(const struct mh_transition *t, int state)
{
	for (size_t i = 0; i < t->n_from; i++)
		if (t->from[i] == state) return true;
	return false;
}

static void ways(struct mh_words *w, int state, bool persons)
{
	bool any = false;
	for (size_t i = 0; i < w->def->n_transitions; i++) {
		const struct mh_transition *t = &w->def->transitions[i];
		if (!starts_from(t, state) || t->trigger == MH_BY_CLOCK || (t->trigger == MH_BY_PERSON) != persons)
			continue;
		if (!any && persons) SAY(w, "\n可以办理：\n\n", "\nWhat may be done:\n\n");
		if (!any && !persons) SAY(w, "\n自动发生：\n\n", "\nWhat happens by itself:\n\n");
		any = true;
		way(w, t, state);
	}
}

/* ---- clocks ---- */

static void warned(struct mh_words *w, const struct mh_clock_rule *r)
{
	struct mh_str s = mh_span_words(&w->arena, r->warn_span, w->zh ? "zh" : "en");
	if (r->warn_percent) SAYF(w, "；用去%d%%时提醒", "; a reminder when %d%% is used", r->warn_percent);
	else if (r->warn_span.n) SAYF(w, "；提前%.*s提醒", "; a reminder %.*s before", MH_STR_ARG(s));
}

static void runs(struct mh_words *w, const struct mh_clock_rule *r)
{
	struct mh_str length = mh_word__length(w, r);
	switch (r->how) {
	case MH_CLOCK_START:
		SAYF(w, "自此计时，时限 `%.*s`", "starts here, with `%.*s`", MH_STR_ARG(mh_expr_text(r->expr)));
		break;
	case MH_CLOCK_CONTINUE: SAY(w, "继续计时", "goes on"); break;
	case MH_CLOCK_PAUSE: SAY(w, "暂停计时", "is paused"); break;
	case MH_CLOCK_STOP: SAY(w, "停止计时", "stops"); break;
	default: mh_buf_str_add(w->out, length); break;
	}
}

static void deadline(struct mh_words *w, int state, const struct mh_clock_rule *r)
{
	SAYF(w, "- **%.*s**：", "- **%.*s**: ", MH_STR_ARG(mh_word__of(&w->def->clocks[r->clock].label, w->zh)));
	runs(w, r);
	warned(w, r);
	if (r->then < 0) {
		SAY(w, "。\n", ".\n");
		return;
	}
	const struct mh_transition *t = &w->def->transitions[r->then];
	struct mh_str name = mh_explain__quoted(w, &t->label);
	SAYF(w, "；到时无人办理，则%.*s", "; when it ends and nobody has acted: %.*s", MH_STR_ARG(name));
	limits(w, t);
	leads(w, t, state);
}

static void vote(struct mh_words *w, const struct mh_state *s)
{
	if (s->vote < 0) return;
	const struct mh_vote *v = &w->def->votes[s->vote];
	struct mh_str role = mh_word__of(&w->def->roles[v->role].label, w->zh),
		      closes = mh_span_words(&w->arena, v->closes, w->zh ? "zh" : "en");
	SAYF(w, "\n在此举行表决%.*s：从%.*s中抽取%d人，%.*s内投票；至少%d/%d投票方为有效，赞成%s%d/%d为通过。\n",
	     "\nA vote %.*s is held: of the holders of the role %.*s %d are drawn and vote within %.*s; it is valid "
	     "when %d/%d have voted, and passes with %s %d/%d in favour.\n",
	     MH_STR_ARG(mh_explain__quoted(w, &v->label)), MH_STR_ARG(role), v->count, MH_STR_ARG(closes),
	     v->quorum.num, v->quorum.den,
	     v->pass_more_than ? (w->zh ? "超过" : "more than")
	     : w->zh           ? "不少于"
			       : "at least",
	     v->pass.num, v->pass.den);
	if (v->exclude_owner || v->exclude_handlers)
		SAYF(w, "%s不参加表决。\n", "%s do not vote.\n",
		     v->exclude_owner && v->exclude_handlers
			     ? (w->zh ? "承办单位的人和经办人" : "People of the owning unit and those who handled it")
		     : v->exclude_owner ? (w->zh ? "承办单位的人" : "People of the owning unit")
		     : w->zh            ? "经办人"
					: "Those who handled it");
}

/* ---- the whole ---- */

static void state(struct mh_words *w, int index)
{
	const struct mh_state *s = &w->def->states[index];
	struct mh_str enter = mh_explain__effects(w, s->enter, s->n_enter);
	mh_buf_fmt(w->out, "\n## " MH_STR_FMT, MH_STR_ARG(mh_word__of(&s->label, w->zh)));
	SAYF(w, "（%s · %s）\n", " (%s · %s)\n", mh_word__room(s->room, w->zh), mh_word__category(s->category, w->zh));
	if (enter.len) SAYF(w, "\n进入时：%.*s。\n", "\nOn entry: %.*s.\n", MH_STR_ARG(enter));
	vote(w, s);
	ways(w, index, true);
	if (s->n_clocks) SAY(w, "\n时限：\n\n", "\nBy when:\n\n");
	for (size_t i = 0; i < s->n_clocks; i++) deadline(w, index, &s->clocks[i]);
	ways(w, index, false);
}

static void promise(struct mh_words *w, const struct mh_prove *p)
{
	struct mh_str list = {0};
	for (size_t i = 0; i < p->n_refs; i++) {
		bool states = p->what == MH_PROVE_CLOSED_NEEDS;
		const struct mh_label *l = states ? &w->def->states[p->refs[i]].label
						  : &w->def->transitions[p->refs[i]].label;
		list = mh_word__join(w, list, mh_explain__quoted(w, l));
	}
	for (int i = 0; p->what == MH_PROVE_EVERY_ROOM && i < MH_ROOM_MAX; i++)
		if (p->rooms & 1u << i) list = mh_word__join(w, list, mh_str_c(mh_word__room((enum mh_room)i, w->zh)));
	switch (p->what) {
	case MH_PROVE_CLOSED_NEEDS:
		SAYF(w, "- 不经过%.*s就不能办结。\n", "- Nothing is done that has not been through %.*s.\n",
		     MH_STR_ARG(list));
		break;
	case MH_PROVE_EVERY_ROOM:
		SAYF(w, "- 办结的事项都经过了这些环节：%.*s。\n",
		     "- Everything done has been through these rooms: %.*s.\n", MH_STR_ARG(list));
		break;
	case MH_PROVE_HANDLER_NEVER:
		SAYF(w, "- 承办人不能办理%.*s。\n", "- Those who handle it may not do %.*s.\n", MH_STR_ARG(list));
		break;
	case MH_PROVE_NO_SILENT_STALL:
		SAY(w, "- 无人办理时，事项也会办结或列入黑榜，不会悄悄停住。\n",
		    "- When nobody acts it still ends or reaches the black board; it never stalls silently.\n");
		break;
	case MH_PROVE_PERSONAL_NEVER_PUBLIC:
		SAY(w, "- 个人信息从不公开。\n", "- Personal data is never published.\n");
		break;
	case MH_PROVE_MAX: break;
	}
}

static void kept(struct mh_words *w)
{
	const struct mh_def *d = w->def;
	if (!d->personal_kept.n && !d->evidence_kept.n) return;
	SAY(w, "\n## 保存期限\n\n", "\n## How long it is kept\n\n");
	if (d->evidence_kept.n)
		SAYF(w, "- 附件在办结%.*s后删除。\n", "- Files are erased %.*s after the end.\n",
		     MH_STR_ARG(mh_keep_words(&w->arena, d->evidence_kept, w->zh)));
	if (d->personal_kept.n)
		SAYF(w, "- 个人信息在办结%.*s后删除。\n", "- Personal data is erased %.*s after the end.\n",
		     MH_STR_ARG(mh_keep_words(&w->arena, d->personal_kept, w->zh)));
}

void mh_def_explain(const struct mh_def *d, const char *lang, struct mh_buf *out)
{
	struct mh_words words = {.def = d, .zh = mh_word__is_zh(lang), .out = out, .arena = MH_ARENA((size_t)32 << 20)},
			*w = &words;
	mh_buf_fmt(out, "# " MH_STR_FMT "\n\n", MH_STR_ARG(mh_word__of(&d->title, w->zh)));
	SAYF(w, "%.*s，第%lld版。", "%.*s, version %lld.", MH_STR_ARG(d->kind), (long long)d->version);
	if (d->child_only) SAY(w, "只由其他事项生成，不能直接提交。", " It is begun by other matters only.");
	if (d->initial >= 0) SAYF(w, "从%.*s开始。", " It begins as %.*s.", MH_STR_ARG(state_name(w, d->initial)));
	mh_buf_ch(out, '\n');
	for (size_t i = 0; i < d->n_states; i++) state(w, (int)i);
	if (d->n_proves) SAY(w, "\n## 已证明\n\n", "\n## Proved of every matter\n\n");
	for (size_t i = 0; i < d->n_proves; i++) promise(w, &d->proves[i]);
	kept(w);
	mh_arena_done(&words.arena);
}
