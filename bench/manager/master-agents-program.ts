import { simulateAgents } from '../../src/manager/agent/simulated-agents.ts';
import { MemberFolder } from '../../src/manager/member/folder.ts';

// Simulated agents of `master-1000-agents`, in a process of their own: folder of the master, how many.
const [folder = '', count = ''] = process.argv.slice(2);
const member = new MemberFolder(folder);
const { master, arm } = member.membership();
const agents = await simulateAgents({
  hosts: Array.from({ length: Number(count) }, (_, at) => `host-${at}`),
  authority: member.authority(),
  ...{ arm, master },
  over: 30,
  room: { cpu: 64, memory: 2 ** 38, disk: 2 ** 42 },
});

let before = 0;
setInterval(() => {
  const answered = agents.map((agent) => agent.answered);
  const sum = answered.reduce((all, each) => all + each, 0);
  const heard = answered.filter((each) => each >= 3).length;
  process.stdout.write(`${JSON.stringify({ heard, beats: sum - before })}\n`);
  before = sum;
}, 1000);
