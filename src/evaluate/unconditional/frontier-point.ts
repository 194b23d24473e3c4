/** From stored texts to what they are worth. */
import type { Estimate } from '../../core/estimate.ts';
import type { ComputedBy } from '../../core/model.ts';
import { type TextVariety, textVariety } from '../../metrics/text-variety.ts';
import type { FrontierPoint, JudgedPoint } from '../../report/frontier/document.ts';
import { boundedInterval } from '../../stats/clustered/bounded-interval.ts';
import { independent } from '../../stats/clustered/cluster-layout.ts';
import { meanInterval } from '../../stats/clustered/estimate-items.ts';
import type { Cell, Judged } from './cell.ts';

export function frontierPoint({ setting, texts, seconds }: Cell, judgement: Judged | null): FrontierPoint {
  const { model, family, steps, temperature, topP, form, length, samples } = setting;
  const varieties = texts.map(({ ids }) => textVariety(ids));
  const valuesOf = (name: keyof TextVariety) => varieties.map((variety) => variety[name]);
  const share = (name: keyof TextVariety) => boundedInterval(independent(texts.length), valuesOf(name));
  return {
    ...{ model, family, ...computedBy(setting), steps, temperature, topP, form, length, samples },
    nfe: texts.reduce((sum, { nfe }) => sum + nfe, 0) / texts.length,
    seconds: seconds / texts.length,
    entropy: entropyInterval(valuesOf('entropy'), Math.log(Math.max(1, ...texts.map(({ ids }) => ids.length)))),
    ...{ distinct1: share('distinct1'), distinct2: share('distinct2'), distinct3: share('distinct3') },
    repeated4: share('repeated4'),
    judged: judgement === null ? null : judgedPoint(judgement),
  };
}

/** In nats; no text has less than none, or more than one whose tokens all differ. @param most of that one */
function entropyInterval(values: readonly number[], most: number): Estimate {
  const interval = meanInterval(values);
  return { ...interval, low: Math.max(0, interval.low), high: Math.min(most, interval.high) };
}

function judgedPoint({ judge, texts }: Judged): JudgedPoint | null {
  const weighed = texts.filter(({ tokens }) => tokens > 0);
  if (weighed.length === 0) return null;
  const nats = meanInterval(
    weighed.map((text) => text.nats / text.tokens),
    0.95,
    texts.length - weighed.length,
  );
  const perplexity = {
    ...nats,
    value: Math.exp(nats.value),
    low: Math.exp(Math.max(0, nats.low)),
    high: Math.min(Number.MAX_VALUE, Math.exp(nats.high)),
    stderr: Math.min(Number.MAX_VALUE, Math.exp(nats.value) * nats.stderr),
    method: 'exp of a mean, Student t',
  };
  return { judge: judge.name, ...computedBy(judge), perplexity, cut: texts.filter(({ isCut }) => isCut).length };
}

const computedBy = ({ engine, dtype, device, provider }: ComputedBy): ComputedBy => ({
  ...{ engine, dtype },
  ...(device === undefined ? {} : { device }),
  ...(provider === undefined ? {} : { provider }),
});
