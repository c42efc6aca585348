import type { OnConversionEvent } from '../conversion.ts';
import { standBy, type StandbyRequest } from '../standby/standby.ts';
import type { SwitchedMachine } from './enter.ts';
import { moveToTarget, type MoveResult, type Way } from './move.ts';

/** What comes after the first outage: the second one, or a copy that is kept in step until it is ended. */
export function moveOrStandBy(
  machine: SwitchedMachine,
  { settings, ...request }: StandbyRequest & Pick<Way, 'settings' | 'rescue' | 'source'>,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
): Promise<MoveResult> {
  return settings.standby === true
    ? standBy(machine, request, signal, onEvent)
    : moveToTarget(machine, { ...request, settings }, signal, onEvent);
}
