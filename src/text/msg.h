/* The texts of the pages, from the one catalog locale/ (made by tools/gen/catalog.py). */
#ifndef MH_TEXT_MSG_H
#define MH_TEXT_MSG_H
#include "locale_gen.h"
#include "text/lang.h"

/* What stands for {name} in a text. */
struct mh_msg_arg {
	const char *name;
	struct mh_str text;
	int64_t n;
	bool counts; /* n is meant; for the name "n" it also decides between an English text's forms */
};
#define MH_MSG_STR(name_, text_) ((struct mh_msg_arg){.name = (name_), .text = (text_)})
#define MH_MSG_INT(name_, n_) ((struct mh_msg_arg){.name = (name_), .n = (n_), .counts = true})

/* A text without parameters; static. */
struct mh_str mh_msg(enum mh_lang lang, enum mh_msg id);
/* Appends the text with its parameters filled in; a missing one is a programming mistake (asserts). Forms are chosen as vue-i18n
 * does, so that both sides say the same: of two, the first for 1; of three, none | one | many. */
void mh_msg_fmt(struct mh_buf *b, enum mh_lang lang, enum mh_msg id, const struct mh_msg_arg *args, size_t n_args);
/* The same, escaped as XML text or attribute. */
void mh_msg_xml(struct mh_buf *b, enum mh_lang lang, enum mh_msg id, const struct mh_msg_arg *args, size_t n_args);

/* --- for locale_gen.c --- */
#define MH_STR_INIT(literal)                                                                                           \
	{                                                                                                              \
		.ptr = (literal), .len = sizeof(literal) - 1                                                           \
	}
extern const struct mh_str mh_msg__texts[MH_MSG_MAX][MH_LANG_MAX];
#endif
