import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endsOf } from './hosts.ts';

let folder: string;
let hosts: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vg-p2v-'));
  hosts = join(folder, 'hosts.yaml');
  writeFileSync(hosts, 'hosts:\n  web1: { address: 10.0.0.1 }\n  node2: { address: 10.0.0.2 }\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('takes hosts of an inventory', () => {
  const { source, target } = endsOf({ source: 'web1', target: 'node2', hosts });
  expect([source.name, source.ssh?.address]).toEqual(['web1', '10.0.0.1']);
  expect(target?.name).toBe('node2');
  expect(endsOf({ source: 'web1', hosts }).target).toBeUndefined();
});

it('takes logins without one, as root unless told', () => {
  const { source, target } = endsOf({ source: '10.0.0.1', target: 'admin@[fd00::2]:2222' });
  expect(source.ssh).toMatchObject({ address: '10.0.0.1', user: 'root', port: 22 });
  expect(target?.ssh).toMatchObject({ address: 'fd00::2', user: 'admin', port: 2222 });
  expect([source.name, target?.name]).toEqual(['10.0.0.1', 'fd00--2-2222']);
});

it('takes no login for two', () => {
  const asked = { source: 'root@web1', target: 'admin@web1:22' };
  expect(() => endsOf(asked)).toThrow('--target: expected another host than the source');
});

it.each([
  [{ source: 'web2' }, 'SOURCE: expected a host of .*hosts.yaml \\(web1, node2\\), got web2'],
  [{ source: 'web1', target: 'node' }, '--target: expected a host of'],
  [{ source: 'web1', target: 'web1' }, '--target: expected another host than the source'],
])('refuses %j', (asked, message) => {
  expect(() => endsOf({ ...asked, hosts })).toThrow(new RegExp(message));
});

it.each(['-oProxyCommand=x', 'a b', '', 'root@', 'x:port'])('refuses the login %j', (source) => {
  expect(() => endsOf({ source })).toThrow('SOURCE: expected [user@]address[:port]');
});
