import type { Ledger } from '../platform/ledger/ledger.ts';

/** Does something whose resources go with it, unless it strikes them out; says what is left. */
export async function withLedger<T>(
  label: string,
  act: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const { openLedger } = await import('../platform/ledger/ledger.ts');
  const { stateDirectory } = await import('../platform/ledger/state-directory.ts');
  const ledger = openLedger({ stateDirectory: stateDirectory(), label });
  try {
    return await act(ledger);
  } finally {
    const { failures } = await ledger.removeAll();
    for (const { what, reason } of failures) console.error(`left: ${what}: ${reason}`);
    ledger.close();
  }
}
