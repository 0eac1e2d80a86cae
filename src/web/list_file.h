/* Lists as files, CSV and XLSX: what both share. A file holds what the list holds, in one language, at most MH_LIST_FILE_ROWS
 * rows; where it was cut, the last row says so. It is made a page at a time, in constant memory. */
#ifndef MH_WEB_LIST_FILE_H
#define MH_WEB_LIST_FILE_H
#include "web/list.h"

#define MH_LIST_FILE_ROWS 100000
#define MH_LIST_FILE_COLUMNS 17

struct mh_list_file {
	struct mh_request *req; /* outlives what is sent; the filter's tables live in its arena */
	struct mh_desk *desk;
	struct mh_city *city;
	struct mh_list_filter filter;
	enum mh_list_sort sort;
	bool zh;
	struct mh_arena page; /* of one page */
	struct mh_list_at at;
	size_t rows;
	bool over, cut;
};
/* From what is asked for. Errors name the field; MH_E_TOO_MANY while others are being made. `page` is freed by _done. */
enum mh_code mh_list_file_begin(struct mh_request *req, struct mh_tx *tx, struct mh_list_file *ret,
				struct mh_err *reterr);
void mh_list_file_done(struct mh_list_file *f);
/* The next rows, in f->page until the next call; sets over, and cut with the last. Any thread. */
enum mh_code mh_list_file_next(struct mh_list_file *f, struct mh_list_page *ret, struct mh_err *reterr);

struct mh_str mh_list_file_heading(const struct mh_list_file *f, size_t column);
/* In f->page, or static. */
struct mh_str mh_list_file_cell(struct mh_list_file *f, const struct mh_list_row *r, size_t column);
struct mh_str mh_list_file_cut(const struct mh_list_file *f);
/* Content-Disposition: matters-20261122.csv */
enum mh_code mh_list_file_name(struct mh_response *res, const struct mh_tx *tx, const char *end, struct mh_err *reterr);

mh_handler mh_list_csv, mh_list_xlsx;
#endif
