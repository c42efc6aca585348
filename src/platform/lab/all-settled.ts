/** All of these to their ends; nothing is going on any more when it rejects with the first failure. */
export async function allSettled(acts: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(acts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
