import { expect, it } from 'vitest';
import { separator } from './look.ts';
import { parseServices } from './services.ts';

const sockets = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1609 1 000000002e928e3b 100 0 0 10 0
   1: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 1700 1 000000002e928e3b 100 0 0 10 0
   2: 020200C0:86F6 507100CB:01BB 01 00000000:00000F19 02:00000016 00000000     0        0 3334482 3 000000002a55017d 21 4 28 45 -1
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1801 1 000000002e928e3b 100 0 0 10 0
   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1802 1 000000002e928e3b 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1803 1 000000002e928e3b 100 0 0 10 0
`;

it('finds what others reach, not connections nor what is for the machine itself', () => {
  expect(parseServices(sockets + separator)).toEqual({ ports: [22, 80] });
});

it("lists systemd's units", () => {
  const units = `ssh.service     loaded active running OpenBSD Secure Shell server
nginx.service   loaded active running A high performance web server
`;
  expect(parseServices(separator + units)).toEqual({ ports: [], units: ['ssh', 'nginx'] });
});
