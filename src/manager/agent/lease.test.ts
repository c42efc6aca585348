import { beforeEach, expect, it } from 'vitest';
import { Lease } from './lease.ts';

let seconds = 0;
let kicks = 0;
let armed = false;
let ended = 0;
let fails = false;
const troubles: string[] = [];

const watchdog = {
  timeout: 5,
  arm: () => void (armed = true),
  keepAlive: () => void (kicks += 1),
  disarm: () => void (armed = false),
};

function lease(): Lease {
  return new Lease({
    ...{ length: 10, watchdog, now: () => seconds },
    onTrouble: (text) => void troubles.push(text),
    endGuests() {
      ended += 1;
      return fails ? Promise.reject(new Error('one is stuck')) : Promise.resolve();
    },
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  [seconds, kicks, armed, ended, fails] = [100, 0, false, 0, false];
  troubles.length = 0;
});

it('touches no watchdog before the master has answered', () => {
  const one = lease();
  one.pass();
  one.renew(100);
  one.pass();
  expect({ armed, kicks }).toEqual({ armed: false, kicks: 0 });
  expect(one.promise).toBe(15);
  one.arm(100);
  one.pass();
  expect({ armed, kicks }).toEqual({ armed: true, kicks: 1 });
});

it('ends the guests when the master has not answered for its length, and only then', async () => {
  const one = lease();
  one.arm(100);
  seconds = 109;
  one.renew(105);
  seconds = 114.9;
  one.pass();
  expect({ kicks, ended }).toEqual({ kicks: 1, ended: 0 });
  seconds = 115;
  one.pass();
  one.pass();
  expect({ kicks, ended }, 'nobody keeps the watchdog quiet').toEqual({ kicks: 1, ended: 1 });
  await settled();
  // Nothing runs any more: the host need not be reset.
  one.pass();
  expect({ kicks, ended }).toEqual({ kicks: 2, ended: 1 });
  seconds = 200;
  one.renew(199);
  one.pass();
  seconds = 209;
  one.pass();
  expect(ended).toBe(2);
});

it('leaves the host to its watchdog when guests do not end, and tries again', async () => {
  const one = lease();
  one.arm(100);
  fails = true;
  seconds = 111;
  one.pass();
  await settled();
  one.pass();
  await settled();
  expect({ kicks, ended }).toEqual({ kicks: 0, ended: 2 });
  expect(troubles.at(-1)).toContain('one is stuck');
});

it('goes on as long as an answer to something older does not shorten it', () => {
  const one = lease();
  one.arm(100);
  one.renew(108);
  one.renew(104);
  seconds = 117;
  one.pass();
  expect({ kicks, ended }).toEqual({ kicks: 1, ended: 0 });
});

it('is let go when the master knows', () => {
  const one = lease();
  one.arm(100);
  one.release();
  seconds = 500;
  one.pass();
  expect({ armed, kicks, ended }).toEqual({ armed: false, kicks: 0, ended: 0 });
});
