/** `bench speed`: what a text costs, one at a time. */
import { SPEED_OPTIONS, type SpeedOptions } from '../../evaluate/speed/options.ts';
import { speedTable } from '../../report/speed/document.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { writeOut } from '../shell/write-out.ts';

export const verb = declareVerb({
  options: SPEED_OPTIONS,
  readsConfig: true,
  examples: {
    'speed --models gpt2-m,diffugpt-m --lengths 512,1024 --steps 64,256': 'both families at two lengths',
  },
  settle: (given): SpeedOptions => given,
  run,
});

export async function run(options: SpeedOptions, io: CommandIo): Promise<number> {
  const { measureSpeed } = await import('../../evaluate/speed/measure-speed.ts');
  const document = await measureSpeed(options, observe(io));
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (options.out !== null) await writeOut('--out', options.out, text);
  io.stdout(options.json ? text : speedTable(document, io.columns));
  return EXIT.ok;
}
