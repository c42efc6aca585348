/** A simulation that stops now and then, so that others have their turn; it ends with its outcome. */
export type InSteps<Outcome> = Generator<void, Outcome>;

/** Events of one piece: some tens of milliseconds. */
export const stepLength = 10_000;

/** Without a stop. */
export function wholly<Outcome>(steps: InSteps<Outcome>): Outcome {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
