/** Why something that came over the wire was not acted on; what an audit log counts by. */
export type RefusalReason =
  | 'too large'
  | 'too slow'
  | 'too deep'
  | 'not permitted in XML'
  | 'malformed'
  | 'not in the schema'
  | 'unknown session'
  | 'not verified'
  | 'replayed'
  | 'wrong sender'
  | 'wrong receiver'
  | 'clock'
  | 'certificate'
  | 'revoked'
  | 'not allowed'
  | 'token'
  | 'busy'
  | 'unreachable';

/** Something that came over the wire and was not acted on. */
export class Refusal extends Error {
  readonly reason: RefusalReason;

  /** @param detail for the audit log of the one who refuses; says what was expected and what came */
  constructor(reason: RefusalReason, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options);
    this.name = 'Refusal';
    this.reason = reason;
  }
}
