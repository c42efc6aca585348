#include <linux/blktrace_api.h>
#include <string.h>

#include "carry.h"

/* Kernels before 4.14 have no such bit. */
enum { CATEGORY_SHIFT = 16 };

/* Notes (of processes, of time) have no number. */
static bool is_note(const struct blk_io_trace *event) {
  return event->action >> CATEGORY_SHIFT & BLK_TC_NOTIFY;
}

static bool take_event(struct trace_stream *stream, const struct blk_io_trace *event,
                       written_call *written, void *context) {
  stream->events++;
  if (is_note(event)) return true;
  /* The first of a processor has the number 1, if none was lost. */
  const bool follows = event->sequence == (stream->begun ? stream->sequence : 0) + 1;
  stream->sequence = event->sequence;
  stream->begun = true;
  const uint32_t category = event->action >> CATEGORY_SHIFT;
  if (!(category & BLK_TC_WRITE)) return follows;
  /* A command of a program to the device itself: its place is not told. */
  if (category & BLK_TC_PC) return false;
  if (event->bytes > 0) written(context, event->sector, ((uint64_t)event->bytes + 511) / 512);
  return follows;
}

bool take_events(struct trace_stream *stream, const unsigned char *data, size_t length,
                 written_call *written, void *context) {
  bool whole = !stream->broken;
  while (length > 0 && !stream->broken) {
    if (stream->skip > 0) {
      const size_t passed = stream->skip < length ? stream->skip : length;
      stream->skip -= passed;
      data += passed;
      length -= passed;
      continue;
    }
    struct blk_io_trace event;
    size_t missing = sizeof event - stream->held;
    if (missing > length) missing = length;
    memcpy(stream->head + stream->held, data, missing);
    stream->held += missing;
    data += missing;
    length -= missing;
    if (stream->held < sizeof event) break;
    memcpy(&event, stream->head, sizeof event);
    stream->held = 0;
    if (event.magic != (BLK_IO_TRACE_MAGIC | BLK_IO_TRACE_VERSION)) {
      stream->broken = true;
      return false;
    }
    stream->skip = event.pdu_len;
    if (!take_event(stream, &event, written, context)) whole = false;
  }
  return whole;
}
