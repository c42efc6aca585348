/** What was seen of a machine that is converted; each part by a look at it now. */
export interface Sight {
  /** What the system says that took the machine over; undefined: nobody answers at its address. */
  vmm?: {
    buried: boolean;
    guestRuns: boolean;
    /** It is there as a guest, and its CPUs are stopped: who was moving it has died. */
    guestWaits?: boolean;
  };
  /** What the QEMU on the target does; `out-of-reach`: its host does not answer. */
  target: 'runs' | 'waits' | 'absent' | 'out-of-reach';
  /** What it runs writes beside its disk: who compared that with the source's has died. */
  writesBeside?: true;
  /** Whether the machine's own address answers, whoever has it. */
  answers: boolean;
  /** Who that is, where nobody else tells: its memory does. */
  answering?: 'own-hardware' | 'guest';
  /** It was handed over once: the tombstone was set then. */
  committed?: true;
}

/** Where a conversion stands. */
export interface Standing {
  /** Who runs the machine's system; `undecided`: nobody may until the operator has decided. */
  runs: 'source' | 'source-guest' | 'target' | 'nobody' | 'undecided' | 'unknown';
  /** One sentence. */
  says: string;
  /** What the operator may do. */
  next: string;
}

const elsewhere: Standing = {
  ...{
    runs: 'unknown',
    says: 'Neither end is seen to run it, yet somebody answers at its address.',
  },
  next: 'Start nothing before that one is found: the target’s guest may have been moved elsewhere by hand. A machine that was set up anew is converted under another name.',
};

const makeSure =
  'Bring back what does not answer, or make sure that it has no power, then look again.';

/**
 * Where a conversion stands, from what is seen now: never from what was last known. Two that run are
 * told as such, though nothing here lets it happen.
 */
export function standingOf(sight: Sight): Standing {
  const standing = seen(sight);
  if (sight.writesBeside !== true || standing.runs !== 'target') return standing;
  return {
    ...standing,
    says: `${standing.says} It writes beside its disk, as whoever compared that has died.`,
    next: 'To let it go on with its own disk: virtgauge p2v decide --run target.',
  };
}

function seen(sight: Sight): Standing {
  const { vmm, target } = sight;
  if (answersElsewhere(sight)) return elsewhere;
  if (vmm === undefined) return withoutVmm(sight);
  if (vmm.guestRuns && target === 'runs') {
    return {
      ...{ runs: 'undecided', says: 'Both the source and the target run the machine.' },
      next: 'Take the power of one of them at once: their disks differ from now on.',
    };
  }
  if (vmm.guestRuns && vmm.buried) {
    return {
      ...{
        runs: 'source-guest',
        says: 'It runs as a guest on the source, and its tombstone is set.',
      },
      next: 'To take the tombstone away, after which it can be converted again or rolled back: virtgauge p2v decide --run source. Until then it does not start by itself after a power cut.',
    };
  }
  if (vmm.guestRuns) {
    return {
      ...{
        runs: 'source-guest',
        says: 'It runs as a guest on the source; the target does not run.',
      },
      next: 'Convert again to go on, or roll back. A power cut starts its own system again.',
    };
  }
  if (target === 'runs' && vmm.buried) {
    return {
      ...{ runs: 'target', says: 'It runs on the target; the source starts nothing any more.' },
      next: 'Nothing is left to do; the hardware of the source is free.',
    };
  }
  if (target === 'runs') {
    return {
      ...{ runs: 'target', says: 'It runs on the target, but no tombstone keeps the source off.' },
      next: 'Do not start the source: set the tombstone, or take its power for good.',
    };
  }
  if (vmm.buried) {
    const lost = target === 'out-of-reach';
    return {
      runs: 'undecided',
      says: lost
        ? 'The tombstone is set and the target is out of reach: it may run there, or nowhere.'
        : 'The tombstone is set and the target does not run: it runs nowhere.',
      next: lost
        ? makeSure
        : 'Decide: virtgauge p2v decide --run target, or --run source, which loses what only the target has.',
    };
  }
  if (vmm.guestWaits === true) {
    return {
      ...{
        runs: 'nobody',
        says: 'It is stopped as a guest on the source, in the middle of its move; the target was not let go, and no tombstone is set.',
      },
      next: 'To let it go on there: virtgauge p2v decide --run source. Or roll back: the source starts its own system again.',
    };
  }
  return {
    ...{
      runs: 'nobody',
      says: 'What took the machine over runs no guest, the target neither, and no tombstone is set.',
    },
    next: 'Roll back: the source starts its own system again.',
  };
}

/**
 * Whether it is at the source as a guest that may go on there: one that runs with its tombstone set, or
 * one that stopped before the target could be let go, which the tombstone precedes.
 */
export function mayStayAtSource({ vmm, target }: Sight): boolean {
  if (vmm === undefined || target === 'runs') return false;
  return vmm.guestRuns ? vmm.buried : vmm.guestWaits === true && !vmm.buried;
}

/**
 * Whether the target may run it though nothing on the source answers: it does already, or everything was
 * handed over to it, since when a tombstone keeps the source off.
 */
export function mayRunOnTarget({ vmm, target, answers, committed }: Sight): boolean {
  if (vmm !== undefined || target === 'out-of-reach') return false;
  return target === 'runs' || (committed === true && !answers);
}

/**
 * Whether somebody answers who is neither seen at the source nor on the target: another than the machine
 * itself where that was handed over, or gave way to the VMM that answers.
 */
export function answersElsewhere({ vmm, target, answers, committed }: Sight): boolean {
  if (!answers || target === 'runs' || target === 'out-of-reach') return false;
  return vmm === undefined ? committed === true : !vmm.guestRuns;
}

/** Whether the machine may start its own system again: it was not handed over, as far as can be told. */
export function mayRollBack({ runs }: Pick<Standing, 'runs'>): boolean {
  return runs === 'source' || runs === 'source-guest' || runs === 'nobody';
}

function withoutVmm({ target, answers, answering, committed }: Sight): Standing {
  if (target === 'runs') {
    return {
      ...{ runs: 'target', says: 'It runs on the target; the source does not answer.' },
      next: 'Nothing has to be done. The source, if it gets power, asks its tombstone first.',
    };
  }
  if (target === 'out-of-reach') {
    return {
      runs: 'unknown',
      says: answers
        ? 'It answers, but neither the VMM nor the target does: who runs it is not known.'
        : 'Neither the VMM nor the target answers.',
      next: makeSure,
    };
  }
  if (answers && answering === 'guest') {
    return {
      ...{ runs: 'unknown', says: 'It runs as a guest on the source, whose VMM does not answer.' },
      next: 'Look at the address of the VMM, then look again. A power cut starts its own system again.',
    };
  }
  if (!answers && committed === true) {
    return {
      runs: 'undecided',
      says: 'It was handed over to the target, which does not run it now; the source does not answer.',
      next: 'To start it there: virtgauge p2v decide --run target. The source, if it gets power, asks its tombstone first.',
    };
  }
  return answers
    ? {
        ...{ runs: 'source', says: 'It runs on its own hardware, as before the conversion.' },
        next: 'Convert again, or roll back to take away what was staged.',
      }
    : {
        ...{ runs: 'unknown', says: 'The source does not answer, and the target does not run.' },
        next: 'Give the source power: it starts its own system unless its tombstone is set.',
      };
}
