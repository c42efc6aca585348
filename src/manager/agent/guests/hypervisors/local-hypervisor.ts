import type { Guest, Hypervisor } from '../../../../platform/hypervisor/hypervisor.ts';
import type { Usage } from '../../runner.ts';
import type { GuestFile } from '../guest-files.ts';
import type { Moves } from '../moves/moves.ts';

/** What an agent needs of the hypervisor of its own host besides what every hypervisor has. */
export interface LocalHypervisor {
  readonly backend: Hypervisor;
  /**
   * A guest that somebody else has started here: an earlier agent, or one that has sent it.
   * @returns undefined where nothing of it is left
   * @throws Error if it cannot be reached
   */
  find(file: GuestFile): Promise<Guest | undefined>;
  /** Whether anything of a guest is left. Asked once a second. */
  lives(file: GuestFile, guest: Guest): boolean | Promise<boolean>;
  /** Ends what is left of a guest that nobody holds; resolves when it is gone. */
  end(file: GuestFile): Promise<void>;
  /** A guest goes on whose agent ended: what that had begun with it and not ended must not. */
  takenOver?(guest: Guest): Promise<void>;
  /** Lets a guest go on that a move has left held. Absent: by `Guest.resume`. */
  resume?(guest: Guest): Promise<void>;
  /** Ends what a move that came to nothing has left of a guest that never was one here. */
  endHalf?(file: GuestFile): Promise<void>;
  /** What running guests use; absent where it is not measured. */
  usage?(running: ReadonlyMap<string, Guest>): ReadonlyMap<string, Usage>;
  readonly moves: Moves;
}
