import { describe, expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { curvesSection } from '../html/curves-section.ts';
import { toReportView } from '../view/report-view.ts';
import { toRunColumns } from '../view/to-run-columns.ts';

const FACTS = { chance: 0.5, ranking: 'mean', metric: null } as const;
const AR = { family: 'autoregressive', maskId: null } as const;
const digest = (name: string) => ({ name, weightsDigest: name.repeat(64).slice(0, 64) });

/** @param values of each item: at T = 1 and at T = 8 */
const denoiser = (name: string, values: readonly (readonly [number, number])[], first = 0) =>
  scriptedStoredRun({
    model: digest(name),
    settings: { steps: [1, 8] },
    records: values.map(([one, eight], at) =>
      scriptedRecord(first + at, { acc: eight, 'accNelbo@1': one, 'accNelbo@8': eight }),
    ),
  });
const causal = (name: string, values: readonly number[]) =>
  scriptedStoredRun({
    model: { ...digest(name), ...AR },
    settings: { steps: [] },
    records: values.map((acc, at) => scriptedRecord(at, { acc })),
  });
const viewOf = (...runs: readonly ReturnType<typeof causal>[]) =>
  toReportView({ runs: runs.map((run) => toRunColumns(run, FACTS)), unreadable: [] });

describe('several models over T', () => {
  const four = [
    [0, 1],
    [0, 1],
    [1, 1],
    [1, 0],
  ] as const;

  it('stand on the same items, the left-to-right level too', () => {
    // b lacks the last item, so that all values are over the first three: a goes from 1/3 to 3/3, the level is 1/3, not 2/4.
    const { compared } = viewOf(denoiser('a', four), denoiser('b', four.slice(0, 3)), causal('c', [1, 0, 0, 1]));
    expect(compared).toHaveLength(1);
    const [{ metric, items, curves, levels, leftOut }] = compared as [(typeof compared)[0]];
    expect([metric, items, leftOut]).toEqual(['accNelbo', 3, []]);
    expect(
      curves.map(({ model, points }) => [model, points.map(({ steps, value }) => [steps, value.value, value.n])]),
    ).toEqual([
      [
        'a',
        [
          [1, 1 / 3, 3],
          [8, 1, 3],
        ],
      ],
      [
        'b',
        [
          [1, 1 / 3, 3],
          [8, 1, 3],
        ],
      ],
    ]);
    // Wilson's interval of 1 of 3 at 95 %.
    const level = levels[0]?.points[0]?.value;
    expect([level?.value, level?.n]).toEqual([1 / 3, 3]);
    expect(level?.low).toBeCloseTo(0.0615, 4);
    expect(level?.high).toBeCloseTo(0.7923, 4);
  });

  it('leave out a model of other items, by name, and have no chart of one model alone', () => {
    const { compared } = viewOf(denoiser('a', four), causal('c', [1, 0, 0, 1]), denoiser('z', four.slice(0, 1), 40));
    expect(compared.map(({ items, leftOut }) => [items, leftOut])).toEqual([[4, ['z']]]);
    expect(viewOf(denoiser('a', four)).compared).toEqual([]);
  });

  it('are drawn with bands, in words too, and against cost where T have one', async () => {
    const view = viewOf(denoiser('a', four), causal('c', [1, 0, 0, 1]));
    const page = String((await curvesSection(view, async () => new Uint8Array()))?.html);
    expect(page).toContain('aria-label="Accuracy over T; a: 50 at 1, 75 at 8; c: 50"');
    expect(page.match(/<polygon class="band/g)).toHaveLength(1);
    expect(page.match(/<rect class="band/g)).toHaveLength(1);
    expect(page).toContain('over the same 4 items');
    // T share their passes here: the largest T has the cost of all of them.
    expect(page).toContain('aria-label="Accuracy against passes; a: 75 at 2; c: 50 at 2"');
    expect(page).not.toContain('Accuracy against FLOPs');
    const counted = (run: ReturnType<typeof causal>, flops: number) => {
      const sessions = run.environment.sessions.map((each) => ({ ...each, work: { items: 4, tokens: 40, flops } }));
      return { ...run, environment: { ...run.environment, sessions } };
    };
    const known = viewOf(counted(denoiser('a', four), 8e9), counted(causal('c', [1, 0, 0, 1]), 4e9));
    const withFlops = String((await curvesSection(known, async () => new Uint8Array()))?.html);
    expect(withFlops).toMatch(/aria-label="Accuracy against FLOPs; a: 75 at 2\u202fG; c: 50 at 1\u202fG"/);
    const apart = [1, 8].map((T) => denoiserAt('a', T, [0, 1, 1, T === 8 ? 1 : 0]));
    const { compared } = viewOf(...apart, causal('c', [1, 0, 0, 1]));
    expect(compared[0]?.curves[0]?.points.map(({ steps, nfe, seconds }) => [steps, nfe, seconds])).toEqual([
      [1, 2, 0.5],
      [8, 2, 0.5],
    ]);
  });
});

const denoiserAt = (name: string, T: number, values: readonly number[]) =>
  scriptedStoredRun({
    model: digest(name),
    settings: { steps: [T] },
    records: values.map((acc, at) => scriptedRecord(at, { acc, [`accNelbo@${T}`]: acc })),
  });
