import { choice, decimal, endpoint, name, text, whole } from './scalars.ts';
import { list, maybe } from './shape.ts';

/** Services behind one director; loads in requests a second. */
export const director = {
  name,
  /** By which is decided who helps. */
  policy: name,
  services: list('service', {
    name,
    address: endpoint,
    /** What its own server can do, and what it is asked for. */
    capacity: decimal,
    demand: decimal,
    servers: list('server', {
      address: endpoint,
      guest: maybe(name),
      weight: whole,
      /** Connections that are open. */
      active: whole,
      rate: decimal,
    }),
  }),
  /** What is lent, reserved included. */
  grants: list('grant', { from: name, to: name, amount: decimal }),
  /** The latest first. */
  decisions: list('decision', {
    /** Milliseconds since 1970. */
    at: whole,
    what: choice('sharingDecision', ['grant', 'release', 'started', 'stopped', 'failed', 'unmet']),
    /** The service that helps; absent where none does. */
    from: maybe(name),
    to: name,
    amount: decimal,
    why: maybe(text),
  }),
} as const;
