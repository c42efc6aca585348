#include <stdio.h>
#include <string.h>

#include "vg-guest.h"

const char program_name[] = "vg-guest";

static const struct {
  const char *name;
  int (*run)(char **arguments);
} commands[] = {
    {"serve", serve},
    {"dirty", dirty},
    {"witness", witness},
    {"witness-check", witness_check},
    {"identity", identity},
    {"init-mark", init_mark},
    {"load-modules", load_modules},
    {"agent", agent_bridge},
    {"bound", bound},
    {"await-devices", await_devices},
};

int main(int count, char **arguments) {
  for (size_t i = 0; count > 1 && i < sizeof commands / sizeof *commands; i++)
    if (strcmp(arguments[1], commands[i].name) == 0) return commands[i].run(arguments + 2);
  fprintf(stderr, "vg-guest: expected serve, dirty, witness, witness-check, identity, init-mark, "
                  "load-modules, agent, bound or await-devices, got %s\n",
          count > 1 ? arguments[1] : "nothing");
  return EXIT_USAGE;
}
