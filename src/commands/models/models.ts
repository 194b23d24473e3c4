/** `bench models list | pull | verify | convert | prune`: published models, by their names in the catalog or on the hub. */
import { badArguments } from '../../core/errors.ts';
import { oneOf } from '../../core/text/nearest.ts';
import { choice, names as nameList } from '../../options/fields.ts';
import { flagOf, grouped, type OptionsOf, option } from '../../options/option.ts';
import { json, MODEL_OPTIONS } from '../../options/shared.ts';
import { type CommandIo, EXIT, type Outcome, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

const ACTIONS = ['list', 'pull', 'verify', 'convert', 'prune'] as const;
const { family, maskId, shift, blockLength, adapter } = MODEL_OPTIONS;
/** Options of convert alone. */
const CONVERTS = ['dtype', 'family', 'maskId', 'shift', 'blockLength', 'adapter'] as const;
const OPTIONS = {
  file: option(
    nameList('file names, with * for any characters'),
    'pull: weights to fetch, where the repository holds them in several forms',
    null,
    'safetensors, else .bin, else a single .gguf',
  ),
  dtype: option(
    choice(['float32', 'float16', 'bfloat16']),
    'convert: format of the weights that are written',
    null,
    'float32, which holds every value',
  ),
  json,
  ...grouped('convert, what the checkpoint does not say:', { family, maskId, shift, blockLength, adapter }),
};

export interface ModelsOptions extends OptionsOf<typeof OPTIONS> {
  readonly action: (typeof ACTIONS)[number];
  readonly names: readonly string[];
}

export const verb = declareVerb({
  options: OPTIONS,
  notes: [
    'NAME is a name of the catalog, or owner/name of the hub, with @REVISION (branch, tag, commit) where it is not main.',
    'convert IN OUT writes a model of any format (GGUF, .bin, bitsandbytes, an adapter with its base) as a folder OUT with safetensors, tokenizer and a card that says where it came from.',
    "Files go into the cache that Hugging Face's tools share: HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE are honoured. An interrupted pull goes on where it stopped. `run` never fetches anything.",
  ].join('\n\n'),
  examples: {
    'models pull gpt2-m diffugpt-m': 'fetch two models of the catalog',
    'models pull owner/name@v1 --file "*Q8_0.gguf"': 'one file of a repository of the hub, at a revision',
    'models convert model-Q8_0.gguf models/mine --dtype float16': 'a GGUF file as a checkpoint folder',
    'models verify gpt2-m': 'check its files against their checksums, without a network',
    'models prune': 'remove what `run --dtype` keeps of weights in fewer bits; the next such run writes it again',
  },
  settle(given, [action = 'list', ...names]): ModelsOptions {
    const settled = { ...given, action: oneOf('action', action, ACTIONS, 'bench models --help'), names };
    requireSense(settled);
    return settled;
  },
  async run(options, io) {
    const { document, text, exitCode } = await act(options, io);
    print(io, options, document, () => text);
    return exitCode;
  },
});

function requireSense({ action, names, file, ...given }: ModelsOptions): void {
  if (action === 'pull' && names.length === 0) {
    const hint = 'bench models pull gpt2-m, or owner/name of a repository of the hub';
    throw badArguments('expected the names of models to pull, found none', hint);
  }
  if ((action === 'list' || action === 'prune') && names.length > 0) {
    const hint = action === 'list' ? `bench models pull ${names.join(' ')}` : 'bench models prune';
    throw badArguments(`models ${action} takes no names, found ${names.join(' ')}`, hint);
  }
  if (action !== 'pull' && file !== null) {
    throw badArguments(`--file has no meaning for models ${action}`, 'it chooses what models pull fetches');
  }
  const ofConvert = CONVERTS.find((key) => given[key] !== null);
  if (action !== 'convert' && ofConvert !== undefined) {
    const hint = 'it says what models convert writes';
    throw badArguments(`--${flagOf(ofConvert)} has no meaning for models ${action}`, hint);
  }
}

async function act(options: ModelsOptions, io: CommandIo): Promise<Outcome> {
  if (options.action === 'pull') return (await import('./pull.ts')).pull(options, io);
  if (options.action === 'verify') return (await import('./verify.ts')).verify(options.names);
  if (options.action === 'convert') return (await import('./convert.ts')).convert(options, io);
  if (options.action === 'prune') return (await import('./prune.ts')).prune();
  const { listModels, modelsText } = await import('./list-models.ts');
  const models = await listModels();
  return { text: modelsText(models, io.columns), document: { models }, exitCode: EXIT.ok };
}
