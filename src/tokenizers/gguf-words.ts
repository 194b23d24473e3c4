/**
 * How the BPE vocabularies of GGUF files cut text into words: `tokenizer.ggml.pre` names a list of patterns, each of which cuts
 * what the ones before it left.
 *
 * @source ggml-org/llama.cpp, `src/llama-vocab.cpp` (`llm_tokenizer_bpe`); where that file writes a pattern around the limits of
 *         its own regular expressions, the original of the model's `tokenizer.json`
 */

const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)`;
const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const LINES_AND_BLANKS = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const BEFORE_WORD = String.raw`[^\r\n\p{L}\p{N}]?`;

const llama3 = (digits: string) =>
  String.raw`${CONTRACTIONS}|${BEFORE_WORD}\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|${LINES_AND_BLANKS}`;

const casedWords = (ending: string, digits: string) =>
  [
    `${BEFORE_WORD}${UPPER}*${LOWER}+${ending}`,
    `${BEFORE_WORD}${UPPER}+${LOWER}*${ending}`,
    digits,
    String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`,
    LINES_AND_BLANKS,
  ].join('|');

const DEEPSEEK_V3 = [
  String.raw`\p{N}{1,3}`,
  '[一-龥぀-ゟ゠-ヿ]+',
  [
    String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_\x60{|}~][A-Za-z]+`,
    String.raw`[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+`,
    String.raw` ?[\p{P}\p{S}]+[\r\n]*`,
    LINES_AND_BLANKS,
  ].join('|'),
];

interface WordRule {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  /** A word that is a token as it stands is not merged. */
  readonly ignoresMerges?: boolean;
}

const RULES: readonly WordRule[] = [
  { names: ['gpt-2', 'mpt', 'olmo', 'phi-2', 'roberta-bpe', 'gigachat'], patterns: [GPT2] },
  {
    names: ['llama-bpe', 'llama3', 'llama-v3', 'falcon3'],
    patterns: [llama3(String.raw`\p{N}{1,3}`)],
    ignoresMerges: true,
  },
  { names: ['dbrx', 'smaug-bpe', 'glm4', 'chatglm-bpe'], patterns: [llama3(String.raw`\p{N}{1,3}`)] },
  { names: ['qwen2', 'deepseek-r1-qwen', 'stablelm2'], patterns: [llama3(String.raw`\p{N}`)] },
  { names: ['starcoder', 'refact', 'command-r', 'smollm', 'codeshell', 'exaone'], patterns: [String.raw`\p{N}`, GPT2] },
  { names: ['falcon'], patterns: [String.raw`[\p{P}\$\+<=>\^~\|\x60]+`, GPT2, '[0-9][0-9][0-9]'] },
  { names: ['deepseek-v3'], patterns: DEEPSEEK_V3 },
  { names: ['tekken'], patterns: [casedWords('', String.raw`\p{N}`)], ignoresMerges: true },
  { names: ['gpt-4o', 'llama4'], patterns: [casedWords(`${CONTRACTIONS}?`, String.raw`\p{N}{1,3}`)] },
  {
    names: ['default'],
    patterns: [String.raw`[\p{P}\$\+<=>\^~\|]+`, GPT2, String.raw`\p{N}+`, '[0-9][0-9][0-9]'],
  },
];

/** The names that are known, for messages. */
export const GGUF_WORD_RULES: readonly string[] = RULES.flatMap((rule) => rule.names);

/** The rule of a `tokenizer.ggml.pre`; undefined where nobody told how it cuts. */
export const ggufWordRule = (name: string): WordRule | undefined => RULES.find((rule) => rule.names.includes(name));
