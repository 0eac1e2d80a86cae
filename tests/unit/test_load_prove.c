#include "load_unit.h"

#define AT "  - no_silent_stall: yes"

static void claims(void **state)
{
	static const struct edit list[] = {
		{AT, "  - closed_needs: open\n  - personal_never_public: yes", NULL},
		{AT, "  - every_room: [intake, reply]", NULL},
		{AT, "  - every_room: [intake, lobby]", "unknown-value"},
		{AT, "  - every_room: yes", "every-room"},
		{AT, "  - closed_needs: [opne]", "unknown-state"},
		{AT, "  - handler_never: [rate]", "unknown-transition"},
		{AT, "  - personal_never_public: no", "type"},
		{AT, "  - no_silent_stal: yes", "unknown-key"},
		{AT, "  - no_silent_stall", "type"},
		{AT, "  no_silent_stall: yes", "type"},
	};
	CHECK(list);
}

MH_TESTS(cmocka_unit_test(claims))
