import { UserError } from '../../base/errors.ts';
import { connectHost } from '../../platform/remote/connect-host.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { NewKey } from '../../platform/remote/ssh/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { readInventory } from '../host-options.ts';
import { withLedger } from '../with-ledger.ts';
import { examineHost } from './checkup.ts';
import type { Finding } from './finding.ts';
import { findingLines } from './finding-lines.ts';

export interface DoctorHostsOptions {
  hosts: string;
  acceptNewKeys: boolean;
  json: boolean;
}

interface HostReport {
  name: string;
  ready: boolean;
  findings: Finding[];
}

/**
 * `virtgauge doctor --hosts`: looks at every host of an inventory, all at once, and prints what is
 * there and what is missing.
 * @returns the exit code
 * @throws UserError if there is no such inventory
 */
export async function doctorHosts(
  { hosts, acceptNewKeys, json }: DoctorHostsOptions,
  signal: AbortSignal,
): Promise<number> {
  const inventory = readInventory(hosts);
  const onNewKey = acceptNewKeys ? tellOfKey : undefined;
  const attempts = await Promise.all(
    inventory.hosts.map((entry) =>
      connectHost(entry, signal, { onNewKey }).catch((error: unknown) => {
        if (error instanceof UserError) return error;
        throw error;
      }),
    ),
  );
  const reached = attempts.filter((attempt): attempt is Host => !(attempt instanceof UserError));
  let reports: HostReport[];
  try {
    reports = await withLedger('doctor', (ledger) =>
      Promise.all(
        inventory.hosts.map(async ({ name }, index): Promise<HostReport> => {
          const findings = await findingsOf(attempts[index], (host) =>
            examineHost(host, reached, ledger),
          );
          return { name, ready: findings.every(({ problem }) => problem === undefined), findings };
        }),
      ),
    );
  } finally {
    await Promise.all(reached.map(({ shell }) => shell.close()));
  }
  const ready = reports.every((report) => report.ready);
  const { standIn } = inventory;
  if (json) {
    console.log(
      JSON.stringify({ ready, ...(standIn !== undefined && { standIn }), hosts: reports }, null, 2),
    );
  } else {
    for (const { name, findings } of reports)
      console.log([name, ...findingLines(findings)].join('\n'));
    if (standIn !== undefined) console.log(`stand-in: the hosts are ${standIn}`);
    console.log(ready ? `Ready: ${reports.length} hosts.` : 'Not ready: see the lines with "!".');
  }
  return ready ? exitCodes.good : exitCodes.cannotStart;
}

async function findingsOf(
  attempt: Host | UserError | undefined,
  examine: (host: Host) => Promise<Finding[]>,
): Promise<Finding[]> {
  if (attempt === undefined) return [];
  if (!(attempt instanceof UserError)) return examine(attempt);
  return attempt.problems.map((problem) => ({ topic: 'ssh', text: '', problem }));
}

/** Not among the output, which may be JSON. */
function tellOfKey({ name, type, fingerprint, file }: NewKey): boolean {
  console.error(`accepted: ${name} ${type} ${fingerprint}, entered in ${file}`);
  return true;
}
