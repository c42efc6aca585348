/** What stops the set-up and what the user can do: printed without a stack. */
export class SetupError extends Error {}
