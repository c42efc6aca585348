/** Where a service is reached, by TCP. */
export interface Place {
  /** IPv4. */
  address: string;
  port: number;
}

/** How packets reach a real server: rewritten for it, or handed on as they are (direct routing). */
export type Forwarding = 'nat' | 'dr';

/** One server behind a service, as the front sees it. */
export interface RealServer extends Place {
  weight: number;
  /** Connections that are open now. */
  active: number;
  /** New connections a second. */
  rate: number;
}

/** A service that the front answers for. */
export interface FrontService extends Place {
  /** New connections a second, of all servers. */
  rate: number;
  servers: RealServer[];
}

/** What hands the connections of services on to servers, by their weights. */
export interface Front {
  addService(service: Place): Promise<void>;
  removeService(service: Place): Promise<void>;
  addServer(service: Place, server: Place, weight: number): Promise<void>;
  /** 0: it gets no new connections. */
  setWeight(service: Place, server: Place, weight: number): Promise<void>;
  removeServer(service: Place, server: Place): Promise<void>;
  services(): Promise<FrontService[]>;
}
