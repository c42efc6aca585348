/** Ticks of a log axis: powers of ten, with 3, or with 2 and 5, between them where there are few. */
export function logTicks(low: number, high: number): number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = Math.log10(high / low);
  const between = decades > 3.5 ? [1] : decades > 1.7 ? [1, 3] : [1, 2, 5];
  const all: number[] = [];
  for (let power = from; power <= to; power++) {
    for (const digit of between) all.push(Number(`${digit}e${power}`));
  }
  return all.filter((tick) => tick >= low && tick <= high);
}
