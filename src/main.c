#include "cli/cli.h"

#include <signal.h>

static const char *env(const char *name)
{
	return getenv(name);
}

int main(int argc, char **argv)
{
	struct mh_cli_world world = {
		.out = stdout, .err = stderr, .env = env, .clock = mh_clock_system(), .rng = mh_rng_system()};
	signal(SIGPIPE, SIG_IGN); /* a reader that goes away is an error of writing, not the end of the program */
	world.commands = mh_commands_all(&world.n_commands);
	return mh_cli_main(&world, argc, argv);
}
