/** Ticks of a log axis: powers of ten, with 2 and 5 between them where there are few. */
export function logTicks(low: number, high: number): number[] {
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const between = to - from > 4 ? [1] : to - from > 2 ? [1, 3] : [1, 2, 5];
  const all: number[] = [];
  for (let power = from; power <= to; power++) {
    for (const digit of between) all.push(Number(`${digit}e${power}`));
  }
  return all.filter((tick) => tick >= low && tick <= high);
}
