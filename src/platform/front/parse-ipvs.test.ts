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
const rates = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS
  -> RemoteAddress:Port
TCP  10.78.24.70:80                     69      412        0    24720        0
  -> 10.78.24.65:80                     45      270        0    16200        0
  -> 10.78.24.68:80                     24      142        0     8520        0
TCP  10.78.24.71:80                      0        0        0        0        0
`;

it('reads weights, open connections and rates of every service', () => {
  const server = (address: string, weight: number, active: number, rate: number) => ({
    ...{ address, port: 80, weight, active, rate },
  });
  expect(parseIpvs(list, rates)).toEqual([
    {
      ...{ address: '10.78.24.70', port: 80, rate: 69 },
      servers: [server('10.78.24.65', 40, 3, 45), server('10.78.24.68', 0, 1, 24)],
    },
    { address: '10.78.24.71', port: 80, rate: 0, servers: [] },
  ]);
});

it('is nothing where there is no service', () => {
  const [head = ''] = list.split('TCP');
  expect(parseIpvs(head, head)).toEqual([]);
});

it('refuses what ipvsadm does not print', () => {
  expect(() => parseIpvs("Can't initialize ipvs", '')).toThrow('expected what ipvsadm lists');
});
