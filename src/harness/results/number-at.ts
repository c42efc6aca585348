const found = { value: 0, end: 0 };

/**
 * The JSON number that begins at `start`, and where it ends (the object is reused by the next call).
 * Undefined if there is none, or no whole one where one is asked for.
 */
export function numberAt(
  buffer: Buffer,
  start: number,
  stop: number,
  whole: boolean,
): Readonly<typeof found> | undefined {
  let digits = 0;
  let count = 0;
  let point = -1;
  let at = start;
  for (; at < stop; at++) {
    const byte = buffer[at] as number;
    if (byte >= 48 && byte <= 57) {
      digits = digits * 10 + byte - 48;
      count++;
    } else if (byte === 46 && point === -1 && at > start) point = at;
    else break;
  }
  const next = buffer[at];
  const ends = next === 44 || next === 125;
  found.end = at;
  // Up to 15 digits and a small power of ten are exact, so their quotient is the nearest double.
  if (ends && count > 0 && count <= 15 && point !== at - 1) {
    if (point === -1) found.value = digits;
    else if (whole) return undefined;
    else found.value = digits / 10 ** (at - 1 - point);
    return found;
  }
  return whole ? undefined : longNumberAt(buffer, start, stop);
}

function longNumberAt(buffer: Buffer, start: number, stop: number) {
  let at = start;
  while (at < stop && buffer[at] !== 44 && buffer[at] !== 125) at++;
  found.end = at;
  const text = buffer.toString('latin1', start, at);
  found.value = Number(text);
  const first = buffer[start] as number;
  const begins = first === 45 || (first >= 48 && first <= 57);
  return begins && Number.isFinite(found.value) ? found : undefined;
}
