import type { Command } from 'commander';
import { UserError } from '../base/errors.ts';
import type { ClaimResult } from '../harness/analysis/claims/evaluate-claims.ts';
import type { Claim } from '../harness/scenario/claims/schema.ts';
import { exitCodes } from './exit-codes.ts';
import { untilInterrupted } from './interruption.ts';
import { sayWarnings } from './say-warnings.ts';

interface ClaimsOptions {
  from?: string;
  json: boolean;
}

/** What a run says of its claims. */
export interface RunClaims {
  folder: string;
  id: string;
  scenario: string;
  labels: string[];
  results: ClaimResult[];
}

/** `virtgauge claims RUN...` */
export function addClaims(program: Command): void {
  program
    .command('claims')
    .description('which claims of its scenario a run reproduces, and which it refutes')
    .argument('<run...>', 'folders of runs, or bundles')
    .option('--from <scenario>', 'take the claims from this scenario file instead')
    .option('--json', 'print it as JSON', false)
    .action(async (folders: string[], options: ClaimsOptions) => {
      const { isBundle } = await import('../harness/bundle/unpack-run.ts');
      const act = (signal?: AbortSignal) => perform(folders, options, signal);
      process.exitCode = folders.some(isBundle)
        ? await untilInterrupted(act, 'nothing of it is left')
        : await act();
    });
}

async function perform(
  folders: readonly string[],
  { from, json }: ClaimsOptions,
  signal: AbortSignal | undefined,
): Promise<number> {
  const claims = from === undefined ? undefined : await claimsOf(from);
  const { readStoredRun } = await import('../harness/analysis/stored/read-stored-run.ts');
  const { evaluateClaims } = await import('../harness/analysis/claims/evaluate-claims.ts');
  const { badges } = await import('../harness/analysis/badges.ts');
  const { withRunFolder } = await import('../harness/bundle/unpack-run.ts');
  const all: RunClaims[] = [];
  for (const folder of folders) {
    const stored = await withRunFolder(folder, readStoredRun, signal);
    sayWarnings([stored]);
    const { run, series, kinds } = stored;
    const results = evaluateClaims({ run, series, ...(claims && { claims }) });
    const { name } = run.scenario;
    const scenario = typeof name === 'string' ? name : run.id;
    all.push({ folder, id: run.id, scenario, labels: badges(run, kinds), results });
  }
  if (all.every(({ results }) => results.length === 0)) {
    throw new UserError({
      where: folders.join(', '),
      message: 'expected a run whose scenario makes claims, got none',
      remedy: 'Claims of a scenario file: --from scenarios/papers/lustre-kvm.yaml',
    });
  }
  const { claimsText, claimsJson } = await import('./claims-text.ts');
  console.log(json ? claimsJson(all) : claimsText(all));
  return claimsExitCode(all);
}

/** @throws UserError if the scenario cannot be read, or has none */
async function claimsOf(path: string): Promise<Claim[]> {
  const { loadScenario } = await import('../harness/scenario/load.ts');
  const { claims = [] } = loadScenario(path).scenario;
  if (claims.length > 0) return claims;
  throw new UserError({
    where: path,
    message: 'expected a scenario that makes claims, got one without',
    remedy: 'Name another behind --from, or write its claims: see docs/claims.md.',
  });
}

/** A refuted claim outweighs all others; what is not testable here is not decided either. */
export function claimsExitCode(all: readonly Pick<RunClaims, 'results'>[]): number {
  const verdicts = all.flatMap(({ results }) => results.map(({ verdict }) => verdict));
  if (verdicts.includes('refuted')) return exitCodes.regression;
  return verdicts.every((verdict) => verdict === 'reproduced')
    ? exitCodes.good
    : exitCodes.inconclusive;
}
