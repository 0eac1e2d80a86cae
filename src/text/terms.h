/* Words for full-text search. Chinese is not written with spaces between words, so every pair of neighbouring characters is a
 * word ("路灯不亮" → 路灯 灯不 不亮, and 亮 for itself as the last); other scripts are cut at what is no letter or digit, full-width
 * forms become plain ones, ASCII becomes lower case. Bigrams find every substring of two characters or more, need no dictionary
 * and never miss a name that a dictionary lacks; the price is an index about twice as large.
 *
 * The words are separated by single spaces and hold nothing that a query language could take for its own. */
#ifndef MH_TEXT_TERMS_H
#define MH_TEXT_TERMS_H
#include "base/str.h"

#define MH_TERMS_QUERY_MAX 16 /* words and runs in one query; the rest is left out */

/* Appends the words of a text, with a space before each. */
void mh_terms_of(struct mh_str text, struct mh_buf *out);
/* Appends a query in FTS5's language: everything must occur, runs of Chinese as they stand, one single character anywhere, other
 * words by how they begin (from three characters on) or whole. Appends nothing when there is nothing to look for. */
void mh_terms_query(struct mh_str text, struct mh_buf *out);
#endif
