#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "vg-guest.h"

static const uint64_t look_every = 2000000u;
enum { MOST_CPUS = 512, PATH_SIZE = 320 };

struct wanted {
  uint64_t cpus, least_memory, most_memory; /* 0: any; memory in bytes */
  const char *disk, *no_disk, *nic, *no_nic;
};

static void write_word(const char *path, const char *word) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, word, strlen(word)) < 0) { /* the kernel does not want it: that will be seen */
  }
  close(fd);
}

static bool known_cpus[MOST_CPUS];

/* What udev does in most distributions: a CPU that has come since is used. One that goes is left
   alone. */
static void use_new_cpus(bool first) {
  char path[PATH_SIZE];
  for (unsigned cpu = 1; cpu < MOST_CPUS; cpu++) {
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%u/online", cpu);
    if (access(path, F_OK) < 0) break;
    if (!first && !known_cpus[cpu]) write_word(path, "1");
    known_cpus[cpu] = true;
  }
}

static uint64_t memory_now(void) {
  struct sysinfo info;
  return sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : 0;
}

static bool has_disk(const char *name) {
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "/sys/block/%s/size", name);
  return access(path, F_OK) == 0;
}

static bool has_nic(const char *mac) {
  DIR *folder = opendir("/sys/class/net");
  bool found = false;
  if (!folder) return false;
  for (struct dirent *entry; !found && (entry = readdir(folder));) {
    char path[PATH_SIZE], text[18] = "";
    snprintf(path, sizeof path, "/sys/class/net/%s/address", entry->d_name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    found = read(fd, text, 17) == 17 && strcasecmp(text, mac) == 0;
    close(fd);
  }
  closedir(folder);
  return found;
}

static bool as_wanted(const struct wanted *wanted) {
  if (wanted->cpus != 0 && (uint64_t)sysconf(_SC_NPROCESSORS_ONLN) != wanted->cpus) return false;
  const uint64_t memory = memory_now();
  if (memory < wanted->least_memory) return false;
  if (wanted->most_memory != 0 && memory > wanted->most_memory) return false;
  if (wanted->disk && !has_disk(wanted->disk)) return false;
  if (wanted->no_disk && has_disk(wanted->no_disk)) return false;
  if (wanted->nic && !has_nic(wanted->nic)) return false;
  return !wanted->no_nic || !has_nic(wanted->no_nic);
}

/* Looks until the guest's kernel has what is wanted, and says when that was. */
int await_devices(char **arguments) {
  struct wanted wanted = {0};
  uint64_t timeout = 10000;
  bool use = false;
  parse_options("await-devices", arguments,
                (const struct option_spec[]){
                    {.name = "--cpus", .number = &wanted.cpus},
                    {.name = "--least-memory", .number = &wanted.least_memory},
                    {.name = "--most-memory", .number = &wanted.most_memory},
                    {.name = "--disk", .string = &wanted.disk},
                    {.name = "--no-disk", .string = &wanted.no_disk},
                    {.name = "--nic", .string = &wanted.nic},
                    {.name = "--no-nic", .string = &wanted.no_nic},
                    {.name = "--use", .flag = &use},
                    {.name = "--timeout", .number = &timeout},
                    {0},
                });
  if (use) {
    write_word("/sys/devices/system/memory/auto_online_blocks", "online_movable");
    use_new_cpus(true);
  }
  const uint64_t end = monotonic_ns() + timeout * 1000000u;
  bool seen;
  uint64_t now;
  for (;;) {
    if (use) use_new_cpus(false);
    seen = as_wanted(&wanted);
    now = monotonic_ns();
    if (seen || now >= end) break;
    sleep_until(now + look_every);
  }
  printf("vg-devices %s %.6f cpus=%ld memory=%" PRIu64 "\n", seen ? "seen" : "missed",
         (double)now / 1e9, sysconf(_SC_NPROCESSORS_ONLN), memory_now());
  return seen ? EXIT_GOOD : EXIT_FAILED;
}
