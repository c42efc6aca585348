import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../src/base/errors.ts';
import { openLedger, randomToken } from '../src/platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../src/platform/ledger/owned-directory.ts';
import { stateDirectory } from '../src/platform/ledger/state-directory.ts';
import { parseBenchArguments, type BenchArguments } from './arguments.ts';
import type { Row } from './benchmark.ts';
import { jsonRows } from './figures/json-rows.ts';
import { benchmarks } from './list.ts';
import { selectBenchmarks } from './select.ts';
import { tableText } from './figures/table.ts';

try {
  process.exitCode = await bench(parseBenchArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** @returns the exit code: 0 if every benchmark ran, whatever its outcome */
async function bench({ names, json, pairs }: BenchArguments): Promise<number> {
  const selected = selectBenchmarks(benchmarks, names);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error('interrupted'));
  // Not once: where no listener is left, execa ends the process at once, without teardown.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const ledger = openLedger({ stateDirectory: stateDirectory(), label: 'bench' });
  const rows: Row[] = [];
  const failures: string[] = [];
  try {
    // Short: the path of a unix socket may have 107 bytes.
    const { path } = createOwnedDirectory(ledger, join(tmpdir(), `vg-${randomToken()}`));
    for (const benchmark of selected) {
      const { name } = benchmark;
      const directory = join(path, name);
      await mkdir(directory);
      const progress = (text: string) => console.error(`${name}: ${text}`);
      try {
        rows.push(
          ...(await benchmark.run({ directory, ledger, pairs, signal: stop.signal, progress })),
        );
      } catch (error) {
        stop.signal.throwIfAborted();
        const why = error instanceof UserError ? error.message : String((error as Error).stack);
        failures.push(`${name} could not run: ${why}`);
        progress('could not run, see below');
      }
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error('interrupted; everything is torn down');
    return 130;
  } finally {
    await ledger.removeAll();
    ledger.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  if (rows.length > 0) console.log(tableText(rows));
  for (const failure of failures) console.error(failure);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(jsonRows(rows), null, 2)}\n`);
  return failures.length > 0 ? 1 : 0;
}
