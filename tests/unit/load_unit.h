/* Edits of one small definition, and what the loader must say of each. */
#ifndef MH_TESTS_LOAD_UNIT_H
#define MH_TESTS_LOAD_UNIT_H
#include "../unit.h"

#include "process/def.h"

#include <stdio.h>
#include <string.h>

struct edit {
	const char *from, *to; /* the first `from` of the file becomes `to` */
	const char *rule;      /* found on a line of the edit; NULL: it must load */
};

struct small {
	struct mh_arena arena;
	struct mh_diags diags;
	struct mh_def *def;
	int first_line, last_line; /* of the edit */
};

static inline void small_done(struct small *s)
{
	mh_arena_done(&s->arena);
}

static inline int line_at(struct mh_str text, size_t offset)
{
	int line = 1;
	for (size_t i = 0; i < offset; i++) line += text.ptr[i] == '\n';
	return line;
}

static inline void small_load(struct small *s, const char *from, const char *to)
{
	static char file[1 << 16];
	struct mh_buf b = MH_BUF(1 << 20);
	FILE *f = fopen("tests/process/good/small.yaml", "rb");
	if (!f) fail_msg("small.yaml cannot be read");
	size_t n = fread(file, 1, sizeof file - 1, f);
	fclose(f);
	file[n] = 0;
	const char *at = strstr(file, from);
	if (!at) fail_msg("small.yaml has no %s", from);
	mh_buf_add(&b, file, (size_t)(at - file));
	mh_buf_c(&b, to);
	mh_buf_c(&b, at + strlen(from));
	s->arena = MH_ARENA(0);
	s->diags = mh_diags_new(&s->arena, MH_STR("small"));
	s->def = mh_def_load(&s->arena, mh_buf_str(&b), &s->diags);
	s->first_line = line_at(mh_buf_str(&b), (size_t)(at - file));
	s->last_line = line_at(mh_buf_str(&b), (size_t)(at - file) + strlen(to));
	mh_buf_done(&b);
}

static inline void check_edits(const struct edit *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct small s MH_CLEANUP(small_done);
		struct mh_buf told MH_CLEANUP(mh_buf_done) = MH_BUF(1 << 20);
		bool found = false;
		small_load(&s, list[i].from, list[i].to);
		mh_diags_print(&s.diags, &told);
		if (!list[i].rule && !s.def) fail_msg("%s is refused: %s", list[i].to, told.ptr);
		if (list[i].rule && s.def) fail_msg("%s is accepted", list[i].to);
		for (size_t j = 0; j < s.diags.n && list[i].rule; j++) {
			const struct mh_diag *d = &s.diags.list[j];
			found = found || (strcmp(d->rule, list[i].rule) == 0 && d->severity == MH_SEV_ERROR &&
					  d->at.line >= s.first_line && d->at.line <= s.last_line && d->hint.len > 0);
		}
		if (list[i].rule && !found) fail_msg("%s: no %s there, but: %s", list[i].to, list[i].rule, told.ptr);
	}
}
#define CHECK(list) check_edits(list, sizeof(list) / sizeof *(list))
#endif
