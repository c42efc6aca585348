import { expect, it } from 'vitest';
import { qemuCommandLine } from '../../src/platform/hypervisor/qemu/command-line.ts';
import type { GuestSpec } from '../../src/platform/hypervisor/hypervisor.ts';
import { scriptCommandLine } from './script-command-line.ts';

const spec: GuestSpec = {
  name: 'vg-x',
  machine: 'pc',
  cpu: 'max',
  accelerator: 'tcg',
  vcpus: 1,
  memory: 256 * 2 ** 20,
  hugepages: false,
  pin: [],
  disk: {
    path: '/d/x.qcow2',
    format: 'qcow2',
    cache: 'none',
    aio: 'threads',
    iothread: false,
    queues: 1,
  },
  kernel: { image: '/k', initramfs: '/i', commandLine: 'console=ttyS0' },
  network: { kind: 'user' },
  mac: '52:54:00:00:00:01',
  directory: '/run/x',
  consoleLog: '/run/x/console.log',
  environment: {},
};

/** Options that make the guest's hardware, each with its value. */
function hardware(line: readonly string[]): string[] {
  const options = /^-(machine|accel|cpu|smp|m|kernel|initrd|append|drive|device|serial|object)$/;
  return line.flatMap((word, index) =>
    options.test(word) ? [`${word} ${line[index + 1] ?? ''}`] : [],
  );
}

it('gives the guest the same hardware as virtgauge does', () => {
  expect(hardware(scriptCommandLine(spec, 4000))).toEqual(hardware(qemuCommandLine(spec)));
  expect(hardware(qemuCommandLine(spec)).length).toBeGreaterThan(12);
});

it('lets the CPUs go at once, without monitor and tracing, on a known port', () => {
  const line = scriptCommandLine(spec, 4000);
  expect(line).not.toContain('-S');
  expect(line.join(' ')).not.toMatch(/monitor|-trace|-mon|-D /);
  expect(line.join(' ')).toContain('hostfwd=udp:127.0.0.1:4000-:7,hostfwd=tcp:127.0.0.1:0-:80');
  expect(line).toContain('file,id=console,path=/run/x/console.log');
  expect(line.join(' ')).toContain('id=agent');
});
