#include "unit.h"

#include "process/def.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file's text; the caller frees it. */
static struct mh_str slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = mh_mem_alloc(1 << 20);
	if (!f || !p) fail_msg("cannot read %s", path);
	size_t n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return (struct mh_str){p, n};
}

struct loaded {
	struct mh_arena arena;
	struct mh_diags diags;
	struct mh_def *def;
};

static void loaded_done(struct loaded *l)
{
	mh_arena_done(&l->arena);
}

static void load_file(struct loaded *l, const char *path)
{
	struct mh_str text = slurp(path);
	l->arena = MH_ARENA(0);
	l->diags = mh_diags_new(&l->arena, mh_str_c(path));
	l->def = mh_def_load(&l->arena, text, &l->diags);
	mh_mem_free((void *)(uintptr_t)text.ptr);
}

static void request(void **state)
{
	struct loaded l MH_CLEANUP(loaded_done);
	load_file(&l, "tests/process/good/request-12345.yaml");
	const struct mh_def *d = l.def;
	assert_non_null(d);
	assert_true(mh_str_is(d->kind, "request-12345") && d->version == 3 && mh_str_is(d->since, "2026-03-01") &&
		    !d->child_only);
	assert_true(mh_str_is(d->levels[2].zh, "镇（街道）") && mh_str_is(d->levels[4].en, "city") &&
		    d->levels[0].zh.len);
	assert_int_equal(d->initial, mh_def_state(d, MH_STR("received")));
	assert_true(mh_str_starts(d->text, "# A citizen"));

	const struct mh_role *dispatcher = &d->roles[mh_def_role(d, MH_STR("dispatcher"))];
	assert_int_equal(dispatcher->levels, 1 << 3 | 1 << 4);
	const struct mh_field *subject = &d->fields[mh_def_field(d, MH_STR("subject"))];
	assert_true(subject->type == MH_F_ENUM && subject->n_values == 3 && subject->required && subject->set_create);
	assert_true(mh_str_is(subject->values[1].name, "request") && mh_str_is(subject->values[1].label.zh, "求助"));
	const struct mh_field *stars = &d->fields[mh_def_field(d, MH_STR("stars"))];
	assert_true(stars->min == 1 && stars->max == 5 && stars->is_public && !stars->personal);
	const struct mh_evidence *work = &d->evidence[mh_def_evidence(d, MH_STR("work_record"))];
	assert_int_equal(work->accept, MH_MEDIA_PHOTO | MH_MEDIA_DOCUMENT | MH_MEDIA_AUDIO);

	int total = mh_def_clock(d, MH_STR("total")), dispatched = mh_def_state(d, MH_STR("dispatched"));
	assert_true(d->clocks[total].lasting && !d->clocks[mh_def_clock(d, MH_STR("accept"))].lasting);
	assert_true(mh_str_is(d->clocks[total].label.zh, "办理时限"));
	const struct mh_clock_rule *r = mh_def_clock_rule(d, dispatched, total);
	assert_true(r->how == MH_CLOCK_START && r->expr && r->warn_percent == 80 && r->span.n == 0);
	r = mh_def_clock_rule(d, mh_def_state(d, MH_STR("working")), total);
	assert_true(r->how == MH_CLOCK_CONTINUE && r->warn_span.n == 1 &&
		    r->then == mh_def_transition(d, MH_STR("escalate_overdue")));
	assert_null(mh_def_clock_rule(d, mh_def_state(d, MH_STR("closed")), total));
}

static void transitions(void **state)
{
	struct loaded l MH_CLEANUP(loaded_done);
	load_file(&l, "tests/process/good/request-12345.yaml");
	const struct mh_def *d = l.def;
	assert_non_null(d);
	const struct mh_transition *t = &d->transitions[mh_def_transition(d, MH_STR("instruct"))];
	assert_int_equal(t->to, -1);
	assert_int_equal(t->n_from, d->n_states - 2);
	t = &d->transitions[mh_def_transition(d, MH_STR("escalate_accept"))];
	assert_true(t->trigger == MH_BY_CLOCK && mh_str_is(mh_expr_text(t->when), "level < 4"));
	assert_int_equal(t->else_to, mh_def_state(d, MH_STR("top_overdue")));
	t = &d->transitions[mh_def_transition(d, MH_STR("main_replied"))];
	assert_true(t->trigger == MH_BY_MAIN && t->main_state == mh_def_state(d, MH_STR("replied")));
	t = &d->transitions[mh_def_transition(d, MH_STR("extend"))];
	assert_true(t->who.level_up == 1 && t->who.org == MH_ORG_ANY && t->max == 1 && t->effects[0].span.n == 5);
	t = &d->transitions[mh_def_transition(d, MH_STR("accept"))];
	assert_true(t->who.org == MH_ORG_OWNER && t->who.n_roles == 1 && t->else_to == -1);
	t = &d->transitions[mh_def_transition(d, MH_STR("dispatch"))];
	const struct mh_effect *e = &t->effects[1];
	assert_true(e->kind == MH_DO_SPAWN && mh_str_is(e->kind_name, "co-task") && mh_str_is(e->word, "co") &&
		    e->n_fields == 2 && e->when);
	assert_int_equal(e->field, mh_def_field(d, MH_STR("co_units")));
	t = &d->transitions[mh_def_transition(d, MH_STR("reply"))];
	assert_true(t->n_from == 3 && t->n_require == 2 && t->n_evidence == 1 && t->n_effects == 2);
	assert_true(t->effects[0].kind == MH_DO_BOARD && mh_str_is(t->effects[0].word, "none"));
	assert_int_equal(d->n_proves, 5);
	assert_int_equal(d->proves[4].rooms,
			 1 << MH_ROOM_INTAKE | 1 << MH_ROOM_REPLY | 1 << MH_ROOM_RATE | 1 << MH_ROOM_APPLY);
}

static void rectification(void **state)
{
	struct loaded l MH_CLEANUP(loaded_done);
	load_file(&l, "tests/process/good/rectification.yaml");
	const struct mh_def *d = l.def;
	assert_non_null(d);
	assert_true(d->child_only && mh_str_is(d->levels[1].en, "村"));
	assert_true(d->roles[mh_def_role(d, MH_STR("public"))].open && !d->roles[0].open);
	const struct mh_vote *v = &d->votes[0];
	assert_true(v->count == 5 && v->exclude_owner && v->exclude_handlers && v->n_choices == 2);
	assert_true(v->quorum.num == 4 && v->quorum.den == 5 && v->pass.num == 2 && v->pass.den == 3 &&
		    v->pass_more_than);
	assert_int_equal(v->on_no_quorum, mh_def_transition(d, MH_STR("vote_lapsed")));
	assert_int_equal(d->states[mh_def_state(d, MH_STR("verifying"))].vote, 0);
	const struct mh_transition *t = &d->transitions[mh_def_transition(d, MH_STR("impose_plan"))];
	assert_int_equal(t->n_effects, 2);
	assert_true(t->effects[0].kind == MH_DO_SET && t->effects[0].span.n == 20 &&
		    t->effects[0].value.type == MH_V_SPAN);
	assert_true(t->effects[1].value.type == MH_V_INT && t->effects[1].value.i == 0);
	t = &d->transitions[mh_def_transition(d, MH_STR("tasks_done"))];
	assert_true(t->trigger == MH_BY_CHILD && mh_str_is(t->child_kind, "task"));
	int rectifying = mh_def_state(d, MH_STR("rectifying"));
	const struct mh_clock_rule *r = mh_def_clock_rule(d, rectifying, mh_def_clock(d, MH_STR("due")));
	assert_true(r->how == MH_CLOCK_AT && r->field == mh_def_field(d, MH_STR("due")) && r->warn_span.n == 10);
	const struct mh_field *source = &d->fields[mh_def_field(d, MH_STR("source"))];
	assert_true(source->n_kinds == 3 && mh_str_is(source->kinds[1], "petition-case"));
}

static void same_file_same_hash(void **state)
{
	struct loaded a MH_CLEANUP(loaded_done), b MH_CLEANUP(loaded_done);
	load_file(&a, "tests/process/good/rectification.yaml");
	load_file(&b, "tests/process/good/rectification.yaml");
	assert_true(a.def && b.def && mh_hash_eq(&a.def->hash, &b.def->hash));
	struct mh_hash h = mh_sha256_str(a.def->text);
	assert_true(mh_hash_eq(&a.def->hash, &h));
}

/* First line of the file: "# expect: line N RULE", more than one parted by ", ". All of them must be reported, at that
 * line, and no error on another line. */
static void expect(const char *path)
{
	struct loaded l MH_CLEANUP(loaded_done);
	char rule[64];
	int line, seen = 0, used = 0;
	struct mh_str text = slurp(path);
	load_file(&l, path);
	if (l.def || l.diags.errors == 0) fail_msg("%s is accepted", path);
	for (const char *p = text.ptr + strlen("# expect: ");
	     sscanf(p, "line %d %63[a-z0-9-]%n", &line, rule, &used) == 2; p += used + 2) {
		bool found = false;
		for (size_t i = 0; i < l.diags.n; i++)
			found = found || (l.diags.list[i].at.line == line && strcmp(l.diags.list[i].rule, rule) == 0);
		if (!found) fail_msg("%s: no %s on line %d", path, rule, line);
		seen++;
		if (p[used] != ',') break;
	}
	if (seen == 0) fail_msg("%s does not say what to expect", path);
	if (l.diags.errors != (size_t)seen) {
		struct mh_buf b = MH_BUF(1 << 20);
		mh_diags_print(&l.diags, &b);
		print_message("%s", b.ptr);
		mh_buf_done(&b);
		fail_msg("%s: %zu errors, expected %d", path, l.diags.errors, seen);
	}
	for (size_t i = 0; i < l.diags.n; i++)
		if (l.diags.list[i].at.column < 1 || l.diags.list[i].hint.len == 0)
			fail_msg("%s: " MH_STR_FMT " has no hint", path, MH_STR_ARG(l.diags.list[i].message));
	mh_mem_free((void *)(uintptr_t)text.ptr);
}

static void bad_files(void **state)
{
	DIR *dir = opendir("tests/process/bad");
	struct dirent *e;
	int n = 0;
	assert_non_null(dir);
	while ((e = readdir(dir))) {
		char path[512];
		if (e->d_name[0] == '.') continue;
		snprintf(path, sizeof path, "tests/process/bad/%s", e->d_name);
		expect(path);
		n++;
	}
	closedir(dir);
	assert_true(n >= 15);
}

static void short_memory_is_an_error(void **state)
{
	struct mh_str text = slurp("tests/process/good/rectification.yaml");
	for (size_t cap = 1; cap < 200000; cap += 2000) {
		struct mh_arena a = MH_ARENA(cap);
		struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
		struct mh_def *def = mh_def_load(&a, text, &d);
		assert_true((def != NULL) == (d.errors == 0));
		mh_arena_done(&a);
	}
	mh_mem_free((void *)(uintptr_t)text.ptr);
}

MH_TESTS(cmocka_unit_test(request), cmocka_unit_test(transitions), cmocka_unit_test(rectification),
	 cmocka_unit_test(same_file_same_hash), cmocka_unit_test(bad_files), cmocka_unit_test(short_memory_is_an_error))
