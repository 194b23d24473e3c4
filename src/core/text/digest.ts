import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of text or bytes, 64 hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** SHA-256 of the canonical JSON of a value: equal values have equal digests. */
export const digestOf = (value: unknown): string => sha256(canonicalJson(value));

/** A document that carries the SHA-256 of its canonical JSON, itself left out. */
export type Sealed<Document> = Document & { readonly sha256: string };

/** Adds the seal, or replaces the one that is there. */
export function seal<Document extends object>(document: Document): Sealed<Document> {
  return { ...document, sha256: sealOf(document) };
}

/** The seal that is right for a document, with or without one. */
export function sealOf(document: object): string {
  const { sha256: _, ...rest } = document as { readonly sha256?: unknown };
  return sha256(canonicalJson(rest));
}

/** False only where there is a seal and it is wrong: documents of earlier versions have none. */
export function isUntouched(document: object): boolean {
  const found = (document as { readonly sha256?: unknown }).sha256;
  return found === undefined || found === sealOf(document);
}
