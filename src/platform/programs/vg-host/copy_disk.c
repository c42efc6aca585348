/* Sends ranges of a disk to an NBD export, over several connections at once. Ranges come on standard
   input, `OFFSET BYTES` a line; each piece that is written is told, `done OFFSET BYTES`, and at the end
   `flushed` once all of it is on stable storage. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nbd.h"
#include "pieces.h"
#include "vg-host.h"

enum {
  BLOCK = 4096,     /* bytes: zeros are looked for in these */
  LEAST_ZEROS = 16, /* blocks: a shorter run of zeros is sent, as a request costs more */
  MOST_STREAMS = 32,
};

struct job {
  const char *from, *export;
  union address to;
  socklen_t size;
  unsigned patience;
  bool write_zeros;
  const struct piece *pieces;
  size_t count;
  size_t *next; /* shared by the streams */
};

static const char command[] = "copy-disk";

/* How many bytes from `at` on are alike: zeros in runs worth leaving out, or not. */
static size_t run_of(const char *data, size_t at, size_t end, bool *zeros) {
  size_t data_end = at, zero_end = at;
  while (zero_end < end) {
    const size_t bytes = end - zero_end < BLOCK ? end - zero_end : BLOCK;
    if (is_zero(data + zero_end, bytes)) {
      zero_end += bytes;
      continue;
    }
    if (zero_end - data_end >= LEAST_ZEROS * BLOCK || (data_end == at && zero_end > at)) break;
    zero_end += bytes;
    data_end = zero_end;
  }
  /* A run of zeros at the begin, else data up to the zeros that follow. */
  *zeros = data_end == at && zero_end > at;
  return (*zeros ? zero_end : data_end) - at;
}

static bool send_piece(struct nbd *nbd, const struct job *job, const struct piece *piece,
                       const char *data) {
  for (size_t at = 0; at < piece->bytes;) {
    bool zeros;
    const size_t bytes = run_of(data, at, piece->bytes, &zeros);
    const uint64_t offset = piece->offset + at;
    if (!zeros || (job->write_zeros && !nbd->can_write_zeroes)) {
      if (!nbd_ask(nbd, NBD_WRITE, offset, (uint32_t)bytes, data + at)) return false;
    } else if (job->write_zeros) {
      if (!nbd_ask(nbd, NBD_WRITE_ZEROES, offset, (uint32_t)bytes, NULL)) return false;
    }
    at += bytes;
  }
  return nbd_await_all(nbd);
}

/* One connection: takes piece after piece. */
static _Noreturn void stream(const struct job *job) {
  struct nbd nbd;
  const int fd = open_uncached(command, job->from);
  char *data = piece_buffer(command);
  if (!nbd_connect(&nbd, &job->to, job->size, job->export, job->patience))
    fail(command, "the target", errno);
  for (size_t i; (i = __atomic_fetch_add(job->next, 1, __ATOMIC_RELAXED)) < job->count;) {
    const struct piece *piece = &job->pieces[i];
    if (piece->offset + piece->bytes > nbd.bytes) fail(command, "the target is smaller", ENOSPC);
    read_piece(command, job->from, fd, piece, data);
    if (!send_piece(&nbd, job, piece, data)) fail(command, "the target", errno);
    char line[64];
    const int length = snprintf(line, sizeof line, "done %llu %llu\n",
                                (unsigned long long)piece->offset, (unsigned long long)piece->bytes);
    /* At once: a pipe takes a short line whole. */
    if (write(STDOUT_FILENO, line, (size_t)length) != length) fail(command, "output", errno);
  }
  if (!nbd_ask(&nbd, NBD_FLUSH, 0, 0, NULL) || !nbd_await_all(&nbd) ||
      !nbd_ask(&nbd, NBD_DISCONNECT, 0, 0, NULL))
    fail(command, "the target", errno);
  exit(EXIT_GOOD);
}

int copy_disk(char **arguments) {
  struct job job = {0};
  const char *to = NULL;
  uint64_t streams = 4, patience = 30;
  const struct option_spec options[] = {
      {.name = "--from", .string = &job.from},
      {.name = "--to", .string = &to},
      {.name = "--export", .string = &job.export},
      {.name = "--streams", .number = &streams},
      {.name = "--patience", .number = &patience},
      {.name = "--write-zeros", .flag = &job.write_zeros},
      {.name = NULL},
  };
  parse_options(command, arguments, options);
  if (!job.from || !job.export) usage_error(command, "--from and --export are needed");
  job.size = to ? parse_address(to, &job.to) : 0;
  if (job.size == 0) usage_error(command, "--to: expected ADDRESS:PORT, got %s", to ? to : "nothing");
  if (streams < 1 || streams > MOST_STREAMS)
    usage_error(command, "--streams: expected 1 to %d", MOST_STREAMS);
  job.patience = (unsigned)patience;
  job.pieces = read_pieces(command, &job.count);
  job.next = mmap(NULL, sizeof *job.next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (job.next == MAP_FAILED) fail(command, "memory", errno);
  signal(SIGPIPE, SIG_IGN);
  if (streams > job.count) streams = job.count ? job.count : 1;
  for (uint64_t i = 0; i < streams; i++) {
    const pid_t child = fork();
    if (child < 0) fail(command, "fork", errno);
    if (child > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    stream(&job);
  }
  for (int status; wait(&status) > 0;)
    /* The others end with us. */
    if (status != 0) return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
  puts("flushed");
  return EXIT_GOOD;
}
