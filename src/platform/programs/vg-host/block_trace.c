#include <errno.h>
#include <fcntl.h>
#include <linux/blktrace_api.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "carry.h"

/* Where debugfs is for us alone, so that nothing of the machine changes. */
static const char place[] = "/sys/kernel/debug";

static const char *own_debugfs(void) {
  if (unshare(CLONE_NEWNS) < 0) return "no mounts of our own";
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return "no mounts of our own";
  if (mount("debugfs", place, "debugfs", 0, NULL) < 0 && errno != EBUSY) return "no debugfs";
  return NULL;
}

/* Processors may come while we look. */
static void open_files(struct block_trace *trace) {
  for (unsigned i = 0; i < trace->processors; i++) {
    if (trace->files[i] >= 0) continue;
    char path[sizeof trace->folder + 24];
    snprintf(path, sizeof path, "%s/trace%u", trace->folder, i);
    trace->files[i] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
}

/* False where the trace is gone. */
static bool count_dropped(const struct block_trace *trace, uint64_t *count) {
  char path[sizeof trace->folder + 24];
  snprintf(path, sizeof path, "%s/dropped", trace->folder);
  FILE *file = fopen(path, "re");
  if (!file) return false;
  unsigned long long number;
  const bool told = fscanf(file, "%llu", &number) == 1;
  fclose(file);
  *count = number;
  return told;
}

const char *start_trace(struct block_trace *trace, int disk, uint32_t buffer, uint32_t buffers) {
  const char *why = own_debugfs();
  if (why) return why;
  struct blk_user_trace_setup setup = {
      .act_mask = BLK_TC_WRITE, .buf_size = buffer, .buf_nr = buffers};
  if (ioctl(disk, BLKTRACESETUP, &setup) < 0)
    return errno == EBUSY ? "somebody else traces the disk" : strerror(errno);
  trace->disk = disk;
  snprintf(trace->folder, sizeof trace->folder, "%s/block/%s", place, setup.name);
  trace->dropped = 0;
  trace->processors = (unsigned)sysconf(_SC_NPROCESSORS_CONF);
  trace->files = malloc(trace->processors * sizeof *trace->files);
  trace->streams = calloc(trace->processors, sizeof *trace->streams);
  if (!trace->files || !trace->streams) {
    ioctl(disk, BLKTRACETEARDOWN);
    fail("carry", "memory", ENOMEM);
  }
  for (unsigned i = 0; i < trace->processors; i++) trace->files[i] = -1;
  open_files(trace);
  uint64_t dropped;
  if (trace->files[0] < 0 || !count_dropped(trace, &dropped))
    why = "its trace cannot be read";
  else if (ioctl(disk, BLKTRACESTART) < 0)
    why = strerror(errno);
  if (why) stop_trace(trace);
  return why;
}

bool read_trace(struct block_trace *trace, written_call *written, void *context) {
  static unsigned char data[64 << 10];
  bool whole = true;
  cpu_set_t before;
  sched_getaffinity(0, sizeof before, &before);
  open_files(trace);
  for (unsigned i = 0; i < trace->processors; i++) {
    if (trace->files[i] < 0) continue;
    /* An event is written with interrupts off: on its own processor it is there whole, or not yet.
       A processor that is off writes none. */
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(i, &here);
    sched_setaffinity(0, sizeof here, &here);
    ssize_t length;
    while ((length = read(trace->files[i], data, sizeof data)) > 0)
      if (!take_events(&trace->streams[i], data, (size_t)length, written, context)) whole = false;
    if (trace->streams[i].broken) whole = false;
    /* Padding between buffers is passed over by the kernel; what is left of a record is none. */
    if (length < 0 && errno != EAGAIN && errno != EINTR) whole = false;
  }
  sched_setaffinity(0, sizeof before, &before);
  uint64_t dropped = 0;
  if (!count_dropped(trace, &dropped)) return false;
  if (dropped != trace->dropped) whole = false;
  trace->dropped = dropped;
  return whole;
}

void stop_trace(struct block_trace *trace) {
  ioctl(trace->disk, BLKTRACESTOP);
  ioctl(trace->disk, BLKTRACETEARDOWN);
}
