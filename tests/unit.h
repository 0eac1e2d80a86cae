/* What every unit test includes: cmocka in the right order, and a main() that reports in TAP. */
#ifndef MH_TESTS_UNIT_H
#define MH_TESTS_UNIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Last line of a test file: MH_TESTS(cmocka_unit_test(a), cmocka_unit_test(b)) */
#define MH_TESTS(...)                                                                                                  \
	int main(void)                                                                                                 \
	{                                                                                                              \
		const struct CMUnitTest tests_[] = {__VA_ARGS__};                                                      \
		cmocka_set_message_output(CM_OUTPUT_TAP);                                                              \
		return cmocka_run_group_tests(tests_, NULL, NULL);                                                     \
	}
#endif
