/** A guest that could not be created; `consoleLog` may not exist. */
export class GuestFailure extends Error {
  readonly guest: number;
  readonly consoleLog: string;

  constructor(guest: number, consoleLog: string, cause: Error) {
    super(`guest ${guest} ${cause.message}`, { cause });
    this.name = 'GuestFailure';
    this.guest = guest;
    this.consoleLog = consoleLog;
  }
}
