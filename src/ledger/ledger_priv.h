/* What the files of this folder share and nobody else uses. */
#ifndef MH_LEDGER_PRIV_H
#define MH_LEDGER_PRIV_H
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

/* Standard base64 with padding (RFC 4648 §4), strict: one spelling for each value. */
void mh_ledger__b64(struct mh_buf *b, struct mh_bytes in);
bool mh_ledger__unb64(struct mh_str s, unsigned char *out, size_t cap, size_t *ret_len);
bool mh_ledger__unb64_hash(struct mh_str s, struct mh_hash *ret);
/* Decimal without sign and leading zeros, up to MH_TLOG_SIZE_MAX. */
bool mh_ledger__number(struct mh_str s, int64_t *ret);
/* Cuts a line off; its LF must be there. */
bool mh_ledger__line(struct mh_str *rest, struct mh_str *ret_line);
#endif
