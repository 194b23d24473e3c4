/**
 * Decoders: token strings to text, without clean-up.
 *
 * @source huggingface/tokenizers (Rust), `decoders/`, `pre_tokenizers/byte_level.rs`, `pre_tokenizers/metaspace.rs`
 */

import { z } from 'zod';
import { unspellBytes } from '../byte-level.ts';
import { cleanUpTokenization } from '../clean-up-tokenization.ts';
import { type Step, stepSchema } from '../definition.ts';
import { makeStage, type StageMakers } from '../stage.ts';
import { type Metaspace, metaspaceSchema } from '../words/metaspace.ts';
import { patternOf, patternSchema } from '../words/pattern.ts';
import { fuseBytes } from './byte-fallback.ts';

/** One stage of a decoder; what comes out of the last is joined. */
type Link = (parts: readonly string[]) => readonly string[];

const sequenceSchema = z.looseObject({ decoders: z.array(stepSchema) });
const replaceSchema = z.looseObject({ pattern: patternSchema, content: z.string() });
const character = z.string().refine((text) => [...text].length === 1, 'expected one character');
const stripSchema = z.looseObject({ content: character, start: z.int().nonnegative(), stop: z.int().nonnegative() });
const wordPieceSchema = z.looseObject({ prefix: z.string().default('##'), cleanup: z.boolean().default(true) });
const suffixSchema = z.looseObject({ suffix: z.string().default('</w>') });

/**
 * @param added the added tokens: they stand for themselves where others spell bytes
 * @returns     the function that joins token strings into text
 * @throws HarnessError 'not-supported' or 'bad-tokenizer' for a stage that cannot be made
 */
export function createDecoder(
  step: Step | null,
  added: ReadonlySet<string>,
  source: string,
): (tokens: readonly string[]) => string {
  if (step === null) return (tokens) => tokens.join(' ');
  const links = linksOf(step, added, source);
  return (tokens) => links.reduce((parts, link) => link(parts), tokens).join('');
}

function linksOf(step: Step, added: ReadonlySet<string>, source: string): readonly Link[] {
  if (step.type !== 'Sequence') {
    return [makeStage('decoder', { ...MAKERS, ByteLevel: () => byteLevel(added) }, step, source)];
  }
  const parts = makeStage('decoder', { Sequence: (whole) => sequenceSchema.parse(whole).decoders }, step, source);
  return parts.flatMap((part) => linksOf(part, added, source));
}

const MAKERS: StageMakers<Link> = {
  ByteFallback: () => fuseBytes,
  Fuse: () => (parts) => [parts.join('')],
  Metaspace: (step) => metaspace(metaspaceSchema.parse(step)),
  Replace: (step) => replace(replaceSchema.parse(step)),
  Strip: (step) => strip(stripSchema.parse(step)),
  WordPiece: (step) => wordPiece(wordPieceSchema.parse(step)),
  BPEDecoder: (step) => suffixed(suffixSchema.parse(step).suffix),
};

const lossy = new TextDecoder('utf-8', { ignoreBOM: true });

function byteLevel(added: ReadonlySet<string>): Link {
  return (tokens) => {
    const bytes = tokens.map((token) => (added.has(token) ? null : unspellBytes(token)) ?? Buffer.from(token));
    return [lossy.decode(Buffer.concat(bytes))];
  };
}

/** The first token has no blank in front, unless none was put there when it was encoded. */
function metaspace({ replacement, prepends }: Metaspace): Link {
  const first = prepends === 'never' ? ' ' : '';
  return (tokens) => tokens.map((token, at) => token.replaceAll(replacement, at === 0 ? first : ' '));
}

function replace({ pattern, content }: z.infer<typeof replaceSchema>): Link {
  const expression = patternOf(pattern);
  return (parts) => parts.map((part) => part.replace(expression, () => content));
}

/** Takes at most `start` characters from the front and `stop` from the back of every part. */
function strip({ content, start, stop }: z.infer<typeof stripSchema>): Link {
  return (parts) =>
    parts.map((part) => {
      const characters = [...part];
      let from = 0;
      while (from < start && characters[from] === content) from++;
      let to = characters.length;
      while (characters.length - to < stop && to > from && characters[to - 1] === content) to--;
      return characters.slice(from, to).join('');
    });
}

function wordPiece({ prefix, cleanup }: z.infer<typeof wordPieceSchema>): Link {
  const joined = (token: string, at: number) => {
    if (at === 0) return token;
    return prefix !== '' && token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
  };
  return (tokens) => tokens.map((token, at) => (cleanup ? tidy(joined(token, at)) : joined(token, at)));
}

/** What the WordPiece decoder does to each token. */
const tidy = (text: string): string => cleanUpTokenization(text).replaceAll(' do not', " don't");

/** The suffix ends a word: a blank, but for the last. */
function suffixed(suffix: string): Link {
  return (tokens) => tokens.map((token, at) => token.replaceAll(suffix, at + 1 < tokens.length ? ' ' : ''));
}
