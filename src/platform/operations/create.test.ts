import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { Console } from '../guest/console.ts';
import type { GuestControl } from '../guest/control/control.ts';
import type { Guest, Hypervisor } from '../hypervisor/hypervisor.ts';
import type { Shell } from '../remote/shell.ts';
import { thisMachine } from '../remote/this-machine.ts';
import { createGuest, type CreateRequest } from './create.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const act of cleanUp.splice(0)) act();
});

/** A service that answers as the one in guests does. */
async function startService(): Promise<{ host: string; port: number }> {
  const socket = createSocket('udp4');
  cleanUp.push(() => socket.close());
  socket.on('message', (message, from) => {
    const sequence = message.toString().split(' ')[1] ?? '';
    const now = process.hrtime.bigint();
    socket.send(`VG1 ${sequence} 00112233aabbccdd ${now} ${now}\n`, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { host: '127.0.0.1', port: socket.address().port };
}

interface Fake {
  /** What the guest prints when it is let go. */
  prints: string;
  /** When its agent answers: its wall clock, or never. */
  agent: Promise<number>;
  /** Whether it gets its kernel from outside. */
  kernel?: boolean;
  bootTimeout?: number;
}

async function create({ prints, agent, kernel = false, bootTimeout = 10 }: Fake) {
  const address = await startService();
  const [ours, theirs] = duplexPair();
  let destroyed = false;
  const hypervisor: Hypervisor = {
    name: 'fake',
    devices: { disk: '/dev/vda', diskPath: '', networkPath: '' },
    versions: () => Promise.resolve({}),
    launch: ({ clock }, spec) =>
      Promise.resolve({
        spec,
        pid: 0,
        console: new Console(ours, clock),
        control: { ready: () => agent } as GuestControl,
        service: { udp: address, http: address },
        gone: new Promise(() => undefined),
        stamps: {},
        faults: [] as readonly string[],
        resume: () => {
          theirs.write(prints);
          return Promise.resolve();
        },
        destroy: () => {
          destroyed = true;
          return Promise.resolve();
        },
      } as unknown as Guest),
  };
  const shell = { run: () => Promise.resolve({ stdout: '', stderr: '' }) } as unknown as Shell;
  const request = {
    spec: { disk: {}, ...(kernel && { kernel: {} }) },
    template: { path: '/template', format: 'raw' },
    diskPath: '/disk',
    provisioning: { method: 'copy', durability: 'buffered' },
    bootTimeout,
  } as CreateRequest;
  const created = createGuest(
    { host: { ...thisMachine('/cache'), shell }, hypervisor },
    request,
    new AbortController().signal,
  );
  return { created, destroyed: () => destroyed };
}

const never = new Promise<number>(() => undefined);
const ownKernel = [
  'GRUB loading.\r\n',
  '[    0.000000] Linux version 6.1.0-cloud-amd64 (gcc-12)\r\n',
  '[    2.500000][    T1] Run /init as init process\r\n',
].join('');

describe('createGuest', () => {
  it('waits for the agent and stamps it', async () => {
    const { created } = await create({ prints: '', agent: Promise.resolve(5) });
    const { stamps, checks } = await created;
    expect(stamps.agent).toBeGreaterThanOrEqual(stamps.requested);
    expect(checks.agent).toBeTypeOf('number');
  });

  it('needs no agent of a guest that says that it has none', async () => {
    const { created } = await create({ prints: 'vg-mark no_agent 12.5\n', agent: never });
    const { stamps, checks, instance } = await created;
    expect(instance).toBe('00112233aabbccdd');
    expect(stamps).not.toHaveProperty('agent');
    expect(checks).not.toHaveProperty('agent');
  });

  it('says that only the agent is missing, and ends the guest', async () => {
    const { created, destroyed } = await create({ prints: '', agent: never, bootTimeout: 0.2 });
    await expect(created).rejects.toThrow(
      'answered, but its guest agent did not within 0.2 s; its console is empty',
    );
    expect(destroyed()).toBe(true);
  });

  it("takes kernel and init from the kernel's own lines where the disk boots itself", async () => {
    const { created } = await create({ prints: ownKernel, agent: Promise.resolve(0) });
    const { stamps, checks, clockOffset } = await created;
    expect(stamps.kernel).toBeTypeOf('number');
    expect(stamps.init).toBeTypeOf('number');
    expect(checks.init).toBe(2.5 + clockOffset.sinceBoot);
  });

  it('leaves out boundaries of a kernel that says nothing', async () => {
    const { created } = await create({ prints: 'GRUB loading.\r\n', agent: Promise.resolve(0) });
    const { stamps } = await created;
    expect(stamps).not.toHaveProperty('kernel');
    expect(stamps).not.toHaveProperty('init');
  });

  it('takes the first byte for the kernel where that was given from outside', async () => {
    const { created } = await create({
      prints: 'Booting\nvg-mark init 0.25\n',
      agent: Promise.resolve(0),
      kernel: true,
    });
    const { stamps, checks, clockOffset } = await created;
    expect(stamps.kernel).toBeTypeOf('number');
    expect(checks.init).toBe(0.25 + clockOffset.sinceBoot);
  });
});
