import { hostProgram } from '../../programs/host-program.ts';
import type { Host } from '../../remote/host.ts';
import type { Shell } from '../../remote/shell.ts';

/** The service's port for requests over HTTP, and over UDP. */
export const servicePorts = { http: 80, udp: 7 } as const;

const script = '/usr/sbin/vg-service';
const file = '/var/lib/vg/witness';

export interface OwnServiceOptions {
  /** `ADDRESS:PORT` to which each acknowledged write is reported. */
  report: string;
  /** Writes a second. */
  rate: number;
  /** Bytes of the file that the writes go round in; a multiple of 4096. */
  bytes: number;
}

/**
 * Puts a small web service and a write witness on a machine of a lab, starts them, and has its init
 * start them at each boot. The witness goes on behind the highest number that it has on the disk.
 * @param machine whose init reads /etc/inittab
 */
export async function installOwnService(
  machine: Host,
  { report, rate, bytes }: OwnServiceOptions,
): Promise<void> {
  const { shell } = machine;
  const program = await hostProgram(machine, undefined, 'vg-guest');
  const round = ['--file', file, '--bytes', String(bytes)].join(' ');
  // The service comes first: what the witness has to look at before takes time.
  const text = `#!/bin/sh
${program} serve --udp ${servicePorts.udp} --http ${servicePorts.http} &
highest=$(${program} witness-check ${round} --acknowledged 0 2> /dev/null |
  sed 's/.*"highest":\\([0-9]*\\).*/\\1/')
exec ${program} witness ${round} --start $((highest + 1)) --rate ${rate} --report ${report} --quiet
`;
  await shell.writeFile(script, text);
  const steps = [
    'mkdir -p -- "$(dirname "$2")"',
    // Zeros are written now: later writes change no metadata, and a full disk shows.
    'head -c "$3" /dev/zero > "$2"',
    'chmod 755 "$1"',
    'grep -q "$1" /etc/inittab || echo "::once:$1" >> /etc/inittab',
    'sync',
  ].join(' && ');
  await shell.run(['sh', '-c', steps, 'sh', script, file, String(bytes)], { timeout: 120 });
  await shell.start(['setsid', script]);
}

/**
 * Stops the witness, wherever the machine runs by now, and looks past its cache which of the
 * acknowledged writes are not on its disk.
 */
export async function checkOwnService(
  shell: Shell,
  program: string,
  { bytes }: Pick<OwnServiceOptions, 'bytes'>,
  acknowledged: number,
): Promise<{ missing: number; report: string }> {
  await shell.run(['sh', '-c', 'busybox killall vg-guest || :'], { timeout: 60 });
  const { stdout } = await shell.run(
    [
      ...([program, 'witness-check', '--file', file] as const),
      ...['--bytes', String(bytes), '--acknowledged', String(acknowledged)],
    ],
    { timeout: 120 },
  );
  const { missingAcknowledgedCount } = JSON.parse(stdout) as { missingAcknowledgedCount: number };
  return { missing: missingAcknowledgedCount, report: stdout };
}
