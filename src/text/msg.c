#include "text/msg.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef void add_fn(struct mh_buf *b, struct mh_str s);

struct mh_str mh_msg(enum mh_lang lang, enum mh_msg id)
{
	return mh_msg__texts[id][lang];
}

static const struct mh_msg_arg *arg_of(struct mh_str name, const struct mh_msg_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (mh_str_is(name, args[i].name)) return &args[i];
	return NULL;
}

/* Cuts off the text before " | "; false at the end. */
static bool next_form(struct mh_str *rest, struct mh_str *ret)
{
	if (!rest->ptr) return false;
	const char *bar = memmem(rest->ptr, rest->len, " | ", 3);
	*ret = (struct mh_str){rest->ptr, bar ? (size_t)(bar - rest->ptr) : rest->len};
	*rest = bar ? (struct mh_str){bar + 3, rest->len - ret->len - 3} : (struct mh_str){NULL, 0};
	return true;
}

static struct mh_str form_for(struct mh_str text, int64_t n)
{
	struct mh_str forms[3] = {{NULL, 0}}, rest = text;
	size_t have = 0;
	while (have < 3 && next_form(&rest, &forms[have])) have++;
	if (have == 1) return forms[0];
	if (have == 2) return forms[n != 1];
	return forms[n < 0 || n > 2 ? 2 : n];
}

static void add_arg(struct mh_buf *b, const struct mh_msg_arg *a, add_fn *add)
{
	char digits[24];
	if (!a->counts) {
		add(b, a->text);
		return;
	}
	snprintf(digits, sizeof digits, "%lld", (long long)a->n);
	mh_buf_c(b, digits);
}

static void fill(struct mh_buf *b, struct mh_str text, const struct mh_msg_arg *args, size_t n, add_fn *add)
{
	while (text.len) {
		ptrdiff_t open = mh_str_find(text, '{');
		add(b, (struct mh_str){text.ptr, open < 0 ? text.len : (size_t)open});
		if (open < 0) return;
		text.ptr += open + 1, text.len -= (size_t)open + 1;
		struct mh_str name;
		mh_str_split(&text, '}', &name);
		const struct mh_msg_arg *a = arg_of(name, args, n);
		assert(a && "a text lacks one of its parameters");
		if (a) add_arg(b, a, add);
	}
}

static void put(struct mh_buf *b, enum mh_lang lang, enum mh_msg id, const struct mh_msg_arg *args, size_t n,
		add_fn *add)
{
	struct mh_str text = mh_msg(lang, id);
	const struct mh_msg_arg *count = arg_of(MH_STR("n"), args, n);
	if (count && count->counts) text = form_for(text, count->n);
	fill(b, text, args, n, add);
}

void mh_msg_fmt(struct mh_buf *b, enum mh_lang lang, enum mh_msg id, const struct mh_msg_arg *args, size_t n_args)
{
	put(b, lang, id, args, n_args, mh_buf_str_add);
}

void mh_msg_xml(struct mh_buf *b, enum mh_lang lang, enum mh_msg id, const struct mh_msg_arg *args, size_t n_args)
{
	put(b, lang, id, args, n_args, mh_buf_xml);
}
