import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../../platform/remote/host.ts';
import { Acknowledgements } from '../../observe/acknowledgements.ts';
import { startHttpLoad } from '../../observe/http/index.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import { TrialCluster } from './cluster.ts';
import { failoverMetrics } from './metrics.ts';
import type { FailoverOptions } from './options.ts';
import { recordFailover } from './record.ts';
import { watchFailover } from './watch.ts';
import { checkDisk, startWitness, witnessBytes } from './witness.ts';

const guest = 'service';
/** Of the service in every guest. */
const port = 80;
/** Seconds until a request is given up. */
const requestTimeout = 2;

/** The host of a guest is killed, and our manager brings the guest back on another. */
export const failover: Measurement = {
  metrics: failoverMetrics,
  kind: 'measured',
  needsGuests: true,
  needsHosts: 2,
  killsHosts: true,
  createsGuests: true,
  dataBytes: () => 0,
  async run(scope) {
    const hosts = scope.hosts.slice(0, 2);
    const [lost] = hosts;
    if (lost === undefined) throw new Error('a failover needs hosts');
    const { program } = scope.scenario.measure.failover as FailoverOptions;
    const heard = await Acknowledgements.listen();
    try {
      const cluster = await TrialCluster.make({ scope, hosts, program });
      try {
        await loseHost(scope, cluster, lost, heard);
      } finally {
        await cluster.close();
      }
    } finally {
      heard.close();
    }
  },
};

async function loseHost(
  scope: TrialScope,
  cluster: TrialCluster,
  lost: Host,
  heard: Acknowledgements,
): Promise<void> {
  const { clock, signal, levels, controller, environment } = scope;
  const options = scope.scenario.measure.failover as FailoverOptions;
  const { rate } = options.witness;
  const address = scope.address();
  const { bootTimeout } = scope.scenario.guest;
  const spec = {
    ...{ vcpus: levels.vcpus, memory: levels.memory, image: 'micro', address },
    ...{ disk: scope.dataOffset + witnessBytes(rate), storage: levels.storage },
  };
  // Besides its boot: disk, and image where it is not there yet.
  const limit = bootTimeout + 120;
  await cluster.do({ id: 'create', action: 'create', guest, host: lost.name, spec }, limit);
  const instance = await startWitness(scope, cluster, { host: lost, guest, rate }, heard);
  await cluster.allUp();
  await cluster.fence();

  const target = { host: address.split('/')[0] ?? '', port };
  const load = await startHttpLoad({
    ...{ host: controller, targets: [target], rate: options.rate, environment },
    timeout: requestTimeout,
  });
  const control = { from: clock.now(), to: NaN };
  let watched: Awaited<ReturnType<typeof watchFailover>> | undefined;
  const { at: gone } = await scope.powerCut(
    lost,
    async () => {
      control.from = clock.now();
      await sleep(options.window * 1000, undefined, { signal });
      control.to = clock.now();
      if (heard.highest(instance) === 0) throw new Error('no write was acknowledged');
    },
    async () => {
      watched = await watchFailover(scope, cluster, { host: lost, guest }, options.timeout);
      await sleep(options.settle * 1000, undefined, { signal });
    },
  );
  if (watched === undefined) throw new Error('nobody watched');
  const to = clock.now();
  const trace = await load.stop();
  for (const { name, content } of trace.raw) scope.saveArtifact(name, content);
  const acknowledged = heard.highest(instance);
  recordFailover(scope, { control, gone, to, course: watched.course, load: trace });
  scope.record('failover.writes', acknowledged);

  await cluster.do({ id: 'stop', action: 'stop', guest }, limit);
  const where = { host: watched.target, guest, rate };
  const check = await checkDisk(scope, cluster, where, { instance, acknowledged });
  scope.saveArtifact('witness-check.json', check.report);
  scope.record('failover.lost-writes', check.missing);
}
