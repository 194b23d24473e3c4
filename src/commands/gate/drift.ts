/** `bench drift`: the same run on two machines, engines, types of number or numbers of threads. */
import { badArguments } from '../../core/errors.ts';
import { readDrift } from '../../evaluate/stored/drift.ts';
import { driftText } from '../../gate/drift/drift-text.ts';
import type { OptionsOf } from '../../options/option.ts';
import { json } from '../../options/shared.ts';
import { locateRun } from '../report/locate-run.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

const OPTIONS = { json };

interface DriftOptions extends OptionsOf<typeof OPTIONS> {
  readonly a: string;
  readonly b: string;
}

export const verb = declareVerb({
  options: OPTIONS,
  notes:
    'Of items that both runs have: records with other bytes, how far scores lie apart, other choices or counted metrics with an interval, and where written texts part (with the steps, where both were run with --trace).',
  examples: {
    'drift a100/gpt2-m-piqa-canonical-4074d135777e h200/gpt2-m-piqa-canonical-4074d135777e --json': 'the whole list',
  },
  settle(given, [a, b, ...more]): DriftOptions {
    if (a !== undefined && b !== undefined && more.length === 0) return { ...given, a, b };
    const count = [a, b, ...more].filter((each) => each !== undefined).length;
    throw badArguments(`expected two run folders, found ${count}`, 'bench drift RUN_A RUN_B');
  },
  run,
});

/** @returns 3 where a decision differs */
async function run({ a, b, ...options }: DriftOptions, io: CommandIo): Promise<number> {
  const document = await readDrift(await locateRun(a), await locateRun(b));
  print(io, options, document, () => driftText(document));
  return document.verdict === 'other-decisions' ? EXIT.regression : EXIT.ok;
}
