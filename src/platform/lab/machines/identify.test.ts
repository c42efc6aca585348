import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MachinesRecord } from '../lab-record.ts';
import { identify, identityOf } from './identify.ts';
import { machineFiles, planMachines } from './plan.ts';
import type { Machine } from './process.ts';

let parent: string;
let lab: MachinesRecord;
let machine: Pick<Machine, 'host' | 'gone'>;
let server: Server | undefined;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'virtgauge-identify-'));
  const draw = { name: 'lab', token: '0123456789abcdef', subnet: 3, parent };
  const xen = {
    machine: 'xen',
    image: { key: 'k', append: '', disk: '/d' },
    memory: 2 ** 31,
  } as const;
  lab = {
    ...{ kind: 'machines', ...planMachines(draw, [xen, xen]), maker: 'me', startedAt: 'now' },
    ...{ accelerator: 'tcg', diskCache: 'unsafe' },
  };
  mkdirSync(join(lab.folder, 'keys'), { recursive: true });
  for (const name of ['id', 'id.pub', 'known_hosts']) {
    writeFileSync(join(lab.folder, 'keys', name), `${name} of all\n`);
  }
  for (const { folder, name } of lab.hosts) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'host_key'), `key of ${name}\n`);
    writeFileSync(join(folder, 'host_key.pub'), `public key of ${name}\n`);
  }
  const [host] = lab.hosts;
  if (host === undefined) throw new Error('no host');
  machine = { host, gone: new Promise(() => undefined) };
});
afterEach(() => {
  server?.close();
  rmSync(parent, { recursive: true });
});

/** A machine that answers so to the line that it gets. */
function answering(answer: (line: string) => string): Promise<void> {
  const made = createServer((socket) => {
    // Who is asked may be gone before it answers.
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => socket.write(answer(chunk.toString())));
  });
  server = made;
  return new Promise((resolve) => made.listen(machineFiles(machine.host).port, resolve));
}

it('gives each machine a name, an address and keys of its own, and all the same peers', () => {
  const [first, second] = lab.hosts.map((host) => identityOf(lab, host, 12));
  expect(second).toEqual({
    ...{ name: 'h2', address: '10.77.3.2/24', peers: { h1: '10.77.3.1', h2: '10.77.3.2' } },
    ...{ hostKey: 'key of h2\n', hostKeyPublic: 'public key of h2\n' },
    ...{ authorizedKeys: 'id.pub of all\n', userKey: 'id of all\n' },
    ...{ userKnownHosts: 'known_hosts of all\n', time: 12 },
  });
  expect(first?.peers).toEqual(second?.peers);
});

it('lets the first serve what all share', () => {
  const shared = { ...lab, shared: 'nfs' as const };
  const asked = lab.hosts.map((host) => identityOf(shared, host, 12).nfs);
  expect(asked).toEqual([{ serve: true }, { from: '10.77.3.1' }]);
});

it('lets a plain machine neither serve nor mount it', () => {
  const hosts = lab.hosts.map((host, index) =>
    index === 0 ? { ...host, machine: 'plain' as const } : host,
  );
  const shared = { ...lab, hosts, shared: 'nfs' as const };
  expect(hosts.map((host) => identityOf(shared, host, 12).nfs)).toEqual([
    undefined,
    { serve: true },
  ]);
});

it('ends when the machine says that it is ready', async () => {
  let got = '';
  await answering((line) => {
    got += line;
    return got.endsWith('\n') ? '{"ready":true}\n' : '';
  });
  await identify(lab, machine, 60);
  expect(got).toContain(Buffer.from('h1').toString('base64'));
});

it('says what the machine could not do', async () => {
  const error = Buffer.from('mount: refused').toString('base64');
  await answering(() => `{"error":"${error}"}\n`);
  await expect(identify(lab, machine, 60)).rejects.toThrow(
    'machine h1: expected it to take its name and addresses, got: mount: refused',
  );
});

it('says how a machine ended that did not answer', async () => {
  await answering(() => '');
  machine.gone = Promise.resolve('it has panicked:\nKernel panic - not syncing: oops');
  await expect(identify(lab, machine, 60)).rejects.toThrow(
    'machine h1: expected it to start; it has panicked:\nKernel panic - not syncing: oops',
  );
});

it('shows the end of the console of one that is silent', async () => {
  await answering(() => '');
  writeFileSync(machineFiles(machine.host).console, 'waiting for a disk\n');
  await expect(identify(lab, machine, 0.1)).rejects.toThrow(
    'within 0.1 s; the end of its console:\nwaiting for a disk',
  );
});

it('ends at once when it is called off', async () => {
  await answering(() => '');
  const called = identify(lab, machine, 600, AbortSignal.abort(new Error('interrupted')));
  await expect(called).rejects.toThrow('interrupted');
});
