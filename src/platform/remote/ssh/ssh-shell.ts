import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CommandError,
  type Argv,
  type Output,
  type PipedProcess,
  type Process,
  type RunOptions,
  type Shell,
} from '../shell.ts';
import { ChannelStream, channelSocket } from './channel-stream.ts';
import { endTreesScript, TreeEnder } from './end-trees.ts';
import { endOf, reasonOf } from './endings.ts';
import { onAbort } from '../on-abort.ts';
import { execute, type ExecuteOptions, type Execution, type Exit } from './execution.ts';
import type { Sessions } from './sessions.ts';
import { feed, partialName, uploadScript } from './upload.ts';

/** Bytes; more than any program prints that we read whole. */
const mostOutput = 100e6;
/** Seconds for a login shell to become the program that it was told to. */
const patienceToBegin = 5;
/** Seconds for ending what is left of a command; the host's own limit is shorter. */
const patienceToEnd = 20;

/** A command that runs to its end, its output as bytes. */
interface Whole {
  argv: Argv;
  /** How it stands in messages, where that is not `argv`. */
  shown?: Argv;
  options?: RunOptions;
  noOutput?: boolean;
  /** Writes its input and ends it. */
  feed?: (execution: Execution) => Promise<void>;
}

/** A host over SSH. */
export class SshShell implements Shell {
  readonly host: string;
  readonly #sessions: Sessions;
  readonly #trees = new TreeEnder((marks) => this.#endTrees(marks));

  constructor(host: string, sessions: Sessions) {
    this.host = host;
    this.#sessions = sessions;
  }

  async run(argv: Argv, options: RunOptions = {}): Promise<Output> {
    const { stdout, stderr } = await this.#whole({ argv, options });
    return { stdout: stdout.toString('utf8'), stderr };
  }

  async start(argv: Argv, { env }: Pick<RunOptions, 'env'> = {}): Promise<Process> {
    return this.#begin(argv, { env, noInput: true, noOutput: true });
  }

  async open(argv: Argv, { env }: Pick<RunOptions, 'env'> = {}): Promise<PipedProcess> {
    let stream: ChannelStream | undefined;
    const process = await this.#begin(argv, {
      env,
      onChannel: (channel, whenLost) => (stream = new ChannelStream(channel, whenLost)),
      onOutput: (chunk) => stream?.receive(chunk),
    });
    if (stream === undefined) throw new Error('a program without a channel');
    return { ...process, stdin: stream, stdout: stream };
  }

  async connect(path: string): Promise<Duplex> {
    try {
      const connection = await this.#sessions.connection();
      return channelSocket(await connection.socket(path), connection.whenLost);
    } catch (cause) {
      const message = `${path} (on ${this.host}) took no connection: ${reasonOf(cause)}`;
      throw new Error(message, { cause });
    }
  }

  async readFile(path: string): Promise<Buffer> {
    return (await this.#whole({ argv: ['cat', '--', path] })).stdout;
  }

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    await this.#whole({ argv: ['tee', '--', path], options: { input: content }, noOutput: true });
  }

  async upload(localPath: string, path: string): Promise<void> {
    const shown: Argv = ['upload', localPath, path];
    let unread: unknown;
    const whole = this.#whole({
      argv: ['/bin/sh', '-c', uploadScript, 'upload', partialName(path), path],
      shown,
      feed: (execution) =>
        feed(localPath, execution).catch((error: unknown) => {
          unread = error;
        }),
    });
    await whole.catch((error: unknown) => {
      if (unread === undefined) throw error;
      throw new CommandError(this.host, shown, `did not run (${reasonOf(unread)})`);
    });
  }

  lostPower(): void {
    this.#sessions.drop('the host has lost its power');
  }

  close(): Promise<void> {
    this.#sessions.close();
    return Promise.resolve();
  }

  async #whole({ argv, shown = argv, options = {}, noOutput = false, feed }: Whole) {
    const { signal, timeout, input, env, cwd } = options;
    signal?.throwIfAborted();
    const fail = (how: string, rest?: Partial<Output> & { code?: number | undefined }) =>
      new CommandError(this.host, shown, how, rest);
    const stop = new AbortController();
    const stopListening = onAbort(signal, (reason) => stop.abort(reason));
    const late = () => stop.abort(fail(`did not end within ${timeout} s`));
    const timer = timeout === undefined ? undefined : setTimeout(late, timeout * 1000);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onOutput = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostOutput) chunks.push(chunk);
      else stop.abort(fail('printed too much'));
    };
    try {
      const execution = await this.#execute(
        'brief',
        argv,
        (reason) => fail(`did not run (${reason})`),
        {
          ...{ env, cwd, noOutput, onOutput },
          signal: stop.signal,
        },
      );
      const fed = feed === undefined ? execution.channel.end(input ?? '') : feed(execution);
      const exit = await this.#endOf(execution, stop.signal);
      await fed;
      const { stderr } = execution;
      if (exit.code === 0) return { stdout: Buffer.concat(chunks), stderr };
      throw fail(endOf(exit), {
        code: exit.unstarted === undefined ? exit.code : undefined,
        ...{ stderr, stdout: Buffer.concat(chunks).toString('utf8') },
      });
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  }

  /** How it ended; an abort ends it with all that it has started first, and then is the error. */
  async #endOf({ exit, pid, mark, channel }: Execution, signal: AbortSignal): Promise<Exit> {
    let stopListening: () => void = () => undefined;
    const stopped = new Promise<'stopped'>((resolve) => {
      stopListening = onAbort(signal, () => resolve('stopped'));
    });
    const ended = await Promise.race([exit, stopped]);
    stopListening();
    if (ended !== 'stopped') return ended;
    // Before the program is there, a look would find nothing, and it would start afterwards.
    await Promise.race([pid, sleep(patienceToBegin * 1000, undefined, { ref: false })]);
    await this.#trees.end(mark);
    channel.close();
    throw signal.reason;
  }

  async #begin(argv: Argv, options: ExecuteOptions): Promise<Process> {
    const fail = (reason: string) => new CommandError(this.host, argv, `did not start (${reason})`);
    const execution = await this.#execute('lasting', argv, fail, options);
    const pid = await execution.pid;
    if (pid === undefined) {
      const { unstarted, lost, code } = await execution.exit;
      throw fail(unstarted ?? lost ?? `its shell ended with code ${code}`);
    }
    let over = false;
    const exited = execution.exit.then(({ code, signal, lost }) => {
      over = true;
      const stderr = execution.stderr.replace(/\n$/, '');
      return { code, signal, stderr, ...(lost !== undefined && { lost }) };
    });
    return {
      pid,
      exited,
      kill: (signal) => void (over || this.#kill(pid, signal)),
    };
  }

  async #execute(
    kind: 'brief' | 'lasting',
    argv: Argv,
    fail: (reason: string) => CommandError,
    options: ExecuteOptions,
  ): Promise<Execution> {
    try {
      return await execute(this.#sessions, kind, argv, options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw fail(reasonOf(error));
    }
  }

  #kill(pid: number, signal: string): Promise<void> {
    const name = signal.replace(/^SIG/, '');
    return this.#urgently(['/bin/sh', '-c', 'kill -s "$1" "$2"', 'kill', name, String(pid)]);
  }

  #endTrees(marks: readonly string[]): Promise<void> {
    return this.#urgently(['/bin/sh', '-c', endTreesScript, 'end', ...marks]);
  }

  /** Never rejects: on a host that is out of reach nothing can be ended. */
  async #urgently(argv: Argv): Promise<void> {
    const ended = execute(this.#sessions, 'urgent', argv, { noInput: true })
      .then(({ exit }) => exit)
      .catch(() => undefined);
    await Promise.race([ended, sleep(patienceToEnd * 1000, undefined, { ref: false })]);
  }
}
