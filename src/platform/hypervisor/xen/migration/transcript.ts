import type { MigrationEvent } from '../../migration.ts';

/** A line of `xl -vvv migrate`, stamped as it arrived, in seconds on our clock. */
export interface StampedLine {
  at: number;
  text: string;
}

/** Where a migration is, as far as the lines tell. */
export interface Told {
  /** The target may start the guest: the source may never go on by itself. */
  permitted: boolean;
  /** The target said that it has started it. */
  started: boolean;
  /** xl's own last word, that all is done. */
  successful: boolean;
  /** xl does not know which end has the guest. */
  undecided: boolean;
  /** Why live migration is not possible at all, if that is what went wrong. */
  unsupported?: string;
  /** Bytes that ssh sent, with what it adds. */
  transferred?: number;
  /** Passes over memory, where libxc tells. */
  rounds?: number;
}

type EventName = MigrationEvent['event'];

/**
 * The steps that lines tell, by words that libxl and xl have kept since 4.5. Both programs write to
 * one stream, so that a line may begin with half of another: nothing is expected at its beginning.
 */
const steps: readonly (readonly [RegExp, EventName])[] = [
  [/migration target: Ready to receive domain/, 'connected'],
  [/issuing .*suspend request via/, 'stop'],
  [/guest has suspended/, 'suspended'],
  [/xc: info: Restore successful/, 'restored'],
  [/calling hotplug script: \S*vif\S* (?:online|add)/, 'hotplug-nic'],
  [/calling hotplug script: \S*block\S* add/, 'hotplug-disk'],
  [/Transfer complete, requesting permission to start/, 'transferred'],
  [/Target has acknowledged transfer/, 'transferred'],
  [/Giving target permission to start/, 'permitted'],
  [/Got permission, starting domain/, 'permitted'],
  // Two wordings of the target, one of the source; whichever comes first.
  [/Domain started succ\w*fully/, 'resume'],
  [/Target reports successful startup/, 'resume'],
  [/Migration successful/, 'completed'],
];

/** Errors of the hypervisor by which it says that it cannot follow the guest's writes. */
const noLogDirty = /Failed to enable logdirty: (\d+),(\d+),(\d+)/;
const notSupported = ['95', '38', '22'];

/** Reads what `xl -vvv migrate` says, line by line, and tells the events in it, each once. */
export class Transcript {
  readonly lines: StampedLine[] = [];
  readonly told: Told = { permitted: false, started: false, successful: false, undecided: false };
  readonly #tell: (event: MigrationEvent) => void;
  readonly #seen = new Set<string>();

  constructor(tell: (event: MigrationEvent) => void) {
    this.#tell = tell;
  }

  read(line: StampedLine): void {
    this.lines.push(line);
    const { at, text } = line;
    for (const [pattern, event] of steps) {
      if (!pattern.test(text) || this.#seen.has(event)) continue;
      this.#seen.add(event);
      this.#tell({ at, event });
    }
    this.#round(line);
    const { told } = this;
    told.permitted = this.#seen.has('permitted');
    told.started = this.#seen.has('resume');
    told.successful = this.#seen.has('completed');
    if (/Domain state is now undefined|failed during final handshake/.test(text)) {
      told.undecided = true;
    }
    const logDirty = noLogDirty.exec(text);
    if (logDirty !== null && notSupported.includes(logDirty[1] ?? '')) {
      told.unsupported = logDirty[0];
    }
    const sent = /Transferred: sent (\d+), received \d+ bytes/.exec(text);
    if (sent !== null) told.transferred = Number(sent[1]);
  }

  /** Newer toolstacks than 4.17 and those that show progress tell the passes over memory. */
  #round({ at, text }: StampedLine): void {
    const found = /(?:Frames )?iteration (\d+)(?: of \d+)?(?:: (\d+)\/(\d+))?/.exec(text);
    if (found === null) return;
    const round = Number(found[1]) + 1;
    if (round <= (this.told.rounds ?? 0)) return;
    this.told.rounds = round;
    const pages = found[3];
    this.#tell({
      at,
      event: 'round',
      figures: { round, ...(pages !== undefined && { pages: Number(pages) }) },
    });
  }

  /** What went wrong, in the toolstack's own words; undefined where it says nothing of the kind. */
  reason(): string | undefined {
    const said = this.lines.flatMap(({ text }) => {
      const words =
        /((?:xc|libxl): error: .*|migration (?:sender|target): .*(?:fail|Failure).*)$/i.exec(
          text,
        )?.[1];
      return words === undefined ? [] : [plain(words)];
    });
    // The first error is the cause; what follows is what came of it.
    // What its helper says then is only that somebody closed the pipe.
    if (this.lines.some(({ text }) => brokenOff.test(text)) && !this.told.unsupported) {
      return 'the program on the target, or the way to it, was lost in the middle';
    }
    const first = said.find((words) => !/^migration /.test(words)) ?? said[0];
    if (first !== undefined) return first;
    const last = this.lines.findLast(({ text }) => isSpoken(text));
    return last && plain(last.text);
  }
}

const brokenOff =
  /helper \[\d+\] died due to fatal signal Broken pipe|(?:Broken pipe|Connection reset by peer)\): Internal error/;

/** Without the places in the source code. */
function plain(text: string): string {
  return text
    .replace(/^(?:xc|libxl): error: /, '')
    .replace(/^libxl_\w+\.c:\d+:\w+: /, '')
    .replace(/: Internal error$/, '')
    .trim();
}

/** Neither chatter of a library nor nothing. */
function isSpoken(text: string): boolean {
  return (
    text.trim() !== '' &&
    !/(?:debug|detail|info): |xencall|domainbuilder|\b(?:mfn|ao|config|save file)\b|^Transferred: |bytes per second/i.test(
      text,
    )
  );
}
