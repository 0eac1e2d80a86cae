/* Words for full-text search. Chinese is not written with spaces between words, so every pair of neighbouring characters is a
 * word ("路灯不亮" → 路灯 灯不 不亮), and every single one (<路 <灯 <不 <亮); other scripts are cut at what is no letter or digit,
 * full-width forms become plain ones, ASCII becomes lower case, and the beginnings of three to twelve characters are words too
 * (<138 <1380 …). Pairs find every substring of two characters or more, need no dictionary and never miss a name that a
 * dictionary lacks; the price is a larger index.
 *
 * The words are separated by single spaces and hold nothing that a query language could take for its own: letters, digits, and
 * the sign < in front of what is a part only. */
#ifndef MH_TEXT_TERMS_H
#define MH_TEXT_TERMS_H
#include "base/str.h"

#define MH_TERMS_QUERY_MAX 16 /* words and runs in one query; the rest is left out */

/* Appends the words of a text, with a space before each. */
void mh_terms_of(struct mh_str text, struct mh_buf *out);
/* Appends a query in FTS5's language: everything must occur, runs of Chinese as they stand, other words whole or (from three
 * characters on) by how they begin. Appends nothing when there is nothing to look for. */
void mh_terms_query(struct mh_str text, struct mh_buf *out);
/* Copies words or a query, each word replaced by a keyed hash of it (MH_TERMS_SEALED letters and digits), so that an index can be searched but
 * not read. The key: MH_TERMS_KEY_LEN bytes. */
#define MH_TERMS_KEY_LEN 16
#define MH_TERMS_SEALED 8
void mh_terms_seal(const unsigned char *key, struct mh_str words, struct mh_buf *out);
#endif
