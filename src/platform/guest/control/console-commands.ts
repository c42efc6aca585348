import type { Duplex } from 'node:stream';
import { onAbort } from '../../remote/on-abort.ts';
import { quote } from '../../remote/ssh/quote.ts';
import { within } from '../../within.ts';
import type { GuestCommandOptions, GuestControl, GuestOutput } from './control.ts';

/** Bytes of a line that a terminal takes. */
const longestLine = 4000;
/** Seconds for a command, and for the first try of the first. */
const commandLimit = 60;
const firstPatience = 1;

/**
 * Runs programs in a guest through its console, where it has no other way to its host while its
 * network is down. A shell in the guest reads lines there.
 */
export class ConsoleCommands {
  readonly #stream: Duplex;
  readonly #device: string;
  readonly #starter: Pick<GuestControl, 'run'> | undefined;
  readonly #waiting = new Map<string, { lines: string[]; end: (output: GuestOutput) => void }>();
  #rest = '';
  #count = 0;
  #ready: Promise<number> | undefined;

  /**
   * @param stream of the console
   * @param device as the guest names it
   * @param starter starts the shell in a guest that still has its network; absent: one runs already
   */
  constructor(stream: Duplex, device: string, starter?: Pick<GuestControl, 'run'>) {
    this.#stream = stream;
    this.#device = device;
    this.#starter = starter;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk.toString('latin1')));
  }

  /** Resolves with the guest's wall clock when a shell in it has answered. */
  ready(): Promise<number> {
    this.#ready ??= this.#begin().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  /** Standard output and standard error are one, as `stdout`. */
  async run(
    argv: readonly [string, ...string[]],
    { timeout = commandLimit, signal }: GuestCommandOptions = {},
  ): Promise<GuestOutput> {
    const message = `nothing answered on the guest's console within ${timeout} s`;
    await within(timeout, message, this.ready());
    return this.#ask(argv, timeout, signal);
  }

  async #begin(): Promise<number> {
    if (this.#starter !== undefined) {
      // Not as the leader of a session: its end would hang the console up.
      const line = `sh -c ${quote(reader(this.#device))} < /dev/null > /dev/null 2>&1 &`;
      const { code, stderr } = await this.#starter.run(['sh', '-c', line]);
      if (code !== 0) throw new Error(`does not listen on its console: ${stderr.trim()}`);
    }
    // What is written before it listens may be lost.
    for (let patience = firstPatience; ; patience *= 2) {
      try {
        const { stdout } = await this.#ask(['date', '+%s'], patience);
        return Number.parseFloat(stdout);
      } catch (error) {
        if (this.#stream.destroyed) throw error;
      }
    }
  }

  #ask(
    argv: readonly [string, ...string[]],
    timeout: number,
    signal?: AbortSignal,
  ): Promise<GuestOutput> {
    const id = `${++this.#count}x${Math.floor(Math.random() * 1e9)}`;
    const line = `vg-ask ${id} ${argv.map(quote).join(' ')}\n`;
    if (line.length > longestLine || line.indexOf('\n') < line.length - 1) {
      return Promise.reject(
        new Error(`${argv[0]}: expected one line of ${longestLine} characters`),
      );
    }
    let timer: NodeJS.Timeout | undefined;
    let ignore: () => void = () => undefined;
    const answer = new Promise<GuestOutput>((resolve, reject) => {
      this.#waiting.set(id, { lines: [], end: resolve });
      timer = setTimeout(() => {
        reject(new Error(`${argv[0]} in the guest did not end within ${timeout} s`));
      }, timeout * 1000);
      ignore = onAbort(signal, reject);
      this.#stream.write(line);
    });
    return answer.finally(() => {
      clearTimeout(timer);
      ignore();
      this.#waiting.delete(id);
    });
  }

  #receive(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-64 * 1024);
    for (const line of lines) {
      const match = /vg-(line|code) (\w+) ?(.*?)\r?$/.exec(line);
      const asked = this.#waiting.get(match?.[2] ?? '');
      if (match === null || asked === undefined) continue;
      if (match[1] === 'line') asked.lines.push(match[3] ?? '');
      else {
        const stdout = asked.lines.map((each) => `${each}\n`).join('');
        asked.end({ code: Number(match[3]), stdout, stderr: '' });
      }
    }
  }
}

/** What answers in the guest: a line `vg-ask ID COMMAND` by `vg-line ID TEXT` … and `vg-code ID CODE`. */
function reader(device: string): string {
  return [
    `exec 3<>${device}`,
    `stty -echo < ${device} 2> /dev/null`,
    'while read -r word id line <&3; do',
    '  [ "$word" = vg-ask ] || continue',
    '  said=$(eval "$line" 2>&1 < /dev/null 3>&-); code=$?',
    '  [ -z "$said" ] || printf "%s\\n" "$said" | while IFS= read -r text; do',
    '    echo "vg-line $id $text"; done >&3',
    '  echo "vg-code $id $code" >&3',
    'done',
  ].join('\n');
}
