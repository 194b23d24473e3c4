import { expect, it } from 'vitest';
import { scriptedReport } from '../../../test/scripted/scripted-report.ts';
import { toAblationDocument } from '../view/ablation.ts';
import { ablationTable } from './ablation-table.ts';

const N = 200;
const right = (count: number) => ({ acc: Array.from({ length: N }, (_, i) => (i < count ? 1 : 0)) });
const cell = (count: number, openFraction: number, shift: boolean, undecided = 0) => ({
  ...scriptedReport(right(count), { openFraction, shift, steps: [32], undecided }),
  isReference: openFraction === 1 && shift,
});

it('crosses attention and shift, with paired differences to the reference', () => {
  const runs = [cell(130, 1, true, 4), cell(90, 0, true), cell(98, 1, false, 9), cell(96, 0, false)];
  expect(ablationTable(toAblationDocument(runs))).toMatchInlineSnapshot(`
    "piqa, diffugpt-m: acc, n 200
    attention  shift on                shift off
    ─────────────────────────────────────────────────────────
    0          45.0 [38.3, 51.9]       48.0 [41.2, 54.9]
                 -20.0 [-26.1, -15.0]    -17.0 [-22.8, -12.4]
    1          65.0 [58.2, 71.3]       49.0 [42.2, 55.9]
                 reference               -16.0 [-21.7, -11.6]

    Inference-time ablation of finished weights, not the paper's training ablation; trained ablations
      are compared by listing their checkpoints in bench run.
    Second lines: paired difference to the reference (attention 1, the model's own shift), same items,
      seed and masks, with its 95 % interval; accuracies in points.
    Accuracies in percent [95 % interval]; protocol canonical; engine onnx float32.
    diffugpt-m: diffusion, e(k) over stratified masks, T = 32, up to 32 passes an answer, seed 0, shift
      on, off, attention 0, 1; 1,600 sequences in 49.2 s.
    Chance: piqa 50.0.
    ! piqa, diffugpt-m: 0 to 9 of 200 answers undecided within 2 Monte-Carlo standard errors, by cell
    "
  `);
});

it('compares over the items that both cells could score, and counts the others', () => {
  const reference = cell(130, 1, true);
  const partial = cell(90, 0, true);
  const records = partial.stored.records.slice(0, 150);
  const document = toAblationDocument([reference, { ...partial, stored: { records } }]);
  const [causal, own] = document.ablations[0]?.cells ?? [];
  expect(causal?.difference).toMatchObject({ n: 150, unscored: 50, value: -40 / 150 });
  expect(own).toMatchObject({ isReference: true, difference: null });
});

it('shows gaps where an ablation was interrupted', () => {
  const text = ablationTable(toAblationDocument([cell(130, 1, true), cell(90, 0, false)]));
  expect(text).toMatch(/^0 +– +45\.0/m);
  expect(text).toMatch(/^1 +65\.0 \[.*\] +–$/m);
});
