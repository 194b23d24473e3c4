/** Base64 of raw deflate of UTF-8 JSON, as `encodeChunk` writes it. @throws TypeError on damaged data */
export async function decodeChunk(data: string): Promise<unknown> {
  const binary = atob(data);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}
