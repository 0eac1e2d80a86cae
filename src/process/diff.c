/* What changed between two versions of a definition, line by line, and whether matters that are under way would miss
 * something. Things are matched by name: a renamed state is one that went and one that came. */
#include "process/diff_priv.h"

struct diff {
	struct mh_words a, b; /* both write into the same buffer */
	struct mh_buf *out;
	bool zh, any, unsafe;
};

static void line(struct diff *x, char sign, const char *kind, struct mh_str name, const struct mh_label *l)
{
	x->any = true;
	mh_buf_fmt(x->out, "%c %s " MH_STR_FMT, sign, kind, MH_STR_ARG(name));
	if (l && !mh_str_eq(mh_word__of(l, x->zh), name))
		mh_buf_fmt(x->out, x->zh ? "（%.*s）" : " (%.*s)", MH_STR_ARG(mh_word__of(l, x->zh)));
}

static void unsafe(struct diff *x, const char *zh, const char *en)
{
	x->unsafe = true;
	mh_buf_fmt(x->out, x->zh ? "  ！%s" : "  ! %s", x->zh ? zh : en);
}

static int find(const struct mh_diff_kind *k, const struct mh_def *d, struct mh_str name)
{
	for (size_t i = 0; i < k->count(d); i++)
		if (mh_str_eq(k->name(d, (int)i), name)) return (int)i;
	return -1;
}

static void aspect_line(struct diff *x, const char *word, struct mh_str was, struct mh_str is)
{
	mh_buf_fmt(x->out, x->zh ? "    %s：%.*s → %.*s" : "    %s: %.*s → %.*s", word, MH_STR_ARG(was),
		   MH_STR_ARG(is));
}

static void changed(struct diff *x, const struct mh_diff_kind *k, int i, int j)
{
	struct mh_str name = k->name(x->a.def, i);
	bool told = false;
	for (const struct mh_diff_aspect *s = k->aspects; s->zh; s++) {
		struct mh_str was = s->tell(&x->a, i), is = s->tell(&x->b, j);
		if (mh_str_eq(was, is)) continue;
		if (!told) {
			line(x, '~', x->zh ? k->zh : k->en, name, k->label(x->b.def, j));
			mh_buf_ch(x->out, '\n');
		}
		told = true;
		aspect_line(x, x->zh ? s->zh : s->en, was, is);
		mh_buf_ch(x->out, '\n');
	}
}

static void compare(struct diff *x, const struct mh_diff_kind *k)
{
	for (size_t i = 0; i < k->count(x->a.def); i++) {
		struct mh_str name = k->name(x->a.def, (int)i);
		int j = find(k, x->b.def, name);
		if (j >= 0) {
			changed(x, k, (int)i, j);
			if (k->values_lost && k->values_lost(x->a.def, (int)i, x->b.def, j)) {
				mh_buf_c(x->out, "  ");
				unsafe(x, "在办事项已填的值可能不再有效\n",
				       "values that live matters hold may not be valid any more\n");
			}
			continue;
		}
		line(x, '-', x->zh ? k->zh : k->en, name, k->label(x->a.def, (int)i));
		if (k->needed(x->a.def, (int)i)) unsafe(x, "在办事项可能仍需要它", "live matters may still need it");
		mh_buf_ch(x->out, '\n');
	}
	for (size_t j = 0; j < k->count(x->b.def); j++) {
		struct mh_str name = k->name(x->b.def, (int)j);
		if (find(k, x->a.def, name) >= 0) continue;
		line(x, '+', x->zh ? k->zh : k->en, name, k->label(x->b.def, (int)j));
		mh_buf_ch(x->out, '\n');
	}
}

/* ---- clocks: what each state says of each ---- */

static struct mh_str rule_words(struct mh_words *w, const struct mh_clock_rule *r)
{
	static const char *const words[][2] = {[MH_CLOCK_CONTINUE] = {"goes on", "继续计时"},
					       [MH_CLOCK_PAUSE] = {"paused", "暂停"},
					       [MH_CLOCK_STOP] = {"stopped", "停止"}};
	struct mh_str s = r->how == MH_CLOCK_START      ? mh_expr_text(r->expr)
			  : r->how >= MH_CLOCK_CONTINUE ? mh_str_c(words[r->how][w->zh])
							: mh_word__length(w, r);
	if (r->warn_percent)
		s = mh_str_fmt(&w->arena, w->zh ? "%.*s，%d%%提醒" : "%.*s, reminder at %d%%", MH_STR_ARG(s),
			       r->warn_percent);
	if (r->warn_span.n) {
		struct mh_str before = mh_span_words(&w->arena, r->warn_span, w->zh ? "zh" : "en");
		s = mh_str_fmt(&w->arena, w->zh ? "%.*s，提前%.*s提醒" : "%.*s, reminder %.*s before", MH_STR_ARG(s),
			       MH_STR_ARG(before));
	}
	if (r->then < 0) return s;
	return mh_str_fmt(&w->arena, w->zh ? "%.*s，到时%.*s" : "%.*s, then %.*s", MH_STR_ARG(s),
			  MH_STR_ARG(mh_explain__quoted(w, &w->def->transitions[r->then].label)));
}

static void clock_line(struct diff *x, const struct mh_state *s, const struct mh_words *w, int clock, char sign)
{
	line(x, sign, x->zh ? "时限" : "Clock", w->def->clocks[clock].name, &w->def->clocks[clock].label);
	mh_buf_fmt(x->out, x->zh ? "，在%.*s：" : " in %.*s: ", MH_STR_ARG(mh_word__of(&s->label, x->zh)));
}

/* The rules of state i of x.def that y's state of the same name has otherwise or not; both directions use it. */
static void clocks_of(struct diff *x, struct mh_words *from, struct mh_words *other, size_t i, bool old)
{
	const struct mh_state *s = &from->def->states[i];
	int j = mh_def_state(other->def, s->name);
	for (size_t k = 0; k < s->n_clocks; k++) {
		const struct mh_clock_rule *r = &s->clocks[k];
		int clock = mh_def_clock(other->def, from->def->clocks[r->clock].name);
		const struct mh_clock_rule *o = j >= 0 && clock >= 0 ? mh_def_clock_rule(other->def, j, clock) : NULL;
		struct mh_str mine = rule_words(from, r), theirs = o ? rule_words(other, o) : (struct mh_str){0};
		if (o && (!old || mh_str_eq(mine, theirs))) continue;
		clock_line(x, s, from, r->clock, o ? '~' : old ? '-' : '+');
		mh_buf_str_add(x->out, mine);
		if (o) mh_buf_fmt(x->out, " → " MH_STR_FMT, MH_STR_ARG(theirs));
		mh_buf_ch(x->out, '\n');
	}
}

/* ---- promises ---- */

static struct mh_str promise(struct mh_words *w, const struct mh_prove *p)
{
	static const char *const words[MH_PROVE_MAX] = {[MH_PROVE_CLOSED_NEEDS] = "closed_needs",
							[MH_PROVE_HANDLER_NEVER] = "handler_never",
							[MH_PROVE_NO_SILENT_STALL] = "no_silent_stall",
							[MH_PROVE_PERSONAL_NEVER_PUBLIC] = "personal_never_public",
							[MH_PROVE_EVERY_ROOM] = "every_room"};
	struct mh_str s = mh_str_c(words[p->what]);
	for (size_t i = 0; i < p->n_refs; i++) {
		struct mh_str name = p->what == MH_PROVE_CLOSED_NEEDS ? w->def->states[p->refs[i]].name
								      : w->def->transitions[p->refs[i]].name;
		s = mh_str_fmt(&w->arena, "%.*s %.*s", MH_STR_ARG(s), MH_STR_ARG(name));
	}
	for (int i = 0; p->what == MH_PROVE_EVERY_ROOM && i < MH_ROOM_MAX; i++)
		if (p->rooms & 1u << i) s = mh_str_fmt(&w->arena, "%.*s %s", MH_STR_ARG(s), mh_room_names[i]);
	return s;
}

static void promises(struct diff *x, struct mh_words *from, struct mh_words *other, char sign)
{
	for (size_t i = 0; i < from->def->n_proves; i++) {
		struct mh_str mine = promise(from, &from->def->proves[i]);
		bool kept = false;
		for (size_t j = 0; j < other->def->n_proves; j++)
			kept |= mh_str_eq(mine, promise(other, &other->def->proves[j]));
		if (kept) continue;
		line(x, sign, x->zh ? "证明" : "Proof", mine, NULL);
		mh_buf_ch(x->out, '\n');
	}
}

static void kept(struct diff *x, const char *zh, const char *en, struct mh_keep a, struct mh_keep b)
{
	struct mh_str ever = mh_str_c(x->zh ? "长期" : "for ever");
	if (a.n == b.n && (!a.n || a.years == b.years)) return;
	struct mh_str from = a.n ? mh_keep_words(&x->a.arena, a, x->zh) : ever;
	struct mh_str to = b.n ? mh_keep_words(&x->a.arena, b, x->zh) : ever;
	line(x, '~', x->zh ? "保存期限" : "Kept", mh_str_c(x->zh ? zh : en), NULL);
	mh_buf_fmt(x->out, ": " MH_STR_FMT " → " MH_STR_FMT "\n", MH_STR_ARG(from), MH_STR_ARG(to));
}

void mh_def_diff(const struct mh_def *a, const struct mh_def *b, const char *lang, struct mh_buf *out, bool *ret_unsafe)
{
	bool zh = mh_word__is_zh(lang);
	struct diff x = {.a = {a, zh, out, MH_ARENA((size_t)32 << 20)},
			 .b = {b, zh, out, MH_ARENA((size_t)32 << 20)},
			 .out = out,
			 .zh = zh};
	mh_buf_fmt(out, "%.*s %lld → %.*s %lld\n", MH_STR_ARG(a->kind), (long long)a->version, MH_STR_ARG(b->kind),
		   (long long)b->version);
	for (size_t i = 0; i < mh_diff__n_kinds; i++) compare(&x, &mh_diff__kinds[i]);
	for (size_t i = 0; i < a->n_states; i++) clocks_of(&x, &x.a, &x.b, i, true);
	for (size_t i = 0; i < b->n_states; i++) clocks_of(&x, &x.b, &x.a, i, false);
	promises(&x, &x.a, &x.b, '-');
	promises(&x, &x.b, &x.a, '+');
	kept(&x, "个人信息", "personal data", a->personal_kept, b->personal_kept);
	kept(&x, "附件", "files", a->evidence_kept, b->evidence_kept);
	if (!x.any) mh_buf_c(out, zh ? "没有变化。\n" : "Nothing changed.\n");
	else if (x.unsafe)
		mh_buf_c(out,
			 zh ? "在办事项不能直接换用新版：须写明迁移办法。\n"
			    : "Live matters cannot simply move to the new version: a migration has to be written.\n");
	*ret_unsafe = x.unsafe;
	mh_arena_done(&x.a.arena);
	mh_arena_done(&x.b.arena);
}
