/* Say it: which kind, then one form. What is wrong stands beside its field, and nothing that was typed is lost. */
#include "loop/intake.h"
#include "web/keep_part.h"
#include "web/page_form.h"
#include "web/portal.h"
#include "web/web_priv.h"

extern const struct mh_route_list mh_routes_page_say;

#define PHOTOS_MAX 6
#define BODY_MAX ((size_t)24 << 20)
#define HOUR_S 3600

/* --- what can be said --- */

/* The definition that the public may use today, or NULL. */
static const struct mh_def *open_def(const struct mh_web__page *p, struct mh_str kind)
{
	mh_day today = mh_time_day(p->req->received, p->city->zone_min);
	const struct mh_def *d = mh_city_def_for(p->city, kind, today);
	return d && !d->child_only && mh_party_outside_raises(d) ? d : NULL;
}

static void add_kind(const struct mh_web__page *p, const struct mh_def *d, struct mh_page_kinds_kind *list, size_t *n)
{
	const struct mh_portal_kind *k = mh_portal_kind_of(mh_api_of(p->req)->portal, d->kind);
	for (size_t i = 0; i < *n; i++)
		if (mh_str_eq(list[i].name, d->kind)) return;
	list[(*n)++] = (struct mh_page_kinds_kind){.name = d->kind,
						   .title = mh_page__label(p, &d->title),
						   .hint = k ? mh_page__label(p, &k->hint) : MH_STR("")};
}

/* In the pack's order; what the pack does not name comes behind. */
static struct mh_page_kinds kinds_of(const struct mh_web__page *p)
{
	const struct mh_portal *portal = mh_api_of(p->req)->portal;
	struct mh_page_kinds_kind *list = MH_NEW_ARRAY(p->a, p->city->n_defs + 1, struct mh_page_kinds_kind);
	size_t n = 0;
	for (size_t i = 0; list && portal && i < portal->n_kinds; i++) {
		const struct mh_def *d = open_def(p, portal->kinds[i].kind);
		if (d) add_kind(p, d, list, &n);
	}
	for (size_t i = 0; list && i < p->city->n_defs; i++) {
		const struct mh_def *d = open_def(p, p->city->defs[i]->kind);
		if (d) add_kind(p, d, list, &n);
	}
	return (struct mh_page_kinds){.kinds = list, .n_kinds = n};
}

static enum mh_code get_home(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page_home page = {.kinds = kinds_of(&p), .city = mh_page__org(&p, p.city->orgs.root)};
	struct mh_page__frame frame = mh_page__frame(&p, mh_msg(p.lang, MH_MSG_COMMON_NAME_SLOGAN), MH_NAV_NONE);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	page.rooms = *mh_page__rooms(&p, -1, false);
	MH_PAGE_FRAME(&page, frame);
	mh_page_home(&b, &page, p.lang);
	return mh_page__send(&p, res, 200, false, &b, reterr);
}

static enum mh_code get_kinds(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page_choose page = {.kinds = kinds_of(&p)};
	struct mh_page__frame frame = mh_page__frame(&p, mh_msg(p.lang, MH_MSG_PORTAL_SAY_TITLE), MH_NAV_SAY);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_choose(&b, &page, p.lang);
	return mh_page__send(&p, res, 200, false, &b, reterr);
}

/* --- the form --- */

struct say {
	struct mh_page__form form;
	struct mh_file files[PHOTOS_MAX];
	size_t n_files;
};

/* trouble: what came back from the store, or NULL. */
static enum mh_code show_form(const struct mh_web__page *p, const struct mh_page__form *f, bool ask_personal,
			      const struct mh_err *trouble, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_portal_kind *k = mh_portal_kind_of(mh_api_of(p->req)->portal, f->def->kind);
	bool posted = mh_str_is(p->req->method, "POST");
	struct mh_page_say page = {.kind = f->def->kind,
				   .title = mh_page__label(p, &f->def->title),
				   .hint = k ? mh_page__label(p, &k->hint) : MH_STR(""),
				   .key = posted ? mh_req_str(p->req, "key") : MH_STR(""),
				   .ask_personal = ask_personal,
				   .photos_again = posted && p->req->n_parts > 0,
				   .wrong = f->n_wrong > 0,
				   .trouble = trouble != NULL};
	if (!page.key.len) page.key = mh_page__key(p->a, p->req->received);
	if (trouble) page.why = mh_str_dup(p->a, mh_str_c(trouble->message));
	MH_TRY(mh_page__form_show(f, &page.fields, &page.n_fields, &page.more, &page.n_more, reterr));
	struct mh_page__frame frame = mh_page__frame(p, page.title, MH_NAV_SAY);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	page.foot.form = MH_STR("say-form");
	mh_page_say(&b, &page, p->lang);
	return mh_page__send(p, res, f->n_wrong || trouble ? 422 : 200, true, &b, reterr);
}

static enum mh_code form_of(const struct mh_web__page *p, struct mh_page__form *ret, struct mh_err *reterr)
{
	const struct mh_def *d = open_def(p, mh_req_str(p->req, "form"));
	if (!d) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such form");
	return mh_page__form_create(p, d, mh_portal_kind_of(mh_api_of(p->req)->portal, d->kind), ret, reterr);
}

static enum mh_code get_form(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page__form f;
	MH_TRY(form_of(&p, &f, reterr));
	return show_form(&p, &f, false, NULL, res, reterr);
}

/* --- sending it --- */

static enum mh_code raise_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			      struct mh_err *reterr)
{
	struct say *s = arg;
	struct mh_outcome out;
	struct mh_intake in = {.kind = s->form.def->kind,
			       .fields = s->form.fields,
			       .by = {.role = MH_STR(""), .org = -1},
			       .key = mh_str_fmt(&req->arena, "web:" MH_STR_FMT, MH_STR_ARG(mh_req_str(req, "key")))};
	MH_API_JOB(req, db);
	MH_TRY(mh_intake_raise(&tx, &in, &out, reterr));
	if (out.again) mh_web__drop_parts(req, s->files, s->n_files);
	for (size_t i = 0; i < s->n_files && !out.again; i++) {
		struct mh_file file = s->files[i];
		int64_t id;
		bool known;
		file.matter_id = out.matter_id;
		MH_TRY(mh_matter_file(&tx, &file, &id, &known, reterr));
	}
	MH_TRY(mh_page__set_cookie(req, res, MH_PAGE_CODE_COOKIE, mh_str_c(out.code), HOUR_S, true, reterr));
	return mh_page__see(res, MH_STR("/receipt"), reterr);
}

static enum mh_code keep_photos(struct mh_request *req, struct say *s, struct mh_err *reterr)
{
	for (size_t i = 0; i < req->n_parts; i++) {
		if (!req->parts[i].is_file || !req->parts[i].body.len) continue;
		if (s->n_files == PHOTOS_MAX) return MH_FAIL(reterr, MH_E_TOO_LARGE, "At most %d files", PHOTOS_MAX);
		MH_TRY(mh_web__keep_part(req, i, &s->files[s->n_files++], reterr));
	}
	return MH_OK;
}

static enum mh_code post_form(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page *p = MH_NEW(&req->arena, struct mh_web__page);
	struct say *s = MH_NEW(&req->arena, struct say);
	MH_TRY_MEM(s && p ? s : NULL, reterr);
	*p = mh_page__begin(req);
	struct mh_str button = mh_req_str(req, "do");
	MH_TRY(mh_page__own(req, reterr));
	MH_TRY(form_of(p, &s->form, reterr));
	if (mh_str_is(button, "find") || mh_str_is(button, "lang"))
		return show_form(p, &s->form, false, NULL, res, reterr);
	MH_TRY(mh_page__form_read(&s->form, mh_str_is(button, "hide"), reterr));
	bool ask = s->form.personal && !mh_str_is(button, "keep");
	if (s->form.n_wrong || ask || !mh_req_has(req, "key")) return show_form(p, &s->form, ask, NULL, res, reterr);
	MH_TRY(keep_photos(req, s, reterr));
	return mh_request_defer(req, raise_job, s, reterr);
}

/* What the store refuses comes back with the form as it was typed; anything else is a page of its own. */
static void form_error(struct mh_request *req, const struct mh_err *err, struct mh_response *res)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page__form f;
	bool again = req->values &&
		     (err->code == MH_E_INVALID || err->code == MH_E_MEDIA_TYPE || err->code == MH_E_BUSY ||
		      err->code == MH_E_UNAVAILABLE || err->code == MH_E_UNKNOWN || err->code == MH_E_TIMEOUT ||
		      err->code == MH_E_REUSED_KEY);
	if (again && form_of(&p, &f, NULL) == MH_OK && show_form(&p, &f, false, err, res, NULL) == MH_OK) return;
	mh_res_clear(res);
	mh_page__error(req, err, res);
}

/* --- the table --- */

#define FORM_PATH                                                                                                      \
	{                                                                                                              \
		.name = "form", .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .min = 1, .max = 64,          \
		.en = "Kind of matter", .zh = "事项类型"                                                           \
	}
static const struct mh_param plain_params[] = {MH_PAGE_LANG, {0}};
static const struct mh_param form_params[] = {FORM_PATH, MH_PAGE_LANG, {0}};
static const struct mh_param post_params[] = {FORM_PATH, MH_PAGE_LANG, MH_PAGE_FORM_PARAMS, {0}};

static const struct mh_route routes[] = {
	MH_PAGE_GET("/", MH_PERM_PUBLIC, plain_params, get_home, "Home page for residents", "居民首页"),
	MH_PAGE_GET("/say", MH_PERM_PUBLIC, plain_params, get_kinds, "What can be said", "可提出的事项"),
	MH_PAGE_GET("/say/{form}", MH_PERM_PUBLIC, form_params, get_form, "The form for one kind of matter", "登记表"),
	{.method = "POST",
	 .path = "/say/{form}",
	 .perm = MH_PERM_PUBLIC,
	 .params = post_params,
	 .body = MH_BODY_FORM,
	 .max_body = BODY_MAX,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_WRITE | MH_ROUTE_MULTIPART | MH_ROUTE_LENIENT,
	 .response = "303 text/html",
	 .handler = post_form,
	 .error = form_error,
	 .en = "Say it: once for each key; then the receipt",
	 .zh = "提交登记表，同一幂等键只登记一次，随后转到回执"},
};

const struct mh_route_list mh_routes_page_say = MH_ROUTES("page_say", routes);
