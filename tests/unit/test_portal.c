#include "rooms.h"

#include "web/portal.h"

#include <string.h>

/* All but the last district, which is 330182. */
#define TILES                                                                                                          \
	"format: portal/1\ntiles:\n"                                                                                   \
	"  - [330102, 330105, 330106, 330108, 330109, 330110]\n"                                                       \
	"  - [330111, 330112, 330113, 330114, 330122, 330127]\n"
#define HEAD "format: portal/1\nkinds:\n  request-12345:\n"

static struct mh_portal *load(const char *text, const char *complaint)
{
	struct mh_portal *p = NULL;
	struct mh_err err = {0};
	enum mh_code code = mh_portal_load(tx.city, tx.now, mh_str_c(text), MH_STR("portal.yaml"), &p, &err);
	if (!complaint && code != MH_OK) fail_msg("%s %s", err.message, err.detail);
	if (complaint &&
	    (code != MH_E_INVALID || p || !(strstr(err.message, complaint) || strstr(err.detail, complaint))))
		fail_msg("code %d, wanted a word about %s: %s %s", code, complaint, err.message, err.detail);
	return p;
}

static void the_packs_own(void **state)
{
	struct mh_str text, path = mh_str_fmt(&room_arena, "%s/packs/hangzhou/portal.yaml",
					      getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	assert_int_equal(mh_file_read(&room_arena, path.ptr, 1 << 20, &text, NULL), MH_OK);
	struct mh_portal *p = load(text.ptr, NULL);
	assert_true(p->n_kinds >= 5);
	const struct mh_portal_kind *k = mh_portal_kind_of(p, p->kinds[0].kind);
	assert_ptr_equal(k, &p->kinds[0]);
	assert_true(k->hint.zh.len && k->hint.en.len && k->n_set == 1);
	assert_null(mh_portal_kind_of(p, MH_STR("nothing")));
	assert_null(mh_portal_kind_of(NULL, k->kind));
	assert_int_equal(p->n_tiles, 13);
	assert_int_equal(p->tile_cols, 4);
	for (size_t i = 1; i < p->n_tiles; i++)
		assert_true(p->tiles[i].row * 100 + p->tiles[i].col > p->tiles[i - 1].row * 100 + p->tiles[i - 1].col);
	const struct mh_portal_tile *t = mh_portal_tile_of(p, mh_org_by_code(&tx.city->orgs, MH_STR("330182")));
	assert_true(t && t->row == 5 && t->col == 2);
	assert_null(mh_portal_tile_of(p, tx.city->orgs.root));
	assert_null(mh_portal_tile_of(p, -1));
	assert_null(mh_portal_tile_of(NULL, t->org));
	mh_portal_free(p);
}

static void faults(void **state)
{
	static const struct {
		const char *text, *complaint;
	} bad[] = {
		{"[]", "a map"},
		{"kinds: {}\n", "format"},
		{"format: portal/2\n", "format"},
		{"format: portal/1\nextra: x\n", "extra"},
		{"format: portal/1\nkinds:\n  nothing: {}\n", "no kind 'nothing'"},
		{HEAD "    hint: {zh: 甲}\n", "\"en\" is missing"},
		{HEAD "    set: {channel: nowhere}\n", "channel: nowhere"},
		{HEAD "    set: {text: web}\n", "text: web"},
		{HEAD "    set: {answer: web}\n", "answer: web"},
		{HEAD "    hide: [text]\n", "'text' cannot be left out"},
		{HEAD "    hide: [nothing]\n", "'nothing' cannot be left out"},
		{HEAD "    color: red\n", "color"},
		{"format: portal/1\ntiles: 330102\n", "rows of the map"},
		{"format: portal/1\ntiles: [330102]\n", "each a list"},
		{"format: portal/1\ntiles: [[]]\n", "each a list"},
		{TILES "  - [., ., ., ., ., ., 330182]\n", "at most 6 districts"},
		{TILES "  - [330182]\n", "row 3 is 1 wide, those before are 6"},
		{TILES "  - [., ., ., ., ., 330105]\n", "'330105' has the tile of row 1, column 2 already"},
		{TILES "  - [., ., ., ., ., 999999]\n", "no unit '999999'"},
		{TILES "  - [., ., ., ., ., 330105-D17]\n", "'330105-D17' is no district"},
		{TILES "  - [., ., ., ., ., 330105001]\n", "'330105001' is no district"},
		{TILES "  - [., ., ., ., ., 330100]\n", "'330100' is no district"},
		{TILES "  - [., ., ., ., ., [330182]]\n", "no unit ''"},
		{TILES, "'330182' Jiande City has no tile"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) load(bad[i].text, bad[i].complaint);
	mh_portal_free(load("format: portal/1\n", NULL));
	mh_portal_free(load(TILES "  - [., ., 330182, ., ., .]\n", NULL));
	mh_portal_free(load(HEAD "    set: {channel: web}\n    hide: [urgent]\n", NULL));
}

ROOM_TESTS(cmocka_unit_test(the_packs_own), cmocka_unit_test(faults))
