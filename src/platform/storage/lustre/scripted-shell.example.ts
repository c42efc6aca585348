import { CommandError, type Argv, type Shell } from '../../remote/shell.ts';

/** What a command prints, or how it fails. */
export type Reply = string | { code: number; stderr: string; stdout?: string } | typeof silent;

/** Does not end within its time. */
export const silent = Symbol('silent');

/** A part of the command line → its reply. */
export type Script = Readonly<Record<string, Reply | ((line: string) => Reply)>>;

export interface ScriptedShell extends Shell {
  /** The command lines, in order. */
  readonly lines: string[];
}

/**
 * A host of which only words are known. The first part that a command line has decides; other
 * commands print nothing, but `lfs` and `lctl` are missing then.
 */
export function scriptedShell(script: Script, host = 'localhost'): ScriptedShell {
  const lines: string[] = [];
  return {
    host,
    lines,
    run(argv, { timeout } = {}) {
      const line = bare(argv).join(' ');
      lines.push(line);
      const part = Object.keys(script).find((each) => line.includes(each));
      const given = part === undefined ? undefined : script[part];
      const reply = typeof given === 'function' ? given(line) : given;
      const fail = (how: string, code?: number, stderr = '', stdout = '') =>
        Promise.reject(new CommandError(host, argv, how, { code, stderr, stdout }));
      if (reply === silent) return fail(`did not end within ${timeout ?? 0} s`);
      if (typeof reply === 'object') return fail('failed', reply.code, reply.stderr, reply.stdout);
      if (reply === undefined && /^(lfs|lctl) /.test(line)) return fail('failed', 127, 'not found');
      return Promise.resolve({ stdout: reply ?? '', stderr: '' });
    },
    ...{ start: never, open: never, connect: never, readFile: never, writeFile: never },
    ...{ upload: never, close: () => Promise.resolve() },
  };
}

/** Without the shell that `ask` puts around. */
function bare(argv: Argv): readonly string[] {
  return argv[0] === 'sh' && argv[2]?.startsWith('PATH=') === true ? argv.slice(4) : argv;
}

function never(): never {
  throw new Error('only run is scripted');
}
