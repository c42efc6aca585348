import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { commands } from './commands.ts';

const documents = [
  ...['README.md', 'CONTRIBUTING.md'],
  ...['docs', 'scenarios'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ),
].filter((file) => /\.(?:md|yaml)$/.test(file));

/** What a line of a document says to type: without remarks, places for output, and what follows. */
function typed(line: string): string | undefined {
  const command = /npx virtgauge (.*)/
    .exec(line)?.[1]
    ?.replace(/`.*| # .*|\s{2,}.*/, '')
    .replace(/ (?:\|\||&|>|2>|<(?! ?[a-z])).*/, '')
    .replace(/ \[--.*\]/, '')
    .replace('$n', '1');
  // Not one command, but several in short, or a part of one.
  return command === undefined || /[|…]|^\$|\$SCENARIO|^$/.test(command)
    ? undefined
    : command.trim();
}

const written = documents.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const command = typed(line);
      return command === undefined ? [] : [{ command, where: `${file}:${index + 1}` }];
    }),
);

/** Words as a shell would part them. */
const words = (command: string): string[] =>
  [...command.matchAll(/(?:'[^']*'|"[^"]*"|\$\([^)]*\)|<[^>]*>|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/^['"]|['"]$/g, ''),
  );

let parse: (command: string) => Promise<unknown>;
beforeAll(async () => {
  const adders = await Promise.all(Object.values(commands).map((load) => load()));
  parse = (command) => {
    const program = new Command('virtgauge').exitOverride();
    for (const add of adders) add(program);
    silence(program);
    return program.parseAsync(words(command), { from: 'user' });
  };
});

/** Parses, and does nothing. */
function silence(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  for (const inner of command.commands) silence(inner);
}

describe('commands that documents tell readers to type', () => {
  it('are found', () => expect(written.length).toBeGreaterThan(80));

  it.each(written)('$where: virtgauge $command', async ({ command }) => {
    await expect(parse(command)).resolves.toBeDefined();
    // Which of the two is asked for by the command itself.
    if (command.startsWith('lab up')) expect(command).toMatch(/ --(?:namespaces|machines) /);
  });
});
