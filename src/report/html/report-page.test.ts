import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { namedModels, toReportView } from '../view/report-view.ts';
import { toRunColumns } from '../view/to-run-columns.ts';
import { curvesSection } from './curves-section.ts';
import { headlineSection } from './headline-section.ts';
import { html } from './html.ts';
import { reportPage } from './report-page.ts';
import { nameWriter, type Section } from './section.ts';

const HOSTILE = '</script><script>alert(1)</script><!-- ]]> "\' &amp;';

async function page(further: readonly Section[] = []): Promise<string> {
  const facts = { chance: 0.5, ranking: null, metric: null } as const;
  const records = [0, 1, 2].map((index) => scriptedRecord(index, { acc: 1, 'accNelbo@1': 0, 'accNelbo@8': index % 2 }));
  const runs = [
    scriptedStoredRun({ model: { name: HOSTILE }, settings: { steps: [1, 8] }, records }),
    scriptedStoredRun({ model: { name: 'gpt2', family: 'autoregressive' }, settings: { steps: [] }, records }),
  ].map((run) => toRunColumns(run, facts));
  const view = toReportView({ runs, unreadable: [{ folder: HOSTILE, reason: HOSTILE }] });
  const curves = await curvesSection(
    view,
    async () => new Uint8Array([137, 80, 78, 71]),
    nameWriter(namedModels(view)),
  );
  return reportPage(view, { curves, drawingNote: null, further });
}

/** Elements whose content a browser runs or applies. */
const contents = (text: string, tag: string) =>
  [...text.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, inside = '']) => inside);
const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policyOf = (text: string) =>
  /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]?.replaceAll('&#39;', "'");

describe('the page', () => {
  it('allows nothing but its own style, by its digest, and images in the file', async () => {
    const text = await page();
    expect(policyOf(text)).toBe(
      `default-src 'none'; style-src ${digest(contents(text, 'style')[0] ?? '')}; script-src 'none'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(text).not.toMatch(/<script|\sstyle=|\son[a-z]+=/);
  });

  it('names no address outside itself', async () => {
    const addresses = [...(await page()).matchAll(/(?:href|src|srcset|action|content)="([^"]*)"/g)].map(
      ([, address = '']) => address,
    );
    expect(addresses.filter((address) => /^(?!data:)[a-z]+:|^\/\//i.test(address))).toEqual([]);
    expect(await page()).not.toMatch(/url\(|@import/);
  });

  it('shows names and messages as text, whatever they hold', async () => {
    const text = await page();
    expect(text).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- ]]&gt; &quot;&#39; &amp;amp;');
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<!--');
  });

  it('leaves a metric that runs of a model do not have empty, and says where no item has a score', () => {
    const facts = { chance: null, ranking: null, metric: null } as const;
    const of = (name: string, family: 'autoregressive' | 'diffusion', values: Readonly<Record<string, number>>) =>
      toRunColumns(
        scriptedStoredRun({ model: { name, family }, records: [0, 1].map((i) => scriptedRecord(i, values)) }),
        facts,
      );
    const runs = [of('gpt2', 'autoregressive', { acc: 1 }), of('diff', 'diffusion', { acc: 1, slack: 0 })];
    const text = String(headlineSection(toReportView({ runs, unreadable: [] })).html);
    expect(text).toContain('slack');
    expect(text).not.toContain('no item has a score');
  });

  it('gives every drawing words and a table', async () => {
    const text = await page();
    const images = [...text.matchAll(/<img [^>]*>/g)];
    expect(images.length).toBeGreaterThan(0);
    for (const [image] of images)
      expect(image).toMatch(/alt="Accuracy: accNelbo@T goes from 0 at T = 1 to [\d.]+ at T = 8/);
    expect(text).toContain('Numbers of the charts: piqa');
  });

  it('has no dead link, and unique anchors', async () => {
    const text = await page();
    const anchors = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
    expect(new Set(anchors).size).toBe(anchors.length);
    const links = [...text.matchAll(/href="#([^"]*)"/g)].map(([, id = '']) => id);
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((id) => !anchors.includes(id))).toEqual([]);
  });

  it('folds what is long, and says beside its heading what it holds', async () => {
    const few = await page();
    expect(few).toMatch(
      /<details class="part" open><summary><h2 id="speed-title">Speed<\/h2><span class="gist">2 runs, 4 s/,
    );
    const records = [scriptedRecord(0, { acc: 1 })];
    const runs = Array.from({ length: 20 }, (_, at) =>
      toRunColumns(scriptedStoredRun({ task: `task-${at}`, records }), { chance: null, ranking: null, metric: null }),
    );
    const many = reportPage(toReportView({ runs, unreadable: [] }), { curves: null, drawingNote: null });
    for (const id of ['speed', 'provenance']) {
      expect(many).toContain(`<details class="part"><summary><h2 id="${id}-title">`);
    }
    expect(many).toContain('<section id="results" aria-labelledby="results-title">\n<h2');
    expect(many).toMatch(/id="conformance-title">[^<]*<\/h2><span class="gist">none of \d+ published cells was run/);
  });

  it('takes further sections with their scripts and data', async () => {
    const script = 'document.title = JSON.parse(document.getElementById("d").textContent)[0]';
    const text = await page([
      { id: 'more', title: 'More', html: html`<p>x</p>`, scripts: [script], data: [{ id: 'd', value: [HOSTILE] }] },
    ]);
    expect(policyOf(text)).toContain(`script-src ${digest(script)};`);
    expect(contents(text, 'script')).toEqual([script]);
    const data = /<script type="application\/json" id="d">(.*?)<\/script>/s.exec(text)?.[1] ?? '';
    expect(JSON.parse(data)).toEqual([HOSTILE]);
    expect(text).toContain('<section id="more"');
  });

  it('takes no script that would end its element', async () => {
    const section = { id: 'more', title: 'More', html: html`x`, scripts: ['"</script>"'] };
    await expect(page([section])).rejects.toThrow('</script');
  });
});
