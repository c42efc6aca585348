import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gaps, signsOf } from '../../src/harness/observe/outages.ts';
import { startHttpLoad } from '../../src/harness/observe/http/index.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { identify } from '../../src/platform/lab/machines/identify.ts';
import { installOwnService, servicePorts } from '../../src/platform/lab/machines/own-service.ts';
import { hostOf } from '../../src/platform/lab/machines/plan.ts';
import { resetMachine } from '../../src/platform/lab/machines/power.ts';
import { markEnvironment } from '../../src/platform/ledger/kinds/marked-processes.ts';
import { randomToken } from '../../src/platform/ledger/ledger.ts';
import { readLab } from '../../src/platform/lab/index.ts';
import { cutOver } from '../../src/platform/operations/convert/vmm/cut-over.ts';
import { vmmImage } from '../../src/platform/operations/convert/vmm-image/vmm-image.ts';
import { connectHost } from '../../src/platform/remote/connect-host.ts';
import { loadInventory } from '../../src/platform/remote/inventory/index.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import type { P2vLab } from './p2v-lab.ts';

const host = 'h1';
const folder = '/var/lib/vg/kexec';
/** Seconds. */
const [patience, settle] = [600, 2];
/** Requests a second, as `papers/vshadow` asks: an emulated machine answers more of them late. */
const rate = 20;

const load = [
  'exec "$0/loader" --library-path "$0" "$0/kexec" -i -l /boot/vmlinuz',
  '--initrd=/boot/initrd.img "--command-line=$(cat /proc/cmdline)"',
].join(' ');

/**
 * How long a machine's service is away while its kernel gives way to the same one again: last good
 * reply to first good reply, in seconds. It is stopped and synced as a conversion does it.
 */
export async function ownKexec(
  lab: P2vLab,
  { ledger, signal }: Pick<BenchmarkContext, 'ledger' | 'signal'>,
): Promise<number> {
  const record = readLab(lab.state, lab.name);
  if (record?.kind !== 'machines') throw new Error('no lab of machines');
  const cache = cacheDirectory(process.env);
  await resetMachine(record, host, cache, signal);
  const entry = loadInventory(lab.inventory).hosts.find(({ name }) => name === host);
  if (entry === undefined) throw new Error(`no ${host}`);
  const source = await connectHost(entry, signal);
  try {
    // Nobody listens to what is written.
    const nobody = { report: `${record.hosts[1]?.address ?? ''}:9`, rate: 20, bytes: 2 ** 24 };
    await installOwnService(source, nobody);
    const image = await vmmImage(localShell, cache);
    await source.shell.run(['mkdir', '-p', folder], { timeout: 60 });
    for (const name of await readdir(image.kexec)) {
      await source.shell.upload(join(image.kexec, name), `${folder}/${name}`);
    }
    await source.shell.run(['sh', '-c', load, folder], { timeout: 120 });
    const controller = thisMachine(cache);
    const from = controller.clock.now();
    const service = { host: source.address, port: servicePorts.http };
    const mark = randomToken();
    ledger.enter({ kind: 'processes', mark });
    const asked = await startHttpLoad({
      ...{ host: controller, targets: [service], rate, environment: markEnvironment(mark) },
    });
    const left = controller.clock.now() + settle;
    while (controller.clock.now() < left) await pause(0.1);
    const loader = `${folder}/loader`;
    const kexec = [loader, ...['--library-path', folder, `${folder}/kexec`]] as const;
    await cutOver(source, { kexec }, () => undefined);
    // Its system waits to be told who it is, as at each start.
    const machine = { host: hostOf(record, host), gone: new Promise<string>(() => undefined) };
    await identify(record, machine, patience, signal);
    await pause(3 * settle);
    const { requests } = await asked.stop();
    const window = { from, to: controller.clock.now() };
    const answered = requests.answeredAt.filter((at) => !Number.isNaN(at));
    const outages = gaps(signsOf(answered, window), window, 0.25);
    return Math.max(...outages.map((outage) => outage.to - outage.from));
  } finally {
    await source.shell.close();
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
