import type { StorageFacts } from '../../results/schema.ts';
import type { StorageBed } from './bed.ts';
import { bedKey, templateLevels, type BedLevels } from './plan-beds.ts';

/** The storages of a run, prepared. */
export class StorageBeds {
  /** By the storage's name. */
  readonly facts: Readonly<Record<string, StorageFacts>>;
  readonly #byKey: ReadonlyMap<string, StorageBed>;

  /** @param byKey see `bedKey` */
  constructor(
    facts: Readonly<Record<string, StorageFacts>>,
    byKey: ReadonlyMap<string, StorageBed>,
  ) {
    this.facts = facts;
    this.#byKey = byKey;
  }

  /** Where the disks of an arm lie. */
  disksOf(levels: BedLevels): StorageBed {
    const bed = this.#byKey.get(bedKey(levels));
    if (bed === undefined)
      throw new Error(`storage ${levels.storage} was not prepared for the arm`);
    return bed;
  }

  /** Where the template of an arm lies. */
  templatesOf(levels: BedLevels): StorageBed {
    return this.disksOf(templateLevels(levels));
  }

  /** The first bed on a storage. */
  get(storage: string): StorageBed | undefined {
    return [...this.#byKey.values()].find((bed) => bed.storage === storage);
  }
}
