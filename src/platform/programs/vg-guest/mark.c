#include <stdio.h>

#include "vg-guest.h"

int init_mark(char **arguments) {
  const uint64_t now = boottime_ns();
  if (!arguments[0] || arguments[1]) usage_error("init-mark", "expected one NAME");
  printf("vg-mark %s %.6f\n", arguments[0], (double)now / 1e9);
  return fflush(stdout) == 0 ? EXIT_GOOD : EXIT_FAILED;
}
