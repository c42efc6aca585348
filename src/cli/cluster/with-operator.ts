import type { Command } from 'commander';
import type { Operator } from '../../manager/member/operator.ts';
import { memberFolder, withFolder } from './folders.ts';

export interface OperatorOptions {
  folder?: string;
  json: boolean;
}

/** Options of all that ask the master. */
export function withOperator(command: Command): Command {
  return withFolder(command, 'operator').option('--json', 'print the answer as JSON', false);
}

/** Asks the master, and ends the connection whatever comes of it. */
export async function asking(
  { folder = memberFolder('operator') }: OperatorOptions,
  work: (master: Operator) => Promise<void>,
): Promise<void> {
  const { openOperator } = await import('../../manager/member/operator.ts');
  const master = openOperator(folder);
  try {
    await work(master);
  } finally {
    await master.close();
  }
}

/** An answer of the master as JSON, without the name of its element. */
export function bodyJson(body: object, more: object = {}): string {
  const entries = Object.entries(body).filter(([key]) => key !== 'kind');
  return JSON.stringify({ ...Object.fromEntries(entries), ...more });
}
