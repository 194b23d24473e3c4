/** What is stored of a trace gives the trace again, whatever was asked and revealed in which order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TextTrace, TraceStep } from '../../src/core/trace.ts';
import { packedTraceSchema, packTrace, unpackTrace } from '../../src/store/traces/pack-trace.ts';

const subset = (positions: readonly number[]) => fc.subarray([...positions]);

const steps = (maskable: readonly number[]): fc.Arbitrary<TraceStep> =>
  fc.oneof(fc.constant([...maskable]), subset(maskable)).chain((positions) =>
    fc.record({
      remaining: fc.nat(64),
      positions: fc.constant(positions),
      tokens: fc.array(fc.nat(3), { minLength: positions.length, maxLength: positions.length }),
      confidences: fc.array(fc.integer({ min: 0, max: 20_000 }), {
        minLength: positions.length,
        maxLength: positions.length,
      }),
      revealed: subset(positions),
    }),
  );

const texts: fc.Arbitrary<TextTrace> = fc
  .uniqueArray(fc.nat(40), { minLength: 1, maxLength: 12 })
  .map((positions) => positions.sort((a, b) => a - b))
  .chain((maskable) =>
    fc.record({
      view: fc.string(),
      steps: fc.integer({ min: 1, max: 64 }),
      draw: fc.nat(3),
      maskable: fc.constant(maskable),
      context: fc.record({ before: fc.string(), after: fc.string() }),
      path: fc.array(steps(maskable), { maxLength: 6 }),
      pieces: fc.dictionary(fc.nat(3).map(String), fc.string({ unit: 'grapheme' })),
    }),
  );

it('packing loses nothing but digits of confidences', () => {
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 3 }), (all) => {
      const inNats = all.map((text) => ({
        ...text,
        path: text.path.map((step) => ({ ...step, confidences: step.confidences.map((value) => 0 - value / 1000) })),
      }));
      const trace = { id: 'a/0', index: 0, texts: inNats };
      const stored = packedTraceSchema.parse(JSON.parse(JSON.stringify(packTrace(trace))));
      expect(unpackTrace(stored)).toEqual(trace);
    }),
  );
});

it('refuses steps that do not fit their positions', () => {
  const packed = packTrace({ id: 'a', index: 0, texts: [{ ...SAMPLE }] });
  const [text] = packed.texts;
  const [step] = text?.path ?? [];
  for (const change of [{ tokens: [] }, { tokens: [-1] }, { revealed: [7] }, { asked: [5] }]) {
    const broken = { ...packed, texts: [{ ...text, path: [{ ...step, ...change }] }] } as typeof packed;
    expect(() => unpackTrace(broken)).toThrow(RangeError);
  }
});

const SAMPLE: TextTrace = {
  view: 'default',
  steps: 1,
  draw: 0,
  maskable: [3],
  context: { before: '', after: '' },
  path: [{ remaining: 0, positions: [3], tokens: [9], confidences: [-1], revealed: [3] }],
  pieces: { 9: ' x' },
};
