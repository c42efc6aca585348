#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vg-guest.h"

static int digit(char character) {
  static const char digits[] = "0123456789abcdef";
  const char *place = memchr(digits, character, sizeof digits - 1);
  return place ? (int)(place - digits) : -1;
}

void add_entropy(const char *command, const char *text) {
  struct {
    int bits;
    int bytes;
    unsigned char data[ENTROPY_BYTES];
  } pool = {.bits = 8 * ENTROPY_BYTES, .bytes = ENTROPY_BYTES};
  if (strlen(text) != 2 * ENTROPY_BYTES || strspn(text, "0123456789abcdef") != strlen(text))
    usage_error(command, "--entropy: expected %d hexadecimal digits", 2 * ENTROPY_BYTES);
  for (int i = 0; i < ENTROPY_BYTES; i++)
    pool.data[i] = (unsigned char)(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));

  int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
  /* The pool alone changes nothing for minutes: the generator takes from it when it is due. */
  if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0)
    fail(command, "entropy", errno);
  close(fd);
}
