/** `bench unconditional`: texts without a prompt, what a judge makes of them, how varied they are, and what they cost. */
import {
  requireTexts,
  UNCONDITIONAL_OPTIONS,
  type UnconditionalOptions,
} from '../../evaluate/unconditional/options.ts';
import { frontierTable } from '../../report/frontier/document.ts';
import { frontierPage } from '../../report/frontier/page.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { writeOut } from '../shell/write-out.ts';

export const verb = declareVerb({
  options: UNCONDITIONAL_OPTIONS,
  readsConfig: true,
  examples: {
    'unconditional --models gpt2-m,diffugpt-m --judge gpt2-l --temperature 0.8,0.9,1 --page frontier.html':
      'perplexity against entropy, over T and temperature, as a page',
  },
  settle: requireTexts,
  run,
});

export async function run(options: UnconditionalOptions, io: CommandIo): Promise<number> {
  const { writeFrontier } = await import('../../evaluate/unconditional/write-frontier.ts');
  const document = await writeFrontier(options, observe(io));
  if (options.page !== null) await writeOut('--page', options.page, frontierPage(document));
  print(io, options, document, () => frontierTable(document, io.columns));
  return EXIT.ok;
}
