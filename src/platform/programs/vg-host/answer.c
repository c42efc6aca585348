#include <string.h>

#include "vg-host.h"

/* The next word, which ends at a space or at the end; moves on behind it. */
static const char *next_word(const char **text, const char *end, size_t *length) {
  const char *word = *text;
  const char *space = memchr(word, ' ', (size_t)(end - word));
  *length = (size_t)((space ? space : end) - word);
  *text = space ? space + 1 : end;
  return word;
}

bool parse_answer(const char *text, size_t length, struct answer *answer) {
  const char *end = text + length;
  if (length > 0 && end[-1] == '\n') end--;
  if (length < 4 || memcmp(text, "VG1 ", 4) != 0) return false;
  text += 4;

  const char *word = next_word(&text, end, &length);
  if (!parse_number(word, length, &answer->sequence)) return false;

  word = next_word(&text, end, &length);
  if (length != INSTANCE_LENGTH) return false;
  memcpy(answer->instance, word, length);
  answer->instance[length] = '\0';
  if (strspn(answer->instance, "0123456789abcdef") != length) return false;

  word = next_word(&text, end, &length);
  if (!parse_number(word, length, &answer->monotonic)) return false;
  word = next_word(&text, end, &length);
  return parse_number(word, length, &answer->realtime) && text == end;
}
