import type { Host } from '../../../remote/host.ts';
import { CommandError, type Argv, type Output, type Shell } from '../../../remote/shell.ts';

/** Flags by which xl lists a guest that has suspended itself. */
export const suspended = '---ss- ';

/** A domain of a host: its name, what `xl list` shows of its state, why it has shut down. */
interface Fake {
  name: string;
  state: string;
  reason?: string;
}

/** A Xen host whose domains do as xl says, as long as it answers. */
export class FakeXen {
  readonly domains = new Map<number, Fake>();
  readonly host: Host;
  answers = true;
  destroyable = true;
  hasResume = false;

  constructor(name: string, ...domains: Fake[]) {
    domains.forEach((one, index) => this.domains.set(index + 7, one));
    const shell = { host: name, run: (argv: Argv) => this.#run(argv) } as unknown as Shell;
    this.host = { name, shell } as Host;
  }

  get names(): string[] {
    return [...this.domains.values()].map(({ name, state }) => `${name} ${state.trim()}`);
  }

  #run(argv: Argv): Promise<Output> {
    const [program, command, first = '', second = ''] = argv;
    const say = (stdout = '') => Promise.resolve({ stdout, stderr: '' });
    const fail = (stderr: string) =>
      Promise.reject(new CommandError('fake', argv, 'failed', { code: 1, stderr }));
    if (!this.answers) return fail('connection lost');
    if (program === 'sh') return say();
    const one = this.domains.get(Number(program === 'python3' ? argv.at(-1) : first));
    if (program === 'python3' || (command === 'resume' && this.hasResume)) {
      if (one) Object.assign(one, { state: 'r-----', reason: '-' });
      return say();
    }
    if (command === 'resume') return fail('command not implemented');
    if (command === 'rename' && one) one.name = second;
    if (command === 'destroy') {
      if (!this.destroyable) return fail('libxl: error: cannot');
      this.domains.delete(Number(first));
    }
    if (command !== 'list') return say();
    return say(
      [...this.domains]
        .map(
          ([id, { name, state, reason = '-' }]) =>
            `${name}   ${id}   128     1     ${state.slice(0, 6)}       1.0     00000000-0000-0000-0000-000000000000   ${reason}   -\n`,
        )
        .join(''),
    );
  }
}
