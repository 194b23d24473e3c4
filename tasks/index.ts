/** The closed list of tasks. A new task is one file beside this one and one line here. */
import type { TaskPlugin } from '#harness';
import { countdown3, countdown4, countdown5 } from './countdown.ts';
import { gsm8k } from './gsm8k.ts';
import { gsm8kNatural } from './gsm8k-natural.ts';
import { hellaswag } from './hellaswag.ts';
import { humaneval, INFILL_TASKS } from './humaneval/tasks.ts';
import { lambada } from './lambada.ts';
import { lambadaDecoding } from './lambada-decoding.ts';
import { lambadaOpenai } from './lambada-openai.ts';
import { piqa } from './piqa.ts';
import { siqa } from './siqa.ts';
import { winogrande } from './winogrande.ts';

export const TASKS: readonly TaskPlugin[] = [lambada, lambadaOpenai, hellaswag, winogrande, siqa, piqa];

/** Tasks whose answers are written; run when they are named. */
export const WRITING_TASKS: readonly TaskPlugin[] = [
  lambadaDecoding,
  gsm8k,
  gsm8kNatural,
  countdown3,
  countdown4,
  countdown5,
  ...INFILL_TASKS,
  humaneval,
];
