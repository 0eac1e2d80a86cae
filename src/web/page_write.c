#include "web/page_write.h"

#include "web/asset.h"

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

/* "//host" and "/\host" lead to another site. */
static bool own(struct mh_str url)
{
	if (!url.len || url.ptr[0] == '#' || url.ptr[0] == '?') return true;
	return url.ptr[0] == '/' && (url.len == 1 || (url.ptr[1] != '/' && url.ptr[1] != '\\'));
}

void mh_page__url(struct mh_buf *b, struct mh_str url)
{
	bool good = own(url) || mh_str_starts(url, "https://") || mh_str_starts(url, "http://");
	for (size_t i = 0; i < url.len; i++) /* browsers leave out tabs and line ends before they look */
		if ((unsigned char)url.ptr[i] <= 0x20 || url.ptr[i] == 0x7f) good = false;
	mh_buf_xml(b, good ? url : MH_STR("#"));
}

void mh_page__part(struct mh_buf *b, struct mh_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (plain(text.ptr[i])) mh_buf_ch(b, text.ptr[i]);
		else mh_buf_fmt(b, "%%%02X", (unsigned)(unsigned char)text.ptr[i]);
}

void mh_page__asset(struct mh_buf *b, const char *name)
{
	struct mh_arena scratch = MH_ARENA(1024);
	mh_buf_xml(b, mh_asset_path(&scratch, name));
	mh_arena_done(&scratch);
}
