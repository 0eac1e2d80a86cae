#include "unit.h"

#include "ledger_sample.h"

static void begin(struct sample *s)
{
	start(s, "sqlite::memory:");
}

/* As the writer does it: the head as a job among others. */
static enum mh_code keep(struct sample *s, const struct mh_ledger_proved *head)
{
	MH_DB_TX(tx, s->db);
	ok(mh_db_begin_write(&tx, &s->err));
	MH_TRY(mh_ledger_keep(s->l, s->db, head, &s->err));
	ok(mh_db_commit(&tx, &s->err));
	mh_ledger_committed(s->l);
	return MH_OK;
}

static enum mh_code prove(struct sample *s, struct mh_ledger_due *due, struct mh_ledger_proved *ret)
{
	return mh_ledger_prove(due, state_dir(s), s->db, s->now, &s->a, ret, &s->err);
}

static int64_t published(struct sample *s)
{
	struct mh_str text;
	struct mh_checkpoint c;
	return mh_ledger_checkpoint(s->db, 1, 0, &s->a, &text, &c, &s->err) == MH_OK ? c.size : -1;
}

/* The log grows over the borders of tiles while a head of its earlier size is proved and kept. */
static void beside_the_writer(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger_due due, next;
	struct mh_ledger_proved head;
	begin(s);
	assert_true(mh_ledger_due(s->l, s->now, true, &due)); /* the empty log may be signed too */
	append(s, 300);
	assert_true(mh_ledger_due(s->l, s->now, false, &due));
	assert_true(due.from == 0 && due.to == 300);
	append(s, 700);
	ok(prove(s, &due, &head));
	assert_int_equal(published(s), -1); /* signed, but not yet to be seen */
	append(s, 30);
	ok(keep(s, &head));
	assert_int_equal(mh_ledger_signed_size(s->l), 300);
	assert_int_equal(published(s), 300);
	assert_false(mh_ledger_due(s->l, s->now + 999, false, &next));
	assert_true(mh_ledger_due(s->l, s->now + 1000, false, &next));
	assert_true(next.from == 300 && next.to == 1030);
	ok(prove(s, &next, &head));
	ok(keep(s, &head));
	assert_false(mh_ledger_due(s->l, s->now + 9000, true, &next));
	reopen(s);
	assert_int_equal(mh_ledger_signed_size(s->l), 1030);
	mh_ledger_due_done(&due);
	mh_ledger_due_done(&next);
	stop(s);
}

/* What a crash between the two leaves: the head beside the key counts, and is put into the store. */
static void proved_and_not_kept(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger_due due;
	struct mh_ledger_proved head;
	begin(s);
	append(s, 10);
	assert_true(mh_ledger_due(s->l, s->now, true, &due));
	append(s, 10);
	ok(prove(s, &due, &head));
	reopen(s);
	assert_int_equal(mh_ledger_signed_size(s->l), 10);
	assert_int_equal(published(s), 10);
	assert_int_equal(keep(s, &head), MH_E_STALE); /* the ledger was opened anew */
	assert_int_equal(prove(s, &due, &head), MH_E_STALE);
	sign(s);
	assert_int_equal(published(s), 20);
	mh_ledger_due_done(&due);
	stop(s);
}

static void refuses_what_changed(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger_due due;
	struct mh_ledger_proved head;
	static const char *const harm[] = {
		"update ledger_entry set entry = (select e.entry from ledger_entry e where e.seq = 1) where seq = 5",
		"update ledger_head set size = 19", "delete from ledger_entry where seq = 3",
		"delete from ledger_head"};
	for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
		begin(s);
		append(s, 20);
		assert_true(mh_ledger_due(s->l, s->now, true, &due));
		sql(s, harm[i]);
		assert_int_equal(prove(s, &due, &head), MH_E_CORRUPT);
		assert_int_equal(published(s), -1);
		mh_ledger_break(s->l);
		assert_false(mh_ledger_due(s->l, s->now, true, &due));
		mh_ledger_due_done(&due);
		stop(s);
	}
}

/* The head's row is looked at again by the writer, which alone knows what it should be by then. */
static void looks_at_the_head_last(void **state)
{
	struct sample sample, *s = &sample;
	struct mh_ledger_due due;
	struct mh_ledger_proved head;
	begin(s);
	append(s, 20);
	assert_true(mh_ledger_due(s->l, s->now, true, &due));
	append(s, 5);
	ok(prove(s, &due, &head));
	sql(s, "update ledger_head set size = 26");
	assert_int_equal(keep(s, &head), MH_E_CORRUPT);
	assert_int_equal(published(s), -1);
	sql(s, "update ledger_head set size = 25");
	ok(keep(s, &head));
	mh_ledger_due_done(&due);
	stop(s);
}

MH_TESTS(cmocka_unit_test(beside_the_writer), cmocka_unit_test(proved_and_not_kept),
	 cmocka_unit_test(refuses_what_changed), cmocka_unit_test(looks_at_the_head_last))
