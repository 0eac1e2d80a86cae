/* Functions that this project does not use, made into compile errors.
 *
 * Each has a safer sibling: mh_buf for building text, mh_str_to_i64 for numbers, mh_civil_* for calendar time.
 * Included by the build before every file of src/ (see meson.build), after the system headers below, so that their own
 * declarations stay intact. */
#ifndef MH_BANNED_H
#define MH_BANNED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MH_BANNED(f) mh_banned_function_##f
#undef strcpy
#define strcpy(...) MH_BANNED(strcpy)
#undef strcat
#define strcat(...) MH_BANNED(strcat)
#undef strncpy
#define strncpy(...) MH_BANNED(strncpy)
#undef strncat
#define strncat(...) MH_BANNED(strncat)
#undef sprintf
#define sprintf(...) MH_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) MH_BANNED(vsprintf)
#undef strtok
#define strtok(...) MH_BANNED(strtok)
#undef atoi
#define atoi(...) MH_BANNED(atoi)
#undef atol
#define atol(...) MH_BANNED(atol)
#undef atoll
#define atoll(...) MH_BANNED(atoll)
#undef gets
#define gets(...) MH_BANNED(gets)
#undef localtime
#define localtime(...) MH_BANNED(localtime)
#undef gmtime
#define gmtime(...) MH_BANNED(gmtime)
#undef asctime
#define asctime(...) MH_BANNED(asctime)
#undef ctime
#define ctime(...) MH_BANNED(ctime)
#undef rand
#define rand(...) MH_BANNED(rand)
#undef srand
#define srand(...) MH_BANNED(srand)
#endif
