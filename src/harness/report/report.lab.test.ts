import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticMigration } from '../analysis/migration/synthetic-migration.example.ts';
import { writeSyntheticRun } from '../analysis/synthetic-run.example.ts';
import { writeReport } from './report.ts';

const executablePath = '/usr/bin/chromium';
const present = existsSync(executablePath);
if (!present && process.env.CI === 'true') throw new Error(`missing: ${executablePath}`);

describe.skipIf(!present)('the report in a browser (needs Debian’s chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-report-'));
  let browser: Browser;
  let page: string;

  beforeAll(async () => {
    writeSyntheticRun(folder, { seed: 'browser' });
    ({ page } = await writeReport(folder));
    const args = [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ];
    browser = await chromium.launch({ executablePath, args });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['light', 'dark'] as const)('asks for nothing but itself, in %s', async (colorScheme) => {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: 1200, height: 900 },
    });
    const tab = await context.newPage();
    const asked: string[] = [];
    const faults: string[] = [];
    tab.on('request', (request) => asked.push(request.url()));
    tab.on('pageerror', (error) => faults.push(error.message));
    tab.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await tab.goto(pathToFileURL(page).href);
    expect(asked).toEqual([pathToFileURL(page).href]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows at least four pictures, and nothing is wider than the window', async () => {
    const tab = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await tab.goto(pathToFileURL(page).href);
    const figures = tab.locator('figure svg');
    expect(await figures.count()).toBeGreaterThanOrEqual(4);
    for (const figure of await figures.all()) {
      const box = await figure.boundingBox();
      expect(box?.width).toBeGreaterThan(300);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(1200);
    }
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await tab.evaluate(overflow)).toBe(0);
  });

  it('has room for the outages of migrations, on screen and on paper', async () => {
    const migrations = join(folder, 'migrations');
    writeSyntheticMigration(migrations, { blocks: 7, notConverged: [3, 9], failed: [12] });
    const { page: report } = await writeReport(migrations);
    for (const [media, width] of [
      ['screen', 1100],
      ['print', 703],
    ] as const) {
      const tab = await browser.newPage({ viewport: { width, height: 900 } });
      await tab.emulateMedia({ media });
      await tab.goto(pathToFileURL(report).href);
      const overflow = `(() => {
        const { scrollWidth, clientWidth } = document.querySelector('#outages .scroll');
        return scrollWidth - clientWidth;
      })()`;
      expect(await tab.evaluate(overflow)).toBe(0);
      await tab.close();
    }
  });

  it('prints without a cut figure', async () => {
    const tab = await browser.newPage({ viewport: { width: 703, height: 1016 } });
    await tab.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await tab.goto(pathToFileURL(page).href);
    // A4 without the margins of the style sheet, at 96 pixels an inch.
    const [width, height] = [703, 1016];
    for (const figure of await tab.locator('figure').all()) {
      const box = await figure.boundingBox();
      expect(box?.height).toBeLessThanOrEqual(height);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width + 1);
    }
    const breakInside = "getComputedStyle(document.querySelector('figure')).breakInside";
    expect(await tab.evaluate(breakInside)).toBe('avoid');
    // On paper the light colours hold, whatever the reader's scheme is.
    expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toMatch(
      /^rgb\(255, 255, 255\)$/,
    );
    const pdf = await tab.pdf({ preferCSSPageSize: true, printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await tab.close();
  });
});
