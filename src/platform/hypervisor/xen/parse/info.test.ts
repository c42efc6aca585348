import { expect, it } from 'vitest';
import { fixture } from './fixture.example.ts';
import { parseInfo } from './info.ts';

it('reads what a host says', () => {
  expect(parseInfo(fixture('info.txt'))).toEqual({
    version: '4.17.7',
    scheduler: 'credit2',
    capabilities: ['pv', 'hvm', 'hap', 'gnttab-v1', 'gnttab-v2'],
    freeMemory: 1851 * 2 ** 20,
  });
});

it('reads what an older one says', () => {
  const text =
    'virt_caps              : hvm hvm_directio\nxen_major   : 4\nxen_minor  : 11\nxen_extra : .4\n';
  expect(parseInfo(text)).toEqual({
    version: '4.11.4',
    scheduler: 'unknown',
    capabilities: ['hvm', 'hvm_directio'],
    freeMemory: undefined,
  });
});

it('knows nothing of a text that says nothing', () => {
  expect(parseInfo('libxl_get_physinfo failed.')).toMatchObject({ version: 'unknown' });
});
