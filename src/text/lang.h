/* The languages of the pages. What the ledger, the API and the definitions hold is `zh` (simplified) and `en`; traditional
 * Chinese is derived from `zh`. */
#ifndef MH_TEXT_LANG_H
#define MH_TEXT_LANG_H
#include "base/str.h"

enum mh_lang { MH_LANG_HANS, MH_LANG_HANT, MH_LANG_EN, MH_LANG_MAX };

/* "zh-Hans", "zh-Hant", "en" (BCP 47): what <html lang> and the cookie hold. Static. */
const char *mh_lang_tag(enum mh_lang lang);
/* Of a language range as browsers send it: zh, zh-CN, zh-SG, zh-Hans… are simplified; zh-TW, zh-HK, zh-MO, zh-Hant… traditional;
 * en, en-GB… English. Any case. False for other languages; leaves *ret alone. */
bool mh_lang_of_tag(struct mh_str tag, enum mh_lang *ret);
/* Of a header Accept-Language (RFC 9110, 12.5.4): the supported language of the highest weight, the first of equals; a weight of
 * 0 excludes. False when it names none. */
bool mh_lang_of_header(struct mh_str header, enum mh_lang *ret);
#endif
