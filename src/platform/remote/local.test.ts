import { describe } from 'vitest';
import { localShell } from './local.ts';
import { describeShell } from './shell.example.ts';

describe('localShell', () => describeShell(() => localShell));
