/**
 * What everything goes through that leaves a process because of its state: it resolves when all that was
 * recorded up to the end of the work is on stable storage.
 * @throws NotRecorded if it is not
 */
export type Gate = <T>(work: () => Promise<T> | T) => Promise<T>;

/** For a log whose `append` does not return before that. */
export const openGate: Gate = async (work) => await work();
