import type { Front, FrontService, Place } from '../../platform/front/front.ts';

/** A front in memory, whose rates the test says. */
export class MemoryFront implements Front {
  readonly all: FrontService[] = [];

  addService(service: Place) {
    this.all.push({ ...service, rate: 0, servers: [] });
    return Promise.resolve();
  }
  removeService(service: Place) {
    this.all.splice(this.all.indexOf(this.#service(service)), 1);
    return Promise.resolve();
  }
  addServer(service: Place, server: Place, weight: number) {
    this.#service(service).servers.push({ ...server, weight, active: 0, rate: 0 });
    return Promise.resolve();
  }
  setWeight(service: Place, server: Place, weight: number) {
    const found = this.#service(service).servers.find(({ address }) => address === server.address);
    if (found === undefined) return Promise.reject(new Error('no such server'));
    found.weight = weight;
    return Promise.resolve();
  }
  removeServer(service: Place, server: Place) {
    const found = this.#service(service);
    found.servers = found.servers.filter(({ address }) => address !== server.address);
    return Promise.resolve();
  }
  services() {
    return Promise.resolve(structuredClone(this.all));
  }

  /** So many new connections a second come to the service from now on. */
  ask(address: string, rate: number): void {
    this.#service({ address, port: 80 }).rate = rate;
  }

  weights(): Record<string, number> {
    return Object.fromEntries(
      this.all.flatMap(({ servers }) => servers.map(({ address, weight }) => [address, weight])),
    );
  }
  #service({ address }: Place): FrontService {
    const found = this.all.find((service) => service.address === address);
    if (found === undefined) throw new Error(`no service at ${address}`);
    return found;
  }
}
