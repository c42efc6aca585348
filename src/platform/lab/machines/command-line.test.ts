import { expect, it } from 'vitest';
import { machineArguments, machineCommandLine } from './command-line.ts';
import { planMachines, type MachineHost } from './plan.ts';

const draw = { name: 'lab', token: '0123456789abcdef', subnet: 3, parent: '/labs,all' };
const image = {
  key: 'k',
  kernel: '/i/vmlinuz',
  initramfs: '/i/initrd',
  append: 'quiet',
  disk: '/i/d',
};
const outer = { accelerator: 'tcg', diskCache: 'unsafe' } as const;

const host = (more: Partial<MachineHost> = {}): MachineHost => {
  const machine = { machine: 'kvm', image, memory: 2 ** 31, ...more } as const;
  const [first] = planMachines(draw, [machine]).hosts;
  if (first === undefined) throw new Error('no host');
  return first;
};
const line = (more?: Partial<MachineHost>, incoming = false) =>
  machineCommandLine(host(more), outer, { incoming }).join(' ');

it('boots Linux by its kernel, Xen with the kernel as a module, a plain server by its disk', () => {
  expect(line()).toContain('-kernel /i/vmlinuz -initrd /i/initrd -append quiet');
  const xen = { image: '/i/xen', append: 'dom0_mem=1G,max:1G' };
  expect(line({ machine: 'xen', image: { ...image, append: 'a=1,2', xen } })).toContain(
    '-kernel /i/xen -append dom0_mem=1G,max:1G -initrd /i/vmlinuz a=1,,2,/i/initrd',
  );
  const itself = { key: 'k', append: '', disk: '/i/d' };
  expect(line({ machine: 'plain', image: itself })).not.toMatch(/-kernel|-initrd|-append/);
});

it('starts the same machine whether it boots or is restored', () => {
  const plain = line();
  expect(line({}, true)).toBe(`${plain} -incoming defer`);
  expect(plain).toContain(machineArguments(host(), outer).join(' '));
});

it('writes commas of paths twice', () => {
  expect(line()).toContain('file=/labs,,all/lab-01234567/h1/disk.qcow2,if=none');
});

it('caches the disk as asked, and leaves nothing open to other networks', () => {
  const safe = machineCommandLine(host(), { ...outer, diskCache: 'none' }, { incoming: false });
  expect(safe.join(' ')).toContain('cache=none');
  expect(line()).toContain('cache=unsafe');
  expect(line()).not.toMatch(/-netdev user|hostfwd/);
});

it('emulates a processor with SVM, or passes the own one on', () => {
  expect(machineArguments(host(), outer)).toContain('tcg,thread=multi');
  expect(machineArguments(host(), outer).join(' ')).toContain('+svm');
  expect(machineArguments(host(), { accelerator: 'kvm' }).join(' ')).toContain('-cpu host');
});
