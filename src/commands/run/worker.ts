/** `bench worker`: computes units that `bench run --queue` hands out, on any machine. */
import { fileURLToPath } from 'node:url';
import { TASK_OPTIONS } from '../../evaluate/options.ts';
import { whole } from '../../options/fields.ts';
import { modelList } from '../../options/model-spec.ts';
import { grouped, type OptionsOf, option } from '../../options/option.ts';
import { requiredQueue } from '../../options/queue.ts';
import { COMPUTE, dataDir, ENGINE_OPTIONS, unsafeNoSandbox } from '../../options/shared.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';

const OPTIONS = {
  queue: requiredQueue,
  models: option(
    modelList,
    'where models lie on this machine, NAME=FOLDER, separated by commas; NAME is what the run calls it',
    null,
    'the same places as on the collecting machine, the catalog, the cache of the hub',
  ),
  idle: option(whole(1), 'end after so many seconds without a unit', null, 'stays'),
  dataDir,
  unsafeNoSandbox,
  ...grouped(COMPUTE, { threads: ENGINE_OPTIONS.threads, batchTokens: TASK_OPTIONS.batchTokens }),
};
type WorkerOptions = OptionsOf<typeof OPTIONS>;

export const verb = declareVerb({
  options: OPTIONS,
  notes:
    'A worker takes one unit after the other. Before the first of a run it checks that this machine has the same version, weights, tokenizer, data, engine and type of number; where one differs it says so and computes other runs. Ctrl-C finishes the unit in hand.',
  examples: {
    'worker --queue redis://10.0.0.5:6379 --threads 4 --idle 600':
      'on a node that is given back when it has nothing to do',
  },
  settle: (given): WorkerOptions => given,
  run,
});

async function run({ queue, models, idle, ...options }: WorkerOptions, io: CommandIo): Promise<number> {
  const [{ connectQueue }, { work }, { computeClient }] = await Promise.all([
    import('../../queue/redis/connect.ts'),
    import('../../queue/worker/work.ts'),
    import('../../queue/worker/compute-client.ts'),
  ]);
  const connection = await connectQueue(queue);
  const observer = observe(io);
  observer.noted(`waiting for units at ${connection.address.shown}`);
  const program = fileURLToPath(new URL('./worker-process.js', import.meta.url));
  try {
    const computer = computeClient(program);
    const done = await work(connection, { computer, idle, own: { ...options, models } }, observer);
    io.stdout(`${done.units} units, ${done.items} items in ${done.seconds.toFixed(1)} s of computing\n`);
  } finally {
    connection.close();
  }
  return io.signal.aborted ? EXIT.stopped : EXIT.ok;
}
