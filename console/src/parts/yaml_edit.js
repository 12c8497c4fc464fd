/**
 * What a plain text area needs to be a bearable editor of YAML: places, indentation, comments, marks.
 * Every edit is a function (text, begin, end) -> {text, begin, end}, in UTF-16 units as text areas
 * count, so that it can be tested without one. Tab is left alone: it moves on, as keyboard users need.
 */

export const STEP = 2;

/** 1-based line and column of an offset. */
export function placeOf(text, offset) {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** Offset of a 1-based line and column; a place beyond the text is its nearest one. */
export function offsetOf(text, line, column = 1) {
  const lines = text.split('\n');
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const begin = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0);
  return begin + Math.min(Math.max(column, 1) - 1, lines[index].length);
}

/** How many lines a text shows. */
export const lineCount = (text) => text.split('\n').length;

const indentOf = (line) => /^ */.exec(line)[0].length;

/** A new line at the caret: keeps the indentation, opens a step after a colon, goes on with a list. */
export function breakLine(text, begin, end) {
  const start = text.lastIndexOf('\n', begin - 1) + 1;
  const line = text.slice(start, begin);
  const item = /^( *)- +\S/.exec(line);
  const opens = /:\s*$/.test(line) && !/^\s*#/.test(line);
  const indent = ' '.repeat(indentOf(line) + (opens ? STEP + (item ? STEP : 0) : 0));
  const put = `\n${indent}${item && !opens ? '- ' : ''}`;
  return { text: text.slice(0, begin) + put + text.slice(end), begin: begin + put.length, end: begin + put.length };
}

/* Applies `change` to each line the selection touches and keeps the selection on them. */
function changeLines(text, begin, end, change) {
  const from = text.lastIndexOf('\n', begin - 1) + 1;
  const last = end > begin && text[end - 1] === '\n' ? end - 1 : end;
  const stop = text.indexOf('\n', last) < 0 ? text.length : text.indexOf('\n', last);
  const lines = text.slice(from, stop).split('\n');
  const changed = lines.map(change);
  const first = changed[0].length - lines[0].length;
  const body = changed.join('\n');
  return {
    text: text.slice(0, from) + body + text.slice(stop),
    begin: Math.max(from, begin + first),
    end: Math.max(from, end + body.length - (stop - from)),
  };
}

/** Moves the touched lines by one step to the right (+1) or left (-1). */
export function shiftLines(text, begin, end, direction) {
  return changeLines(text, begin, end, (line) => {
    if (direction > 0) return line ? ' '.repeat(STEP) + line : line;
    return line.slice(Math.min(STEP, indentOf(line)));
  });
}

/** Makes comments of the touched lines, or lines of comments when all are. */
export function toggleComment(text, begin, end) {
  const from = text.lastIndexOf('\n', begin - 1) + 1;
  const touched = text.slice(from, Math.max(end, from)).split('\n').filter((line) => line.trim());
  const fullFirst = text.slice(from).split('\n', 1)[0];
  const all = [fullFirst, ...touched.slice(1)].every((line) => !line.trim() || /^\s*#/.test(line));
  return changeLines(text, begin, end, (line) => {
    if (!line.trim()) return line;
    return all ? line.replace(/^(\s*)# ?/, '$1') : line.replace(/^(\s*)/, '$1# ');
  });
}

/** The errors of one file by line: Map(line -> errors). Paths are compared by their end. */
export function errorsByLine(errors, path) {
  const marks = new Map();
  for (const error of errors ?? []) {
    const file = String(error?.file ?? '');
    if (file && file !== path && !file.endsWith(`/${path}`)) continue;
    const line = Math.max(1, Number(error?.line) || 1);
    marks.set(line, [...(marks.get(line) ?? []), error]);
  }
  return marks;
}

/** A name for a file of the overlay: "rules/x.yaml" and the like, nothing that climbs or hides. */
export const isOverlayPath = (path) =>
  /^(pack\.yaml|weights\.yaml|(signals|rules|law|procedures)\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\.yaml)$/.test(path) &&
  !path.includes('..');
