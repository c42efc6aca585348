const most = 4;

/** `a, b, c, d and 3 more`. */
export function listed(items: readonly string[]): string {
  const rest = items.length - most;
  return rest <= 0 ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${rest} more`;
}
