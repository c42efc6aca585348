import { fileURLToPath } from 'node:url';

/**
 * A program of this virtgauge, as a command of this machine: built, or from its source.
 * @param name of its file below `src/`; by default what users call
 */
export function ownProgram(name = 'cli/main'): readonly [string, ...string[]] {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`../${name}.${source ? 'ts' : 'js'}`, import.meta.url));
  const loader = source ? ['--import', import.meta.resolve('tsx')] : [];
  return [process.execPath, ...loader, file];
}
