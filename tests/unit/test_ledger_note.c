#include "unit.h"

#include "ledger/note.h"

#include <string.h>

/* Key, text and signature published with Go's sumdb/note: made by a stranger. */
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define TEXT                                                                                                           \
	"If you think cryptography is the answer to your problem,\n"                                                   \
	"then you don't know what your problem is.\n"
#define SIG                                                                                                            \
	"\xE2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6K"   \
	"E6RyyBwJnAM=\n"

static void strangers_note(void **state)
{
	struct mh_note_key k;
	struct mh_str text;
	struct mh_buf b = MH_BUF(4096);
	assert_int_equal(mh_note_vkey_parse(MH_STR(PETER), &k, NULL), MH_OK);
	mh_note_vkey_text(&k, &b);
	assert_string_equal(b.ptr, PETER);
	assert_int_equal(mh_note_open(MH_STR(TEXT "\n" SIG), &k, 1, &text, NULL, NULL), MH_OK);
	assert_true(mh_str_is(text, TEXT));
	mh_buf_done(&b);
}

static void malformed(void **state)
{
	static const char *const bad[] = {"",
					  "\n",
					  "\n\n",
					  TEXT,
					  TEXT "\n",
					  TEXT "\n- PeterNeumann x08g\n",
					  TEXT "\n" SIG "trailing",
					  TEXT "\n" SIG "\xE2\x80\x94 name\n",
					  TEXT "\n" SIG "\xE2\x80\x94 name !!!!\n",
					  TEXT "\n\xE2\x80\x94 a+b x08go/ZJ\n",
					  "a\rb\n\n" SIG,
					  "a\xFF\n\n" SIG,
					  TEXT SIG};
	struct mh_note_key k;
	struct mh_str text = MH_STR("untouched");
	assert_int_equal(mh_note_vkey_parse(MH_STR(PETER), &k, NULL), MH_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (mh_note_open(mh_str_c(bad[i]), &k, 1, &text, NULL, NULL) != MH_E_INVALID)
			fail_msg("accepted %zu", i);
	assert_true(mh_str_is(text, "untouched"));
	static const char *const keys[] = {"",
					   "a",
					   "a+b+c",
					   "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
					   "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
					   "PeterNeumann+c74f20a3+AhpczQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
					   "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
					   "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (mh_note_vkey_parse(mh_str_c(keys[i]), &k, NULL) != MH_E_INVALID) fail_msg("accepted %s", keys[i]);
}

static void wrong_signatures(void **state)
{
	struct mh_note_key k;
	struct mh_str text;
	char note[] = TEXT "\n" SIG;
	assert_int_equal(mh_note_vkey_parse(MH_STR(PETER), &k, NULL), MH_OK);
	note[3] ^= 1;
	assert_int_equal(mh_note_open(mh_str_c(note), &k, 1, &text, NULL, NULL), MH_E_CORRUPT);
	/* only a stranger signed */
	assert_int_equal(mh_note_open(MH_STR(TEXT "\n\xE2\x80\x94 Other x08go/ZJkuBS\n"), &k, 1, &text, NULL, NULL),
			 MH_E_CORRUPT);
}

static void signing_round(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, 7);
	struct mh_note_signer log, again, witness;
	struct mh_buf key = MH_BUF(1024), note = MH_BUF(4096);
	struct mh_note_seen seen[2];
	struct mh_str text;
	assert_int_equal(mh_note_signer_make(MH_STR("city.example/ledger/110101"), MH_NOTE_ED25519, &rng, &log, NULL),
			 MH_OK);
	assert_int_equal(mh_note_signer_make(MH_STR("witness.example"), MH_NOTE_COSIGN, &rng, &witness, NULL), MH_OK);
	mh_note_signer_text(&log, &key);
	assert_int_equal(mh_note_signer_parse(mh_buf_str(&key), &again, NULL), MH_OK);
	assert_memory_equal(&again, &log, sizeof log);
	assert_int_equal(mh_note_sign(MH_STR("no line feed"), &log, &note, NULL), MH_E_INVALID);
	assert_int_equal(mh_note_sign(MH_STR("a\n\nb\n"), &log, &note, NULL), MH_OK);
	mh_buf_c(&note, "\xE2\x80\x94 unknown AAAAAAAA\n");
	assert_int_equal(mh_note_cosign(MH_STR("a\n\nb\n"), &witness, 1795289150, &note, NULL), MH_OK);
	struct mh_note_key keys[2] = {log.key, witness.key};
	assert_int_equal(mh_note_open(mh_buf_str(&note), keys, 2, &text, seen, NULL), MH_OK);
	assert_true(mh_str_is(text, "a\n\nb\n"));
	assert_true(seen[0].signed_ && seen[0].time == 0);
	assert_true(seen[1].signed_ && seen[1].time == 1795289150);
	/* a cosignature is bound to its time: the byte lies behind the key id */
	char *line = strstr(note.ptr, "witness.example ") + strlen("witness.example ") + 10;
	*line = *line == 'A' ? 'B' : 'A';
	assert_int_equal(mh_note_open(mh_buf_str(&note), keys, 2, &text, seen, NULL), MH_E_CORRUPT);
	assert_int_equal(mh_note_open(mh_buf_str(&note), keys, 1, &text, seen, NULL), MH_OK); /* not our witness */
	mh_note_signer_done(&log);
	mh_buf_done(&key);
	mh_buf_done(&note);
}

static void names(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, 7);
	struct mh_note_signer s;
	static const char *const bad[] = {"", "a b", "a+b", "a\tb", "a\xE3\x80\x80z", "a\xC2\xA0z", "\xFF"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(mh_note_signer_make(mh_str_c(bad[i]), MH_NOTE_ED25519, &rng, &s, NULL), MH_E_INVALID);
	assert_true(mh_note_name_ok(mh_str_c("城市.example/民呼")));
}

MH_TESTS(cmocka_unit_test(strangers_note), cmocka_unit_test(malformed), cmocka_unit_test(wrong_signatures),
	 cmocka_unit_test(signing_round), cmocka_unit_test(names))
