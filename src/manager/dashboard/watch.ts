import type { MasterEntry, MasterState } from '../master/state.ts';
import type { StateLog } from '../state/state-log.ts';
import type { AuditLog, Refused } from '../wire/channel/audit.ts';
import type { Handlers } from '../wire/channel/app.ts';
import type { DashboardSource } from './picture.ts';
import { MasterMetrics } from './metrics.ts';

/** Refusals that the dashboard shows. */
const shown = 20;

/** Listens to what a master does, for its dashboard and metrics, without being in its way. */
export class Watch {
  readonly source: DashboardSource;
  readonly metrics: MasterMetrics;
  readonly #refusals: Refused[] = [];
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(ask: DashboardSource['ask'], now: () => number) {
    this.#now = now;
    this.source = { ask, now, refusals: () => this.#refusals };
    this.metrics = new MasterMetrics(this.source);
  }

  /** The same log; what it has recorded is counted. */
  log(log: StateLog<MasterState, MasterEntry>): StateLog<MasterState, MasterEntry> {
    return {
      get state() {
        return log.state;
      },
      append: (...entries) => {
        log.append(...entries);
        for (const entry of entries) this.metrics.recorded(entry, log.state);
      },
      close: () => log.close(),
    };
  }

  /** The same audit log; what it is told is counted, and the last of it shown. */
  audit(audit: AuditLog): AuditLog {
    return {
      refused: (line) => {
        audit.refused(line);
        this.metrics.refused(line.reason);
        this.#refusals.unshift({ at: new Date(this.#now()).toISOString(), ...line });
        this.#refusals.splice(shown);
      },
      close: () => audit.close(),
    };
  }

  /** The same handler; what its answers take is counted. */
  answer(answer: Handlers['answer']): Handlers['answer'] {
    return async (body, peer) => {
      const began = performance.now();
      try {
        return await answer(body, peer);
      } finally {
        this.metrics.answered(body.kind, (performance.now() - began) / 1000);
      }
    };
  }
}
