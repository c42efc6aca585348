/** Three significant digits, more only where the whole part has them: `0.0123`, `4.56`, `1235`. */
export function numberText(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(digits).replace('-', '−');
}
