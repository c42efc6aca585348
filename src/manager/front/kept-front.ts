import type { Front, FrontService, Place } from '../../platform/front/front.ts';

/** A front that keeps what was read of it last. */
export interface KeptFront extends Front {
  latest(): readonly FrontService[];
}

/** The same front; services and servers that it has already are taken over, with the new weight. */
export function keptFront(front: Front): KeptFront {
  let last: readonly FrontService[] = [];
  const services = async () => {
    const found = await front.services();
    last = found;
    return found;
  };
  const find = async (at: Place) => (await services()).find((each) => samePlace(each, at));
  return {
    services,
    latest: () => last,
    async addService(service) {
      if ((await find(service)) === undefined) await front.addService(service);
    },
    async addServer(service, server, weight) {
      const there = (await find(service))?.servers.some((each) => samePlace(each, server));
      if (there) await front.setWeight(service, server, weight);
      else await front.addServer(service, server, weight);
    },
    removeService: (service) => front.removeService(service),
    removeServer: (service, server) => front.removeServer(service, server),
    setWeight: (service, server, weight) => front.setWeight(service, server, weight),
  };
}

export function samePlace(one: Place, other: Place): boolean {
  return one.address === other.address && one.port === other.port;
}
