/** The sample browser of the report's page in a real browser: filters, search, links, keyboard, and text that is only ever text. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemRecord } from '../../src/core/record.ts';
import type { AlternativeScore } from '../../src/core/response.ts';
import { canonicalJson } from '../../src/core/text/canonical-json.ts';
import { storeQuestions } from '../../src/store/records/question-file.ts';
import { recordLine } from '../../src/store/records/record-file.ts';
import type { StoredQuestion } from '../../src/store/records/stored-question.ts';
import { RUN_FILES } from '../../src/store/run-folder.ts';
import { readTraces } from '../../src/store/traces/trace-file.ts';
import { scriptedStoredRun } from '../scripted/scripted-stored-run.ts';

const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
/** BENCH_CHROMIUM names another one. Without any the browser tests skip. */
const CHROMIUM = process.env.BENCH_CHROMIUM ?? '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
const SETUP_MS = 120_000;

const HOSTILE = '</script><img src=x onerror=alert(1)><script>alert(2)</script> \u2028 \u0000 \ud800 <!-- ]]> &amp;';
/** As a page shows it: nothing in it is hidden or lost. */
const SHOWN = '</script><img src=x onerror=alert(1)><script>alert(2)</script> ↵\n ␀ \ufffd <!-- ]]> &amp;';
const ITEMS = 300;
const UNSCORED = 7;
const indices = Array.from({ length: ITEMS }, (_, index) => index);
const idOf = (index: number) => (index === ITEMS - 1 ? 'odd id/<b>?#%&"' : `piqa/${index}`);
const isRight = {
  autoregressive: (index: number) => index % 2 === 0,
  diffusion: (index: number) => index % 3 === 0,
};
const isUndecided = (index: number) => index % 5 === 0;

type Family = keyof typeof isRight;

function record(family: Family, index: number): ItemRecord {
  const id = idOf(index);
  if (family === 'autoregressive' && index === UNSCORED) {
    const why = { code: 'context-overflow', reason: HOSTILE } as const;
    return { id, index, score: { kind: 'unscored', ...why }, response: { kind: 'unanswered', ...why } };
  }
  const [quantity, stderr] = family === 'diffusion' ? (['nelbo', 0.25] as const) : (['loglikelihood', 0] as const);
  const best = isRight[family](index) ? 1 : 0;
  const sign = family === 'diffusion' ? 1 : -1;
  const alternative = (at: number): AlternativeScore => ({
    tokens: 4,
    crossing: false,
    quantities: { [quantity]: { value: sign * (at === best ? 12 : 24), stderr } },
    exact: stderr === 0,
    greedy: null,
  });
  const ranking = (by: number) => ({ best, runnerUp: 1 - best, margin: 12 / by, stderr: stderr / by });
  return {
    id,
    index,
    score: {
      kind: 'scored',
      values: { acc: best },
      answer: best,
      gold: 1,
      undecided: family === 'diffusion' && isUndecided(index),
    },
    response: {
      kind: 'answered',
      views: {
        default: {
          alternatives: [alternative(0), alternative(1)],
          rankings: { [`${quantity}/sum`]: ranking(1), [`${quantity}/mean`]: ranking(4) },
        },
      },
      nfe: 3,
    },
  };
}

function question(index: number): StoredQuestion {
  const answers = ['use a spoon', index === 0 ? HOSTILE : `use fork number ${index}`];
  return {
    id: idOf(index),
    index,
    kind: 'choose',
    answers,
    gold: 1,
    views: [
      {
        name: 'default',
        context: index === 0 ? HOSTILE : `How does one eat soup ${index}?`,
        alternatives: answers.map((answer) => [{ text: ` ${answer}`, scored: true }]),
      },
    ],
  };
}

let folder: string;
let runs: string;
let file: string;

async function store(family: Family, name: string, task = 'piqa'): Promise<void> {
  const records = indices.map((index) => record(family, index));
  const { manifest, environment } = scriptedStoredRun({ model: { name, family }, task, records });
  const target = join(runs, `${family}-${task}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, RUN_FILES.manifest), canonicalJson(manifest));
  writeFileSync(join(target, RUN_FILES.environment), JSON.stringify(environment));
  writeFileSync(join(target, RUN_FILES.records), records.map(recordLine).join(''));
  if (task === 'piqa') await storeQuestions(target, indices.map(question));
}

const bench = (...words: readonly string[]) => spawnSync(process.execPath, [BENCH, ...words], { encoding: 'utf8' });

describe.skipIf(!hasChromium)(`the sample browser in Chromium${hasChromium ? '' : ` (none at ${CHROMIUM})`}`, () => {
  let browser: Browser;
  let page: Page;
  const noise: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bench-samples-'));
    runs = join(folder, 'runs');
    file = join(folder, 'report.html');
    await store('autoregressive', HOSTILE);
    await store('diffusion', 'denoiser');
    await store('diffusion', 'denoiser', 'siqa');
    const traced = ['--models', 'random-diffugpt', '--tasks', 'lambada-decoding', '--steps', '1,2', '--trace'];
    expect(bench('run', ...traced, '--fixtures', '--out', runs).stderr).not.toContain('error');
    expect(bench('report', '--runs', runs, '--out', file)).toMatchObject({ stderr: '', status: 0 });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await opened('');
  }, SETUP_MS);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function opened(hash: string): Promise<Page> {
    const made = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    made.on('console', (message) => noise.push(message.text()));
    made.on('pageerror', (error) => noise.push(error.message));
    made.on('dialog', (dialog) => noise.push(dialog.message()));
    await made.goto(pathToFileURL(file).href + hash, { waitUntil: 'load' });
    await made.locator('#samples-browser').waitFor();
    return made;
  }

  async function choose(task: string, shown: string, search = ''): Promise<void> {
    await page.locator('#samples-task').selectOption({ label: task });
    await page.locator('#samples-show').selectOption(shown);
    await page.locator('#samples-search').fill(search);
  }
  const count = () => page.locator('#samples-count');
  /** Retries until the page says so. */
  const counts = (text: string) => expect.poll(() => count().textContent()).toBe(text);
  const itemsThat = (test: (index: number) => boolean) => `${indices.filter(test).length} items`;
  const { autoregressive, diffusion } = isRight;
  const PIQA = `piqa · ${ITEMS}`;

  it('filters by task and outcome', async () => {
    await choose('All tasks', 'all');
    await counts(`${2 * ITEMS + 8} items`);
    await choose(PIQA, 'all');
    await counts(`${ITEMS} items`);
    await choose(PIQA, 'undecided');
    await counts(itemsThat(isUndecided));
    await choose(PIQA, 'unscored');
    await counts('1 item');
    await choose(PIQA, 'agree-right');
    await counts(itemsThat((index) => autoregressive(index) && diffusion(index)));
    await choose('All tasks', 'traced');
    await counts('8 items');
  });

  it('finds what one model has right and another wrong, for any pair', async () => {
    await choose(PIQA, 'gained');
    await page.locator('#samples-a').selectOption({ index: 0 });
    await page.locator('#samples-b').selectOption('denoiser');
    await counts(itemsThat((index) => autoregressive(index) && !diffusion(index)));
    await page.locator('#samples-b').selectOption({ index: 0 });
    await page.locator('#samples-a').selectOption('denoiser');
    await counts(itemsThat((index) => !autoregressive(index) && diffusion(index) && index !== UNSCORED));
  });

  it('marks every item in the order of the legend, with a place for models that have no run of its task', async () => {
    await choose('All tasks', 'all');
    const legend = await page
      .locator('#samples .note bdi')
      .evaluateAll((names) => names.map((name) => name.getAttribute('title') ?? name.textContent));
    expect(legend).toEqual([expect.stringContaining('alert(2)'), 'denoiser', 'random-diffugpt']);
    const marksOf = async (task: string) => {
      await choose(task, 'all');
      return page.locator('[data-at="0"] .mark').evaluateAll((marks) => marks.map((mark) => mark.textContent));
    };
    expect(await marksOf(PIQA)).toEqual(['✓', '✓?', '·']);
    expect(await marksOf(`siqa · ${ITEMS}`)).toEqual(['·', '✓?', '·']);
    expect(await marksOf('lambada-decoding · 8')).toEqual(['·', '·', '✗']);
  });

  it('searches the text of questions and answers', async () => {
    await choose(PIQA, 'all', 'FORK number 250');
    await counts(`1 item of ${ITEMS}`);
    await choose(PIQA, 'all', 'no such words');
    await counts(`0 items of ${ITEMS}`);
  });

  it('shows hostile text as text, with nothing hidden', async () => {
    await choose(PIQA, 'all');
    await page.locator('[data-at="0"]').click();
    const detail = page.locator('#samples-detail');
    await expect.poll(() => detail.locator('h3').textContent()).toBe('piqa/0');
    expect(await detail.locator('pre').first().textContent()).toBe(SHOWN);
    expect(await detail.locator('.choice-text').nth(1).textContent()).toBe(SHOWN);
    const name = detail.locator('.verdicts bdi').first();
    expect(await name.getAttribute('title')).toBe(SHOWN);
    expect(SHOWN).toContain(await name.textContent());
    expect(await detail.locator('img, script').count()).toBe(0);
    expect(noise).toEqual([]);
  });

  it('shows scores of every normalisation, the right answer, the choice and the margin', async () => {
    await choose(PIQA, 'all');
    await page.locator('[data-at="1"]').click();
    const table = page.locator('#samples-detail .scores').nth(1);
    await expect.poll(() => page.locator('#samples-detail h3').textContent()).toBe('piqa/1');
    const rows = await table.locator('tr').allTextContents();
    expect(rows).toEqual([
      'ChoiceTokensNELBOtotaldecidesNELBOper token',
      'A4● 12 ± 0.25● 3 ± 0.063',
      'B ✓424 ± 0.256 ± 0.063',
      'Margin12 ± 0.253 ± 0.063',
    ]);
    expect(await page.locator('.choice.gold .tag.good').textContent()).toBe('✓ right answer');
  });

  it('opens the item of a link, whatever its id', async () => {
    await choose(PIQA, 'all');
    await page.locator('#samples-list').focus();
    await page.keyboard.press('End');
    const link = page.locator('#samples-detail a');
    await expect.poll(() => page.locator('#samples-detail h3').textContent()).toBe(idOf(ITEMS - 1));
    const shared = await opened((await link.getAttribute('href')) as string);
    await expect.poll(() => shared.locator('#samples-detail h3').textContent()).toBe(idOf(ITEMS - 1));
    expect(await shared.locator('.item[aria-selected=true] .item-id').textContent()).toBe(idOf(ITEMS - 1));
    await shared.close();
  });

  it('is worked by keyboard, and keeps few rows in the document', async () => {
    await choose(PIQA, 'all');
    await page.locator('#samples-list').focus();
    await page.keyboard.press('Home');
    for (const key of ['j', 'j', 'ArrowDown', 'k']) await page.keyboard.press(key);
    const selected = page.locator('.item[aria-selected=true]');
    expect(await selected.getAttribute('data-at')).toBe('2');
    expect(await page.locator('#samples-list').getAttribute('aria-activedescendant')).toBe('item-2');
    await expect.poll(() => page.locator('#samples-detail h3').textContent()).toBe('piqa/2');
    const focused = () => page.evaluate('document.activeElement.id');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('samples-detail');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('samples-list');
    await page.keyboard.press('PageDown');
    expect(Number(await selected.getAttribute('data-at'))).toBeGreaterThan(5);
    expect(await page.locator('.item').count()).toBeLessThan(60);
  });

  it('says where a run has no text', async () => {
    await choose(`siqa · ${ITEMS}`, 'all');
    await page.locator('[data-at="0"]').click();
    await expect.poll(() => page.locator('#samples-detail').textContent()).toContain('not stored by this version');
    expect(await page.locator('#samples').textContent()).toContain(
      'siqa (canonical): question text not stored by this version.',
    );
  });

  it('draws every step of a stored trace, at every T', async () => {
    await choose('lambada-decoding · 8', 'all');
    await page.locator('[data-at="1"]').click();
    const tables = page.locator('.trace-figure .scroll:first-of-type .trace');
    await expect.poll(() => tables.count()).toBe(2);
    const run = join(runs, readdirSync(runs).find((name) => name.includes('lambada-decoding')) as string);
    const trace = (await readTraces(run)).byId.get('lambada-decoding/1');
    for (const [at, text] of trace?.texts.entries() ?? []) {
      const table = tables.nth(at);
      expect(await table.locator('tbody tr').count()).toBe(text.path.length);
      const order = text.maskable.map((position) => text.path.findIndex(({ revealed }) => revealed.includes(position)));
      for (const [row, { revealed }] of text.path.entries()) {
        expect(await table.locator(`tbody tr:nth-child(${row + 1}) .revealed`).count()).toBe(revealed.length);
      }
      const steps = text.path.map(({ remaining }) => String(text.steps - remaining));
      expect(await table.locator('tfoot td').allTextContents()).toEqual(order.map((step) => steps[step]));
    }
    const first = tables.nth(1).locator('td').first();
    await first.focus();
    await page.keyboard.press('ArrowRight');
    const said = await page.locator('.readout').nth(1).textContent();
    expect(said).toMatch(/^step 1, position \d+: .*, \d+\.\d percent, (revealed|proposed, stays masked)$/);
  });

  it('plays a text: steps, scrubs, plays to the end and says by which step it was decided', async () => {
    await choose('lambada-decoding · 8', 'all');
    await page.locator('[data-at="1"]').click();
    const player = page.locator('.player').nth(1);
    const said = player.locator('.said');
    await expect.poll(() => said.textContent()).toMatch(/^Step 2 of 2: \d+ revealed, 0 masked, decided$/);
    expect(await player.locator('.note').first().textContent()).toMatch(/(right|wrong).*Decided by step [12] of 2/s);
    const text = await player.locator('.token').allTextContents();
    await player.getByRole('button', { name: 'All masked' }).click();
    expect(new Set(await player.locator('.token').allTextContents())).toEqual(new Set(['▒▒']));
    await page.keyboard.press('ArrowRight');
    expect(await said.textContent()).toMatch(/^Step 1 of 2: \d+ revealed/);
    const shown = await player.locator('.token').allTextContents();
    expect(shown.filter((token, at) => token !== '▒▒' && token !== text[at])).toEqual([]);
    await player.locator('input').fill('0');
    await player.locator('.play').click();
    expect(await player.locator('.play').textContent()).toContain('Pause');
    await expect.poll(() => player.locator('.token').allTextContents(), { timeout: 5000 }).toEqual(text);
    await expect.poll(() => player.locator('.play').textContent()).toContain('Play');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moves = 'getComputedStyle(document.querySelector(".token")).transitionDuration';
    expect(await page.evaluate(moves)).toBe('0s');
    await page.emulateMedia({ reducedMotion: null });
  });

  it('keeps the address at the item that is shown, and goes back', async () => {
    const own = await opened('');
    expect(await own.evaluate('location.hash')).toBe('');
    const title = () => own.locator('#samples-detail h3').textContent();
    await own.locator('#samples-task').selectOption({ label: PIQA });
    await own.locator('[data-at="2"]').click();
    await expect.poll(title).toBe('piqa/2');
    expect(await own.evaluate('location.hash')).toMatch(/^#item\/[0-9a-f]+\/piqa%2F2$/);
    for (let presses = 0; presses < 3; presses++) await own.keyboard.press('ArrowDown');
    await own.locator('#samples-list').focus();
    for (let presses = 0; presses < 3; presses++) await own.keyboard.press('j');
    await expect.poll(() => own.evaluate('location.hash')).toMatch(/piqa%2F[5-8]$/);
    await own.goBack();
    await expect.poll(title).toBe('piqa/2');
    expect(await own.locator('.item[aria-selected=true] .item-id').textContent()).toBe('piqa/2');
    await own.close();
  });

  it('copies texts, links and commands', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await choose(PIQA, 'all');
    await page.locator('[data-at="1"]').click();
    await expect.poll(() => page.locator('#samples-detail h3').textContent()).toBe('piqa/1');
    await page.locator('#samples-detail .copied').first().hover();
    await page.getByRole('button', { name: 'Copy this text' }).first().click();
    const copied = () => page.evaluate('navigator.clipboard.readText()');
    await expect.poll(copied).toBe('How does one eat soup 1?');
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await expect.poll(copied).toBe(await page.evaluate('location.href'));
    await page.locator('#provenance details > summary').nth(1).click();
    await page.getByRole('button', { name: 'Copy the command' }).first().click();
    await expect.poll(copied).toMatch(/^bench run --models/);
  });

  it('fits 400 pixels: the item takes the place of the list and gives it back', async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    const fits = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth');
    await choose(PIQA, 'all');
    await page.locator('#samples-list').focus();
    await page.keyboard.press('Escape');
    expect(await fits()).toBe(true);
    await page.locator('[data-at="0"]').click();
    expect(await page.locator('#samples-list').isVisible()).toBe(false);
    expect(await fits()).toBe(true);
    await page.locator('#samples-back').click();
    expect(await page.locator('#samples-list').isVisible()).toBe(true);
    expect(noise).toEqual([]);
  });
});
