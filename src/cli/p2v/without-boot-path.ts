import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';
import type { Shell } from '../../platform/remote/shell.ts';

/** Takes what was staged on the boot path of a machine away, where it runs now, and does more there. */
export async function withoutBootPath(
  { source: entry, bootPath }: ConversionRecord,
  act: (shell: Shell) => Promise<void>,
): Promise<void> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { clearBootPath } =
    await import('../../platform/operations/convert/boot-path/boot-path.ts');
  const machine = await connectHost(entry);
  try {
    await clearBootPath(machine.shell, bootPath);
    await act(machine.shell);
  } finally {
    await machine.shell.close();
  }
}
