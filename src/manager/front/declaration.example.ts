import { readDeclaration, type Declaration } from './declaration.ts';

export const declaredText = `director: lvs
interval: 20ms
drain: 1s
addresses: 10.0.0.200-10.0.0.201/24
services:
  web: { address: 10.0.0.100:80, guest: web1, capacity: 40 }
  mail: { address: 10.0.0.101:80, guest: mail1, capacity: 60 }
`;

/** Two services behind a director, quick to decide. */
export function declared(text = declaredText): Declaration {
  return readDeclaration('services.yaml', () => Buffer.from(text));
}
