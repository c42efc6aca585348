import { randomBytes } from 'node:crypto';
import type { GuestControl } from './control/control.ts';

/** What tells a restored guest from the others of the same saved state. */
export interface GuestIdentity {
  hostname: string;
  mac: string;
  /** Such as `10.77.0.64/24`; without one it keeps none but its link-local IPv6 address. */
  address?: string;
  /** Of its service: 16 hexadecimal digits. */
  instance: string;
}

/** Bytes of randomness for the kernel's generator, as `vg-guest identity` takes them. */
const entropyBytes = 64;

/** As the service writes it. */
export function newInstance(): string {
  return randomBytes(8).toString('hex');
}

/**
 * Gives a restored guest its identity: randomness of its own and the controller's wall clock first,
 * then names and addresses; its network is up afterwards, and its console has the mark `identity`.
 * @param wall seconds since 1970
 * @returns when all was done, in seconds on the guest's clock since its kernel started
 * @throws Error with what the guest said
 */
export async function fixIdentity(
  control: Pick<GuestControl, 'run'>,
  { hostname, mac, address, instance }: GuestIdentity,
  signal: AbortSignal,
  wall: () => number = () => Date.now() / 1000,
): Promise<number> {
  const { code, stdout, stderr } = await control.run(
    [
      ...(['vg-guest', 'identity'] as const),
      ...['--entropy', randomBytes(entropyBytes).toString('hex')],
      ...['--hostname', hostname],
      ...['--service', '/run/vg-service', '--instance', instance],
      ...['--interface', 'eth0', '--mac', mac],
      ...(address === undefined ? [] : ['--address', address]),
      ...['--console', '/dev/console'],
      ...['--wall', BigInt(Math.round(wall() * 1e6)).toString() + '000'],
    ],
    { signal },
  );
  const done = /^vg-mark identity (\d+\.\d+)$/m.exec(stdout)?.[1];
  if (code === 0 && done !== undefined) return Number(done);
  throw new Error(`did not take its identity: ${stderr.trim() || `code ${code}`}`);
}

/**
 * Takes a guest off the network before its state is saved, so that no two guests of the state are
 * ever there under one address, and puts all that it has written onto its disk.
 */
export async function giveUpIdentity(
  control: Pick<GuestControl, 'run'>,
  signal: AbortSignal,
): Promise<void> {
  const script = 'ip addr flush dev eth0 && ip link set eth0 down && sync && sleep 1 && sync';
  const { code, stderr } = await control.run(['sh', '-c', script], { signal });
  if (code !== 0) throw new Error(`did not leave the network: ${stderr.trim() || `code ${code}`}`);
}
