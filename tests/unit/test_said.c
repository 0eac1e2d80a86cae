#include "rooms.h"

#include "matter/said.h"

#include <string.h>

static struct mh_buf text(const char *z)
{
	struct mh_buf b = MH_BUF(MH_SAID_TEXT_MAX);
	mh_buf_c(&b, z);
	return b;
}

static void assert_held(struct mh_said *s, int64_t id, const char *z)
{
	struct mh_buf got = {0};
	assert_int_equal(mh_said_take(s, id, &got), z != NULL);
	if (z) assert_true(mh_str_is(mh_buf_str(&got), z));
	mh_buf_done(&got);
}

static void holds_once(void **state)
{
	struct mh_said *s = mh_said_new();
	struct mh_buf a = text("a"), b = text("b"), c = text("c");
	mh_said_put(s, 1 << 22, &a);
	mh_said_put(s, 2 << 22, &b);
	assert_null(a.ptr);
	mh_said_drop(s, 2 << 22);
	assert_held(s, 2 << 22, NULL);
	assert_held(s, 1 << 22, "a");
	assert_held(s, 1 << 22, NULL);
	mh_said_put(s, 3 << 22, &c); /* is freed with the rest */
	mh_said_free(s);
}

/* As many as fit, and no more: the newest of a slot stays. */
static void is_bounded(void **state)
{
	struct mh_said *s = mh_said_new();
	struct mh_buf got;
	size_t held = 0;
	int64_t n = 2 * (int64_t)MH_SAID_SLOTS;
	for (int64_t i = 1; i <= n; i++) {
		struct mh_buf b = text("x");
		mh_said_put(s, i << 22, &b);
	}
	for (int64_t i = 1; i <= n; i++) {
		if (!mh_said_take(s, i << 22, &got)) continue;
		mh_buf_done(&got);
		held++;
	}
	assert_in_range(held, MH_SAID_SLOTS / 2, MH_SAID_SLOTS);
	struct mh_buf b = MH_BUF(MH_SAID_TEXT_MAX);
	for (int i = 0; i <= MH_SAID_TEXT_MAX; i++) mh_buf_ch(&b, 'x');
	mh_said_put(s, 7 << 22, &b);
	assert_held(s, 7 << 22, NULL);
	mh_said_free(s);
}

static void nothing_holds_nothing(void **state)
{
	struct mh_buf b = text("x");
	mh_said_put(NULL, 1, &b);
	assert_held(NULL, 1, NULL);
	mh_said_drop(NULL, 1);
	mh_said_free(NULL);
}

/* Fields may stand in another order. */
static bool same_lines(struct mh_str a, struct mh_str b)
{
	struct mh_str rest = a, line;
	bool same = a.len == b.len && a.len > 0;
	while (same && mh_str_split(&rest, '\n', &line)) same = !line.len || memmem(b.ptr, b.len, line.ptr, line.len);
	return same;
}

/* What is held of a new matter is what would be read of it; and it is not held once anything has happened. */
static void as_the_store_says(void **state)
{
	struct mh_buf held = {0}, read = MH_BUF(4096);
	bool erased = true;
	stage->city->said = mh_said_new();
	int64_t id = raise_one("request-12345", "{'channel':'phone','subject':'request','text':'路灯不亮','place':"
						"{'org':'330106','address':'文三路 3 号'},'category':'010404',"
						"'contact':{'name':'张三','phone':'13800000000'}}");
	assert_true(mh_said_take(stage->city->said, id, &held));
	mh_tx_done(&tx); /* what is loaded is forgotten */
	assert_int_equal(mh_matter_texts(&tx, id, &read, &erased, NULL), MH_OK);
	assert_false(erased);
	assert_true(same_lines(mh_buf_str(&held), mh_buf_str(&read)));
	mh_buf_done(&held);
	mh_buf_done(&read);
	struct mh_party citizen = {.role = MH_STR("citizen"), .org = -1};
	id = raise_one("request-12345", "{'channel':'phone','subject':'request','text':'x','place':'330106',"
					"'category':'010404'}");
	citizen.matter_id = id;
	take(id, "withdraw", citizen, "{}");
	assert_false(mh_said_take(stage->city->said, id, &held));
}

ROOM_TESTS(cmocka_unit_test(holds_once), cmocka_unit_test(is_bounded), cmocka_unit_test(nothing_holds_nothing),
	   cmocka_unit_test(as_the_store_says))
