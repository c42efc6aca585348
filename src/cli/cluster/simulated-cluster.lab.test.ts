import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../base/free-port.ts';
import { openOperator } from '../../manager/member/operator.ts';
import type { BodyOf } from '../../manager/wire/messages/kinds.ts';
import { startVirtgauge, type Started } from '../virtgauge.example.ts';
import { untilAnswers } from './until-answers.example.ts';

const patience = { timeout: 120_000, interval: 100 };
// Each command is a process of its own; on a busy machine it starts slowly.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let place: string;
let port: number;
const begun: Started[] = [];

function start(...args: string[]) {
  const started = startVirtgauge(['cluster', ...args], { env: { VIRTGAUGE_STATE: place } });
  begun.push(started);
  return { ...started, ready: () => untilAnswers(started) };
}

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await start(...args).outcome;
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout.trim();
}

async function json(...args: string[]): Promise<unknown> {
  return JSON.parse(await run(...args, '--json'));
}

async function startMaster() {
  const master = start('master');
  await master.ready();
  return master;
}

const simulated = ['--hypervisor', 'simulated'];
const agentFolder = (host: string) => join(place, host);

async function startAgent(folder: string) {
  const where = ['--folder', folder, '--listen', '127.0.0.1:0'];
  const agent = start('agent', ...where, '--cpus', '64', ...simulated);
  await agent.ready();
  return agent;
}

async function addHost(host: string, folder = agentFolder(host)): Promise<void> {
  const token = await run('invite', host);
  const where = ['--folder', folder, '--master', `127.0.0.1:${port}`];
  await run('join', '--name', host, '--token', token, ...where);
  await startAgent(folder);
}

function audit(folder: string): { reason: string; detail: string }[] {
  const lines = readFileSync(join(folder, 'audit.ndjson'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { reason: string; detail: string });
}

let master: Awaited<ReturnType<typeof start>>;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  port = await freePort();
  await run('init', '--name', 'test', '--address', `127.0.0.1:${port}`);
  master = await startMaster();
  await Promise.all(['host-a', 'host-b'].map((host) => addHost(host)));
});

afterAll(async () => {
  for (const { child } of begun) child.kill('SIGKILL');
  await Promise.all(begun.map(({ outcome }) => outcome));
  rmSync(place, { recursive: true });
});

describe('a cluster of processes', () => {
  it('keeps keys to their owner', () => {
    for (const name of ['identity.pem', 'authority-key.pem', 'state.log']) {
      expect(statSync(join(place, 'cluster/master', name)).mode & 0o077).toBe(0);
    }
  });

  it('creates, moves and stops guests, and tells of them', async () => {
    const asked = ['create', 'web', '--memory', '256MiB', '--on', 'host-a'];
    expect(await json(...asked, '--dry-run')).toMatchObject({ host: 'host-a', dryRun: true });
    expect(await json(...asked, '--id', 'once')).toMatchObject({ state: 'done', host: 'host-a' });
    expect(await json(...asked, '--id', 'once')).toMatchObject({ state: 'done', host: 'host-a' });
    expect(await run('migrate', 'web')).toBe('migrate web from host-a to host-b: done');
    const { guests: all } = await query('guests');
    expect(all).toMatchObject([{ name: 'web', host: 'host-b', memory: 2 ** 28 }]);
    expect(await run('hosts')).toMatch(/host-b +up +1 of/);
    expect(await run('stop', 'web')).toBe('stop web on host-b: done');
    expect(await query('status')).toMatchObject({ hosts: 2, up: 2, guests: 1, running: 0 });
  });

  it('says what is wrong with a request', async () => {
    const { code, stderr } = await start('create', 'big', '--memory', '900TiB').outcome;
    expect(code).toBe(1);
    expect(stderr).toMatch(/no place for big: no host can take it: memory on 2 of 2/);
    const shell = await start('create', 'a; reboot').outcome;
    expect(shell.stderr).toMatch(/guest: expected a name/);
    const second = await start('master').outcome;
    expect(second.stderr).toMatch(/uses this folder/);
    const again = await start('init').outcome;
    expect(again.stderr).toMatch(/there is a member of a cluster here already/);
  });

  it('does everything that was accepted once, though the master is killed in the middle', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `g${index}`);
    const killed = (async () => {
      await vi.waitFor(async () => expect(await guests()).toBeGreaterThan(3), patience);
      master.child.kill('SIGKILL');
      await master.outcome;
      master = await startMaster();
    })();
    for (const name of names) await vi.waitFor(() => submit(name), patience);
    await killed;
    await vi.waitFor(async () => expect(await guests()).toBe(21), patience);
    const { operations } = await query('operations');
    const created = operations.filter(
      ({ action, state }) => action === 'create' && state === 'done',
    );
    expect(created.map(({ guest }) => guest).sort()).toEqual([...names, 'web'].sort());
    const results = ['host-a', 'host-b'].flatMap((host) => {
      const log = readFileSync(join(agentFolder(host), 'state.log'), 'utf8');
      return [...log.matchAll(/"begun","command":\{"id":"id-(\w+):/g)].map(([, name]) => name);
    });
    expect(results.sort()).toEqual([...names].sort());
  });

  it('trusts a host no more whose certificate is revoked', async () => {
    expect(await run('revoke', 'host-b')).toBe('host-b is trusted no more');
    await vi.waitFor(async () => {
      const { hosts } = await query('hosts');
      expect(hosts.map(({ health }) => health)).toEqual(['up', 'suspect']);
    }, patience);
    const reasons = audit(join(place, 'cluster/master')).map(({ reason }) => reason);
    expect(reasons).toContain('revoked');
    // Nobody is left to take what it runs.
    const { code, stdout } = await start('evacuate', 'host-a').outcome;
    expect(stdout).toMatch(/^g\d+ stays: /m);
    expect(code).toBe(2);
  });

  it('lets a lost host be a member no more once somebody has confirmed that it is off', async () => {
    const { code, stderr } = await start('remove-host', 'host-b').outcome;
    expect(stderr).toMatch(/host-b has .*: move them off .*cluster confirm-fenced host-b/);
    expect(code).toBe(1);
    expect((await start('confirm-fenced', 'host-a').outcome).stderr).toMatch(
      /heard of a moment ago/,
    );
    // A master that has begun anew takes it for one that was heard of then.
    await vi.waitFor(async () => {
      expect(await run('confirm-fenced', 'host-b')).toMatch(/^host-b counts as off/);
    }, patience);
    // Their disks were its own.
    const refused = await start('remove-host', 'host-b').outcome;
    expect(refused.stderr).toMatch(/they have no place elsewhere; --with-guests forgets them/);
    const gone = await run('remove-host', 'host-b', '--with-guests');
    expect(gone).toBe('host-b is a member no more');
    const { guests } = await query('guests');
    expect(new Set(guests.map(({ host }) => host))).toEqual(new Set(['host-a']));
    expect((await query('hosts')).hosts.map(({ name }) => name)).toEqual(['host-a']);
    await addHost('host-b', agentFolder('host-b-anew'));
    await vi.waitFor(async () => {
      const [, b] = (await query('hosts')).hosts;
      expect(b).toMatchObject({ name: 'host-b', health: 'up' });
    }, patience);
  });

  it('ends in order when it is asked to', async () => {
    master.child.kill('SIGTERM');
    expect(await master.outcome).toMatchObject({ code: 0, stderr: '' });
    const { stderr } = await start('status').outcome;
    expect(stderr).toMatch(/the master cannot be asked/);
  });
});

async function ask<T>(work: (operator: ReturnType<typeof openOperator>) => Promise<T>): Promise<T> {
  const operator = openOperator(join(place, 'cluster/operator'));
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}

/** The same id each time: whether the first attempt has arrived nobody knows. */
async function submit(name: string): Promise<void> {
  const spec = { vcpus: 1, memory: 2 ** 20, disk: 2 ** 20, image: 'micro' };
  await ask((operator) =>
    operator.ask(
      { kind: 'submit', id: `id-${name}`, action: 'create', guest: name, dryRun: false, spec },
      'operation',
    ),
  );
}

function query<K extends BodyOf<'query'>['what']>(what: K): Promise<BodyOf<K>> {
  return ask((operator) => operator.ask({ kind: 'query', what }, what));
}

async function guests(): Promise<number> {
  return (await query('status')).guests;
}
