import { MemberFolder } from '../../member/folder.ts';
import { simulateAgents } from './simulated-agents.ts';
import type { AgentsAsked, AgentsTold } from './agents-apart.ts';

// The process of `startAgentsApart`; it ends with who started it.
process.once('disconnect', () => process.exit());
const { folder, count, over } = JSON.parse(process.argv[2] ?? '') as AgentsAsked;
/** Guests are only names: there is room for all. */
const room = { cpu: 2 ** 16, memory: 2 ** 46, disk: 2 ** 50 };
/** Heartbeats that an agent must have had answered to count as heard. */
const settled = 3;
/** Milliseconds between two reports. */
const interval = 100;

const member = new MemberFolder(folder);
const { master, arm } = member.membership();
const agents = await simulateAgents({
  hosts: Array.from({ length: count }, (_, index) => `host-${index}`),
  authority: member.authority(),
  ...{ arm, master, over, room },
});
setInterval(() => {
  const answered = agents.map((agent) => agent.answered);
  const told: AgentsTold = {
    heard: answered.filter((each) => each >= settled).length,
    answered: answered.reduce((sum, each) => sum + each, 0),
  };
  process.send?.(told);
}, interval);
