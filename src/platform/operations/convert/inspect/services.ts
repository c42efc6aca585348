import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';

/** What the machine serves. */
export interface Services {
  /** TCP ports that others reach, in order. */
  ports: number[];
  /** systemd's units that run; undefined without systemd. */
  units?: string[];
}

const script = `
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; ${separate}
[ -d /run/systemd/system ] &&
  systemctl list-units --type=service --state=running --no-legend --plain --no-pager 2>/dev/null
true`;

export async function readServices(shell: Shell): Promise<Services> {
  return parseServices(await look(shell, script));
}

const listening = '0A';

/** @param text `/proc/net/tcp` and `tcp6`, then what `systemctl list-units` printed */
export function parseServices(text: string): Services {
  const [sockets = '', units = ''] = partsOf(text);
  const ports = sockets.split('\n').flatMap((line) => {
    const [, address = '', port = '', state] =
      /^\s*\d+:\s+([0-9A-F]+):([0-9A-F]{4})\s+\S+\s+([0-9A-F]{2})\s/.exec(line) ?? [];
    return state === listening && !isLoopback(address) ? [parseInt(port, 16)] : [];
  });
  const names = units
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((name) => name.endsWith('.service'));
  return {
    ports: [...new Set(ports)].sort((a, b) => a - b),
    ...(names.length > 0 && { units: names.map((name) => name.replace(/\.service$/, '')) }),
  };
}

/** Little-endian words: 127.0.0.0/8 ends with 7F, ::1 is one word of 1. */
function isLoopback(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F');
  return address === '00000000000000000000000001000000' || /^0{16}FFFF0000.{6}7F$/.test(address);
}
