/* The CSV reader on any bytes, with small caps. It must end, name places that grow, and give valid UTF-8. */
#include "base/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const encodings[] = {NULL, "auto", "GB18030", "UTF-16"};
	if (size == 0) return 0;
	struct mh_csv_options opt = {
		.max_field = 64, .max_record = 256, .max_fields = 8, .encoding = encodings[data[0] & 3]};
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	int64_t line = 0;
	if (mh_csv_open_bytes((struct mh_bytes){data + 1, size - 1}, &opt, &c, NULL) != MH_OK) return 0;
	for (;;) {
		if (mh_csv_next(c, &r, NULL) != MH_OK) abort();
		if (r.end) return 0;
		if (r.line <= line) abort();
		line = r.line;
		for (size_t i = 0; i < r.n; i++)
			if (mh_utf8_bad((struct mh_bytes){(const unsigned char *)r.fields[i].text.ptr,
							  r.fields[i].text.len}) >= 0)
				abort();
	}
}
