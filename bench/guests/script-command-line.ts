import { join } from 'node:path';
import { qemuCommandLine } from '../../src/platform/hypervisor/qemu/command-line.ts';
import type { GuestSpec } from '../../src/platform/hypervisor/hypervisor.ts';

/** Options that only serve virtgauge's monitor and its stamps, each with its value. */
const dropped = new Set(['-msg', '-D', '-trace', '-mon']);

/**
 * The same QEMU with the same guest hardware, as a script starts it: its CPUs run at once, there is
 * no monitor and no tracing, the console goes to a file, the UDP port is known beforehand.
 */
export function scriptCommandLine(spec: GuestSpec, port: number): string[] {
  const line = qemuCommandLine(spec);
  const kept: string[] = [];
  for (let index = 0; index < line.length; index++) {
    const word = line[index] ?? '';
    const value = line[index + 1] ?? '';
    if (word === '-S') continue;
    if (dropped.has(word) || (word === '-chardev' && value.startsWith('socket,id=monitor,'))) {
      index++;
      continue;
    }
    kept.push(changed(word, spec, port));
  }
  return kept;
}

function changed(word: string, { directory }: GuestSpec, port: number): string {
  if (word.startsWith('socket,id=console,')) {
    return `file,id=console,path=${join(directory, 'console.log').replaceAll(',', ',,')}`;
  }
  return word.replace('hostfwd=udp:127.0.0.1:0-', `hostfwd=udp:127.0.0.1:${port}-`);
}
