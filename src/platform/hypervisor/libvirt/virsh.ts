import { CommandError, type RunOptions, type Shell } from '../../remote/shell.ts';

const connection = 'qemu:///system';

/** Seconds: on a busy machine libvirtd may take some. */
const answerLimit = 30;

/** A command for virsh on the host of its libvirtd. */
export function virshCommand(args: readonly string[]): [string, ...string[]] {
  return ['virsh', '--connect', connection, '--quiet', ...args];
}

/** What virsh says is read: it shall not be translated. */
export const plainLanguage = { LC_ALL: 'C' };

/**
 * Runs a command of virsh and gives what it printed.
 * @throws CommandError with libvirt's own words; also where it takes too long (30 s by default)
 */
export async function virsh(
  shell: Shell,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { stdout } = await shell.run(virshCommand(args), {
    timeout: answerLimit,
    ...options,
    env: { ...plainLanguage, ...options.env },
  });
  return stdout.trim();
}

/** libvirt's state of a domain: `running`, `paused`, `in shutdown`, …; `absent` where it knows none. */
export async function domainState(
  shell: Shell,
  name: string,
  options?: RunOptions,
): Promise<string> {
  try {
    return await virsh(shell, ['domstate', name], options);
  } catch (error) {
    if (await isAbsentNow(error, shell, name, options)) return 'absent';
    throw error;
  }
}

/** virsh says the same where libvirtd has ended or may not tell: what it does list has to agree. */
export async function isAbsentNow(
  error: unknown,
  shell: Shell,
  name: string,
  options?: RunOptions,
): Promise<boolean> {
  if (!isAbsent(error)) return false;
  const names = await virsh(shell, ['list', '--all', '--name'], options);
  return !names.split('\n').includes(name);
}

/** Whether virsh says that there is no such domain. */
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof CommandError &&
    /failed to get domain|no domain with matching name/i.test(error.stderr)
  );
}

/** libvirt's own words, without virsh's; of something else, its message. */
export function libvirtWords(error: unknown): string {
  if (!(error instanceof CommandError)) return (error as Error).message;
  const lines = error.stderr.trim().split('\n');
  const words = lines.map((line) => line.replace(/^error: /, '').trim()).filter(Boolean);
  return words.length === 0 ? error.message : words.join('; ');
}
