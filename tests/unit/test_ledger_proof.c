#include "unit.h"

#include "ledger/proof.h"

#include <stdio.h>
#include <string.h>

static struct mh_hash leaves[10];
static struct mh_note_signer signer;

/* Subtrees of ten leaves, the slow way. */
static enum mh_code read_slow(void *ctx, int level, int64_t index, struct mh_hash *ret, struct mh_err *reterr)
{
	struct mh_hash l, r;
	if (level == 0) {
		*ret = leaves[index];
		return MH_OK;
	}
	read_slow(ctx, level - 1, 2 * index, &l, reterr);
	read_slow(ctx, level - 1, 2 * index + 1, &r, reterr);
	*ret = mh_tlog_node(&l, &r);
	return MH_OK;
}
static const struct mh_tlog_reader reader = {read_slow, NULL};

static void signed_checkpoint(int64_t size, struct mh_buf *out)
{
	struct mh_checkpoint c = {.origin = mh_str_c(signer.key.name), .size = size};
	struct mh_buf text = MH_BUF(1024);
	assert_int_equal(mh_tlog_root_of(&reader, size, &c.root, NULL), MH_OK);
	mh_checkpoint_text(&c, &text);
	assert_int_equal(mh_note_sign(mh_buf_str(&text), &signer, out, NULL), MH_OK);
	mh_buf_done(&text);
}

static struct mh_bytes entry(const int *i)
{
	return (struct mh_bytes){(const unsigned char *)i, sizeof *i};
}

static int set_up(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, 1);
	for (int i = 0; i < 10; i++) leaves[i] = mh_tlog_leaf(entry(&i));
	return mh_note_signer_make(MH_STR("city.example/ledger"), MH_NOTE_ED25519, &rng, &signer, NULL);
}

static void checkpoints(void **state)
{
	struct mh_checkpoint c;
	struct mh_buf note = MH_BUF(4096);
	static const char root[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	char text[256];
	static const char *const bad_sizes[] = {"", "-1", "01", "1 ", "x", "9223372036854775807"};
	for (size_t i = 0; i < sizeof bad_sizes / sizeof bad_sizes[0]; i++) {
		snprintf(text, sizeof text, "o\n%s\n%s\n", bad_sizes[i], root);
		assert_int_equal(mh_checkpoint_parse(mh_str_c(text), &c, NULL), MH_E_INVALID);
	}
	snprintf(text, sizeof text, "o\n0\n%s\nextension line\n", root);
	assert_int_equal(mh_checkpoint_parse(mh_str_c(text), &c, NULL), MH_OK);
	assert_int_equal(c.size, 0);
	assert_int_equal(mh_checkpoint_parse(MH_STR("o\n1\nAAAA\n"), &c, NULL), MH_E_INVALID);
	assert_int_equal(mh_checkpoint_parse(MH_STR("o\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), &c, NULL),
			 MH_E_INVALID); /* an empty log has one root only */
	signed_checkpoint(7, &note);
	assert_int_equal(mh_checkpoint_open(mh_buf_str(&note), &signer.key, &c, NULL), MH_OK);
	assert_int_equal(c.size, 7);
	assert_int_equal(mh_checkpoint_peek(mh_buf_str(&note), &c, NULL), MH_OK);
	assert_true(mh_str_is(c.origin, "city.example/ledger"));
	mh_buf_done(&note);
}

static void receipts_that_carry(void **state)
{
	int five = 5;
	struct mh_buf text = MH_BUF(MH_PROOF_MAX), full = MH_BUF(MH_PROOF_MAX), again = MH_BUF(MH_PROOF_MAX);
	struct mh_buf note = MH_BUF(4096);
	struct mh_receipt r = {.index = 5}, back;
	signed_checkpoint(9, &note);
	r.note = mh_buf_str(&note);
	assert_int_equal(mh_tlog_inclusion(&reader, 5, 9, &r.proof, NULL), MH_OK);
	mh_receipt_text(&r, &text);
	assert_true(mh_receipt_carry(mh_buf_str(&text), entry(&five), &full));
	assert_int_equal(mh_receipt_check(mh_buf_str(&full), entry(&five), &signer.key, NULL, NULL), MH_OK);
	assert_int_equal(mh_receipt_parse(mh_buf_str(&full), &back, NULL), MH_OK);
	assert_int_equal(back.extra.len, 8);
	assert_memory_equal(back.extra.ptr, "BQAAAA==", 8);
	assert_true(mh_receipt_carry(mh_buf_str(&full), entry(&five), &again));
	assert_true(mh_str_eq(mh_buf_str(&full), mh_buf_str(&again)));
	assert_false(mh_receipt_carry(MH_STR("no receipt\n"), entry(&five), &again));
	mh_buf_done(&text);
	mh_buf_done(&full);
	mh_buf_done(&again);
	mh_buf_done(&note);
}

static void receipts(void **state)
{
	struct mh_buf note = MH_BUF(4096), text = MH_BUF(8192);
	struct mh_receipt r = {.index = 5}, back;
	struct mh_checkpoint c;
	int five = 5, six = 6;
	signed_checkpoint(10, &note);
	r.note = mh_buf_str(&note);
	assert_int_equal(mh_tlog_inclusion(&reader, 5, 10, &r.proof, NULL), MH_OK);
	mh_receipt_text(&r, &text);
	assert_int_equal(mh_receipt_check(mh_buf_str(&text), entry(&five), &signer.key, &c, NULL), MH_OK);
	assert_int_equal(c.size, 10);
	assert_int_equal(mh_receipt_check(mh_buf_str(&text), entry(&six), &signer.key, &c, NULL), MH_E_CORRUPT);
	for (size_t i = 0; i < text.len; i++) { /* no byte of a receipt may change, but for the spelling of its lines */
		text.ptr[i] ^= 1;
		if (mh_receipt_check(mh_buf_str(&text), entry(&five), &signer.key, &c, NULL) == MH_OK)
			fail_msg("byte %zu", i);
		text.ptr[i] ^= 1;
	}
	for (size_t i = 0; i < text.len; i++) /* nor may it be cut */
		assert_int_not_equal(
			mh_receipt_check((struct mh_str){text.ptr, i}, entry(&five), &signer.key, &c, NULL), MH_OK);
	mh_buf_clear(&text);
	r.extra = MH_STR("AAAA");
	mh_receipt_text(&r, &text);
	assert_int_equal(mh_receipt_parse(mh_buf_str(&text), &back, NULL), MH_OK);
	assert_true(mh_str_is(back.extra, "AAAA"));
	mh_buf_done(&text);
	mh_buf_done(&note);
}

static void consistencies(void **state)
{
	struct mh_buf was = MH_BUF(4096), is = MH_BUF(4096), text = MH_BUF(8192);
	struct mh_consistency p = {.from = 6};
	struct mh_checkpoint c;
	struct mh_err err;
	signed_checkpoint(6, &was);
	signed_checkpoint(10, &is);
	p.note = mh_buf_str(&is);
	assert_int_equal(mh_tlog_consistency(&reader, 6, 10, &p.proof, NULL), MH_OK);
	mh_consistency_text(&p, &text);
	assert_int_equal(mh_consistency_check(mh_buf_str(&text), mh_buf_str(&was), &signer.key, &c, NULL), MH_OK);
	assert_int_equal(c.size, 10);
	for (size_t i = 0; i < text.len; i++) {
		text.ptr[i] ^= 1;
		if (mh_consistency_check(mh_buf_str(&text), mh_buf_str(&was), &signer.key, &c, NULL) == MH_OK)
			fail_msg("byte %zu", i);
		text.ptr[i] ^= 1;
	}
	mh_buf_clear(&was);
	signed_checkpoint(5, &was);
	assert_int_equal(mh_consistency_check(mh_buf_str(&text), mh_buf_str(&was), &signer.key, &c, &err),
			 MH_E_CORRUPT);
	assert_non_null(strstr(err.message, "size 6"));
	mh_buf_done(&text);
	mh_buf_done(&is);
	mh_buf_done(&was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(checkpoints), cmocka_unit_test(receipts),
					   cmocka_unit_test(receipts_that_carry), cmocka_unit_test(consistencies)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, NULL);
}
