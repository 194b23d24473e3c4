/** A sampler as it is asked for and stored: which positions are revealed when, and how tokens are chosen; `threshold:block=32:threshold=0.9`. */
import { z } from 'zod';

/**
 * Which of the masked positions a step reveals, by the names of those who published it. How many these are, `form` says: so many that
 * after t of T steps ⌊L·t/T⌋ are left (`canonical`), or as the published code has it (`paper`).
 *
 *   confidence     the surest predictions; random-keep: positions by chance (DiffuLLaMA)
 *   maskgit-plus   the surest predictions; entropy: the lowest entropies; margin: the widest gaps between the two best
 *                  probabilities; origin: each position by itself, by chance (Dream)
 *   block          the surest predictions of the first block that has any (LLaDA); dllm: as its copy in dLLM counts
 *   threshold      all predictions with a probability above τ, at least one, whatever T is (Fast-dLLM)
 *   static         the surest predictions; left-to-right: the leftmost; dynamic: those above τ where that is more than the schedule
 *                  asks for, else as static (SDAR)
 */
export const REVEAL_ORDERS = [
  'confidence',
  'random-keep',
  'maskgit-plus',
  'entropy',
  'margin',
  'origin',
  'block',
  'dllm',
  'threshold',
  'static',
  'left-to-right',
  'dynamic',
] as const;
export type RevealOrder = (typeof REVEAL_ORDERS)[number];

/**
 * Samplers with which networks of their own diffusion were published. In all of them each masked position becomes a token on its
 * own; they differ in how likely that is in a step (`lm/writing/own-sampler.ts`).
 */
export const OWN_SAMPLERS = ['ddpm-cache', 'ddpm', 'euler', 'analytic'] as const;
export type OwnSampler = (typeof OWN_SAMPLERS)[number];

/** Those of any denoiser, and those of networks that were published with their own (`lm/writing/own-sampler.ts`). */
export const SAMPLERS = [...REVEAL_ORDERS, ...OWN_SAMPLERS] as const;
export type SamplerName = RevealOrder | OwnSampler;

export const isOwn = (order: SamplerName): order is OwnSampler => OWN_SAMPLERS.some((own) => own === order);

/** Samplers that go by a threshold, with the one of their published defaults. */
export const THRESHOLDS: Readonly<Partial<Record<SamplerName, number>>> = { threshold: 0.9, dynamic: 0.85 };

/** Whether the number of steps has a say in what is written. */
export const takesSteps = (order: SamplerName): boolean => order !== 'threshold';

export const samplerChoiceSchema = z.strictObject({
  order: z.enum(SAMPLERS),
  /** Absent: as the task has it. */
  form: z.enum(['canonical', 'paper']).exactOptional(),
  /** Tokens of a block, counted from the start of the answer; absent: all in one. */
  block: z.number().exactOptional(),
  threshold: z.number().exactOptional(),
  /** 0 is argmax; absent: as the task has it. */
  temperature: z.number().exactOptional(),
  topP: z.number().exactOptional(),
  topK: z.number().exactOptional(),
});
export type SamplerChoice = Readonly<z.infer<typeof samplerChoiceSchema>>;

/** The options in the order in which they are spelt, each with its spelling. */
const SPELT = {
  block: 'block',
  threshold: 'threshold',
  temperature: 'temperature',
  topP: 'top-p',
  topK: 'top-k',
} as const;

/** As it is typed: `entropy:form=paper`. */
export function samplerText({ order, form, ...numbers }: SamplerChoice): string {
  const keys = Object.keys(SPELT) as (keyof typeof SPELT)[];
  const given = keys.filter((key) => numbers[key] !== undefined).map((key) => `${SPELT[key]}=${numbers[key]}`);
  return [order, ...given, ...(form === undefined ? [] : [`form=${form}`])].join(':');
}

/** Under `canonical` the schedule is the same for all, so that some names mean one sampler. */
const ONE_RULE: Readonly<Partial<Record<SamplerName, SamplerName>>> = {
  'maskgit-plus': 'confidence',
  block: 'confidence',
  dllm: 'confidence',
  static: 'confidence',
  origin: 'random-keep',
};

export const canonicalOrder = (order: SamplerName): SamplerName => ONE_RULE[order] ?? order;
