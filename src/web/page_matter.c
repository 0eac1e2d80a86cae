/* One matter for whoever holds its code: where it is, who has it, until when and why, what may be done now, and what happens next.
 * Everything it says comes from the definition, the ledger and the clocks; it knows no kind. */
#include "loop/wish.h"
#include "web/page_follow.h"

/* --- values --- */

struct values {
	struct mh_page_matter_value *list;
	size_t n;
};

static void add_value(const struct mh_web__page *p, const struct mh_field *f, const json_t *v, struct values *to)
{
	struct mh_str text = mh_page__value(p, f, v);
	if (text.len)
		to->list[to->n++] = (struct mh_page_matter_value){
			.label = mh_page__label(p, &f->label), .text = text, .is_long = f->type == MH_F_TEXT};
}

/* What the person said, and what they were answered. */
static enum mh_code values(const struct mh_web__page *p, const struct mh_def *d, const json_t *fields,
			   struct values *said, struct values *told, struct mh_err *reterr)
{
	said->list = MH_NEW_ARRAY(p->a, d->n_fields + 1, struct mh_page_matter_value);
	told->list = MH_NEW_ARRAY(p->a, d->n_fields + 1, struct mh_page_matter_value);
	MH_TRY_MEM(said->list && told->list ? p : NULL, reterr);
	for (size_t i = 0; i < d->n_fields; i++) {
		struct mh_str name = mh_str_dup(p->a, d->fields[i].name);
		const json_t *v = name.ptr ? json_object_get(fields, name.ptr) : NULL;
		if (v) add_value(p, &d->fields[i], v, d->fields[i].set_create ? said : told);
	}
	return MH_OK;
}

/* --- deadline --- */

static void deadline(const struct mh_web__page *p, const struct mh_glance *g, const json_t *view,
		     struct mh_page_matter *to)
{
	mh_time due;
	const json_t *clocks = json_object_get(view, "clocks");
	if (!mh_time_parse(mh_json_get_str(view, "due"), &due)) return;
	to->due = mh_page__moment(p, due);
	to->left = mh_page__left(p, due, p->req->received, &to->how);
	for (size_t i = 0; i < json_array_size(clocks); i++) {
		const json_t *k = json_array_get(clocks, i);
		int name = mh_def_clock(g->def, mh_json_get_str(k, "name"));
		if (name < 0 || !mh_str_eq(mh_json_get_str(k, "due"), mh_json_get_str(view, "due"))) continue;
		const struct mh_clock_rule *rule = mh_def_clock_rule(g->def, g->at_state, name);
		to->clock = mh_page__label(p, &g->def->clocks[name].label);
		if (rule && rule->then >= 0) to->then = mh_page__label(p, &g->def->transitions[rule->then].label);
		return;
	}
}

static enum mh_code why(const struct mh_web__page *p, struct mh_tx *tx, int64_t id, struct mh_str *ret,
			struct mh_err *reterr)
{
	struct mh_buf b = MH_BUF(1 << 20);
	enum mh_code code = mh_matter_why(tx, id, mh_page__api_lang(p), &b, reterr);
	struct mh_str text = code == MH_OK ? mh_str_dup(p->a, mh_buf_str(&b)) : (struct mh_str){NULL, 0};
	mh_buf_done(&b);
	MH_TRY(code);
	*ret = mh_page__words(p, text, text);
	return MH_OK;
}

/* --- steps --- */

static enum mh_code one_step(const struct mh_web__page *p, const struct mh_glance *g, int t,
			     const struct mh_page__form *tried, struct mh_page_matter_step *to, struct mh_err *reterr)
{
	const struct mh_transition *tr = &g->def->transitions[t];
	struct mh_page__form fresh;
	const struct mh_page_field *first, *more;
	size_t n_first, n_more;
	struct mh_page_matter_proof *proofs = MH_NEW_ARRAY(p->a, tr->n_evidence + 1, struct mh_page_matter_proof);
	MH_TRY_MEM(proofs, reterr);
	if (!tried) MH_TRY(mh_page__form_step(p, g->def, t, &fresh, reterr));
	MH_TRY(mh_page__form_show(tried ? tried : &fresh, &first, &n_first, &more, &n_more, reterr));
	for (size_t i = 0; i < tr->n_evidence; i++)
		proofs[i] = (struct mh_page_matter_proof){
			.name = g->def->evidence[tr->evidence[i]].name,
			.label = mh_page__label(p, &g->def->evidence[tr->evidence[i]].label)};
	*to = (struct mh_page_matter_step){.name = tr->name,
					   .label = mh_page__label(p, &tr->label),
					   .fields = first, /* one array: first, then more */
					   .n_fields = n_first + n_more,
					   .proofs = proofs,
					   .n_proofs = tr->n_evidence,
					   .open = tried != NULL,
					   .wrong = tried && tried->n_wrong,
					   .key = mh_page__key(p->a, p->req->received),
					   .seq = g->last_seq,
					   .ends = tr->to >= 0 && g->def->states[tr->to].category == MH_CAT_VOID};
	return MH_OK;
}

static enum mh_code steps(const struct mh_web__page *p, struct mh_tx *tx, const struct mh_glance *g,
			  const struct mh_page__form *tried, int tried_step, struct mh_page_matter *to,
			  struct mh_err *reterr)
{
	struct mh_party by;
	MH_JSON_AUTO json_t *actions = NULL;
	MH_TRY(mh_api_party(p->req, tx, g, MH_STR(""), &by, reterr));
	MH_TRY(mh_matter_actions(tx, g->id, by, &actions, reterr));
	size_t n = json_array_size(actions);
	struct mh_page_matter_step *list = MH_NEW_ARRAY(p->a, n + 1, struct mh_page_matter_step);
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++) {
		int t = mh_def_transition(g->def, mh_json_get_str(json_array_get(actions, i), "name"));
		if (t < 0) continue;
		struct mh_page_matter_step *step = &list[to->n_steps++];
		MH_TRY(one_step(p, g, t, t == tried_step ? tried : NULL, step, reterr));
		/* a step that only they can take and that leads on is what is waited for */
		if (g->def->transitions[t].to >= 0 && !step->ends) to->your_turn = true;
	}
	to->steps = list;
	return MH_OK;
}

/* --- the page --- */

static void place_in_loop(const struct mh_web__page *p, const struct mh_glance *g, struct mh_page_matter *to)
{
	const struct mh_state *s = &g->def->states[g->at_state];
	const struct mh_page_rooms *rooms = mh_page__rooms(p, (int)s->room, !g->open);
	if (rooms) to->rooms = *rooms;
	to->state = mh_page__label(p, &s->label);
	to->over = !g->open;
	to->waits = s->category == MH_CAT_WAITING;
}

static enum mh_code fill(const struct mh_web__page *p, struct mh_tx *tx, const struct mh_glance *g,
			 const struct mh_page__form *tried, int tried_step, struct mh_page_matter *to,
			 struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *view = NULL;
	struct values said = {0}, told = {0};
	mh_time t;
	MH_TRY(mh_matter_follow(tx, g->id, &view, reterr));
	MH_TRY(values(p, g->def, json_object_get(view, "fields"), &said, &told, reterr));
	to->said = said.list, to->n_said = said.n;
	to->told = told.list, to->n_told = told.n;
	to->merged = json_is_true(json_object_get(view, "merged"));
	if (mh_time_parse(mh_json_get_str(view, "entered"), &t)) to->since = mh_page__moment(p, t);
	if (mh_time_parse(mh_json_get_str(view, "created"), &t)) to->created = mh_page__moment(p, t);
	int answers = mh_org_by_code(&p->city->orgs, mh_json_get_str(json_object_get(view, "answers"), "code"));
	if (answers >= 0 && answers != g->owner) to->answers = mh_page__org_path(p, answers);
	deadline(p, g, view, to);
	MH_TRY(mh_wish_asked(tx, g->id, &t, reterr));
	if (t) to->asked = mh_page__moment(p, t);
	MH_TRY(why(p, tx, g->id, &to->why, reterr));
	MH_TRY(mh_page__events(p, g, json_object_get(view, "events"), &to->events, &to->n_events, reterr));
	return steps(p, tx, g, tried, tried_step, to, reterr);
}

enum mh_code mh_page__matter(const struct mh_web__page *p, struct mh_tx *tx, const struct mh_glance *g,
			     const struct mh_page__form *tried, int tried_step, struct mh_response *res,
			     struct mh_err *reterr)
{
	struct mh_page_matter page = {.number = g->number,
				      .title = mh_page__label(p, &g->def->title),
				      .owner = mh_page__org_path(p, g->owner),
				      .erased = g->erased};
	place_in_loop(p, g, &page);
	if (!g->erased) MH_TRY(fill(p, tx, g, tried, tried_step, &page, reterr));
	struct mh_page__frame frame = mh_page__frame(p, g->number, MH_NAV_FOLLOW);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_matter(&b, &page, p->lang);
	return mh_page__send(p, res, tried ? 422 : 200, true, &b, reterr);
}
