/* Shared by the files of this folder only. */
#ifndef MH_PROCESS_PROCESS_PRIV_H
#define MH_PROCESS_PROCESS_PRIV_H
#include "process/def.h"

/* Every static check of a linked definition; findings go to diags. check.c */
void mh_def__check(const struct mh_def *def, struct mh_diags *diags);
#endif
