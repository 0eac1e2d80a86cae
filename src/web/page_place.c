/* Where: a district from a list, a smaller territory by a part of its name, the address in words. Works with plain forms; the
 * position of the telephone comes in as two hidden numbers when a script offers it and the person agrees. */
#include "web/page_form.h"
#include "web/portal.h"

#include <string.h>

#define FOUND_MAX 12

static bool is_territory(const struct mh_orgs *o, int i)
{
	return !o->list[i].department && o->list[i].territory == i;
}

static bool has(struct mh_str hay, struct mh_str needle)
{
	return needle.len && needle.len <= hay.len && memmem(hay.ptr, hay.len, needle.ptr, needle.len);
}

/* The person may write in Latin letters of either case. */
static struct mh_str small(struct mh_arena *a, struct mh_str s)
{
	struct mh_str out = mh_str_dup(a, s);
	char *p = (char *)(uintptr_t)out.ptr;
	for (size_t i = 0; p && i < out.len; i++)
		if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] - 'A' + 'a');
	return out;
}

/* Indexes of the territories whose name holds the words, the larger ones first; at most FOUND_MAX. */
static int find(const struct mh_web__page *p, struct mh_str words, int found[FOUND_MAX])
{
	const struct mh_orgs *o = &p->city->orgs;
	struct mh_str latin = small(p->a, words);
	int n = 0;
	for (int level = 3; words.len && level >= 1; level--)
		for (size_t i = 0; i < o->n && n < FOUND_MAX; i++)
			if (o->list[i].level == level && is_territory(o, (int)i) &&
			    (has(o->list[i].zh, words) || has(small(p->a, o->list[i].en), latin) ||
			     (p->lang == MH_LANG_HANT && has(mh_page__org(p, (int)i), words))))
				found[n++] = (int)i;
	return n;
}

struct mh_str mh_page__org_path(const struct mh_web__page *p, int org)
{
	const struct mh_orgs *o = &p->city->orgs;
	struct mh_str path = mh_page__org(p, org);
	for (int up = org < 0 ? -1 : o->list[org].parent, n = 0; up >= 0 && up != o->root && n < 4;
	     up = o->list[up].parent, n++) {
		struct mh_str above = mh_page__org(p, up);
		path = p->lang == MH_LANG_EN
			       ? mh_str_fmt(p->a, MH_STR_FMT ", " MH_STR_FMT, MH_STR_ARG(path), MH_STR_ARG(above))
			       : mh_str_fmt(p->a, MH_STR_FMT " · " MH_STR_FMT, MH_STR_ARG(above), MH_STR_ARG(path));
	}
	return path;
}

/* What was marked; else the only one that fits the words; else the district. -1: none. */
static int chosen(const struct mh_page__form *f, struct mh_str name)
{
	const struct mh_orgs *o = &f->page->city->orgs;
	int found[FOUND_MAX];
	struct mh_str marked = mh_page__typed(f, name, "org"), area = mh_page__typed(f, name, "area");
	if (marked.len) return mh_org_by_code(o, marked);
	if (find(f->page, mh_page__typed(f, name, "find"), found) == 1) return found[0];
	return area.len ? mh_org_by_code(o, area) : -1;
}

static void put_number(json_t *to, const char *name, struct mh_str s)
{
	int64_t n;
	if (mh_str_to_i64(s, &n) && n >= -180000000 && n <= 180000000) json_object_set_new(to, name, json_integer(n));
}

json_t *mh_page__place_read(const struct mh_page__form *f, const struct mh_field *field)
{
	struct mh_str address = mh_page__typed(f, field->name, "address"),
		      words = mh_page__typed(f, field->name, "find");
	int org = chosen(f, field->name);
	json_t *j = json_object();
	if (!j) return NULL;
	if (org >= 0) json_object_set_new(j, "org", mh_json_str(mh_org_code(&f->page->city->orgs, org)));
	if (!address.len && words.len && !mh_page__typed(f, field->name, "org").len) address = words;
	if (address.len) json_object_set_new(j, "address", mh_json_str(mh_utf8_prefix(address, 130)));
	put_number(j, "lat_e6", mh_page__typed(f, field->name, "lat_e6"));
	put_number(j, "lng_e6", mh_page__typed(f, field->name, "lng_e6"));
	if (json_object_size(j) && (org >= 0 || !field->required)) return j;
	json_decref(j);
	return NULL;
}

static struct mh_page_field_option option(const struct mh_page__form *f, int org, bool path, bool on)
{
	return (struct mh_page_field_option){.value = mh_org_code(&f->page->city->orgs, org),
					     .label = path ? mh_page__org_path(f->page, org)
							   : mh_page__org(f->page, org),
					     .on = on};
}

/* On the map when the pack has one, row by row from the north-west; else as a list. */
static bool on_map(const struct mh_page__form *f, struct mh_str area, struct mh_page_field *to)
{
	const struct mh_portal *p = mh_api_of(f->page->req)->portal;
	size_t n = p ? p->n_tiles : 0;
	struct mh_page_field_tile *list = MH_NEW_ARRAY(f->page->a, n + 1, struct mh_page_field_tile);
	for (size_t i = 0; list && i < n; i++) {
		const struct mh_org *o = &f->page->city->orgs.list[p->tiles[i].org];
		list[i] = (struct mh_page_field_tile){.value = o->code,
						      .label = mh_page__org(f->page, p->tiles[i].org),
						      .row = p->tiles[i].row,
						      .col = p->tiles[i].col,
						      .on = mh_str_eq(o->code, area)};
		to->on_map |= list[i].on;
	}
	to->tiles = list;
	to->n_tiles = list ? n : 0;
	to->cols = n ? p->tile_cols : 0;
	return to->n_tiles > 0;
}

static void districts(const struct mh_page__form *f, struct mh_str area, struct mh_page_field *to)
{
	const struct mh_orgs *o = &f->page->city->orgs;
	if (on_map(f, area, to)) return;
	struct mh_page_field_option *list = MH_NEW_ARRAY(f->page->a, o->n + 1, struct mh_page_field_option);
	for (size_t i = 0; list && i < o->n; i++)
		if (o->list[i].parent == o->root && is_territory(o, (int)i))
			list[to->n_options++] = option(f, (int)i, false, mh_str_eq(o->list[i].code, area));
	to->options = list;
}

void mh_page__place_show(const struct mh_page__form *f, const struct mh_field *field, struct mh_page_field *to)
{
	int found[FOUND_MAX], now = chosen(f, field->name);
	struct mh_page_field_option *list = MH_NEW_ARRAY(f->page->a, FOUND_MAX + 1, struct mh_page_field_option);
	districts(f, mh_page__typed(f, field->name, "area"), to);
	to->find = mh_page__typed(f, field->name, "find");
	to->address = mh_page__typed(f, field->name, "address");
	to->lat = mh_page__typed(f, field->name, "lat_e6");
	to->lng = mh_page__typed(f, field->name, "lng_e6");
	int n = find(f->page, to->find, found);
	for (int i = 0; list && i < n; i++) list[to->n_found++] = option(f, found[i], true, found[i] == now);
	to->found = list;
	to->none_found = to->find.len && n == 0;
	to->searched = to->find.len > 0;
}
