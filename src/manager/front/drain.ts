import { setTimeout as sleep } from 'node:timers/promises';
import type { Front, Place } from '../../platform/front/front.ts';
import { samePlace } from './kept-front.ts';

/** Seconds between two looks. */
const look = 0.1;

/**
 * Takes a server from a service: no new connections first, then, when the open ones have ended or
 * `limit` seconds are over, the server itself.
 * @returns whether all connections had ended
 */
export async function drain(
  front: Front,
  service: Place,
  server: Place,
  limit: number,
): Promise<boolean> {
  await front.setWeight(service, server, 0);
  const deadline = performance.now() + limit * 1000;
  let open = await openConnections(front, service, server);
  while (open > 0 && performance.now() < deadline) {
    await sleep(look * 1000);
    open = await openConnections(front, service, server);
  }
  await front.removeServer(service, server);
  return open === 0;
}

async function openConnections(front: Front, service: Place, server: Place): Promise<number> {
  const found = (await front.services()).find((each) => samePlace(each, service));
  return found?.servers.find((each) => samePlace(each, server))?.active ?? 0;
}
