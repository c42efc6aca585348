#include <stdio.h>
#include <string.h>

#include "vg-host.h"

const char program_name[] = "vg-host";

static const struct {
  const char *name;
  int (*run)(char **arguments);
} commands[] = {
    {"probe", probe},
    {"http", http},
    {"guard", guard},
    {"cut", cut},
    {"sentinel", sentinel},
    {"copy-disk", copy_disk},
    {"data-ranges", data_ranges},
    {"tsc-rate", tsc_rate},
    {"carry", carry},
    {"read-trace", read_trace_file},
};

int main(int count, char **arguments) {
  for (size_t i = 0; count > 1 && i < sizeof commands / sizeof *commands; i++)
    if (strcmp(arguments[1], commands[i].name) == 0) return commands[i].run(arguments + 2);
  fprintf(stderr,
          "vg-host: expected probe, http, guard, cut, sentinel, copy-disk, data-ranges, tsc-rate, carry "
          "or read-trace, got %s\n",
          count > 1 ? arguments[1] : "nothing");
  return EXIT_USAGE;
}
