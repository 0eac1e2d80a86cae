/* A list as a workbook. Its format cannot be written front to back, so a thread of its own makes it in a file under the folder
 * of uploads, row by row (libxlsxwriter's constant memory), while the connection sleeps; then it is sent. Cells are texts,
 * never formulas. */
#include "web/list_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

struct xlsx {
	struct mh_list_file file;
	char path[512], dir[400];
	pthread_t thread;
	atomic_bool made, stop;
	bool good;
	int fd;
};

static void put(lxw_worksheet *sheet, size_t row, size_t column, struct mh_str text, lxw_format *format)
{
	char z[512];
	struct mh_str cut = mh_utf8_prefix(text, 120);
	snprintf(z, sizeof z, MH_STR_FMT, MH_STR_ARG(cut));
	if (cut.len) worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, z, format);
}

static bool fill(struct xlsx *x, lxw_worksheet *sheet)
{
	size_t at = 1;
	while (!x->file.over) {
		struct mh_list_page page;
		if (atomic_load(&x->stop) || mh_list_file_next(&x->file, &page, NULL) != MH_OK) return false;
		for (size_t r = 0; r < page.n; r++, at++)
			for (size_t i = 0; i < MH_LIST_FILE_COLUMNS; i++)
				put(sheet, at, i, mh_list_file_cell(&x->file, &page.rows[r], i), NULL);
	}
	if (x->file.cut) put(sheet, at, 0, mh_list_file_cut(&x->file), NULL);
	return true;
}

static bool make(struct xlsx *x)
{
	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = x->dir};
	lxw_workbook *book = workbook_new_opt(x->path, &options);
	lxw_worksheet *sheet = book ? workbook_add_worksheet(book, NULL) : NULL;
	lxw_format *bold = sheet ? workbook_add_format(book) : NULL;
	if (bold) format_set_bold(bold);
	if (sheet) {
		worksheet_set_column(sheet, 0, MH_LIST_FILE_COLUMNS - 1, 18, NULL);
		worksheet_freeze_panes(sheet, 1, 0);
	}
	for (size_t i = 0; sheet && i < MH_LIST_FILE_COLUMNS; i++)
		put(sheet, 0, i, mh_list_file_heading(&x->file, i), bold);
	bool good = sheet && fill(x, sheet);
	if (book && workbook_close(book) != LXW_NO_ERROR) good = false;
	if (good) x->fd = open(x->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	unlink(x->path);
	return good && x->fd >= 0;
}

static void *run(void *arg)
{
	struct xlsx *x = arg;
	x->good = make(x);
	atomic_store(&x->made, true);
	return NULL;
}

static bool xlsx_ready(void *ctx)
{
	struct xlsx *x = ctx;
	return atomic_load(&x->made);
}

static ptrdiff_t xlsx_next(void *ctx, char *out, size_t room)
{
	struct xlsx *x = ctx;
	if (!atomic_load(&x->made)) return MH_STREAM_WAIT;
	if (!x->good) return -1;
	return read(x->fd, out, room);
}

static void xlsx_done(void *ctx)
{
	struct xlsx *x = ctx;
	atomic_store(&x->stop, true);
	pthread_join(x->thread, NULL);
	if (x->fd >= 0) close(x->fd);
	mh_list_file_done(&x->file);
	mh_mem_free(x);
}

enum mh_code mh_list_xlsx(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_list_file file;
	MH_API_READ(req, reterr);
	MH_TRY(mh_list_file_name(res, &tx, "xlsx", reterr));
	MH_TRY(mh_list_file_begin(req, &tx, &file, reterr));
	struct xlsx *x = mh_mem_alloc(sizeof *x);
	if (!x) {
		mh_list_file_done(&file);
		return mh_no_memory(reterr);
	}
	x->file = file;
	x->fd = -1;
	struct mh_str dir = mh_api_of(req)->upload_dir;
	snprintf(x->dir, sizeof x->dir, MH_STR_FMT, MH_STR_ARG(dir));
	snprintf(x->path, sizeof x->path, "%s/list-" MH_STR_FMT ".xlsx", x->dir, MH_STR_ARG(req->id));
	if (pthread_create(&x->thread, NULL, run, x) != 0) {
		mh_list_file_done(&x->file);
		mh_mem_free(x);
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Could not start a thread");
	}
	res->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	res->stream = (struct mh_stream){.ctx = x, .next = xlsx_next, .done = xlsx_done, .ready = xlsx_ready};
	return MH_OK;
}
