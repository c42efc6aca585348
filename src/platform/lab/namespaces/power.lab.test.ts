import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readLab } from '../index.ts';
import { isRoot, testLab, unlessRoot } from './lab.example.ts';
import { killHost, startHostAgain } from './power.ts';

const lab = testLab('power');
afterEach(lab.removeAll);
afterAll(lab.close);

function record() {
  const found = readLab(lab.state, lab.name);
  if (found?.kind !== 'namespaces') throw new Error('expected a lab of namespaces');
  return found;
}

describe.skipIf(!isRoot)(`hosts that are killed${unlessRoot}`, () => {
  it('end with all that runs in them, and come back with their disk and address', async () => {
    await lab.up({ namespaces: 2, shared: 'directory' });
    lab.ssh(0, 'echo kept > /srv/local/file; echo gone > /tmp/file');
    lab.ssh(0, 'setsid sleep 3601 > /dev/null 2>&1 < /dev/null &');
    await killHost(record(), 'h1');
    await killHost(record(), 'h1');
    expect(() => lab.ssh(0, 'true')).toThrow();
    expect(lab.ssh(1, 'hostname')).toBe('h2');

    await startHostAgain(record(), 'h1', []);
    await startHostAgain(record(), 'h1', []);
    expect(
      lab.ssh(
        0,
        'hostname; cat /srv/local/file; cat /tmp/file 2> /dev/null; pgrep -f "sleep 360[1]" || echo',
      ),
    ).toBe('h1\nkept');
    lab.ssh(0, 'exec 3<>/dev/tcp/h2/22 && head -c 7 <&3');
    const token = lab.token();
    await lab.down();
    expect(lab.traces(token)).toEqual([]);
  });
});
