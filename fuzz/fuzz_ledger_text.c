/* Every line format of the ledger, from a first byte that chooses the reader. What is accepted must be written back as
 * it was read. */
#include "ledger/proof.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok) abort();
}

static void keys(struct mh_str s)
{
	struct mh_note_key k;
	struct mh_note_signer signer;
	struct mh_buf b = MH_BUF(4096);
	if (mh_note_vkey_parse(s, &k, NULL) == MH_OK) {
		mh_note_vkey_text(&k, &b);
		struct mh_note_key again;
		must(mh_note_vkey_parse(mh_buf_str(&b), &again, NULL) == MH_OK && memcmp(&again, &k, sizeof k) == 0);
	}
	if (mh_note_signer_parse(s, &signer, NULL) == MH_OK) mh_note_signer_done(&signer);
	mh_buf_done(&b);
}

static void proofs(struct mh_str s, const struct mh_note_key *key)
{
	struct mh_receipt r;
	struct mh_consistency c;
	struct mh_buf b = MH_BUF(MH_PROOF_MAX + 64);
	if (mh_receipt_parse(s, &r, NULL) == MH_OK && !r.extra.len) {
		mh_receipt_text(&r, &b);
		must(mh_str_eq(mh_buf_str(&b), s));
	}
	mh_buf_clear(&b);
	if (mh_consistency_parse(s, &c, NULL) == MH_OK) {
		mh_consistency_text(&c, &b);
		must(mh_str_eq(mh_buf_str(&b), s));
	}
	mh_receipt_check(s, (struct mh_bytes){(const unsigned char *)"e", 1}, key, NULL, NULL);
	mh_buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	struct mh_note_key key;
	struct mh_checkpoint c;
	struct mh_str text;
	if (!size) return 0;
	struct mh_str s = {(const char *)data + 1, size - 1};
	must(mh_note_vkey_parse(mh_str_c(vkey), &key, NULL) == MH_OK);
	switch (data[0] % 4) {
	case 0: keys(s); break;
	case 1: mh_note_open(s, &key, 1, &text, NULL, NULL); break;
	case 2:
		mh_checkpoint_parse(s, &c, NULL);
		mh_checkpoint_peek(s, &c, NULL);
		break;
	default: proofs(s, &key);
	}
	return 0;
}
