#include "unit.h"

#include "access/perm.h"

static void roles(void **state)
{
	assert_true(mh_perm_role_has(MH_STR(""), MH_PERM_PUBLIC));
	assert_false(mh_perm_role_has(MH_STR(""), MH_PERM_HOLDER));
	assert_false(mh_perm_role_has(MH_STR("admin"), MH_PERM_UNSET));
	assert_false(mh_perm_role_has(MH_STR("admin"), MH_PERM_MAX));
	for (int p = MH_PERM_PUBLIC; p < MH_PERM_MAX; p++) {
		/* whoever configures has no business with personal data */
		assert_int_equal(mh_perm_role_has(MH_STR("admin"), (enum mh_perm)p), p != MH_PERM_PERSONAL);
		assert_true(mh_perm_name((enum mh_perm)p)[0]);
	}
	assert_true(mh_perm_role_has(MH_STR("panelist"), MH_PERM_STAFF));
	assert_false(mh_perm_role_has(MH_STR("panelist"), MH_PERM_HANDLE));
	assert_false(mh_perm_role_has(MH_STR("assessor"), MH_PERM_HANDLE));
}

MH_TESTS(cmocka_unit_test(roles))
