#include "unit.h"
#include "web/web_priv.h"

#include <string.h>

#define TYPE "multipart/form-data; boundary=x"
#define PART(head, body) "--x\r\n" head "\r\n\r\n" body "\r\n"
#define NAMED(name) "Content-Disposition: form-data; name=" name

static struct mh_arena arena = {.cap = 1 << 20};
static const struct mh_web__part *parts;
static size_t n;

static enum mh_code parse(const char *type, const char *text)
{
	mh_arena_clear(&arena);
	parts = NULL;
	n = 99;
	return mh_web__multipart_parse(&arena, mh_str_c(type), mh_str_c(text), &parts, &n, NULL);
}

static bool body_is(size_t i, const char *want)
{
	return mh_str_is((struct mh_str){(const char *)parts[i].body.ptr, parts[i].body.len}, want);
}

static void fields_and_files(void **state)
{
	assert_int_equal(parse(TYPE, "before\r\n" PART(NAMED("\"a\""), "1\r\n2")
					     PART("X: y\r\n" NAMED("b") "; filename=\"c \\\"d\\\".jpg\"\r\n"
									"Content-Type: image/jpeg",
						  "\xff\xd8") PART(NAMED("e"), "") "--x--\r\nbehind"),
			 MH_OK);
	assert_int_equal(n, 3);
	assert_true(mh_str_is(parts[0].name, "a") && !parts[0].is_file && body_is(0, "1\r\n2"));
	assert_true(mh_str_is(parts[1].name, "b") && parts[1].is_file && body_is(1, "\xff\xd8"));
	assert_true(mh_str_is(parts[1].filename, "c \"d\".jpg"));
	assert_true(body_is(2, ""));
	assert_int_equal(parse("multipart/form-data; charset=utf-8; BOUNDARY=\"x\"", "--x--"), MH_OK);
	assert_int_equal(n, 0);
}

static void what_two_readers_could_understand_differently(void **state)
{
	static const char *const bad[] = {
		"",
		"--x",
		"--x\r\n",
		"--y--",
		PART(NAMED("a"), "1"),                                        /* no end */
		"--x\n" NAMED("a") "\n\n1\n--x--",                            /* bare line feeds */
		"--x \r\n" NAMED("a") "\r\n\r\n1\r\n--x--",                   /* something behind the delimiter */
		PART("Content-Type: text/plain", "1") "--x--",                /* no name */
		PART(NAMED("\"\""), "1") "--x--",                             /* an empty one */
		PART(NAMED("a; name=b"), "1") "--x--",                        /* two */
		PART(NAMED("a") "\r\n" NAMED("b"), "1") "--x--",              /* two heads */
		PART("Content-Disposition: attachment; name=a", "1") "--x--", /* no form-data */
		PART(NAMED("a") "\r\nContent-Transfer-Encoding: base64", "MQ==") "--x--",
		PART(NAMED("a"), "\xff") "--x--", /* a field that is not UTF-8 */
		PART(NAMED("\xff"), "1") "--x--", /* a name likewise */
		"--x\r\n" NAMED("a") "\r\n--x--", /* a head without an end */
	};
	static const char *const types[] = {
		"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x; boundary=y",
		"multipart/form-data; boundary=\"\t\"",
		("multipart/form-data; "
		 "boundary=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (parse(TYPE, bad[i]) != MH_E_INVALID) fail_msg("taken: %s", bad[i]);
		assert_int_equal(n, 99);
	}
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (parse(types[i], "--x--") != MH_E_INVALID) fail_msg("taken: %s", types[i]);
}

static void bounds(void **state)
{
	struct mh_buf b = MH_BUF(1 << 20);
	for (int i = 0; i < 201; i++) mh_buf_c(&b, PART(NAMED("a"), "1"));
	mh_buf_c(&b, "--x--");
	assert_int_equal(parse(TYPE, b.ptr), MH_E_TOO_LARGE);
	mh_buf_clear(&b);
	mh_buf_c(&b, "--x\r\nX: ");
	for (int i = 0; i < 9000; i++) mh_buf_ch(&b, 'y');
	mh_buf_c(&b, "\r\n" NAMED("a") "\r\n\r\n1\r\n--x--");
	assert_int_equal(parse(TYPE, b.ptr), MH_E_INVALID);
	mh_buf_done(&b);
	mh_arena_done(&arena);
}

MH_TESTS(cmocka_unit_test(fields_and_files), cmocka_unit_test(what_two_readers_could_understand_differently),
	 cmocka_unit_test(bounds))
