import type { Shell } from '../remote/shell.ts';
import { orUnsupported } from './unsupported.ts';

/** An interface in a network namespace. */
export interface Device {
  namespace: string;
  name: string;
}

/**
 * Caps what interfaces send, in bytes a second each, by token buckets (tc-tbf(8)). Both ends of a wire
 * make a cap in both directions.
 */
export async function limitLink(
  shell: Shell,
  devices: readonly Device[],
  bytesPerSecond: number,
): Promise<void> {
  const bits = Math.round(bytesPerSecond * 8);
  // A bucket of 10 ms: smaller ones make the kernel's timer the limit.
  const burst = Math.max(16_384, Math.round(bytesPerSecond / 100));
  for (const { namespace, name } of devices) {
    const bucket = ['rate', `${bits}bit`, 'burst', `${burst}b`, 'latency', '50ms'];
    const argv = ['qdisc', 'replace', 'dev', name, 'root', 'tbf', ...bucket];
    await orUnsupported('--link-rate', () => shell.run(['tc', '-n', namespace, ...argv]));
  }
}

/** Lifts caps; interfaces without one are left as they are. */
export async function unlimitLink(shell: Shell, devices: readonly Device[]): Promise<void> {
  for (const { namespace, name } of devices) {
    // Deleting where there is none is an error; replacing is not.
    await shell.run(['tc', '-n', namespace, 'qdisc', 'replace', 'dev', name, 'root', 'pfifo']);
  }
}
