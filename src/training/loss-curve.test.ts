import { describe, expect, it } from 'vitest';
import { lossChart, lossCurve } from './loss-curve.ts';

const metrics = [
  { step: 1, loss: 20 },
  { step: 2, loss: 12, heldOut: [{ source: 'a.txt', natsPerToken: 6, standardError: 0, rows: 1, tokens: 9 }] },
];

describe('the curve of a run', () => {
  it.each([
    [{ kind: 'autoregressive' }, 'nats per token', 'training loss'],
    [{ kind: 'diffusion', loss: 'fixed' }, 'nats per token (upper bound)', 'training loss'],
    [
      { kind: 'diffusion', loss: 'paper' },
      'held out: nats per token (upper bound)',
      'training loss: nats / t, mean over masked tokens',
    ],
  ] as const)('says what the numbers of %j are', (scale, axis, training) => {
    const { data, options } = lossChart('model: loss', metrics, scale);
    expect(options.scales.y.title.text).toBe(axis);
    expect(data.datasets.map(({ label }) => label)).toEqual([training, 'held out: a.txt']);
  });

  it('is a PNG', () => {
    expect(Buffer.from(lossCurve('model: loss', metrics, { kind: 'autoregressive' })).toString('latin1', 1, 4)).toBe(
      'PNG',
    );
  });
});
