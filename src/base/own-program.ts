import { fileURLToPath } from 'node:url';

/** This virtgauge, as a command of this machine: built, or from its source. */
export function ownProgram(): readonly [string, ...string[]] {
  const source = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(`../cli/main.${source ? 'ts' : 'js'}`, import.meta.url));
  const loader = source ? ['--import', import.meta.resolve('tsx')] : [];
  return [process.execPath, ...loader, main];
}
