import type { Host } from './host.ts';
import type { Shell } from './shell.ts';

/** A host under software emulation takes many times as long, and its processors are shared. */
const emulatedTakes = 4;

/** Seconds that some hosts get where one of bare metal gets `seconds`. */
export function patienceWith(
  hosts: readonly { emulated?: boolean | undefined }[],
  seconds: number,
): number {
  return hosts.some(({ emulated }) => emulated === true) ? seconds * emulatedTakes : seconds;
}

/** The shell of a host, whose commands get the time that such a host needs. */
export function patientShell(shell: Shell, host: Pick<Host, 'emulated'>): Shell {
  if (host.emulated !== true) return shell;
  const run: Shell['run'] = (argv, options = {}) => {
    const { timeout } = options;
    return shell.run(argv, {
      ...options,
      ...(timeout !== undefined && { timeout: patienceWith([host], timeout) }),
    });
  };
  // Its methods are those of a class, which are not copied.
  return new Proxy(shell, { get: (target, key) => (key === 'run' ? run : bound(target, key)) });
}

function bound(shell: Shell, key: string | symbol): unknown {
  const value: unknown = Reflect.get(shell, key, shell);
  return typeof value === 'function' ? (value.bind(shell) as unknown) : value;
}
