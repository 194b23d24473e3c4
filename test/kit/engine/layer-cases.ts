/** Every layer of `layers.ts`. An engine may have a fused kernel for it; the result is the same formula. */
import { CLOSED } from '../../../src/architectures/attention-bias.ts';
import {
  attention,
  attentionWithPast,
  crossEntropy,
  geluTanh,
  layerNorm,
  layerNormParts,
  linear,
  logSoftmax,
  rmsNorm,
  silu,
  softmax,
} from '../../../src/tensor/layers.ts';
import type { FusedOps } from '../../../src/tensor/ops.ts';
import { type EngineCase, engineCase, type Given, given, total, values } from './engine-case.ts';

const [C, V, L, H, D, P] = [4, 5, 3, 2, 2, 4];
const EPSILON = 1e-5;

const x = values('layer x', ['N', C], -3, 3);
const gain = values('gain', [C], 0.5, 1.5);
const bias = values('bias', [C]);
const down = values('down', [C, V]);
const up = values('up', [V, C]);
const wideBias = values('wide bias', [V]);
/** Rows far from zero: a softmax that does not subtract the largest entry overflows or gives 0/0. */
const extreme = given(['N', C], Float32Array.of(1000, 999, 0, -1000, -500, -500, -501, -502, 3, 3, 3, 3));

const linears = [
  engineCase(
    'linear',
    { x, down, wideBias },
    (ops, t) => linear(ops, t('x'), t('down'), t('wideBias'), false),
    ['N', V],
    (n, v) => total(C, (c) => x.at(n, c) * down.at(c, v)) + wideBias.at(v),
  ),
  engineCase(
    'linear, transposed',
    { x, up, wideBias },
    (ops, t) => linear(ops, t('x'), t('up'), t('wideBias'), true),
    ['N', V],
    (n, v) => total(C, (c) => x.at(n, c) * up.at(v, c)) + wideBias.at(v),
  ),
  engineCase(
    'linear, transposed, without bias',
    { x, up },
    (ops, t) => linear(ops, t('x'), t('up'), null, true),
    ['N', V],
    (n, v) => total(C, (c) => x.at(n, c) * up.at(v, c)),
  ),
];

const norms = [
  engineCase(
    'layerNorm',
    { x, gain, bias },
    (ops, t) => layerNorm(ops, t('x'), t('gain'), t('bias'), C, EPSILON),
    ['N', C],
    (n, c) => {
      const mean = total(C, (i) => x.at(n, i)) / C;
      const variance = total(C, (i) => (x.at(n, i) - mean) ** 2) / C;
      return ((x.at(n, c) - mean) / Math.sqrt(variance + EPSILON)) * gain.at(c) + bias.at(c);
    },
  ),
  ...(['normed', 'mean', 'inverse'] as const).map((part) =>
    engineCase(
      `layerNormParts, ${part}`,
      { x, gain, bias },
      (ops, t) => layerNormParts(ops, t('x'), t('gain'), t('bias'), C, EPSILON)[part],
      ['N', part === 'normed' ? C : 1],
      (n, c) => {
        const mean = total(C, (i) => x.at(n, i)) / C;
        const inverse = 1 / Math.sqrt(total(C, (i) => (x.at(n, i) - mean) ** 2) / C + EPSILON);
        return { normed: (x.at(n, c) - mean) * inverse * gain.at(c) + bias.at(c), mean, inverse }[part];
      },
    ),
  ),
  engineCase(
    'rmsNorm',
    { x, gain },
    (ops, t) => rmsNorm(ops, t('x'), t('gain'), C, EPSILON),
    ['N', C],
    (n, c) => (x.at(n, c) / Math.sqrt(total(C, (i) => x.at(n, i) ** 2) / C + EPSILON)) * gain.at(c),
  ),
];

const far = given(['N', C], Float32Array.of(-60, -9, -4, -1, -0.25, 0, 0.1, 0.5, 1, 4, 9, 60));
const activations = [
  engineCase(
    'geluTanh',
    { far },
    (ops, t) => geluTanh(ops, t('far')),
    ['N', C],
    (n, c) => {
      const v = far.at(n, c);
      return 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
    },
  ),
  engineCase(
    'silu',
    { far },
    (ops, t) => silu(ops, t('far')),
    ['N', C],
    (n, c) => far.at(n, c) / (1 + Math.exp(-far.at(n, c))),
  ),
];

const logNormaliser = (of: Given, n: number): number => {
  const largest = Math.max(...[0, 1, 2, 3].map((c) => of.at(n, c)));
  return largest + Math.log(total(C, (c) => Math.exp(of.at(n, c) - largest)));
};
const softmaxes = [x, extreme].flatMap((scores, i) => {
  const of = i === 0 ? '' : ' of rows far from zero';
  return [
    engineCase(
      `logSoftmax${of}`,
      { scores },
      (ops, t) => logSoftmax(ops, t('scores')),
      ['N', C],
      (n, c) => scores.at(n, c) - logNormaliser(scores, n),
    ),
    engineCase(
      `softmax${of}`,
      { scores },
      (ops, t) => softmax(ops, t('scores')),
      ['N', C],
      (n, c) => Math.exp(scores.at(n, c) - logNormaliser(scores, n)),
    ),
    engineCase(
      `crossEntropy${of}`,
      { scores, targets: given(['N'], Int32Array.of(3, 0, 2)) },
      (ops, t) => crossEntropy(ops, t('scores'), t('targets')),
      ['N'],
      (n) => logNormaliser(scores, n) - scores.at(n, [3, 0, 2][n] as number),
    ),
  ];
});

const [q, k, v] = ['q', 'k', 'v'].map((name) => values(`attention ${name}`, ['B', 'L', H * D])) as [
  Given,
  Given,
  Given,
];
const causal = [0, CLOSED, CLOSED, 0, 0, CLOSED, 0, 0, 0];
const MASKS = {
  open: new Float32Array(18),
  'causal and full, sequence by sequence': Float32Array.of(...causal, ...new Array<number>(9).fill(0)),
  'closed but for oneself': Float32Array.from({ length: 18 }, (_, i) => ((i % 9) % 4 === 0 ? 0 : CLOSED)),
};
const attentions = Object.entries(MASKS).map(([name, data]) => {
  const mask = given(['B', 1, 'L', 'L'], data);
  return engineCase(
    `attention, ${name}`,
    { q, k, v, mask },
    (ops, t) => attention(ops, t('q'), t('k'), t('v'), t('mask'), H, D),
    ['B', 'L', H * D],
    (b, i, c) => {
      const from = c - (c % D);
      const weights = Array.from({ length: L }, (_, j) => {
        const score = total(D, (d) => q.at(b, i, from + d) * k.at(b, j, from + d)) / Math.sqrt(D);
        return mask.at(b, 0, i, j) === 0 ? Math.exp(score) : 0;
      });
      const whole = total(L, (j) => weights[j] as number);
      return total(L, (j) => ((weights[j] as number) / whole) * v.at(b, j, c));
    },
  );
});

const pastKeys = values('past keys', ['B', H, D, 'P']);
const pastValues = values('past values', ['B', H, 'P', D]);
const PASTS = {
  'all of it': new Float32Array(8),
  'as much as each sequence has': Float32Array.of(0, 0, 0, CLOSED, 0, CLOSED, CLOSED, CLOSED),
  none: new Float32Array(8).fill(CLOSED),
};
const afterPasts = Object.entries(PASTS).map(([name, data]) => {
  const mask = given(['B', 1, 'L', 'L'], MASKS['causal and full, sequence by sequence']);
  const pastBias = given(['B', 1, 1, 'P'], data);
  return engineCase(
    `attentionWithPast, ${name}`,
    { q, k, v, mask, pastKeys, pastValues, pastBias },
    (ops, t) => {
      const past = { keys: t('pastKeys'), values: t('pastValues'), bias: t('pastBias') };
      return attentionWithPast(ops, t('q'), t('k'), t('v'), t('mask'), past, H, D);
    },
    ['B', 'L', H * D],
    (b, i, c) => {
      const [head, from] = [Math.floor(c / D), c - (c % D)];
      const weight = (score: number, bias: number) => (bias === 0 ? Math.exp(score / Math.sqrt(D)) : 0);
      const own = (j: number) =>
        weight(
          total(D, (d) => q.at(b, i, from + d) * k.at(b, j, from + d)),
          mask.at(b, 0, i, j),
        );
      const earlier = (p: number) =>
        weight(
          total(D, (d) => q.at(b, i, from + d) * pastKeys.at(b, head, d, p)),
          pastBias.at(b, 0, 0, p),
        );
      const mixed =
        total(L, (j) => own(j) * v.at(b, j, c)) + total(P, (p) => earlier(p) * pastValues.at(b, head, p, c - from));
      return mixed / (total(L, own) + total(P, earlier));
    },
  );
});

export const LAYER_CASES: readonly EngineCase[] = [
  ...[...linears, ...norms, ...activations, ...softmaxes],
  ...[...attentions, ...afterPasts],
];

/** The fused kernels that an engine may have; each is met by the case of its name. */
export const FUSED: Readonly<Record<keyof FusedOps<unknown>, true>> = {
  linear: true,
  layerNorm: true,
  layerNormParts: true,
  geluTanh: true,
  softmax: true,
  logSoftmax: true,
  crossEntropy: true,
  attention: true,
};
