import { UserError } from '../../base/errors.ts';

/** The controller in each lab's network. */
export const controllerNumber = 254;

/** Of guests in each lab's network: no host has them. */
export const guestNumbers = { first: 64, last: 191 };

export function addressIn(subnet: number, number: number): string {
  return `10.77.${subnet}.${number}`;
}

/**
 * The first network 10.77.x.0/24 to which no route leads, default ones left out.
 * @param routes what `ip -4 -o route show table all` prints
 * @throws UserError if there is none
 */
export function freeSubnet(routes: string): number {
  const taken = [...routes.matchAll(/^(?:[a-z]+ )?(\d+)\.(\d+)\.(\d+)\.\d+(?:\/(\d+))?/gm)]
    .map(([, a, b, c, length = '32']) => ({
      network: (Number(a) << 16) | (Number(b) << 8) | Number(c),
      length: Math.min(Number(length), 24),
    }))
    // Shorter ones share out the default route, as VPNs do.
    .filter(({ length }) => length >= 8);
  for (let subnet = 0; subnet < 256; subnet++) {
    const ours = (10 << 16) | (77 << 8) | subnet;
    const led = taken.some(({ network, length }) => (network ^ ours) >> (24 - length) === 0);
    if (!led) return subnet;
  }
  throw new UserError({
    message: 'lab: expected a network 10.77.x.0/24 to which no route leads, found none',
    remedy: 'See "ip route show table all": a route to 10.0.0.0/8, or many labs.',
  });
}
