/**
 * Byte spans -> pieces of a string. Spans count UTF-8 bytes, strings UTF-16 units; a lone surrogate
 * counts three bytes, as the replacement character it is sent as.
 */

const bytesOf = (code) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);

/** Cuts `text` wherever a span begins or ends: [{text, spans}], in order, together the whole text. */
export function piecesOf(text, spans) {
  const cuts = new Set([0, Infinity]);
  for (const span of spans) {
    cuts.add(span.begin);
    cuts.add(span.end);
  }
  const pieces = [];
  let piece = '';
  let begin = 0;
  let at = 0;
  const close = () => {
    if (piece) pieces.push({ text: piece, spans: spans.filter((span) => span.begin < at && span.end > begin) });
    piece = '';
    begin = at;
  };
  for (const character of text) {
    if (cuts.has(at)) close();
    piece += character;
    at += bytesOf(character.codePointAt(0));
  }
  close();
  return pieces;
}
