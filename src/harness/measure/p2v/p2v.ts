import { setTimeout as sleep } from 'node:timers/promises';
import { capWireOf } from '../../../platform/lab/cap-wire.ts';
import type { ConversionEvent } from '../../../platform/operations/convert/conversion.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { startHttpLoad } from '../../observe/http/index.ts';
import { NotConverged, type Measurement, type TrialScope } from '../measurement.ts';
import { checkConverted, checkCopy } from './check.ts';
import { convert, endConverted } from './convert.ts';
import { p2vMetrics } from './metrics.ts';
import type { P2vOptions } from './options.ts';
import { predicted } from './predicted.ts';
import { receivedFrom, transferred } from './received.ts';
import { recordConversion } from './record.ts';
import { serviceOf } from './service.ts';

/** Bytes a second at which a slow machine makes noise, at least. */
const leastNoise = 2e6;

/** A machine is converted into a guest of the first host, and its service asked all the while. */
export const p2v: Measurement = {
  metrics: p2vMetrics,
  kind: 'measured',
  needsGuests: true,
  converts: true,
  dataBytes: () => 0,
  async run(scope) {
    const { source } = scope;
    const [target] = scope.hosts;
    if (source?.entry === undefined || target === undefined) {
      throw new Error('a conversion needs a machine and a host');
    }
    const { linkRate } = scope.levels;
    await capWireOf(source.entry, linkRate === 'unlimited' ? undefined : linkRate);
    try {
      await convertAndWatch(scope, source, target);
    } finally {
      if (linkRate !== 'unlimited') await capWireOf(source.entry, undefined);
    }
  },
};

async function convertAndWatch(scope: TrialScope, source: Host, target: Host): Promise<void> {
  const { clock, scenario, levels, environment, controller } = scope;
  const options = scenario.measure.p2v as P2vOptions;
  await fill(source, levels.diskData);
  const service = await serviceOf(source, options);
  try {
    const { facts, prediction } = await predicted(scope, source, target);
    const load = await startHttpLoad({
      ...{ host: controller, targets: [service.address], rate: options.rate, environment },
      page: service.page,
    });
    const from = clock.now();
    await sleep(options.window * 1000, undefined, { signal: scope.signal });
    const control = { from, to: clock.now() };
    const events: ConversionEvent[] = [];
    const [address = ''] = facts.address.split('/');
    const before = await receivedFrom(target, address);
    const converted = await convert(scope, { source, target, facts }, (event) =>
      events.push(event),
    );
    try {
      await sleep(options.settle * 1000, undefined, { signal: scope.signal });
      const conversion = { from: control.to, to: clock.now() };
      await controller.clock.refit();
      const trace = await load.stop();
      for (const { name, content } of trace.raw) scope.saveArtifact(name, content);
      if (converted.state === 'failed') {
        const message = `${converted.reason}; who runs now: ${converted.survivor}`;
        throw /did not converge/.test(message) ? new NotConverged(message) : new Error(message);
      }
      const linkRate = levels.linkRate === 'unlimited' ? Infinity : levels.linkRate;
      const after = await receivedFrom(target, address);
      scope.record('p2v.transferred', transferred(before, after, linkRate));
      recordConversion(scope, { control, conversion, events, load: trace });
      scope.record('p2v.predicted-downtime', prediction.downtime);
      scope.record('p2v.predicted-total-time', prediction.total);
      // It is the same machine, at the same address, with the same keys: on another host.
      source.shell.lostPower?.();
      const writes = await service.lostWrites(source);
      if (writes !== undefined) {
        scope.record('p2v.writes', writes.acknowledged);
        scope.record('p2v.lost-writes', writes.missing);
        scope.saveArtifact('witness-check.json', writes.report);
      }
      if (options.verify) await checkConverted(scope, { source, target, facts }, converted);
    } finally {
      await endConverted(converted);
    }
    if (options.verify) await checkCopy(scope, target, facts);
  } finally {
    service.close();
  }
}

/** Puts noise on the disk of the machine, which cannot be compressed, and waits until it is there. */
async function fill({ shell }: Host, bytes: number): Promise<void> {
  if (bytes === 0) return;
  const line = 'mkdir -p /var/lib/vg && head -c "$1" /dev/urandom > /var/lib/vg/data && sync';
  await shell.run(['sh', '-c', line, 'sh', String(bytes)], {
    timeout: 120 + bytes / leastNoise,
  });
}
