#include "unit.h"

#include "web/pool.h"

static void keeps_connections(void **state)
{
	struct mh_http_pool *pool = NULL;
	struct mh_db *a, *b, *again;
	assert_int_equal(mh_http_pool_open(MH_STR("sqlite::memory:"), NULL, NULL, &pool, NULL), MH_OK);
	struct mh_http_store s = mh_http_pool_store(pool);
	assert_null(s.submit);
	assert_int_equal(s.read(s.ctx, &a, NULL), MH_OK);
	assert_int_equal(s.read(s.ctx, &b, NULL), MH_OK);
	assert_ptr_not_equal(a, b);
	s.unread(s.ctx, a);
	assert_int_equal(s.read(s.ctx, &again, NULL), MH_OK);
	assert_ptr_equal(a, again);
	s.unread(s.ctx, again);
	s.unread(s.ctx, b);
	mh_http_pool_close(pool);
}

static enum mh_code unwilling(struct mh_db *db, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_STORE, "A column is missing");
}

static void says_at_once_what_cannot_work(void **state)
{
	struct mh_http_pool *pool = NULL;
	assert_int_equal(mh_http_pool_open(MH_STR("sqlite:/nowhere/at/all"), NULL, NULL, &pool, NULL), MH_E_NOT_FOUND);
	assert_int_equal(mh_http_pool_open(MH_STR("sqlite::memory:"), NULL, unwilling, &pool, NULL), MH_E_STORE);
	assert_null(pool);
}

MH_TESTS(cmocka_unit_test(keeps_connections), cmocka_unit_test(says_at_once_what_cannot_work))
