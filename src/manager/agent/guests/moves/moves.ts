import type { Identity } from '../../../wire/certificates/identity.ts';
import type { GuestShape } from '../../../wire/messages/kinds.ts';
import type { Awaited } from '../../runner.ts';
import type { Ground } from '../ground.ts';
import type { GuestFile, GuestFiles } from '../guest-files.ts';
import type { Sending } from './send.ts';

/** A guest that is awaited. */
export interface Receiving {
  readonly name: string;
  readonly shape: GuestShape;
  readonly self: () => Identity;
  /** Told when the guest is here for good. */
  readonly onTaken: (file: GuestFile) => Promise<void>;
}

/** A place for a guest that is moved here. */
export interface Place {
  readonly awaited: Awaited;
  /** Nobody gets in any more; what runs of the guest goes on. */
  close(): Promise<void>;
}

/** How guests of one hypervisor are moved from agent to agent. */
export interface Moves {
  receive(ground: Ground, files: GuestFiles, receiving: Receiving): Promise<Place>;
  /** @throws Error that says why it was not moved; it runs here then, or the message says what became of it */
  send(sending: Sending): Promise<void>;
}
