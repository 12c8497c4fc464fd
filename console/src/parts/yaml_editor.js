/**
 * An editor for a file of a pack: a text area with line numbers and marks at the lines of errors. It
 * stays a text area, so every screen reader, input method and undo works as it does elsewhere.
 *
 * Keys: Ctrl+S saves, Ctrl+] and Ctrl+[ shift lines, Ctrl+/ comments, Enter keeps the indentation.
 * Tab is left to the browser: it leaves the field.
 */
import { html, useEffect, useLayoutEffect, useRef } from '../vendor/preact.js';
import { t } from '../words.js';
import { breakLine, lineCount, offsetOf, shiftLines, toggleComment } from './yaml_edit.js';

const editOf = (e) => {
  const isCommand = e.ctrlKey || e.metaKey;
  if (e.key === 'Enter' && !isCommand && !e.shiftKey && !e.isComposing) return breakLine;
  if (!isCommand) return null;
  if (e.key === ']') return (text, begin, end) => shiftLines(text, begin, end, 1);
  if (e.key === '[') return (text, begin, end) => shiftLines(text, begin, end, -1);
  return e.key === '/' ? toggleComment : null;
};

/* Puts what changed through the browser's own editing, so that it can be undone; else by value. */
function apply(area, edited) {
  const [before, after] = [area.value, edited.text];
  let from = 0;
  while (from < before.length && from < after.length && before[from] === after[from]) from++;
  let end = 0;
  while (end < before.length - from && end < after.length - from && before.at(-1 - end) === after.at(-1 - end)) end++;
  area.setSelectionRange(from, before.length - end);
  const put = after.slice(from, after.length - end);
  const isDone = put ? document.execCommand('insertText', false, put) : document.execCommand('delete');
  if (!isDone) area.value = after;
  area.setSelectionRange(edited.begin, edited.end);
}

/**
 * `marks`: Map(line -> errors). `goTo`: {line, column} to put the caret at, a new object each time.
 */
export function YamlEditor({ path, text, marks, goTo, change, save }) {
  const area = useRef(null);
  const gutter = useRef(null);
  useLayoutEffect(() => {
    if (!goTo || !area.current) return;
    const at = offsetOf(area.current.value, goTo.line, goTo.column);
    area.current.focus({ preventScroll: true });
    area.current.scrollIntoView({ block: 'center' });
    area.current.setSelectionRange(at, at);
    const height = area.current.scrollHeight / lineCount(area.current.value);
    area.current.scrollTop = Math.max(0, (goTo.line - 4) * height);
  }, [goTo]);
  useEffect(() => {
    if (gutter.current) gutter.current.scrollTop = area.current.scrollTop;
  });
  const press = (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 's') {
      e.preventDefault();
      save();
      return;
    }
    const edit = editOf(e);
    if (!edit) return;
    e.preventDefault();
    apply(area.current, edit(area.current.value, area.current.selectionStart, area.current.selectionEnd));
    change(area.current.value);
  };
  const lines = Array.from({ length: lineCount(text) }, (_, i) => i + 1);
  return html`<div class="editor">
    <label class="field-label" for="editor">${path}</label>
    <p id="editor-keys" class="quiet">${t('editor.keys')}</p>
    <div class="editor-box">
      <div class="gutter" ref=${gutter} aria-hidden="true"><div class="gutter-lines">${lines.map((line) => html`<div key=${line} class=${marks.has(line) ? 'bad-line' : ''}>${marks.has(line) ? '● ' : ''}${line}</div>`)}</div></div>
      <textarea id="editor" ref=${area} rows="22" spellcheck=${false} autocapitalize="off" autocomplete="off" wrap="off" dir="ltr"
        aria-describedby="editor-keys" aria-invalid=${marks.size > 0} aria-errormessage=${marks.size ? 'editor-errors' : undefined}
        value=${text} onInput=${(e) => change(e.target.value)} onKeyDown=${press}
        onScroll=${() => { gutter.current.scrollTop = area.current.scrollTop; }}></textarea>
    </div>
  </div>`;
}
