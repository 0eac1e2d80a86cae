#include "rooms.h"

#include "web/open311.h"

#include <string.h>

#define HEAD                                                                                                           \
	"format: open311/1\njurisdiction: x.example\nchangeset: '2026-11-21T00:00:00+08:00'\n"                         \
	"contact: {zh: 甲, en: a}\nkey_service: {zh: 乙, en: b}\n"
#define KIND                                                                                                           \
	"kinds:\n  request-12345:\n    description: text\n    place: place\n    category: category\n"                  \
	"    set: {channel: app, subject: request}\n    attributes: [subject, urgent]\n"                               \
	"    updates:\n      - {status: [reopen], step: contest, field: objection}\n"
#define SERVICES "services:\n  - {kind: request-12345, categories: ['0104', '010401', '01']}\n"
#define HASH "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" /* of "foo" */

static struct mh_open311 *load(const char *text, const char *complaint)
{
	struct mh_open311 *o = NULL;
	struct mh_buf report = MH_BUF(64 << 10);
	struct mh_err err = {0};
	enum mh_code code = mh_open311_load(tx.city, tx.now, mh_str_c(text), MH_STR("open311.yaml"), &report, &o, &err);
	const char *said = report.ptr ? report.ptr : "";
	if (!complaint && code != MH_OK) fail_msg("%s", said);
	if (complaint && (code != MH_E_INVALID || o || !strstr(said, complaint)))
		fail_msg("code %d, wanted a word about %s: %s", code, complaint, said);
	mh_buf_done(&report);
	return o;
}

static void the_packs_own(void **state)
{
	struct mh_str text, path = mh_str_fmt(&room_arena, "%s/packs/hangzhou/open311.yaml",
					      getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	assert_int_equal(mh_file_read(&room_arena, path.ptr, 1 << 20, &text, NULL), MH_OK);
	struct mh_open311 *o = load(text.ptr, NULL);
	assert_true(o->n_services > 90);
	assert_int_equal(o->n_keys, 0); /* keys in a pack would be everybody's */
	assert_true(mh_o311_service_by_code(o, MH_STR("1504"))->hidden);
	assert_false(mh_o311_service_by_code(o, MH_STR("0104"))->hidden);
	mh_open311_free(o);
}

static void whose_service(void **state)
{
	struct mh_open311 *o = load(HEAD KIND SERVICES, NULL);
	assert_true(mh_str_is(mh_o311_service_of(o, MH_STR("request-12345"), MH_STR("010401"))->code, "010401"));
	assert_true(mh_str_is(mh_o311_service_of(o, MH_STR("request-12345"), MH_STR("010402"))->code, "0104"));
	assert_true(mh_str_is(mh_o311_service_of(o, MH_STR("request-12345"), MH_STR("0101"))->code, "01"));
	assert_null(mh_o311_service_of(o, MH_STR("request-12345"), MH_STR("02")));
	assert_null(mh_o311_service_of(o, MH_STR("request-12345"), MH_STR("")));
	assert_null(mh_o311_service_of(o, MH_STR("enterprise-request"), MH_STR("0104")));
	assert_null(mh_o311_service_by_code(o, MH_STR("0102")));
	assert_true(mh_str_is(o->status[MH_ROOM_GATHER], "investigating") &&
		    mh_str_is(o->status[MH_O311_DONE], "closed"));
	mh_open311_free(o);
}

static void keys(void **state)
{
	struct mh_open311 *o = load(HEAD KIND SERVICES "keys:\n  - {name: a, sha256: " HASH "}\n", NULL);
	assert_int_equal(mh_o311_key_of(o, MH_STR("foo")), 0);
	assert_int_equal(mh_o311_key_of(o, MH_STR("fo")), -1);
	assert_int_equal(mh_o311_key_of(o, MH_STR("")), -1);
	mh_open311_free(o);
}

static void faults(void **state)
{
	static const struct {
		const char *text, *complaint;
	} bad[] = {
		{"", ""},
		{"[]", "a map"},
		{KIND SERVICES, "jurisdiction"},
		{HEAD SERVICES, "kinds"},
		{HEAD KIND, "services"},
		{HEAD KIND SERVICES "colour: red\n", "colour"},
		{HEAD KIND SERVICES "type: trial\n", "trial"},
		{HEAD KIND SERVICES "url: https://x.example\n", "x.example"},
		{HEAD KIND "services:\n  - {kind: request-12345, categories: ['9999']}\n", "9999"},
		{HEAD KIND "services:\n  - {kind: other, categories: ['01']}\n", "other"},
		{HEAD KIND "services:\n  - {kind: request-12345, type: blackbox, categories: ['01']}\n", "blackbox"},
		{HEAD KIND "services:\n  - {kind: request-12345, categories: ['01', '01']}\n", "two services"},
		{HEAD "kinds:\n  nothing:\n    category: category\n" SERVICES, "no such kind"},
		{HEAD "kinds:\n  request-12345:\n    description: place\n    category: category\n" SERVICES, "place"},
		{HEAD "kinds:\n  request-12345:\n    description: text\n" SERVICES, "category"},
		{HEAD "kinds:\n  request-12345:\n    category: category\n    attributes: [contact]\n" SERVICES,
		 "contact"},
		{HEAD "kinds:\n  request-12345:\n    category: category\n    set: {answer: x}\n" SERVICES, "answer"},
		{HEAD
		 "kinds:\n  request-12345:\n    category: category\n    updates: [{step: fly, field: more}]\n" SERVICES,
		 "fly"},
		{HEAD "kinds:\n  request-12345:\n    category: category\n    updates: [{step: overdue, field: "
		      "more}]\n" SERVICES,
		 "overdue"},
		{HEAD "kinds:\n  request-12345:\n    category: category\n    updates: [{step: contest, field: "
		      "unit}]\n" SERVICES,
		 "unit"},
		{HEAD KIND SERVICES "keys: [{name: a, sha256: abc}]\n", "abc"},
		{HEAD KIND SERVICES "keys: [{name: a, sha256: " HASH "}, {name: a, sha256: " HASH "}]\n", "two keys"},
		{HEAD KIND SERVICES "status: {intake: open, attic: open}\n", "attic"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_null(load(bad[i].text, bad[i].complaint));
}

ROOM_TESTS(cmocka_unit_test(the_packs_own), cmocka_unit_test(whose_service), cmocka_unit_test(keys),
	   cmocka_unit_test(faults))
