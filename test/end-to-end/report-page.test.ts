/** The page of `bench report` in a real browser: nothing loaded, nothing run, everything within reach. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/text/canonical-json.ts';
import { sha256 } from '../../src/core/text/digest.ts';

const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
/** BENCH_CHROMIUM names another one. Without any the browser tests skip. */
const CHROMIUM = process.env.BENCH_CHROMIUM ?? '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
const HOSTILE = '</script><script>document.title="broken"</script><img src=x onerror=alert(1)><!-- ]]>';
const LONG = `./checkpoints/${'a-checkpoint-with-a-very-long-name-'.repeat(5)}final`;

/** Starts processes and a browser. */
const SETUP_MS = 120_000;

let folder: string;
let runs: string;
let file: string;

const bench = (...words: readonly string[]) => spawnSync(process.execPath, [BENCH, ...words], { encoding: 'utf8' });

/** A copy of a run under another model's name; a run's folder carries no digest then. */
function renamed(model: string, copy: string): void {
  const source = readdirSync(runs).find((name) => name.startsWith('random-diffugpt-piqa')) as string;
  const manifest = JSON.parse(readFileSync(join(runs, source, 'manifest.json'), 'utf8'));
  manifest.model = { ...manifest.model, name: model, weightsDigest: sha256(model) };
  const target = join(runs, copy);
  spawnSync('cp', ['-r', join(runs, source), target]);
  writeFileSync(join(target, 'manifest.json'), canonicalJson(manifest));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
  runs = join(folder, 'runs');
  file = join(folder, 'report.html');
  const shared = ['--fixtures', '--out', runs];
  bench('run', '--models', 'random-gpt2,random-diffugpt', '--tasks', 'piqa,lambada', '--steps', '1,4,32', ...shared);
  bench('ablate', '--models', 'random-diffugpt', '--tasks', 'piqa', '--attention', '0', '--shift', 'on', ...shared);
  renamed(HOSTILE, 'hostile');
  renamed(LONG, 'long');
}, SETUP_MS);
afterAll(() => rmSync(folder, { recursive: true }));

describe('bench report', () => {
  it('prints the path of the file that it wrote, and writes the same bytes again', () => {
    const first = bench('report', '--runs', runs, '--out', file);
    expect([first.stderr, first.stdout, first.status]).toEqual(['', `${file}\n`, 0]);
    const bytes = readFileSync(file);
    bench('report', '--runs', runs, '--out', file);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('names commands that make the same runs: nothing is computed again', () => {
    const out = join(folder, 'report.json');
    const chosen = ['--models', 'random-gpt2,random-diffugpt', '--tasks', 'piqa'];
    bench('report', '--runs', runs, ...chosen, '--format', 'json', '--out', out);
    const { provenance } = JSON.parse(readFileSync(out, 'utf8')) as {
      provenance: { command: string; runId: string }[];
    };
    expect(provenance.length).toBeGreaterThanOrEqual(3);
    const before = readdirSync(runs);
    for (const { command, runId } of provenance) {
      const { stdout } = bench(...command.split(' ').slice(1), '--out', runs, '--json');
      expect(JSON.parse(stdout).runs[0].path).toContain(runId.slice(0, 12));
    }
    expect(readdirSync(runs)).toEqual(before);
  });

  it('writes Markdown and CSV that hold no formula and no markup of a name', () => {
    for (const format of ['md', 'csv']) {
      const out = join(folder, `report.${format}`);
      expect(bench('report', '--runs', runs, '--format', format, '--out', out).status).toBe(0);
      const text = readFileSync(out, 'utf8');
      expect(text).toContain('random-diffugpt');
      expect(text).not.toMatch(format === 'md' ? /[^\\]<script/ : /(^|,)"?[=+@-][^\d",]/m);
    }
  });

  it('leaves out a run of a newer format and says so; without any other run, it says only that', () => {
    const [copies, out] = [join(folder, 'copies'), join(folder, 'copies.md')];
    spawnSync('cp', ['-r', runs, copies]);
    const manifest = join(copies, 'long', 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('bench-run/1', 'bench-run/9'));
    expect(bench('report', '--runs', copies, '--format', 'md', '--out', out).status).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('is left out, for it cannot be read');
    for (const name of readdirSync(copies)) if (name !== 'long') rmSync(join(copies, name), { recursive: true });
    const { status, stderr } = bench('report', '--runs', copies);
    expect(stderr).toMatch(/no run in .* can be read; .*"bench-run\/9", expected "bench-run\/1"/);
    expect(status).toBe(1);
  });

  it.each([
    [['--runs', 'nowhere'], 'expected stored runs in nowhere, found none', 2],
    [['--models', 'random-gtp2'], 'did you mean random-gpt2', 2],
    [['--tasks', 'piqa,hellaswag'], 'unknown stored task "hellaswag"', 2],
    [['--format', 'pdf'], 'unknown format "pdf"', 2],
  ])('refuses %j in one sentence', (words, sentence, code) => {
    const { status, stderr } = bench('report', ...(words.includes('--runs') ? [] : ['--runs', runs]), ...words);
    expect(stderr).toContain(sentence);
    expect(status).toBe(code);
  });
});

describe.skipIf(!hasChromium)(`in Chromium${hasChromium ? '' : ` (none at ${CHROMIUM})`}`, () => {
  let browser: Browser;
  let page: Page;
  const noise: string[] = [];
  beforeAll(async () => {
    bench('report', '--runs', runs, '--out', file);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.on('console', (message) => noise.push(message.text()));
    page.on('pageerror', (error) => noise.push(error.message));
    page.on('dialog', (dialog) => noise.push(dialog.message()));
    page.on('request', (request) => {
      if (!/^(data|file):/.test(request.url())) noise.push(request.url());
    });
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  }, SETUP_MS);
  afterAll(() => browser.close());

  it('opens from disk without a request or an error, and runs one script of its own', async () => {
    expect(noise).toEqual([]);
    expect(await page.title()).toBe('4 models on 2 tasks');
    expect(await page.locator('script:not([type="application/json"])').count()).toBe(1);
  });

  it('shows a hostile name as text', async () => {
    const whole = page.locator('#models td.path bdi').filter({ hasText: 'onerror' });
    expect(await whole.textContent()).toBe(HOSTILE);
    const heading = page.locator('#results thead th bdi[title*="onerror"]');
    expect(await heading.getAttribute('title')).toBe(HOSTILE);
    for (const half of ((await heading.textContent()) ?? '').split('…')) expect(HOSTILE).toContain(half);
    expect(await page.locator('img:not([src^="data:"])').count()).toBe(0);
  });

  it('draws its charts', async () => {
    const widths = await page
      .locator('figure img')
      .evaluateAll((images) => images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth));
    expect(widths.length).toBeGreaterThan(2);
    expect(new Set(widths)).toEqual(new Set([960]));
  });

  it('shows of a path its last part, and the whole of it on demand', async () => {
    const heading = page.locator('#results thead th bdi').filter({ hasText: /^a-checkpoint-with-a…\S*final$/ });
    expect(await heading.getAttribute('title')).toBe(LONG);
    expect(await page.locator('#models td.path bdi').allTextContents()).toContain(LONG);
  });

  it('opens a folded part by its heading, by a link into it, and on paper, without its script', async () => {
    const bare = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
    await bare.goto(`${pathToFileURL(file).href}`, { waitUntil: 'load' });
    const quirks = bare.locator('#conformance dt', { hasText: /^Q\d+$/ }).first();
    expect(await quirks.isVisible()).toBe(false);
    await bare.locator('nav a', { hasText: 'Paper conformance' }).click();
    await bare.locator('#table-1-v3 .conformance').waitFor({ state: 'attached' });
    expect(await bare.locator('#conformance .tag').first().isVisible()).toBe(true);
    await bare.locator('#speed summary').first().click();
    expect(await bare.locator('#speed table').first().isVisible()).toBe(false);
    await bare.emulateMedia({ media: 'print' });
    expect(await bare.locator('#speed table').first().isVisible()).toBe(true);
    expect(await quirks.isVisible()).toBe(true);
    await bare.close();
  });

  it('says that a wide table scrolls, while there is more of it', async () => {
    await page.setViewportSize({ width: 400, height: 900 });
    const table = page.locator('#results .scroll').first();
    await expect.poll(() => table.locator('.cue').isVisible()).toBe(true);
    await table.evaluate((box) => {
      (box as unknown as { scrollLeft: number; scrollWidth: number }).scrollLeft = 1e6;
    });
    await expect.poll(() => table.locator('.cue').isVisible()).toBe(false);
  });

  it.each([400, 1280])('does not scroll sideways at %i pixels, long names included', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    const [content, room] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
      number,
      number,
    ];
    expect(content).toBeLessThanOrEqual(room);
  });

  it('reaches every table by keyboard, the results by the skip link first', async () => {
    await page.setViewportSize({ width: 400, height: 900 });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    const tables = await page.locator('.scroll:visible').count();
    const reached = new Set<number>();
    for (let presses = 0; presses < 2000 && reached.size < tables; presses++) {
      await page.keyboard.press('Tab');
      const at = (await page.evaluate(
        '[...document.querySelectorAll(".scroll")].indexOf(document.activeElement)',
      )) as number;
      if (at >= 0) reached.add(at);
    }
    expect(reached.size).toBe(tables);
    expect(tables).toBeGreaterThan(8);
  });
});
