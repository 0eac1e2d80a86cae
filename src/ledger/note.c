#include "ledger/note.h"

#include "base/hash.h"
#include "ledger/ledger_priv.h"

#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define DASH "\xE2\x80\x94 " /* EM DASH and a blank begin a signature line */
#define SKEY "PRIVATE+KEY+"
#define KEY_RAW 33 /* algorithm and 32 bytes */

/* libsodium chooses its fast code for this processor here. */
static void set_up(void)
{
	if (sodium_init() < 0) abort();
}

static void use_sodium(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, set_up);
}

bool mh_note_name_ok(struct mh_str name)
{
	if (!name.len || name.len > MH_NOTE_NAME_MAX) return false;
	if (mh_utf8_bad((struct mh_bytes){(const unsigned char *)name.ptr, name.len}) >= 0) return false;
	for (size_t i = 0; i < name.len;) {
		uint32_t c = mh_utf8_next(name, &i);
		/* Unicode's White_Space, controls, and the separator of vkeys */
		if (c <= 0x20 || c == '+' || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
		    c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000)
			return false;
	}
	return true;
}

static void set_id(struct mh_note_key *k)
{
	const unsigned char lf_alg[2] = {'\n', (unsigned char)k->alg};
	struct mh_hash h = mh_sha256_of((struct mh_bytes[]){{(const unsigned char *)k->name, strlen(k->name)},
							    {lf_alg, 2},
							    {k->pub, sizeof k->pub}},
					3);
	memcpy(k->id, h.b, sizeof k->id);
}

/* One key, one text: a copy with another letter is another text. */
static bool has_upper(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') return true;
	return false;
}

/* "name+hhhhhhhh+base64" → name, id and the 33 bytes behind. */
static enum mh_code parse_key(struct mh_str s, struct mh_note_key *k, unsigned char raw[KEY_RAW], struct mh_err *reterr)
{
	struct mh_str rest = s, name, id;
	unsigned char bytes[KEY_RAW + 3];
	size_t n;
	if (!mh_str_split(&rest, '+', &name) || !mh_str_split(&rest, '+', &id) || !rest.len || !mh_note_name_ok(name) ||
	    id.len != 8 || has_upper(id) || !mh_str_unhex(id, k->id) ||
	    !mh_ledger__unb64(rest, bytes, sizeof bytes, &n) || n != KEY_RAW)
		return MH_FAIL(reterr, MH_E_INVALID, "This is not a note key: it needs the form name+id+base64");
	memcpy(k->name, name.ptr, name.len);
	k->name[name.len] = '\0';
	k->alg = bytes[0];
	memcpy(raw, bytes, KEY_RAW);
	sodium_memzero(bytes, sizeof bytes);
	if (k->alg != MH_NOTE_ED25519 && k->alg != MH_NOTE_COSIGN)
		return MH_FAIL(reterr, MH_E_INVALID, "The key of %s has the unknown algorithm %d", k->name, k->alg);
	return MH_OK;
}

static enum mh_code check_id(const struct mh_note_key *k, struct mh_err *reterr)
{
	struct mh_note_key right = *k;
	set_id(&right);
	if (memcmp(right.id, k->id, sizeof k->id) != 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The key id of %s does not belong to its key", k->name);
	return MH_OK;
}

enum mh_code mh_note_vkey_parse(struct mh_str vkey, struct mh_note_key *ret, struct mh_err *reterr)
{
	struct mh_note_key k = {0};
	unsigned char raw[KEY_RAW];
	MH_TRY(parse_key(mh_str_trim(vkey), &k, raw, reterr));
	memcpy(k.pub, raw + 1, sizeof k.pub);
	MH_TRY(check_id(&k, reterr));
	*ret = k;
	return MH_OK;
}

static void key_text(const struct mh_note_key *k, const unsigned char *secret_or_pub, struct mh_buf *out)
{
	unsigned char raw[KEY_RAW];
	raw[0] = (unsigned char)k->alg;
	memcpy(raw + 1, secret_or_pub, 32);
	mh_buf_fmt(out, "%s+%02x%02x%02x%02x+", k->name, k->id[0], k->id[1], k->id[2], k->id[3]);
	mh_ledger__b64(out, (struct mh_bytes){raw, sizeof raw});
	sodium_memzero(raw, sizeof raw);
}

void mh_note_vkey_text(const struct mh_note_key *key, struct mh_buf *out)
{
	key_text(key, key->pub, out);
}

static void expand(struct mh_note_signer *s, unsigned char sk[crypto_sign_SECRETKEYBYTES])
{
	unsigned char pub[crypto_sign_PUBLICKEYBYTES];
	use_sodium();
	crypto_sign_seed_keypair(pub, sk, s->seed);
	memcpy(s->key.pub, pub, sizeof s->key.pub);
}

enum mh_code mh_note_signer_make(struct mh_str name, int alg, const struct mh_rng *rng, struct mh_note_signer *ret,
				 struct mh_err *reterr)
{
	unsigned char sk[crypto_sign_SECRETKEYBYTES];
	if (!mh_note_name_ok(name))
		return MH_FAIL(reterr, MH_E_INVALID,
			       "A key cannot have this name: it needs 1 to %d bytes without blanks and '+'",
			       MH_NOTE_NAME_MAX);
	memset(ret, 0, sizeof *ret);
	memcpy(ret->key.name, name.ptr, name.len);
	ret->key.alg = alg;
	mh_random(rng, ret->seed, sizeof ret->seed);
	expand(ret, sk);
	set_id(&ret->key);
	sodium_memzero(sk, sizeof sk);
	return MH_OK;
}

void mh_note_signer_text(const struct mh_note_signer *s, struct mh_buf *out)
{
	mh_buf_c(out, SKEY);
	key_text(&s->key, s->seed, out);
	mh_buf_ch(out, '\n');
}

enum mh_code mh_note_signer_parse(struct mh_str text, struct mh_note_signer *ret, struct mh_err *reterr)
{
	struct mh_note_signer s = {0};
	unsigned char raw[KEY_RAW], sk[crypto_sign_SECRETKEYBYTES];
	struct mh_str line = mh_str_trim(text);
	if (!mh_str_starts(line, SKEY)) return MH_FAIL(reterr, MH_E_INVALID, "This is not a private note key");
	line.ptr += sizeof SKEY - 1;
	line.len -= sizeof SKEY - 1;
	MH_TRY(parse_key(line, &s.key, raw, reterr));
	memcpy(s.seed, raw + 1, sizeof s.seed);
	sodium_memzero(raw, sizeof raw);
	expand(&s, sk);
	sodium_memzero(sk, sizeof sk);
	enum mh_code code = check_id(&s.key, reterr);
	if (code == MH_OK) *ret = s;
	mh_note_signer_done(&s);
	return code;
}

void mh_note_signer_done(struct mh_note_signer *s)
{
	if (s) sodium_memzero(s, sizeof *s);
}

static enum mh_code add_signature(struct mh_bytes message, const struct mh_note_signer *s, struct mh_bytes front,
				  struct mh_buf *out, struct mh_err *reterr)
{
	unsigned char sk[crypto_sign_SECRETKEYBYTES], blob[4 + 8 + crypto_sign_BYTES];
	struct mh_note_signer copy = *s;
	unsigned char *sig = blob + 4 + front.len;
	expand(&copy, sk);
	memcpy(blob, s->key.id, 4);
	if (front.len) memcpy(blob + 4, front.ptr, front.len);
	crypto_sign_detached(sig, NULL, message.ptr, message.len, sk);
	sodium_memzero(sk, sizeof sk);
	mh_note_signer_done(&copy);
	if (crypto_sign_verify_detached(sig, message.ptr, message.len, s->key.pub) != 0)
		return MH_FAIL(reterr, MH_E_INTERNAL, "The signature by %s failed its own check", s->key.name);
	mh_buf_fmt(out, DASH "%s ", s->key.name);
	mh_ledger__b64(out, (struct mh_bytes){blob, 4 + front.len + crypto_sign_BYTES});
	mh_buf_ch(out, '\n');
	if (out->failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	return MH_OK;
}

enum mh_code mh_note_sign(struct mh_str text, const struct mh_note_signer *s, struct mh_buf *out, struct mh_err *reterr)
{
	if (!mh_str_ends(text, "\n"))
		return MH_FAIL(reterr, MH_E_INVALID, "The text of a note must end in a line feed");
	mh_buf_str_add(out, text);
	mh_buf_ch(out, '\n');
	return add_signature((struct mh_bytes){(const unsigned char *)text.ptr, text.len}, s, (struct mh_bytes){0}, out,
			     reterr);
}

static void cosign_message(struct mh_buf *b, int64_t time, struct mh_str text)
{
	mh_buf_fmt(b, "cosignature/v1\ntime %" PRId64 "\n", time);
	mh_buf_str_add(b, text);
}

static void free_buf(struct mh_buf *b)
{
	mh_buf_done(b);
}

enum mh_code mh_note_cosign(struct mh_str text, const struct mh_note_signer *s, int64_t time, struct mh_buf *out,
			    struct mh_err *reterr)
{
	MH_CLEANUP(free_buf) struct mh_buf message = MH_BUF(MH_NOTE_MAX + 64);
	unsigned char front[8];
	if (s->key.alg != MH_NOTE_COSIGN)
		return MH_FAIL(reterr, MH_E_INVALID, "%s is not a witness's key", s->key.name);
	for (int i = 0; i < 8; i++) front[i] = (unsigned char)((uint64_t)time >> (56 - 8 * i));
	cosign_message(&message, time, text);
	if (message.failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	return add_signature((struct mh_bytes){(const unsigned char *)message.ptr, message.len}, s,
			     (struct mh_bytes){front, sizeof front}, out, reterr);
}

static bool check_cosignature(const struct mh_note_key *k, struct mh_str text, const unsigned char *sig,
			      int64_t *ret_time)
{
	MH_CLEANUP(free_buf) struct mh_buf message = MH_BUF(MH_NOTE_MAX + 64);
	uint64_t time = 0;
	for (int i = 0; i < 8; i++) time = time << 8 | sig[i];
	if (time > INT64_MAX) return false;
	cosign_message(&message, (int64_t)time, text);
	if (message.failed ||
	    crypto_sign_verify_detached(sig + 8, (const unsigned char *)message.ptr, message.len, k->pub) != 0)
		return false;
	*ret_time = (int64_t)time;
	return true;
}

/* One signature line against the known keys. */
static enum mh_code check_line(struct mh_str text, struct mh_str name, struct mh_bytes blob,
			       const struct mh_note_key *keys, size_t n, struct mh_note_seen *seen, bool *any,
			       struct mh_err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		const struct mh_note_key *k = &keys[i];
		int64_t time = 0;
		if (!mh_str_is(name, k->name) || memcmp(blob.ptr, k->id, 4) != 0) continue;
		const unsigned char *sig = blob.ptr + 4;
		size_t len = blob.len - 4;
		bool good = k->alg == MH_NOTE_COSIGN
				    ? len == 8 + crypto_sign_BYTES && check_cosignature(k, text, sig, &time)
				    : len == crypto_sign_BYTES &&
					      crypto_sign_verify_detached(sig, (const unsigned char *)text.ptr,
									  text.len, k->pub) == 0;
		if (!good) return MH_FAIL(reterr, MH_E_CORRUPT, "The signature by %s is wrong", k->name);
		if (seen) seen[i] = (struct mh_note_seen){true, time};
		*any = true;
	}
	return MH_OK;
}

static enum mh_code check_lines(struct mh_str text, struct mh_str lines, const struct mh_note_key *keys, size_t n,
				struct mh_note_seen *seen, bool *any, struct mh_err *reterr)
{
	struct mh_str line, name;
	for (int count = 1; lines.len; count++) {
		unsigned char blob[4 + 8192];
		size_t len;
		if (count > MH_NOTE_SIGS_MAX)
			return MH_FAIL(reterr, MH_E_INVALID, "The note has more than %d signatures", MH_NOTE_SIGS_MAX);
		if (!mh_ledger__line(&lines, &line) || !mh_str_starts(line, DASH))
			return MH_FAIL(reterr, MH_E_INVALID, "Signature line %d of the note is malformed", count);
		struct mh_str rest = {line.ptr + sizeof DASH - 1, line.len - (sizeof DASH - 1)};
		if (!mh_str_split(&rest, ' ', &name) || !mh_note_name_ok(name) || !rest.ptr ||
		    !mh_ledger__unb64(rest, blob, sizeof blob, &len) || len < 5)
			return MH_FAIL(reterr, MH_E_INVALID, "Signature line %d of the note is malformed", count);
		MH_TRY(check_line(text, name, (struct mh_bytes){blob, len}, keys, n, seen, any, reterr));
	}
	return MH_OK;
}

/* The text ends at the last empty line; signature lines hold none. */
static bool split_note(struct mh_str note, struct mh_str *ret_text, struct mh_str *ret_lines)
{
	for (size_t i = note.len; i >= 2; i--) {
		if (note.ptr[i - 1] != '\n' || note.ptr[i - 2] != '\n') continue;
		*ret_text = (struct mh_str){note.ptr, i - 1};
		*ret_lines = (struct mh_str){note.ptr + i, note.len - i};
		return i - 1 > 0 && note.len > i;
	}
	return false;
}

enum mh_code mh_note_open(struct mh_str note, const struct mh_note_key *keys, size_t n, struct mh_str *ret_text,
			  struct mh_note_seen *seen, struct mh_err *reterr)
{
	struct mh_str text, lines;
	bool any = false;
	use_sodium();
	if (note.len > MH_NOTE_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "The note is longer than %d bytes", MH_NOTE_MAX);
	if (mh_utf8_bad((struct mh_bytes){(const unsigned char *)note.ptr, note.len}) >= 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The note is not valid UTF-8");
	for (size_t i = 0; i < note.len; i++)
		if ((unsigned char)note.ptr[i] < 0x20 && note.ptr[i] != '\n')
			return MH_FAIL(reterr, MH_E_INVALID, "The note holds a control character");
	if (!split_note(note, &text, &lines))
		return MH_FAIL(reterr, MH_E_INVALID,
			       "This is not a signed note: it has no empty line before signatures");
	if (seen) memset(seen, 0, n * sizeof *seen);
	MH_TRY(check_lines(text, lines, keys, n, seen, &any, reterr));
	if (!any) return MH_FAIL(reterr, MH_E_CORRUPT, "The note is not signed by the key expected");
	*ret_text = text;
	return MH_OK;
}
