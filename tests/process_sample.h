/* For tests of the process folder: definitions from files, and golden files under tests/process/golden.
 *
 * MINHU_GOLDEN=write in the environment writes the golden files anew; the change then stands in the diff to be read. */
#ifndef MH_TESTS_PROCESS_SAMPLE_H
#define MH_TESTS_PROCESS_SAMPLE_H
#include "process/def.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file's text in the arena; the test fails when it cannot be read. Paths are relative to the source tree. */
static inline struct mh_str sample_read(struct mh_arena *a, const char *path)
{
	struct mh_buf b = MH_BUF((size_t)4 << 20);
	char part[8192];
	size_t n;
	FILE *f = fopen(path, "rb");
	if (!f) return (struct mh_str){0};
	while ((n = fread(part, 1, sizeof part, f)) > 0) mh_buf_add(&b, part, n);
	fclose(f);
	struct mh_str text = mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return text;
}

/* Changes the one place of the text that reads `from`; an empty string when it does not stand there exactly once. */
static inline struct mh_str sample_change(struct mh_arena *a, struct mh_str text, const char *from, const char *to)
{
	const char *at = memmem(text.ptr, text.len, from, strlen(from));
	size_t head = at ? (size_t)(at - text.ptr) : 0, tail = head + strlen(from);
	if (!at || memmem(at + 1, text.len - head - 1, from, strlen(from))) return (struct mh_str){0};
	return mh_str_fmt(a, "%.*s%s%.*s", (int)head, text.ptr, to, (int)(text.len - tail), text.ptr + tail);
}

static inline const struct mh_def *sample_def(struct mh_arena *a, struct mh_str text)
{
	struct mh_diags d = mh_diags_new(a, MH_STR("sample"));
	const struct mh_def *def = mh_def_load(a, text, &d);
	if (!def) {
		struct mh_buf said = MH_BUF((size_t)1 << 20);
		mh_diags_print(&d, &said);
		fprintf(stderr, MH_STR_FMT "\n", MH_STR_ARG(mh_buf_str(&said)));
		mh_buf_done(&said);
	}
	return def;
}

#define SAMPLE "tests/process/faults/base.yaml"

/* True when the text is that of tests/process/golden/NAME. */
static inline bool sample_is_golden(struct mh_arena *a, const char *name, struct mh_str text)
{
	struct mh_str path = mh_str_fmt(a, "tests/process/golden/%s", name);
	const char *mode = getenv("MINHU_GOLDEN");
	if (mode && strcmp(mode, "write") == 0) {
		FILE *f = fopen(path.ptr, "wb");
		if (!f) return false;
		fwrite(text.ptr, 1, text.len, f);
		return fclose(f) == 0;
	}
	if (mh_str_eq(sample_read(a, path.ptr), text)) return true;
	fprintf(stderr, "differs from %s; now it is:\n" MH_STR_FMT "\n", path.ptr, MH_STR_ARG(text));
	return false;
}
#endif
