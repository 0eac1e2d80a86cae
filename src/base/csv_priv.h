/* Where the CSV reader's bytes come from: memory or a file, converted to UTF-8 on the way if need be. */
#ifndef MH_BASE_CSV_PRIV_H
#define MH_BASE_CSV_PRIV_H
#include "base/err.h"
#include "base/str.h"

#include <iconv.h>
#include <stdio.h>

struct mh_csv__source {
	struct mh_bytes bytes; /* what is left of the memory */
	FILE *file;            /* or this */
	bool converts;
	iconv_t iconv;
	unsigned char raw[4096]; /* read but not yet converted */
	size_t raw_at, raw_len;
	bool raw_end;
};

/* Nothing to undo when it fails. */
enum mh_code mh_csv__source_open(struct mh_csv__source *s, const char *encoding, struct mh_err *reterr);
void mh_csv__source_done(struct mh_csv__source *s);
/* Up to `room` (at least 16) bytes; *ret_n is 0 at the end only. */
enum mh_code mh_csv__source_read(struct mh_csv__source *s, unsigned char *out, size_t room, size_t *ret_n,
				 struct mh_err *reterr);
#endif
