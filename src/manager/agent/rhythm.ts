/**
 * When the next heartbeat is due. It keeps to its own beat: counted from when the last one was answered,
 * a stall would put all that waited for it in step, and they would stay so.
 * @param due when the last one that was due was; all in the same unit
 * @returns the first beat that is at least half a period away: what has just been told is not told again
 *   at once, though a timer was early or news came before
 */
export function nextBeat(due: number, now: number, period: number): number {
  return due + Math.max(0, Math.ceil((now - due) / period + 0.5)) * period;
}
