/* Prints the Promela model of a definition, for tools/test/spin. Findings go to standard error; 1 when there is an error. */
#include "process/def.h"

#include <stdio.h>
#include <stdlib.h>

static bool read_file(const char *path, struct mh_buf *ret)
{
	char part[65536];
	size_t n;
	FILE *f = fopen(path, "rb");
	if (!f) return false;
	while ((n = fread(part, 1, sizeof part, f)) > 0) mh_buf_add(ret, part, n);
	bool good = !ferror(f) && !ret->failed;
	fclose(f);
	return good;
}

int main(int argc, char **argv)
{
	struct mh_buf text = MH_BUF((size_t)2 << 20), out = MH_BUF((size_t)16 << 20), said = MH_BUF((size_t)1 << 20);
	struct mh_arena a = MH_ARENA(0);
	if (argc != 2 || !read_file(argv[1], &text)) {
		fprintf(stderr, "usage: pml DEFINITION.yaml\n");
		return 2;
	}
	struct mh_diags diags = mh_diags_new(&a, mh_str_c(argv[1]));
	const struct mh_def *def = mh_def_load(&a, mh_buf_str(&text), &diags);
	mh_diags_print(&diags, &said);
	fprintf(stderr, MH_STR_FMT, MH_STR_ARG(mh_buf_str(&said)));
	if (def) mh_def_promela(def, &out);
	if (out.len) fwrite(out.ptr, 1, out.len, stdout);
	mh_buf_done(&text);
	mh_buf_done(&out);
	mh_buf_done(&said);
	mh_arena_done(&a);
	return def ? 0 : 1;
}
