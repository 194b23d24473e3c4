/** The closed list of tasks whose predictions can be scored again. A new one is a file beside this one and one line here. */
import { countdownRescorer } from './countdown.ts';
import { gsm8kRescorer } from './gsm8k.ts';
import { humanevalRescorer, infillRescorers } from './humaneval.ts';
import { lambadaOpenaiRescorer, lambadaRescorer } from './lambada.ts';
import type { Rescorer } from './rescorer.ts';

export const RESCORERS: readonly Rescorer[] = [
  gsm8kRescorer,
  countdownRescorer,
  lambadaRescorer,
  lambadaOpenaiRescorer,
  ...infillRescorers,
  humanevalRescorer,
];
