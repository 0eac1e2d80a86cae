/* The public square: what was made public, with a search over it; and how to check a receipt. */
#include "loop/reply.h"
#include "loop/search.h"
#include "text/hant.h"
#include "web/page_form.h"

extern const struct mh_route_list mh_routes_page_answers;

#define ON_PAGE 20
#define BEHIND_MS 3000 /* what came just now is no news */

/* One publication, as rows of label and value. */
static enum mh_code show(const struct mh_web__page *p, const json_t *one, struct mh_page_answers_answer *to,
			 struct mh_err *reterr)
{
	mh_day today = mh_time_day(p->req->received, p->city->zone_min);
	const struct mh_def *d = mh_city_def_for(p->city, mh_json_get_str(one, "kind"), today);
	const json_t *fields = json_object_get(one, "fields");
	mh_time at;
	*to = (struct mh_page_answers_answer){.ref = mh_str_dup(p->a, mh_json_get_str(one, "ref")),
					      .number = mh_str_dup(p->a, mh_json_get_str(one, "number"))};
	if (mh_time_parse(mh_json_get_str(one, "at"), &at)) to->at = mh_page__day(p, at);
	struct mh_page_answers_value *list = MH_NEW_ARRAY(p->a, json_object_size(fields) + 1,
							  struct mh_page_answers_value);
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; d && i < d->n_fields; i++) {
		struct mh_str name = mh_str_dup(p->a, d->fields[i].name);
		const json_t *v = name.ptr ? json_object_get(fields, name.ptr) : NULL;
		struct mh_str text = v ? mh_str_dup(p->a, mh_page__value(p, &d->fields[i], v)) : MH_STR("");
		if (!text.len) continue;
		bool is_long = d->fields[i].type == MH_F_TEXT;
		if (d->fields[i].type == MH_F_CATEGORY) {
			to->title = text;
			continue;
		}
		list[to->n_values++] = (struct mh_page_answers_value){
			.label = mh_page__label(p, &d->fields[i].label), .text = text, .is_long = is_long};
	}
	to->values = list;
	if (d) to->kind = mh_page__label(p, &d->title);
	return MH_OK;
}

static enum mh_code show_all(const struct mh_web__page *p, const json_t *some, struct mh_page_answers *page,
			     struct mh_page_answers_answer *list, struct mh_err *reterr)
{
	for (size_t i = 0; i < json_array_size(some); i++)
		MH_TRY(show(p, json_array_get(some, i), &list[page->n_answers++], reterr));
	page->answers = list;
	return MH_OK;
}

/* Those that hold the words, from the index of search. Who reads traditional characters means the city's words as they are shown,
 * and what people wrote in either. */
static enum mh_code find(const struct mh_web__page *p, struct mh_str words, int64_t before, int64_t **ret,
			 size_t *ret_n, struct mh_err *reterr)
{
	struct mh_search *s = mh_api_of(p->req)->search;
	struct mh_str hans = p->lang == MH_LANG_HANT ? mh_hans(p->a, words) : words;
	struct mh_err err = {0};
	if (!s) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "There is no search on this server");
	enum mh_code code = mh_search_public(s, p->a, hans, before, ON_PAGE + 1, ret, ret_n, &err);
	if (code == MH_OK && !*ret_n && !mh_str_eq(hans, words))
		code = mh_search_public(s, p->a, words, before, ON_PAGE + 1, ret, ret_n, &err);
	if (code == MH_E_INVALID) *ret_n = 0; /* no letter and no digit: nothing holds it */
	else if (code != MH_OK && reterr) *reterr = err;
	return code == MH_E_INVALID ? MH_OK : code;
}

/* Not all is searched yet: the index is being made, or something keeps it from being made. */
static bool is_behind(const struct mh_web__page *p)
{
	struct mh_search *search = mh_api_of(p->req)->search;
	struct mh_search_stats s = search ? mh_search_stats(search) : (struct mh_search_stats){0};
	return s.behind > 0 && p->req->received - s.behind_since >= BEHIND_MS;
}

/* Fills the page from `before` on; *ret_next: where the next one begins, 0 at the end. */
static enum mh_code gather(const struct mh_web__page *p, struct mh_tx *tx, struct mh_str words, int64_t before,
			   struct mh_page_answers *page, int64_t *ret_next, struct mh_err *reterr)
{
	struct mh_page_answers_answer *list = MH_NEW_ARRAY(p->a, ON_PAGE, struct mh_page_answers_answer);
	int64_t *seqs = NULL;
	size_t n = 0;
	MH_TRY_MEM(list, reterr);
	if (!words.len) {
		MH_JSON_AUTO json_t *some = NULL;
		MH_TRY(mh_reply_answers(tx, MH_STR(""), before, ON_PAGE, &some, ret_next, reterr));
		return show_all(p, some, page, list, reterr);
	}
	MH_TRY(find(p, words, before, &seqs, &n, reterr));
	*ret_next = n > ON_PAGE ? seqs[ON_PAGE - 1] : 0;
	for (size_t i = 0; i < n && i < ON_PAGE; i++) {
		MH_JSON_AUTO json_t *one = NULL;
		MH_TRY(mh_reply_answer_at(tx, seqs[i], &one, reterr));
		MH_TRY(show_all(p, one, page, list, reterr));
	}
	return MH_OK;
}

static enum mh_code get_answers(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page_answers page = {.words = mh_str_trim(mh_req_str(req, "q"))};
	int64_t next;
	MH_API_READ(req, reterr);
	MH_TRY(gather(&p, &tx, page.words, mh_req_int(req, "before", INT64_MAX), &page, &next, reterr));
	if (next) page.next = mh_str_fmt(p.a, "%lld", (long long)next);
	page.none = page.n_answers == 0;
	page.behind = page.words.len && is_behind(&p);
	struct mh_page__frame frame = mh_page__frame(&p, mh_msg(p.lang, MH_MSG_PORTAL_ANSWERS_TITLE), MH_NAV_ANSWERS);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_answers(&b, &page, p.lang);
	return mh_page__send(&p, res, 200, false, &b, reterr);
}

/* Only what was made public is here: a matter without publications is not found. */
static enum mh_code get_answer(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_glance g;
	MH_JSON_AUTO json_t *list = NULL;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_reply_answers_of(&tx, g.id, &list, reterr));
	size_t n = json_array_size(list);
	if (!n) return MH_FAIL(reterr, MH_E_NOT_FOUND, "Nothing of this matter was made public");
	struct mh_page_answers_answer *answers = MH_NEW_ARRAY(p.a, n, struct mh_page_answers_answer);
	MH_TRY_MEM(answers, reterr);
	for (size_t i = 0; i < n; i++) MH_TRY(show(&p, json_array_get(list, i), &answers[i], reterr));
	struct mh_page_answers page = {.answers = answers, .n_answers = n, .one = true};
	struct mh_page__frame frame = mh_page__frame(&p, g.number, MH_NAV_ANSWERS);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_answers(&b, &page, p.lang);
	return mh_page__send(&p, res, 200, false, &b, reterr);
}

static enum mh_code get_check(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page_check page = {.head = {.lang = MH_STR("")}};
	struct mh_page__frame frame = mh_page__frame(&p, mh_msg(p.lang, MH_MSG_PORTAL_CHECK_TITLE), MH_NAV_CHECK);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_check(&b, &page, p.lang);
	return mh_page__send(&p, res, 200, false, &b, reterr);
}

static const struct mh_param list_params[] = {{.name = "q",
					       .in = MH_IN_QUERY,
					       .type = MH_TYPE_STR,
					       .max = 100,
					       .en = "Words to look for",
					       .zh = "查找的字词"},
					      {.name = "before",
					       .in = MH_IN_QUERY,
					       .type = MH_TYPE_INT,
					       .min = 1,
					       .max = INT64_MAX,
					       .en = "Where the next page begins",
					       .zh = "下一页起点"},
					      MH_PAGE_LANG,
					      {0}};
static const struct mh_param ref_params[] = {MH_API_REF, MH_PAGE_LANG, {0}};
static const struct mh_param plain_params[] = {MH_PAGE_LANG, {0}};

static const struct mh_route routes[] = {
	MH_PAGE_GET("/answers", MH_PERM_PUBLIC, list_params, get_answers, "Answers made public", "公开答复"),
	MH_PAGE_GET("/answers/{ref}", MH_PERM_PUBLIC, ref_params, get_answer, "What was made public of one matter",
		    "单件公开答复"),
	MH_PAGE_GET("/check", MH_PERM_PUBLIC, plain_params, get_check, "How to check a receipt", "核验回执"),
};

const struct mh_route_list mh_routes_page_answers = MH_ROUTES("page_answers", routes);
