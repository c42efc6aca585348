import { expect, it } from 'vitest';
import { parseDevices } from './devices.ts';
import { fixture } from './fixture.example.ts';

it('reads what a guest has', () => {
  expect(parseDevices(fixture('list-long.txt'))).toEqual({
    vcpus: 1,
    memory: 160 * 2 ** 20,
    disks: ['xvda'],
    nics: ['00:16:3e:79:00:40'],
  });
});

it('reads a guest without devices, and without what only some versions tell', () => {
  const config = { b_info: { max_vcpus: 2, max_memkb: 1024 }, c_info: { name: 'x' } };
  expect(parseDevices(JSON.stringify([{ domid: 1, config }]))).toEqual({
    ...{ vcpus: 2, memory: 2 ** 20, disks: [], nics: [] },
  });
});

it.each(['', '[]', '{}', '[{"domid": 1}]', 'null'])('says what is wrong with %j', (text) => {
  expect(() => parseDevices(text)).toThrow("expected a domain's configuration from xl list -l");
});
