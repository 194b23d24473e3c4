/** A language model as the runner sees it: questions in, responses out. */
import type { ProtocolName } from './protocol-name.ts';
import type { Family, Question } from './question.ts';
import type { Response } from './response.ts';
import type { SftRow } from './sft-row.ts';
import type { TextTrace } from './trace.ts';

/**
 * How scores are computed. The number after the stroke is raised whenever the same inputs would give other numbers, so
 * that results of two versions never mix in one run.
 */
export const ESTIMATOR = {
  /** Exact log-likelihoods, left to right. */
  causal: 'loglikelihood/1',
  /** e(k) over all masks, or stratified masks with a control variate. */
  bound: 'masked-cross-entropies/2',
  /** The published procedure, seeded. */
  official: 'official/1',
  /** Text written left to right, greedily. */
  decoder: 'greedy/1',
  /** Text written by denoising. */
  denoiser: 'denoising/2',
} as const;

/** Everything about scoring, apart from the question, that can change a number. */
export interface ScoringSettings {
  readonly protocol: ProtocolName;
  /** One of `ESTIMATOR`, or of an older version in a stored run. */
  readonly estimator: string;
  readonly seed: number;
  /** Diffusion steps T for which `nelbo@T` and `official@T` are reported; ascending. */
  readonly steps: readonly number[];
  /** Forward passes a scored alternative may take (diffusion, not under `paper`). */
  readonly passes: number;
  /** Texts written for each question and T; 1 where nothing is written. */
  readonly draws: number;
  /** Share of future attention entries that is open for diffusion models: 1 = bidirectional, 0 = causal. */
  readonly openFraction: number;
  /** Diffusion: read position i from row i − 1 (true) or from row i (false). */
  readonly shift: boolean;
  /** The T that leaked from LAMBADA into this task and stands in `steps`; only where that defect is emulated. */
  readonly leakedSteps?: number;
  /** The tokens of the row in which fine-tuned models are asked; only where a view has that layout. */
  readonly sft?: SftRow;
}

/** One question to answer. `key` names its random streams: the same key and seed draw the same masks for every model. */
export interface Ask {
  readonly key: string;
  readonly question: Question;
}

/** Who looks on while a model writes. What it is told changes no answer. */
export interface AnswerWatch {
  /** Given the steps of each text that was written by denoising. `key` is that of the question. */
  readonly onTrace?: (key: string, trace: TextTrace) => void;
  /** Runs the work on all texts of T = `steps`. */
  readonly timed?: <Result>(steps: number, work: () => Promise<Result>) => Promise<Result>;
}

export interface ModelIdentity {
  /** As typed by the user or listed in the catalog. */
  readonly name: string;
  readonly family: Family;
  readonly architecture: string;
  readonly parameters: number;
  readonly weightsDigest: string;
  readonly tokenizerDigest: string;
  readonly vocabularyRows: number;
  readonly contextLength: number;
  readonly maskId: number | null;
  readonly bosId: number | null;
  readonly engine: string;
  readonly dtype: string;
}

export interface LanguageModel {
  readonly identity: ModelIdentity;
  /**
   * Answers in the order asked. A question that cannot be answered (too long, say) gives an `unanswered` response; the
   * answer to a question never depends on the other questions of the call.
   */
  answer(asks: readonly Ask[], settings: ScoringSettings, watch?: AnswerWatch): Promise<readonly Response[]>;
  dispose(): Promise<void>;
}
