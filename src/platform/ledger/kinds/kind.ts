import type { z } from 'zod';

/** How many of what were removed; `what` in the singular: `disk image`. */
export interface Removed {
  what: string;
  count: number;
}

/**
 * A kind of resource that a ledger can hold. A new kind is a file beside this one and a line in
 * `../resource.ts`.
 */
export interface ResourceKind<Shape extends z.ZodType<{ kind: string }>> {
  schema: Shape;
  /** Kinds with a smaller rank go first: what uses the others. */
  rank: number;
  /**
   * Whether the removal knows our own from what somebody else has put in its place since. Where it
   * does not, it must never be tried after the resource is gone, so its release is synced.
   */
  unmistakable: boolean;
  /** The resource in a message. */
  describe(resource: z.infer<Shape>): string;
  /**
   * Removes it. A resource that is gone already, or never came to be, is no error: nothing was
   * removed. A second call after a success, or after one that was interrupted, does no harm.
   * @throws Error saying why it is still there
   */
  remove(resource: z.infer<Shape>): Promise<Removed[]>;
}
