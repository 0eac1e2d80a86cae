/* Drawings of definitions, made once: a layout takes long, Graphviz loses some memory with each, and a definition's version never
 * changes. */
#include "web/api.h"

#include <string.h>

#define KEPT 200

struct mh_drawing {
	struct mh_drawing *next;
	struct mh_hash of; /* the definition's */
	const char *lang;
	struct mh_str svg;
};

static const struct mh_drawing *known(const struct mh_drawings *d, const struct mh_hash *of, const char *lang)
{
	const struct mh_drawing *one = d->first;
	while (one && !(mh_hash_eq(&one->of, of) && strcmp(one->lang, lang) == 0)) one = one->next;
	return one;
}

static enum mh_code draw(struct mh_drawings *d, const struct mh_def *def, const char *lang, struct mh_str *ret,
			 struct mh_err *reterr)
{
	struct mh_buf b = MH_BUF(4 << 20);
	enum mh_code code = mh_def_svg(def, lang, &b, reterr);
	struct mh_drawing *one = code == MH_OK ? MH_NEW(&d->arena, struct mh_drawing) : NULL;
	if (one) *one = (struct mh_drawing){d->first, def->hash, lang, mh_str_dup(&d->arena, mh_buf_str(&b))};
	mh_buf_done(&b);
	if (code != MH_OK) return code;
	if (!one || !one->svg.ptr) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	d->first = one;
	d->n++;
	*ret = one->svg;
	return MH_OK;
}

enum mh_code mh_drawings_get(struct mh_drawings *d, const struct mh_def *def, const char *lang, struct mh_str *ret,
			     struct mh_err *reterr)
{
	enum mh_code code = MH_OK;
	pthread_mutex_lock(&d->lock);
	const struct mh_drawing *one = known(d, &def->hash, lang);
	if (one) *ret = one->svg;
	else if (d->n < KEPT) code = draw(d, def, lang, ret, reterr);
	else code = MH_FAIL(reterr, MH_E_UNAVAILABLE, "Too many definitions have been drawn since the server began");
	pthread_mutex_unlock(&d->lock);
	return code;
}

enum mh_code mh_drawings_once(struct mh_drawings *d, struct mh_arena *a, const struct mh_def *def, const char *lang,
			      struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_buf b = MH_BUF(4 << 20);
	pthread_mutex_lock(&d->lock);
	enum mh_code code = mh_def_svg(def, lang, &b, reterr);
	pthread_mutex_unlock(&d->lock);
	struct mh_str svg = code == MH_OK ? mh_str_dup(a, mh_buf_str(&b)) : (struct mh_str){0};
	mh_buf_done(&b);
	if (code != MH_OK) return code;
	MH_TRY_MEM(svg.ptr, reterr);
	*ret = svg;
	return MH_OK;
}

void mh_drawings_done(struct mh_drawings *d)
{
	mh_arena_done(&d->arena);
	d->first = NULL;
}
