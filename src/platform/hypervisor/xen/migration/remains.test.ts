import { describe, expect, it } from 'vitest';
import { markEnvironment } from '../../../ledger/kinds/marked-processes.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import { FakeXen, suspended } from './fake-xen.example.ts';
import { endIncoming, goOn, nameAgain, runsOn } from './remains.ts';

const spec = { name: 'web', environment: markEnvironment('1234abcd-rest') } as unknown as GuestSpec;
const domain = 'web-1234abcd';
const away = { name: `${domain}--migratedaway`, state: suspended };
const incoming = { name: `${domain}--incoming`, state: '-b----' };
const other = { name: 'app-1234abcd', state: '-b----' };

describe('what a migration has left whose programs were killed', () => {
  it('a guest that did not get away has its name again, and goes on only when it is let', async () => {
    const host = new FakeXen('a', { ...away }, { ...other });
    const { shell } = host.host;
    await nameAgain(shell, spec);
    expect(host.names).toEqual([`${domain} ---ss-`, `${other.name} -b----`]);
    expect(await runsOn(shell, spec)).toBe(false);
    await goOn({ spec, host: host.host } as unknown as Guest);
    expect(host.names).toEqual([`${domain} r-----`, `${other.name} -b----`]);
  });

  it('a guest that runs keeps its name beside one that has gone', async () => {
    const host = new FakeXen('a', { name: domain, state: '-b----' }, { ...away });
    await nameAgain(host.host.shell, spec);
    expect(host.names).toEqual([`${domain} -b----`, `${away.name} ---ss-`]);
    expect(await runsOn(host.host.shell, spec)).toBe(true);
  });

  it('one that was held is let go by the guest itself', async () => {
    const host = new FakeXen('a', { name: domain, state: '--p---' });
    let resumed = 0;
    const resume = () => {
      resumed++;
      return Promise.resolve();
    };
    await goOn({ spec, host: host.host, resume } as unknown as Guest);
    expect(resumed).toBe(1);
  });

  it('one that was to come and was not let go is ended, and no other', async () => {
    const host = new FakeXen('b', { ...incoming }, { ...other });
    const { shell } = host.host;
    expect(await runsOn(shell, spec)).toBe(false);
    await endIncoming(shell, spec);
    expect(host.names).toEqual([`${other.name} -b----`]);
  });

  it('of a host that does not answer nothing is known', async () => {
    const host = new FakeXen('b', { ...incoming });
    host.answers = false;
    await expect(endIncoming(host.host.shell, spec)).rejects.toThrow('is not known');
    await expect(runsOn(host.host.shell, spec)).rejects.toThrow('is not known');
  });
});
