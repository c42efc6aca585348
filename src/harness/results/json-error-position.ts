/**
 * Where a text stops being JSON: the offset of the first character that no JSON text has in that
 * place, or the length of the text if it merely ends too soon. Node's own messages name a position
 * only for some mistakes, so it is found by parsing ever closer beginnings of the text.
 */
export function jsonErrorPosition(text: string): number {
  // A beginning that is broken in itself stays broken, however it goes on.
  let sound = 0;
  let broken = text.length + 1;
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    if (isBroken(text.slice(0, middle))) broken = middle;
    else sound = middle;
  }
  return sound;
}

/** Whether no text that begins like this is JSON. */
function isBroken(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /at position (\d+)/.exec(message)?.[1];
    if (position !== undefined) return Number(position) < beginning.length;
    return !message.startsWith('Unexpected end');
  }
}
