/** `a, b, c, d and 3 more`. */
export function listed(items: readonly string[], most = 4): string {
  const rest = items.length - most;
  return rest <= 0 ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${rest} more`;
}
