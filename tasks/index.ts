/** The closed list of tasks. A new task is one file beside this one and one line here. */
import type { TaskPlugin } from '#harness';
import { countdown3, countdown4, countdown5 } from './countdown/countdown.ts';
import { gsm8k } from './gsm8k/gsm8k.ts';
import { gsm8kNatural } from './gsm8k/gsm8k-natural.ts';
import { hellaswag } from './hellaswag.ts';
import { humanevalInfillFair } from './humaneval/fair.ts';
import { humaneval, INFILL_TASKS } from './humaneval/tasks.ts';
import { lambada } from './lambada.ts';
import { lambadaDecoding } from './lambada-decoding.ts';
import { lambadaOpenai } from './lambada-openai.ts';
import { countdownMini, pointerChasing, pointerChasingForward, wordProblems } from './made/mini.ts';
import { storiesChoice } from './made/stories-choice.ts';
import { storiesCloze } from './made/stories-cloze.ts';
import { mawps } from './mawps.ts';
import { piqa } from './piqa.ts';
import { rocstories } from './rocstories.ts';
import { satMath } from './sat-math.ts';
import { siqa } from './siqa.ts';
import { squad } from './squad.ts';
import { triviaqa } from './triviaqa.ts';
import { winogrande } from './winogrande.ts';

/** What runs when no task is named, and the models' catalog entries name none: the published likelihood tasks. */
export const DEFAULT_TASKS: readonly TaskPlugin[] = [lambada, lambadaOpenai, hellaswag, winogrande, siqa, piqa];

/** Tasks whose answers are ranked or weighed by their likelihood. */
export const TASKS: readonly TaskPlugin[] = [...DEFAULT_TASKS, storiesChoice, storiesCloze];

/** Tasks whose answers are written; run when they are named. */
export const WRITING_TASKS: readonly TaskPlugin[] = [
  lambadaDecoding,
  gsm8k,
  gsm8kNatural,
  countdown3,
  countdown4,
  countdown5,
  ...INFILL_TASKS,
  humanevalInfillFair,
  humaneval,
  triviaqa,
  squad,
  rocstories,
  mawps,
  satMath,
  pointerChasing,
  pointerChasingForward,
  countdownMini,
  wordProblems,
];

const all = [...TASKS, ...WRITING_TASKS];

/** Every task, those of plugins included. */
export const ALL_TASKS: readonly TaskPlugin[] = all;

/** @returns undefined where no task has this name */
export const taskNamed = (name: string): TaskPlugin | undefined => all.find((task) => task.name === name);

/**
 * Adds a task, for packages that bring their own.
 *
 * @throws RangeError when its name is taken
 */
export function registerTask(added: TaskPlugin): void {
  if (taskNamed(added.name) !== undefined) throw new RangeError(`task ${added.name} exists already`);
  all.push(added);
}
