#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vg-guest.h"

/* Whether the guest runs under Xen, as the kernel says in sysfs, which is not mounted yet. */
static bool under_xen(void) {
  char type[4] = "";
  mkdir("/sys", 0555);
  const bool mounted = mount("sysfs", "/sys", "sysfs", 0, NULL) == 0;
  const int fd = open("/sys/hypervisor/type", O_RDONLY | O_CLOEXEC);
  const bool xen = fd >= 0 && read(fd, type, 3) == 3 && strcmp(type, "xen") == 0;
  if (fd >= 0) close(fd);
  if (mounted) umount("/sys");
  return xen;
}

/* One process for all of them: under emulation, starting a process for each costs more than the
   loading itself. What stands behind --xen is loaded under Xen, the rest elsewhere. */
int load_modules(char **arguments) {
  int code = EXIT_GOOD;
  if (!arguments[0]) usage_error("load-modules", "expected FILE… [--xen FILE…]");
  char **xen = arguments;
  while (*xen && strcmp(*xen, "--xen") != 0) xen++;
  if (*xen) {
    *xen = NULL;
    if (under_xen()) arguments = xen + 1;
  }
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
