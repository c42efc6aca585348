import { UserError } from '../../../base/errors.ts';
import {
  checkOwnService,
  installOwnService,
  servicePorts,
} from '../../../platform/lab/machines/own-service.ts';
import { hostProgram } from '../../../platform/programs/host-program.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { Acknowledgements } from '../../observe/acknowledgements.ts';
import type { P2vOptions } from './options.ts';

/** The service of the machine, as it is asked from outside. */
export interface AskedService {
  address: { host: string; port: number };
  /** Absent: it is ours, which says more. */
  page?: string;
  /** Acknowledged writes that are not on the disk of the machine where it runs now; ours knows. */
  lostWrites(
    machine: Host,
  ): Promise<{ acknowledged: number; missing: number; report: string } | undefined>;
  close(): void;
}

/** Bytes of the file that the writes go round in. */
const witnessBytes = 16 * 2 ** 20;

/** @throws UserError if there is none that can be asked */
export async function serviceOf(machine: Host, options: P2vOptions): Promise<AskedService> {
  const host = machine.address;
  if (options.service !== 'own') {
    const { port, page } = options.service;
    return {
      ...{ address: { host, port }, page },
      lostWrites: () => Promise.resolve(undefined),
      close: () => undefined,
    };
  }
  if (machine.entry?.lab === undefined) {
    throw new UserError({
      where: machine.name,
      message: 'expected a machine of a lab, which can be given a service (service: own)',
      remedy: 'Name its own: measure.p2v.service: { port: 80, page: / }.',
    });
  }
  const heard = await Acknowledgements.listen();
  try {
    const report = await heard.addressFor(machine);
    if (report === undefined) throw new Error(`${machine.name} does not tell who logged in`);
    const { rate } = options.witness;
    const bytes = { bytes: witnessBytes };
    await installOwnService(machine, { report, rate, ...bytes });
    return {
      address: { host, port: servicePorts.http },
      async lostWrites(converted) {
        const acknowledged = heard.highestOfAll;
        const program = await hostProgram(converted, undefined, 'vg-guest');
        const { missing, report: text } = await checkOwnService(
          ...([converted.shell, program, bytes, acknowledged] as const),
        );
        return { acknowledged, missing, report: text };
      },
      close: () => heard.close(),
    };
  } catch (error) {
    heard.close();
    throw error;
  }
}
