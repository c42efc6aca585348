import { expect, it } from 'vitest';
import { parseIpvs } from './parse-ipvs.ts';

const list = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.78.24.70:80 wrr
  -> 10.78.24.65:80               Route   40     3          17
  -> 10.78.24.68:80               Route   0      1          0
TCP  10.78.24.71:80 wrr
`;
const stats = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.78.24.70:80                   1234     9876        0   123456        0
  -> 10.78.24.65:80                   1000     8000        0   100000        0
  -> 10.78.24.68:80                    200     1800        0    20000        0
TCP  10.78.24.71:80                      0        0        0        0        0
`;

it('reads weights, open connections and counters of every service', () => {
  const server = (address: string, weight: number, active: number, connections: number) => ({
    ...{ address, port: 80, weight, active, connections },
  });
  expect(parseIpvs(list, stats)).toEqual([
    {
      ...{ address: '10.78.24.70', port: 80, connections: 1234 },
      servers: [server('10.78.24.65', 40, 3, 1000), server('10.78.24.68', 0, 1, 200)],
    },
    { address: '10.78.24.71', port: 80, connections: 0, servers: [] },
  ]);
});

it('is nothing where there is no service', () => {
  const [head = ''] = list.split('TCP');
  expect(parseIpvs(head, head)).toEqual([]);
});

it('refuses what ipvsadm does not print', () => {
  expect(() => parseIpvs("Can't initialize ipvs", '')).toThrow('expected what ipvsadm lists');
});
