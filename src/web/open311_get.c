/* Open311: finding requests, in pages. */
#include "base/csv.h"
#include "web/open311_priv.h"

#include <stdlib.h>

#define DAY_MS ((int64_t)86400000)
#define SPAN_MS (90 * DAY_MS)
#define CHUNK 1000
#define SCAN_MAX 200000 /* rows looked at for one page */
#define EVENTS_MAX 20000
#define PAGE_MAX 1000

/* --- the page that is being made --- */

struct page {
	const struct mh_o311_call *call;
	struct mh_tx *tx;
	struct mh_str services, statuses; /* comma lists; empty: any */
	mh_time from, to, updated_from, updated_to;
	int64_t skip, left; /* rows before the page; rows that still fit */
	bool more;
	struct mh_o311_doc doc;
	struct mh_csv_writer csv;
};

static bool listed(struct mh_str list, struct mh_str one)
{
	struct mh_str item;
	while (list.len && mh_str_split(&list, ',', &item))
		if (mh_str_eq(mh_str_trim(item), one)) return true;
	return false;
}

static bool wanted(const struct page *p, const struct mh_o311_row *row)
{
	if (row->created < p->from || row->created > p->to) return false;
	if (row->updated < p->updated_from || row->updated > p->updated_to) return false;
	if (p->statuses.len && !listed(p->statuses, row->open ? MH_STR("open") : MH_STR("closed"))) return false;
	return !p->services.len || listed(p->services, row->service->code);
}

static enum mh_code add(struct page *p, const struct mh_o311_row *row, struct mh_err *reterr)
{
	if (p->skip > 0) return p->skip--, MH_OK;
	if (p->left == 0) return p->more = true, MH_OK;
	p->left--;
	return mh_o311__show(p->call, p->tx, row, &p->doc, &p->csv, reterr);
}

static struct mh_q_open311_row_row as_row(const struct mh_q_open311_list_row *r)
{
	return (struct mh_q_open311_row_row){.id = r->id,
					     .number = r->number,
					     .ref = r->ref,
					     .kind = r->kind,
					     .version = r->version,
					     .state = r->state,
					     .category = r->category,
					     .room = r->room,
					     .owner_id = r->owner_id,
					     .place_id = r->place_id,
					     .class_code = r->class_code,
					     .channel = r->channel,
					     .created = r->created,
					     .updated = r->updated};
}

static enum mh_code too_wide(struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Too much would have to be looked through for this page");
	mh_err_hint(reterr, "Ask for a shorter time between start_date and end_date.");
	return code;
}

/* Rows of one chunk, oldest position of which goes into *at; *ret_n: how many there were. What is shown is copied. */
static enum mh_code chunk(struct page *p, struct mh_arena *scratch, struct mh_q_open311_list_in *at, size_t *ret_n,
			  struct mh_err *reterr)
{
	struct mh_q_open311_list_row *rows;
	size_t n;
	MH_TRY(mh_q_open311_list(p->tx->db, scratch, at, &rows, &n, reterr));
	for (size_t i = 0; i < n && !p->more; i++) {
		struct mh_q_open311_row_row r = as_row(&rows[i]);
		struct mh_o311_row row;
		bool shown;
		MH_TRY(mh_o311__row(p->call, p->tx, &r, &shown, &row, reterr));
		if (shown && wanted(p, &row)) MH_TRY(add(p, &row, reterr));
	}
	if (n) {
		at->before_at = rows[n - 1].created;
		at->before_id = rows[n - 1].id;
	}
	*ret_n = n;
	return MH_OK;
}

/* By the time of raising, newest first. */
static enum mh_code by_created(struct page *p, struct mh_err *reterr)
{
	struct mh_q_open311_list_in at = {.home_id = p->tx->city->home_id,
					  .before_at = p->to,
					  .before_id = INT64_MAX,
					  .from_at = p->from,
					  .limit = CHUNK};
	struct mh_arena scratch MH_CLEANUP(mh_arena_done) = MH_ARENA(0);
	for (int64_t seen = 0; seen < SCAN_MAX; seen += CHUNK) {
		size_t n;
		MH_TRY(chunk(p, &scratch, &at, &n, reterr));
		if (n < CHUNK || p->more) return MH_OK;
		mh_arena_clear(&scratch);
	}
	return too_wide(reterr);
}

/* --- what has changed since: by the ledger, so that the cost is that of the changes --- */

static int newest_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? 1 : x > y ? -1 : 0;
}

static enum mh_code changed_ids(struct page *p, int64_t **ret, size_t *ret_n, struct mh_err *reterr)
{
	struct mh_tx *tx = p->tx;
	int64_t log, seq, *ids = MH_NEW_ARRAY(tx->arena, EVENTS_MAX, int64_t);
	struct mh_q_open311_events_row *rows;
	size_t got, n = 0, kept = 0;
	MH_TRY_MEM(ids, reterr);
	MH_TRY(mh_o311__first_event(tx, p->updated_from, &log, &seq, reterr));
	do {
		struct mh_q_open311_events_in in = {
			.home_id = tx->city->home_id, .log = log, .from_seq = seq, .limit = CHUNK};
		MH_TRY(mh_q_open311_events(tx->db, tx->arena, &in, &rows, &got, reterr));
		for (size_t i = 0; i < got; i++) {
			if (n == EVENTS_MAX) return too_wide(reterr);
			if (rows[i].matter_id) ids[n++] = rows[i].matter_id;
			seq = rows[i].seq + 1;
		}
	} while (got == CHUNK);
	qsort(ids, n, sizeof *ids, newest_first);
	for (size_t i = 0; i < n; i++)
		if (!kept || ids[kept - 1] != ids[i]) ids[kept++] = ids[i];
	*ret = ids;
	*ret_n = kept;
	return MH_OK;
}

static enum mh_code by_updated(struct page *p, struct mh_err *reterr)
{
	int64_t *ids;
	size_t n;
	MH_TRY(changed_ids(p, &ids, &n, reterr));
	for (size_t i = 0; i < n && !p->more; i++) {
		struct mh_o311_row row;
		bool shown;
		MH_TRY(mh_o311__row_by_id(p->call, p->tx, ids[i], &shown, &row, reterr));
		if (shown && wanted(p, &row)) MH_TRY(add(p, &row, reterr));
	}
	return MH_OK;
}

/* --- the question --- */

static enum mh_code check_statuses(struct mh_request *req, struct mh_str list, struct mh_err *reterr)
{
	struct mh_str item;
	while (list.len && mh_str_split(&list, ',', &item)) {
		item = mh_str_trim(item);
		if (!mh_str_is(item, "open") && !mh_str_is(item, "closed"))
			return mh_req_bad_field(req, reterr, "status", "it must be open or closed",
						"应为 open 或 closed");
	}
	return MH_OK;
}

/* start_date and end_date span 90 days at most, and do so when they are not given; with updated_after they bound nothing
 * unless they are. */
static enum mh_code window(struct mh_request *req, struct page *p, struct mh_err *reterr)
{
	mh_time from = -1, to = -1;
	p->updated_from = 0;
	p->updated_to = INT64_MAX;
	MH_TRY(mh_o311__instant(req, "start_date", &from, reterr));
	MH_TRY(mh_o311__instant(req, "end_date", &to, reterr));
	MH_TRY(mh_o311__instant(req, "updated_after", &p->updated_from, reterr));
	MH_TRY(mh_o311__instant(req, "updated_before", &p->updated_to, reterr));
	bool free_span = p->updated_from > 0 && from < 0 && to < 0;
	if (to < 0) to = from < 0 ? req->received + DAY_MS : from + SPAN_MS;
	else if (from < 0) from = to - SPAN_MS;
	if (from < 0) from = req->received - SPAN_MS;
	if (from > to) return mh_req_bad_field(req, reterr, "end_date", "it lies before start_date", "早于 start_date");
	if (to - from > SPAN_MS + DAY_MS)
		return mh_req_bad_field(req, reterr, "end_date", "it lies more than 90 days after start_date",
					"与 start_date 相距超过 90 天");
	p->from = free_span ? 0 : from;
	p->to = free_span ? INT64_MAX : to;
	return MH_OK;
}

static enum mh_code by_numbers(struct page *p, struct mh_str list, struct mh_err *reterr)
{
	struct mh_str item;
	while (list.len && mh_str_split(&list, ',', &item)) {
		struct mh_o311_row row;
		if (!(item = mh_str_trim(item)).len) continue;
		MH_TRY(mh_o311__row_by_number(p->call, p->tx, item, &row, reterr));
		MH_TRY(add(p, &row, reterr));
	}
	return MH_OK;
}

/* The query without `page` and without the key, for links. */
static struct mh_str other_params(struct mh_request *req)
{
	struct mh_buf b = MH_BUF(8192);
	struct mh_str rest = req->query, item;
	while (rest.len && mh_str_split(&rest, '&', &item))
		if (item.len && !mh_str_starts(item, "page=") && !mh_str_starts(item, "api_key=")) {
			mh_buf_str_add(&b, item);
			mh_buf_ch(&b, '&');
		}
	struct mh_str out = mh_str_dup(&req->arena, mh_buf_str(&b));
	mh_buf_done(&b);
	return out;
}

static enum mh_code links(struct mh_request *req, struct mh_response *res, int64_t page, bool more,
			  struct mh_err *reterr)
{
	struct mh_str others = other_params(req), path = req->path;
	struct mh_buf b = MH_BUF(20000);
	if (page > 1)
		mh_buf_fmt(&b, "<" MH_STR_FMT "?" MH_STR_FMT "page=%lld>; rel=\"prev\"", MH_STR_ARG(path),
			   MH_STR_ARG(others), (long long)page - 1);
	if (more)
		mh_buf_fmt(&b, "%s<" MH_STR_FMT "?" MH_STR_FMT "page=%lld>; rel=\"next\"", b.len ? ", " : "",
			   MH_STR_ARG(path), MH_STR_ARG(others), (long long)page + 1);
	enum mh_code code = b.len ? mh_res_header(res, "Link", mh_buf_str(&b), reterr) : MH_OK;
	mh_buf_done(&b);
	return code;
}

static void begin_csv(struct page *p)
{
	static const char *const head[] = {"service_request_id",
					   "requested_datetime",
					   "updated_datetime",
					   "closed_date",
					   "status_description",
					   "status_notes",
					   "source",
					   "service_name",
					   "service_subtype",
					   "description",
					   "agency_responsible",
					   "address",
					   "lat",
					   "long"};
	for (size_t i = 0; i < sizeof head / sizeof *head; i++) mh_csv_put(&p->csv, mh_str_c(head[i]));
	mh_csv_put_end(&p->csv);
}

static enum mh_code find(struct mh_request *req, struct page *p, struct mh_err *reterr)
{
	struct mh_str numbers = mh_req_str(req, "service_request_id");
	if (numbers.len) return by_numbers(p, numbers, reterr);
	p->services = mh_req_str(req, "service_code");
	p->statuses = mh_req_str(req, "status");
	MH_TRY(check_statuses(req, p->statuses, reterr));
	MH_TRY(window(req, p, reterr));
	return p->updated_from > 0 ? by_updated(p, reterr) : by_created(p, reterr);
}

enum mh_code mh_o311__requests(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_o311_call call;
	struct mh_buf table = MH_BUF((size_t)16 << 20);
	int64_t page = mh_req_int(req, "page", 1), size = mh_req_int(req, "page_size", PAGE_MAX);
	MH_TRY(mh_o311__begin(req, false, &call, reterr));
	MH_API_READ(req, reterr);
	page = page < 1 ? 1 : page;
	struct page p = {.call = &call, .tx = &tx, .skip = (page - 1) * size, .left = size, .csv = {.buf = &table}};
	p.doc = mh_o311_doc_new(&req->arena, "service_requests", MH_O311_LIST);
	if (call.format == MH_O311_CSV) begin_csv(&p);
	enum mh_code code = find(req, &p, reterr);
	if (code == MH_OK) code = links(req, res, page, p.more, reterr);
	if (code == MH_OK && call.format == MH_O311_CSV)
		code = mh_res_buf(res, 200, "text/csv; charset=utf-8; header=present", &table, reterr);
	else if (code == MH_OK) code = mh_o311__answer(&call, res, &p.doc, reterr);
	mh_buf_done(&table);
	return code;
}

enum mh_code mh_o311__request(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_o311_call call;
	struct mh_o311_row row;
	MH_TRY(mh_o311__begin(req, false, &call, reterr));
	MH_API_READ(req, reterr);
	MH_TRY(mh_o311__row_by_number(&call, &tx, mh_req_str(req, "service_request_id"), &row, reterr));
	struct page p = {.call = &call, .tx = &tx, .left = 1};
	p.doc = mh_o311_doc_new(&req->arena, "service_requests", MH_O311_LIST);
	MH_TRY(add(&p, &row, reterr));
	return mh_o311__answer(&call, res, &p.doc, reterr);
}

/* Whoever holds a token was given it: it opens no more than the number, of services that are not public too. */
static enum mh_code number_of_token(const struct mh_o311_call *call, struct mh_tx *tx, struct mh_str token,
				    struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_q_open311_row_row row = {0};
	struct mh_q_open311_row_in in = {.home_id = tx->city->home_id};
	bool found = false;
	enum mh_code code = mh_matter_find(tx, token, &in.id, NULL);
	if (code == MH_OK) code = mh_q_open311_row(tx->db, tx->arena, &in, &found, &row, NULL);
	if (code != MH_OK && code != MH_E_NOT_FOUND) return MH_FAIL(reterr, code, "Could not look for the token");
	bool offered = found && mh_o311_service_of(call->o, row.kind, row.class_code);
	if (!offered || !mh_str_eq(row.ref, token)) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such token");
	*ret = row.number;
	return MH_OK;
}

enum mh_code mh_o311__token(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_o311_call call;
	struct mh_str number, token = mh_req_str(req, "token");
	MH_TRY(mh_o311__begin(req, false, &call, reterr));
	MH_API_READ(req, reterr);
	MH_TRY(number_of_token(&call, &tx, token, &number, reterr));
	struct mh_o311_doc d = mh_o311_doc_new(&req->arena, "service_requests", MH_O311_LIST);
	struct mh_o311_node *n = mh_o311_object(&d, d.root, "request");
	mh_o311_text(&d, n, "service_request_id", number);
	mh_o311_text(&d, n, "token", token);
	return mh_o311__answer(&call, res, &d, reterr);
}
