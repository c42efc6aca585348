import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, type Argv, type Shell } from '../remote/shell.ts';

/** What came of a question to a tool. */
export type Answer =
  | { ok: true; stdout: string }
  | {
      ok: false;
      /** missing: there is no such program. refused: it ended with a code. silent: it did not end. */
      why: 'missing' | 'refused' | 'silent';
      code: number | undefined;
      /** In one line. */
      text: string;
      /** What it has printed nevertheless; empty if it was silent. */
      stdout: string;
    };

/** Seconds within which a file system that works answers such questions. */
const patience = 30;
/** Seconds after which a command that could not be ended either is left behind. */
const grace = 5;

// Administrators' tools are not on every user's path; their words must be those that we know.
const script = 'PATH=$PATH:/usr/sbin:/sbin LC_ALL=C; export PATH LC_ALL; exec "$@"';

/**
 * Runs a tool whose failure is an answer too. Returns within a bounded time even where the tool hangs
 * in the kernel, out of reach of signals, as on a mount whose servers are gone.
 * @throws what is no failure of the command itself
 */
export async function ask(shell: Shell, argv: Argv, timeout = patience): Promise<Answer> {
  const stop = new AbortController();
  const given = sleep((timeout + grace) * 1000, undefined, { signal: stop.signal }).then(
    (): Answer => silent(`${argv.join(' ')} did not end within ${timeout} s`),
    () => silent(''),
  );
  const asked = shell.run(['sh', '-c', script, 'sh', ...argv], { timeout }).then(
    ({ stdout }): Answer => ({ ok: true, stdout }),
    (error: unknown): Answer => {
      if (!(error instanceof CommandError)) throw error;
      const said = error.stderr.trim().split('\n')[0] ?? '';
      if (error.code === undefined) return silent(error.message);
      const text = said === '' ? `${argv.join(' ')} ended with code ${error.code}` : said;
      const { code, stdout } = error;
      return { ok: false, why: code === 127 ? 'missing' : 'refused', code, text, stdout };
    },
  );
  try {
    return await Promise.race([asked, given]);
  } finally {
    stop.abort();
  }
}

function silent(text: string): Answer {
  const line = text.split('\n')[0] ?? '';
  return { ok: false, why: 'silent', code: undefined, text: line, stdout: '' };
}
