import { expect, it } from 'vitest';
import type { Argv, Shell } from '../../platform/remote/shell.ts';
import { ownAddress } from './own-address.ts';

/** A controller whose `ip` prints routes as text only, as that of iproute2 4.15 does. */
function controller(text: string): { shell: Shell } {
  const run = (argv: Argv) => {
    expect(argv).toEqual(['ip', 'route', 'get', '10.77.0.2']);
    return Promise.resolve({ stdout: text, stderr: '' });
  };
  return { shell: { run } as unknown as Shell };
}

it.each([
  ['10.77.0.2 dev virbr0 src 10.77.0.1 uid 0 \n    cache \n', '10.77.0.1'],
  ['10.77.0.2 via 192.168.255.1 dev eth0 src 192.168.255.7 \n    cache \n', '192.168.255.7'],
  ['local 10.77.0.2 dev lo src 10.77.0.2 uid 0 \n    cache <local> \n', '10.77.0.2'],
  ['fd00::2 from :: dev eth0 proto kernel src fd00::1 metric 256 pref medium\n', 'fd00::1'],
])('reads %j', async (text, address) => {
  expect(await ownAddress(controller(text), '10.77.0.2')).toBe(address);
});

it('says where there is no way', async () => {
  const asked = ownAddress(controller('unreachable 10.77.0.2 dev lo \n'), '10.77.0.2');
  await expect(asked).rejects.toThrow('no way from here to 10.77.0.2: unreachable');
});
