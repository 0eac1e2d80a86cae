#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct mh_err_info infos[MH_CODE_MAX] = {
	[MH_OK] = {"OK", 200, 0, "Done", "完成"},
#define MH_ERROR(name, http, retry, en, zh) [MH_E_##name] = {#name, http, retry, en, zh},
#include "base/errors.def"
#undef MH_ERROR
};

const struct mh_err_info *mh_err_info(enum mh_code code)
{
	return &infos[(unsigned)code < MH_CODE_MAX ? code : MH_E_INTERNAL];
}

/* A text cut in the middle of a UTF-8 sequence would make the answer invalid JSON: step back to a boundary. */
static void trim_utf8(char *text, size_t cap, int wanted)
{
	if (wanted < 0 || (size_t)wanted < cap) return;
	size_t end = cap - 1;
	size_t at = end;
	while (at > 0 && ((unsigned char)text[at - 1] & 0xC0) == 0x80) at--;
	if (at > 0 && (unsigned char)text[at - 1] >= 0xC0) {
		unsigned char lead = (unsigned char)text[at - 1];
		size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
		if (at - 1 + need > end) text[at - 1] = '\0';
	}
}

/* In the order of strcmp, which test_err checks. */
static const struct text {
	const char *en, *zh;
} texts[] = {
#define MH_TEXT(en, zh) {en, zh},
#include "base/errors_zh.def"
#undef MH_TEXT
};

static int by_english(const void *key, const void *text)
{
	return strcmp(key, ((const struct text *)text)->en);
}

const char *mh_err_zh(const char *format)
{
	const struct text *t = bsearch(format, texts, sizeof texts / sizeof *texts, sizeof *texts, by_english);
	return t ? t->zh : NULL;
}

#define FILL(field, text, fmt)                                                                                         \
	do {                                                                                                           \
		va_list ap_;                                                                                           \
		va_start(ap_, fmt);                                                                                    \
		int wanted_ = vsnprintf(reterr->field, sizeof reterr->field, text, ap_);                               \
		va_end(ap_);                                                                                           \
		trim_utf8(reterr->field, sizeof reterr->field, wanted_);                                               \
	} while (0)

/* test_err holds the conversions of both formats against each other, since no compiler sees this one. */
#define FILL_ZH(field, fmt)                                                                                            \
	do {                                                                                                           \
		reterr->field[0] = '\0';                                                                               \
		if (mh_err_zh(fmt)) FILL(field, mh_err_zh(fmt), fmt);                                                  \
	} while (0)

enum mh_code mh_err_set(struct mh_err *reterr, enum mh_code code, const char *file, int line, const char *fmt, ...)
{
	if (!reterr) return code;
	*reterr = (struct mh_err){.code = code, .file = file, .line = line};
	FILL(message, fmt, fmt);
	FILL_ZH(message_zh, fmt);
	return code;
}

enum mh_code mh_no_memory(struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

void mh_err_detail(struct mh_err *reterr, const char *fmt, ...)
{
	if (reterr) FILL(detail, fmt, fmt);
}

void mh_err_hint(struct mh_err *reterr, const char *fmt, ...)
{
	if (!reterr) return;
	FILL(hint, fmt, fmt);
	FILL_ZH(hint_zh, fmt);
}

void mh_err_internal(struct mh_err *reterr, const char *fmt, ...)
{
	if (reterr) FILL(internal, fmt, fmt);
}

void mh_err_field(struct mh_err *reterr, const char *name, int len)
{
	if (reterr) snprintf(reterr->field, sizeof reterr->field, "%.*s", len, name);
}
