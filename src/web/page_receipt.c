/* The receipt: the code, large and as a QR code, the promised date and why, and the proof as a file. */
#include "web/page_form.h"
#include "web/web_priv.h"

#include <qrencode.h>

extern const struct mh_route_list mh_routes_page_receipt;

/* The dark squares as one path, drawn row by row. */
static struct mh_str qr_path(struct mh_arena *a, const QRcode *qr)
{
	struct mh_buf b = MH_BUF(256 << 10);
	for (int y = 0; y < qr->width; y++)
		for (int x = 0, n; x < qr->width; x += n) {
			bool dark = qr->data[y * qr->width + x] & 1;
			for (n = 1; x + n < qr->width && (bool)(qr->data[y * qr->width + x + n] & 1) == dark;) n++;
			if (dark) mh_buf_fmt(&b, "M%d %dh%dv1h-%dz", x + 4, y + 4, n, n);
		}
	struct mh_str out = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return out;
}

/* The address that opens the matter, with the code behind the #, which browsers keep to themselves. */
static void qr_of(const struct mh_web__page *p, struct mh_page_receipt *page)
{
	struct mh_str url = mh_str_fmt(p->a, "%s://" MH_STR_FMT "/follow#" MH_STR_FMT,
				       p->req->secure ? "https" : "http", MH_STR_ARG(mh_req_header(p->req, "Host")),
				       MH_STR_ARG(p->req->tracking_code));
	QRcode *qr = url.ptr ? QRcode_encodeString8bit(url.ptr, 0, QR_ECLEVEL_M) : NULL;
	if (!qr) return;
	page->qr = qr_path(p->a, qr);
	page->qr_size = qr->width + 8; /* four squares of quiet zone on each side: ISO/IEC 18004 */
	QRcode_free(qr);
}

static enum mh_code why_of(const struct mh_web__page *p, struct mh_tx *tx, int64_t id, struct mh_str *ret,
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

static enum mh_code get_receipt(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_glance g;
	MH_JSON_AUTO json_t *view = NULL;
	mh_time due = 0;
	if (!mh_page__holder(req)) return mh_page__see(res, MH_STR("/follow"), reterr);
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_matter_follow(&tx, g.id, &view, reterr));
	struct mh_page_receipt page = {.code = req->tracking_code,
				       .number = g.number,
				       .title = mh_page__label(&p, &g.def->title),
				       .now = mh_page__moment(&p, req->received),
				       .owner = mh_page__org(&p, g.owner)};
	if (mh_time_parse(mh_json_get_str(view, "due"), &due)) page.due = mh_page__moment(&p, due);
	MH_TRY(why_of(&p, &tx, g.id, &page.why, reterr));
	qr_of(&p, &page);
	struct mh_page__frame frame = mh_page__frame(&p, mh_msg(p.lang, MH_MSG_PORTAL_RECEIPT_TITLE), MH_NAV_NONE);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_receipt(&b, &page, p.lang);
	return mh_page__send(&p, res, 200, true, &b, reterr);
}

/* The proof of the newest entry. Within the second before it is signed there is none yet: the page says so. */
static enum mh_code get_proof(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	if (!mh_page__holder(req)) return mh_page__see(res, MH_STR("/follow"), reterr);
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	struct mh_str name = mh_str_fmt(&req->arena, "attachment; filename=\"" MH_STR_FMT ".tlog-proof\"",
					MH_STR_ARG(g.number));
	MH_TRY_MEM(name.ptr, reterr);
	MH_TRY(mh_res_header(res, "Content-Disposition", name, reterr));
	return mh_api_receipt(&tx, g.id, g.last_seq, res, reterr);
}

static const struct mh_param params[] = {MH_PAGE_LANG, {0}};

static const struct mh_route routes[] = {
	MH_PAGE_GET("/receipt", MH_PERM_PUBLIC, params, get_receipt,
		    "The receipt of the matter whose code the cookie holds", "凭 Cookie 中查询码显示回执"),
	{.method = "GET",
	 .path = "/receipt/proof",
	 .perm = MH_PERM_PUBLIC,
	 .params = params,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_READ | MH_ROUTE_LENIENT,
	 .response = "text/plain",
	 .handler = get_proof,
	 .error = mh_page__error,
	 .en = "The proof of its newest entry, as a file",
	 .zh = "下载最新记录的证明"},
};

const struct mh_route_list mh_routes_page_receipt = MH_ROUTES("page_receipt", routes);
