import type { Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import type { SharingDecision } from '../../manager/front/decisions.ts';
import { untilEnded } from './until-ended.ts';
import { asking, withOperator, type OperatorOptions } from './with-operator.ts';

interface ShareOptions extends OperatorOptions {
  hosts: string;
  dryRun: boolean;
}

/** `virtgauge cluster share` */
export function addShare(cluster: Command): void {
  withOperator(cluster.command('share').argument('<services>', 'file that declares them'))
    .description('let services behind a director help each other, until it is interrupted')
    .requiredOption('--hosts <inventory>', 'where the director is, which is reached over ssh')
    .option('--dry-run', 'only say what would be decided now', false)
    .action(share);
}

async function share(file: string, options: ShareOptions): Promise<void> {
  const { json, dryRun } = options;
  const { readInventory } = await import('../host-options.ts');
  const { readDeclaration } = await import('../../manager/front/declaration.ts');
  const { planServices, shareServices } = await import('../../manager/front/share-services.ts');
  const { decisionText } = await import('../../manager/front/decisions.ts');
  const { ipvsFront } = await import('../../platform/front/ipvs.ts');
  const { connectShell } = await import('../../platform/remote/connect-host.ts');
  const { outputOf } = await import('../../platform/remote/output-of.ts');
  const { monotonicClock } = await import('../../base/clock.ts');
  const { seededRandom } = await import('../../base/stats/random.ts');
  const declaration = readDeclaration(file);
  const inventory = readInventory(options.hosts);
  const entry = inventory.hosts.find(({ name }) => name === declaration.director);
  if (entry === undefined) {
    const names = inventory.hosts.map(({ name }) => name).join(', ');
    throw new UserError({
      where: file,
      message: `director: expected a host of ${inventory.file} (${names}), got ${declaration.director}`,
    });
  }
  const onDecision = (decision: SharingDecision) => {
    const at = new Date(decision.at).toISOString();
    console.log(json ? JSON.stringify({ ...decision, at }) : `${at} ${decisionText(decision)}`);
  };
  const random = seededRandom('share');
  await untilEnded(async (signal) => {
    const shell = await connectShell(entry, signal);
    try {
      const director = {
        run: (argv: readonly [string, ...string[]], { timeout = 30 } = {}) =>
          outputOf(shell.run(argv, { timeout })),
      };
      const front = ipvsFront(director, declaration);
      const both = { declaration, front, random, now: Date.now };
      if (dryRun) {
        const decisions = await planServices(both);
        for (const decision of decisions) onDecision(decision);
        if (decisions.length === 0 && !json) console.log('nobody needs help now');
        return;
      }
      await asking(options, (operator) =>
        shareServices({
          ...{ ...both, operator, clock: monotonicClock, signal, onDecision },
          onTrouble: (text) => console.error(text === '' ? 'it goes on' : `trouble: ${text}`),
        }),
      );
    } finally {
      await shell.close();
    }
  });
}
