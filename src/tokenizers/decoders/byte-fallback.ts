const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The byte that a byte-fallback token (`<0x0A>`) stands for; null for any other token. */
function byteOfToken(token: string): number | null {
  const digits = BYTE_TOKEN.exec(token)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 16);
}

/** Bytes next to each other become text; when they are not UTF-8, each becomes one replacement character. */
export function fuseBytes(parts: readonly string[]): readonly string[] {
  const fused: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) fused.push(decodeStrictly(Uint8Array.from(bytes)) ?? '\ufffd'.repeat(bytes.length));
    bytes = [];
  };
  for (const part of parts) {
    const byte = byteOfToken(part);
    if (byte !== null) {
      bytes.push(byte);
      continue;
    }
    flush();
    fused.push(part);
  }
  flush();
  return fused;
}

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
