import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readDomain } from './domain-xml.ts';

const folder = mkdtempSync(join(tmpdir(), 'virtgauge-domain-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'machine.xml');
  writeFileSync(path, text);
  return path;
}

it('reads what is a domain of QEMU', async () => {
  const xml = "<domain type='kvm'><name>a</name></domain>";
  expect(await readDomain(file(xml))).toBe(xml);
  expect(await readDomain(undefined)).toBeUndefined();
});

it('names the file that is none, and why', async () => {
  const path = file("<domain type='xen'/>");
  await expect(readDomain(path)).rejects.toThrow(`${path}: expected the XML of a libvirt domain`);
  await expect(readDomain(`${path}.absent`)).rejects.toThrow('guest.domain: cannot read it');
});
