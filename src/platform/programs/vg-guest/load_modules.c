#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vg-guest.h"

/* One process for all of them: under emulation, starting a process for each costs more than the
   loading itself. */
int load_modules(char **arguments) {
  int code = EXIT_GOOD;
  if (!arguments[0]) usage_error("load-modules", "expected FILE…");
  for (; *arguments; arguments++) {
    int fd = open(*arguments, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST)) {
      fprintf(stderr, "vg-guest load-modules: %s: %s\n", *arguments, strerror(errno));
      code = EXIT_FAILED;
    }
    if (fd >= 0) close(fd);
  }
  return code;
}
