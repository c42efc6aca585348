/** What a program in a guest printed, and how it ended. */
export interface GuestOutput {
  /** Exit code, or 128 + the number of the signal that ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface GuestCommandOptions {
  /** Seconds until it is given up. */
  timeout?: number;
  signal?: AbortSignal;
}

/** A program that was started in a guest. */
export interface GuestProcess {
  /** How it ended; undefined while it runs. */
  poll(): Promise<GuestOutput | undefined>;
  /** @throws Error if it does not end in time */
  wait(options?: GuestCommandOptions): Promise<GuestOutput>;
}

/** How the harness speaks with a guest, without a network. */
export interface GuestControl {
  /**
   * Resolves when the agent inside has answered, however long the guest takes to boot, with the
   * guest's wall clock at its answer, in seconds since 1970.
   */
  ready(): Promise<number>;
  /** Starts a program in the guest. */
  start(argv: readonly [string, ...string[]]): Promise<GuestProcess>;
  /** Runs a program in the guest to its end. */
  run(argv: readonly [string, ...string[]], options?: GuestCommandOptions): Promise<GuestOutput>;
  exists(path: string): Promise<boolean>;
  readFile(path: string): Promise<Buffer>;
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  close(): void;
}
