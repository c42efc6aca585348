import { fileURLToPath } from 'node:url';
import type { Argv } from '../../../platform/remote/shell.ts';

/** This virtgauge, as a command of this machine: built, or from its source. */
export function ownProgram(): Argv {
  const source = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(`../../../cli/main.${source ? 'ts' : 'js'}`, import.meta.url));
  const loader = source ? ['--import', import.meta.resolve('tsx')] : [];
  return [process.execPath, ...loader, main];
}
