import {
  CommandError,
  type Argv,
  type Ended,
  type PipedProcess,
  type Process,
  type RunOptions,
  type Shell,
} from '../../../../platform/remote/shell.ts';
import type { RunReply } from './shell-calls.ts';
import type { OtherEnd } from './tunnel-client.ts';

/** Seconds beside a command's own: for the way, and where it has no limit. */
const way = 30;
const longest = 24 * 3600;

/** The shell of the host at the other end of a tunnel, as far as the move of a guest needs one. */
export function shellThrough(other: OtherEnd): Shell {
  const { host } = other;

  async function begin(argv: Argv, env: RunOptions['env'], piped: boolean) {
    const call = { ask: 'start', argv, env, piped } as const;
    const { reply, stream } = await other.join(call);
    const { pid } = reply as { pid: number };
    if (!piped) stream.destroy();
    const process: Process = {
      pid,
      exited: other.ask<Ended>({ ask: 'ended', pid }, longest).catch((error: unknown): Ended => ({
        ...{ code: undefined, signal: undefined, stderr: '' },
        lost: (error as Error).message,
      })),
      kill: (signal) => void other.ask({ ask: 'kill', pid, signal }).catch(() => undefined),
    };
    return { process, stream };
  }

  return {
    host,
    async run(argv, { env, timeout, signal } = {}) {
      signal?.throwIfAborted();
      const call = { ask: 'run', argv, env, timeout } as const;
      const reply = await other.ask<RunReply>(call, (timeout ?? longest) + way);
      if ('failed' in reply) throw new CommandError(host, argv, 'failed', reply.failed);
      return reply;
    },
    start: async (argv, { env } = {}) => (await begin(argv, env, false)).process,
    async open(argv, { env } = {}): Promise<PipedProcess> {
      const { process, stream } = await begin(argv, env, true);
      return { ...process, stdin: stream, stdout: stream };
    },
    connect: async (path) => (await other.join({ ask: 'reach', path })).stream,
    async readFile(path) {
      const { content } = await other.ask<{ content: string }>({ ask: 'read', path });
      return Buffer.from(content, 'base64');
    },
    writeFile: (path) => Promise.reject(new CommandError(host, ['write', path], notForThis)),
    upload: (_, path) => Promise.reject(new CommandError(host, ['upload', path], notForThis)),
    close() {
      other.close();
      return Promise.resolve();
    },
  };
}

const notForThis = 'is not for a guest that arrives';
