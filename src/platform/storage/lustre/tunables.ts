/**
 * Reads `lctl get_param` of tunables of a client: the last part of each name → its values, each once:
 * `osc.lustre-OST0000-osc-ffff8881.max_rpcs_in_flight=8` → 8 for `max_rpcs_in_flight`. A list of
 * choices gives the one in brackets; values that stand below their name are taken by their own key.
 */
export function parseTunables(text: string): Map<string, string> {
  const found = new Map<string, Set<string>>();
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^[\w-]+(?:\.[^\s=]+)*\.([\w-]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      open = value.trim() === '' ? name : undefined;
      if (open === undefined) note(found, name, chosen(value));
      continue;
    }
    const [, key, below = ''] = /^(\w+):\s+(\S+)\s*$/.exec(line) ?? [];
    if (open !== undefined && key === open) note(found, key, below);
  }
  return new Map([...found].map(([name, values]) => [name, [...values].join(', ')]));
}

function note(found: Map<string, Set<string>>, name: string, value: string): void {
  const values = found.get(name) ?? new Set();
  found.set(name, values.add(value));
}

function chosen(value: string): string {
  return /\[(\S+)\]/.exec(value)?.[1] ?? value.trim();
}
