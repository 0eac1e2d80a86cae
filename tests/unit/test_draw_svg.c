/* The drawing is not compared with a golden file, because places are Graphviz' own; what it must hold is. */
#include "unit.h"

#include "../process_sample.h"

static struct mh_str draw(struct mh_arena *a, struct mh_str text, const char *lang)
{
	struct mh_err e = {0};
	struct mh_buf out = MH_BUF((size_t)4 << 20);
	const struct mh_def *def = sample_def(a, text);
	assert_non_null(def);
	assert_int_equal(mh_def_svg(def, lang, &out, &e), MH_OK);
	struct mh_str svg = mh_str_dup(a, mh_buf_str(&out));
	mh_buf_done(&out);
	return svg;
}

static size_t count(struct mh_str s, const char *what)
{
	size_t n = 0;
	for (const char *at = s.ptr; (at = strstr(at, what)); at++) n++;
	return n;
}

static void shows_all(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str svg = draw(&a, sample_read(&a, SAMPLE), "zh");
	assert_true(mh_str_starts(svg, "<svg xmlns=") && mh_str_ends(svg, "</svg>\n"));
	assert_int_equal(count(svg, "<g><title>"), 13); /* states */
	static const char *const words[] = {"样例诉求",    "已受理", "待补充", "挂牌督办",   "已办结", "受理</text>",
					    "运用</text>", "退单",   "话务员", "5 个工作日", "≤2"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!count(svg, words[i])) fail_msg("not drawn: %s", words[i]);
	assert_true(count(svg, "stroke-dasharray=\"6 4\"") > 8); /* clocks' lines */
	assert_int_equal(count(svg, "role=\"img\""), 1);
	assert_int_equal(count(svg, "<desc id="), 1);
	mh_arena_done(&a);
}

static void same_again(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text = sample_read(&a, SAMPLE), one = draw(&a, text, "en"), two = draw(&a, text, "en");
	assert_true(mh_str_eq(one, two));
	assert_false(mh_str_eq(one, draw(&a, text, "zh")));
	mh_arena_done(&a);
}

/* Labels are data: markup in them stays text. */
static void escapes(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text = sample_change(&a, sample_read(&a, SAMPLE), "{zh: 退单, en: Return}",
					   "{zh: 退单, en: '<script>&\"'}");
	struct mh_str svg = draw(&a, text, "en");
	assert_int_equal(count(svg, "<script"), 0);
	assert_int_equal(count(svg, "&lt;script"), 1);
	mh_arena_done(&a);
}

static void too_small(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_err e = {0};
	struct mh_buf out = MH_BUF(500);
	assert_int_equal(mh_def_svg(sample_def(&a, sample_read(&a, SAMPLE)), "zh", &out, &e), MH_E_TOO_LARGE);
	mh_buf_done(&out);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(shows_all), cmocka_unit_test(same_again), cmocka_unit_test(escapes),
	 cmocka_unit_test(too_small))
