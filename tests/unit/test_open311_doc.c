#include "unit.h"
#include "web/open311_doc.h"

#include <string.h>

static void one_tree_two_formats(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_o311_doc d = mh_o311_doc_new(&a, "service_requests", MH_O311_LIST);
	struct mh_o311_node *r = mh_o311_object(&d, d.root, "request");
	mh_o311_text(&d, r, "service_request_id", MH_STR("001"));
	mh_o311_text(&d, r, "description", MH_STR("a<b & \"c\"\r\nd\x01"));
	mh_o311_text(&d, r, "address", MH_STR(""));
	mh_o311_plain(&d, r, "lat", MH_STR("30.246026"));
	mh_o311_bool(&d, r, "metadata", true);
	mh_o311_int(&d, r, "order", 3);
	mh_o311_list(&d, r, "values");
	struct mh_buf x = MH_BUF(4000), j = MH_BUF(4000);
	assert_int_equal(mh_o311_write(&d, MH_O311_XML, &x, NULL), MH_OK);
	assert_int_equal(mh_o311_write(&d, MH_O311_JSON, &j, NULL), MH_OK);
	assert_string_equal(x.ptr, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<service_requests><request>"
				   "<service_request_id>001</service_request_id>"
				   "<description>a&lt;b &amp; &quot;c&quot;\nd\xef\xbf\xbd</description><address/>"
				   "<lat>30.246026</lat><metadata>true</metadata><order>3</order><values/>"
				   "</request></service_requests>\n");
	assert_string_equal(j.ptr,
			    "[{\"service_request_id\":\"001\",\"description\":\"a<b & \\\"c\\\"\\nd\xef\xbf\xbd\","
			    "\"address\":null,\"lat\":30.246026,\"metadata\":true,\"order\":3,\"values\":[]}]");
	mh_buf_done(&x);
	mh_buf_done(&j);
	mh_arena_done(&a);
}

static void short_memory_is_told(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_o311_doc d = mh_o311_doc_new(&a, "errors", MH_O311_LIST);
	mh_o311_text(&d, NULL, "x", MH_STR("y"));
	struct mh_buf b = MH_BUF(100);
	assert_true(d.failed);
	assert_int_equal(mh_o311_write(&d, MH_O311_XML, &b, NULL), MH_E_NO_MEMORY);
	mh_buf_done(&b);
	mh_arena_done(&a);
}

static void degrees(void **state)
{
	static const struct {
		const char *text;
		int limit;
		int64_t e6;
	} good[] = {{"30.246026", 90, 30246026}, {"120.15", 180, 120150000},      {"-0.5", 90, -500000},
		    {"+7", 90, 7000000},         {"30.2460269999", 90, 30246026}, {"90.000000", 90, 90000000},
		    {"12.", 90, 12000000}};
	static const char *const bad[] = {
		"",   "-",  ".5", "1e3", "91", "90.000001", "1.2.3", "abc", "1234", "30,2", "1.1234567890123",
		" 1", "--1"};
	struct mh_arena a = MH_ARENA(0);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		int64_t v = -1;
		assert_true(mh_o311_degrees_parse(mh_str_c(good[i].text), good[i].limit, &v));
		assert_int_equal(v, good[i].e6);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t v = -1;
		assert_false(mh_o311_degrees_parse(mh_str_c(bad[i]), 90, &v));
		assert_int_equal(v, -1);
	}
	assert_string_equal(mh_o311_degrees_text(&a, 120150001).ptr, "120.150001");
	assert_string_equal(mh_o311_degrees_text(&a, -500000).ptr, "-0.500000");
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(one_tree_two_formats), cmocka_unit_test(short_memory_is_told), cmocka_unit_test(degrees))
