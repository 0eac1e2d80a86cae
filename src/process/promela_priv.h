/* Shared by promela.c (the file) and promela_step.c (the steps of one state). */
#ifndef MH_PROCESS_PROMELA_PRIV_H
#define MH_PROCESS_PROMELA_PRIV_H
#include "process/def.h"

struct pml {
	const struct mh_def *def;
	struct mh_buf *out;
	struct mh_arena arena;
	bool *counted; /* for each transition: its uses are kept … */
	bool *asked;   /* … because some guard asks for them, not only for its own `max` */
	int given;     /* level of the unit that `assign` finds in the option being written; 0: leave the level */
};

/* The name as a Promela identifier; lives in p->arena. */
struct mh_str mh_pml__id(struct pml *p, struct mh_str name);
/* Some effect restarts or extends this lasting clock. */
bool mh_pml__is_put_off(const struct mh_def *d, int clock);
/* Some transition follows a main matter: the model then holds whether the last step was one. */
bool mh_pml__has_main(const struct mh_def *d);
/* The assignments of entering a state. */
void mh_pml__enter(struct pml *p, int state);
/* The options of the model's loop for one state. */
void mh_pml__state(struct pml *p, int state);
#endif
