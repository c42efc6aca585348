import { join } from 'node:path';
import type { Interval } from '../../src/base/stats/interval.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { labDown, labUp } from '../../src/platform/lab/index.ts';
import { copyOver } from '../../src/platform/operations/convert/copy/copy-over.ts';
import { serveDisk } from '../../src/platform/operations/convert/copy/serve-disk.ts';
import { connectHosts } from '../../src/platform/remote/connect-host.ts';
import type { Host } from '../../src/platform/remote/host.ts';
import { loadInventory } from '../../src/platform/remote/inventory/index.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';
import { spread } from '../figures/spread.ts';

const name = 'bench-copy';
const MiB = 2 ** 20;
/** Bytes a second. */
const link = 100e6 / 8;
const data = 96 * MiB;
const empty = 8192 * MiB;
/** Parts of the link's rate, and of the time that the size would take at it. */
const goals = { rate: 0.85, empty: 0.02 };

/** A disk that is copied as P2V copies it, over a shaped link. */
export const p2vCopy: Benchmark = {
  name: 'p2v-copy',
  about:
    'a disk of noise over a link of 100 Mbit/s, and an empty one of 8 GiB; the other: qemu-img, one stream',
  async run(context) {
    if (process.getuid?.() !== 0) throw new Error('a lab of namespaces needs root');
    const { directory, signal } = context;
    const lab = { stateDirectory: join(directory, 'state'), name };
    const cache = cacheDirectory(process.env);
    const { inventoryPath } = await labUp({ ...lab, cache, namespaces: 2, signal });
    try {
      const hosts = await connectHosts(loadInventory(inventoryPath), signal);
      try {
        const [from, to] = hosts;
        if (from === undefined || to === undefined) throw new Error('expected two hosts');
        return await rowsOf(from, to, context);
      } finally {
        await Promise.all(hosts.map(({ shell }) => shell.close()));
      }
    } finally {
      await labDown(lab);
    }
  },
};

async function rowsOf(from: Host, to: Host, context: BenchmarkContext): Promise<Row[]> {
  const { signal, progress, ledger, pairs: count = 8 } = context;
  const shape =
    'for i in /sys/class/net/*; do i=${i##*/}; [ "$i" = lo ] || tc qdisc replace dev "$i" root tbf rate 100mbit burst 64kb latency 100ms; done';
  await sh(from, shape);
  const folder = '/var/tmp/bench-copy';
  for (const host of [from, to]) await sh(host, `mkdir -p ${folder}`);
  const noise = { path: `${folder}/noise`, bytes: data };
  const hollow = { path: `${folder}/empty`, bytes: empty };
  await sh(from, `head -c ${data} /dev/urandom > ${noise.path}`);
  await sh(from, `PATH=$PATH:/usr/sbin:/sbin mke2fs -q -F -t ext4 ${hollow.path} ${empty / MiB}M`);
  const file = `${folder}/copy`;
  const fresh = (bytes: number) => sh(to, `rm -f ${file}; truncate -s ${bytes} ${file}`);
  const ours = async (disk: { path: string; bytes: number }) => {
    await fresh(disk.bytes);
    return seconds(() => copyOver({ from, disk, to, file, ledger }, signal, () => undefined));
  };
  const other = async () => {
    await fresh(data);
    const served = await serveDisk(to, file, ledger);
    const uri = `nbd://${served.address}:${served.port}/${served.name}`;
    const argv = ['qemu-img', 'convert', '-n', '-m', '1', '-T', 'none', '-f', 'raw'] as const;
    try {
      const command = [...argv, '-O', 'raw', noise.path, uri] as const;
      return await seconds(() => from.shell.run(command, { timeout: 600, signal }));
    } finally {
      await served.stop();
    }
  };
  await ours({ ...noise, bytes: MiB });
  const pairs = await interleavedPairs(
    count,
    {
      ours: async () => data / (await ours(noise)) / 1e6,
      other: async () => data / (await other()) / 1e6,
    },
    (pair, done) =>
      progress(
        `pair ${done} of ${count}: ${pair.ours.toFixed(2)} and ${pair.other.toFixed(2)} MB/s`,
      ),
  );
  const rate = medianInterval(pairs.map((pair) => (pair.ours * 1e6) / link));
  const times: number[] = [];
  for (let left = count; left > 0; left -= 1) times.push(await ours(hollow));
  const share = medianInterval(times.map((time) => time / (empty / link)));
  return [
    {
      ...{ name: 'p2v-copy-data', unit: 'MB/s', ...compared(pairs, 'ratio') },
      goal: `ours ≥ ${goals.rate * 100} % of the link`,
      outcome: within(rate, { low: goals.rate }),
      note: `${data / MiB} MiB, ours ${percentText(rate)} of 100 Mbit/s, start and end included`,
    },
    {
      ...{ name: 'p2v-copy-empty', unit: 's', ours: spread(times).median, pairs: times.length },
      goal: `ours ≤ ${goals.empty * 100} % of its size's time`,
      outcome: within(share, { high: goals.empty }),
      note: `an ext4 of ${empty / MiB} MiB with nothing on it, ${percentText(share)} of the time of its size at 100 Mbit/s`,
    },
  ];
}

function percentText(interval: Interval | undefined): string {
  const times = (part: number) => part * 100;
  return intervalText(
    interval && {
      ...interval,
      ...{
        estimate: times(interval.estimate),
        low: times(interval.low),
        high: times(interval.high),
      },
    },
    '%',
  );
}

async function sh({ shell }: Host, script: string): Promise<void> {
  await shell.run(['sh', '-c', script], { timeout: 120 });
}

async function seconds(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return (performance.now() - begin) / 1000;
}
