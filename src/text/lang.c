#include "text/lang.h"

#include <string.h>
#include <strings.h>

static const char *const tags[] = {[MH_LANG_HANS] = "zh-Hans", [MH_LANG_HANT] = "zh-Hant", [MH_LANG_EN] = "en"};

const char *mh_lang_tag(enum mh_lang lang)
{
	return tags[lang];
}

static bool is(struct mh_str s, const char *z)
{
	return s.len == strlen(z) && strncasecmp(s.ptr, z, s.len) == 0;
}

bool mh_lang_of_tag(struct mh_str tag, enum mh_lang *ret)
{
	static const char *const traditional[] = {"Hant", "TW", "HK", "MO"};
	struct mh_str rest = tag, part;
	enum mh_lang lang = MH_LANG_HANS;
	if (!mh_str_split(&rest, '-', &part)) return false;
	if (is(part, "en")) {
		*ret = MH_LANG_EN;
		return true;
	}
	if (!is(part, "zh")) return false;
	while (rest.len && mh_str_split(&rest, '-', &part)) {
		if (is(part, "Hans")) break; /* the script is said: the region no longer decides */
		for (size_t i = 0; i < sizeof traditional / sizeof *traditional; i++)
			if (is(part, traditional[i])) lang = MH_LANG_HANT;
	}
	*ret = lang;
	return true;
}

/* "q=0.8" in thousandths; 1000 when there is none, 0 when it cannot be read. */
static int weight(struct mh_str params)
{
	struct mh_str p = mh_str_trim(params);
	int w = 0, unit = 1000;
	if (!p.len) return 1000;
	if (p.len < 3 || (p.ptr[0] | 0x20) != 'q' || p.ptr[1] != '=') return 0;
	for (size_t i = 2; i < p.len && unit; i++) {
		if (p.ptr[i] == '.' && i == 3) continue;
		if (p.ptr[i] < '0' || p.ptr[i] > '9') return 0;
		w += (p.ptr[i] - '0') * unit;
		unit /= 10;
	}
	return w > 1000 ? 1000 : w;
}

bool mh_lang_of_header(struct mh_str header, enum mh_lang *ret)
{
	struct mh_str rest = header, item, tag;
	int best = 0;
	while (rest.len && mh_str_split(&rest, ',', &item)) {
		enum mh_lang lang;
		mh_str_split(&item, ';', &tag);
		if (!mh_lang_of_tag(mh_str_trim(tag), &lang) || weight(item) <= best) continue;
		best = weight(item);
		*ret = lang;
	}
	return best > 0;
}
