/* A list as CSV, made while it is sent. It begins with a byte-order mark: without one Excel takes Chinese for another
 * encoding. */
#include "base/csv.h"
#include "web/list_file.h"

#include <string.h>

#define OUT_MAX ((size_t)8 << 20)

struct csv {
	struct mh_list_file file;
	struct mh_buf out;
	size_t sent;
};

static void heading(struct csv *c)
{
	struct mh_csv_writer w = {.buf = &c->out};
	mh_buf_c(&c->out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < MH_LIST_FILE_COLUMNS; i++) mh_csv_put(&w, mh_list_file_heading(&c->file, i));
	mh_csv_put_end(&w);
}

static bool rows(struct csv *c)
{
	struct mh_list_page page;
	struct mh_csv_writer w = {.buf = &c->out};
	if (mh_list_file_next(&c->file, &page, NULL) != MH_OK) return false;
	for (size_t r = 0; r < page.n; r++) {
		for (size_t i = 0; i < MH_LIST_FILE_COLUMNS; i++)
			mh_csv_put(&w, mh_list_file_cell(&c->file, &page.rows[r], i));
		mh_csv_put_end(&w);
	}
	if (c->file.cut) {
		mh_csv_put(&w, mh_list_file_cut(&c->file));
		mh_csv_put_end(&w);
	}
	return !c->out.failed;
}

/* The end of a body of unknown length is its last chunk: breaking off instead tells the client that rows are missing. */
static ptrdiff_t csv_next(void *ctx, char *out, size_t room)
{
	struct csv *c = ctx;
	if (c->sent == c->out.len && !c->file.over) {
		if (c->sent) mh_buf_clear(&c->out);
		c->sent = 0;
		while (c->out.len == 0 && !c->file.over)
			if (!rows(c)) return -1;
	}
	size_t n = c->out.len - c->sent;
	if (n > room) n = room;
	if (n) memcpy(out, c->out.ptr + c->sent, n);
	c->sent += n;
	return (ptrdiff_t)n;
}

static void csv_done(void *ctx)
{
	struct csv *c = ctx;
	mh_list_file_done(&c->file);
	mh_buf_done(&c->out);
	mh_mem_free(c);
}

enum mh_code mh_list_csv(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_list_file file;
	MH_API_READ(req, reterr);
	MH_TRY(mh_list_file_name(res, &tx, "csv", reterr));
	MH_TRY(mh_list_file_begin(req, &tx, &file, reterr));
	struct csv *c = mh_mem_alloc(sizeof *c);
	if (!c) {
		mh_list_file_done(&file);
		return mh_no_memory(reterr);
	}
	*c = (struct csv){.file = file, .out = MH_BUF(OUT_MAX)};
	heading(c);
	res->content_type = "text/csv; charset=utf-8";
	res->stream = (struct mh_stream){.ctx = c, .next = csv_next, .done = csv_done};
	return MH_OK;
}
