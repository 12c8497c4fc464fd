/**
 * Chat exports read in the browser: bytes -> events, as ward-feed(5) reads them, so that a file can
 * be looked at without being stored anywhere.
 *
 * A file is decoded piece by piece and cut into lines; each format is a small reader that takes lines
 * and gives items. Only Telegram's export, one JSON document, is taken whole. An item is
 * {line, event} or {line, fault}, where fault is a word of `FAULTS`; a bad line never ends a file.
 */

export const FORMATS = ['jsonl', 'telegram', 'qq', 'csv', 'plain'];
export const FAULTS = ['json', 'object', 'text', 'header', 'columns', 'document'];

/** A Telegram export is one document and is held whole; beyond this `ward scan` must read it. */
export const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;

const HEAD_BYTES = 64 * 1024;

/* Column names, lower case -> field; see the feed's own table. */
const COLUMNS = new Map(Object.entries({
  id: 'id message_id msg_id msgid event_id 消息id 编号',
  text: 'text content message msg body comment message_text message_content 内容 消息 消息内容 聊天内容 文本 正文 留言 评论 评论内容 內容 訊息',
  platform: 'platform 平台',
  group: 'group group_id chat_id channel_id room_id 群号 群id',
  group_name: 'group_name chat chat_name channel channel_name 群 群名 群名称 群聊 群聊名称',
  account: 'account account_id user_id userid uid sender_id author_id from_id 账号 帐号 用户id 发送者id qq qq号 微信号',
  alias: 'alias nickname nick name username user_name user sender author from display_name 昵称 暱稱 用户名 用户昵称 用户 发送者 发送人 作者 姓名',
  reply_to: 'reply_to reply_to_id',
  quoted: 'quoted quote 引用',
  forwarded_from: 'forwarded_from 转发自',
  author_kind: 'author_kind',
  kind: 'kind',
  time: 'time timestamp date datetime created_at sent_at send_time 时间 日期 時間 发送时间 消息时间 发布时间 评论时间',
}).flatMap(([field, names]) => names.split(' ').map((name) => [name, field])));

/* ---- Bytes and lines ------------------------------------------------------------------------- */

/** Label for TextDecoder: by mark, else UTF-8 where the head is that, else GB18030. */
export function encodingOf(head) {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  try {
    // `stream` forgives a character cut off at the end of the head.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return 'utf-8';
  } catch {
    return 'gb18030';
  }
}

/* A document of many lines, or of one that has the export's keys at its top level. */
function isExport(line, head) {
  if (line.trim() === '{' || line.trim() === '[') return true;
  try {
    const value = JSON.parse(line);
    return Array.isArray(value) || Array.isArray(value.messages) || Boolean(value.chats ?? value.personal_information);
  } catch {
    return /"(messages|chats|personal_information)"\s*:/.test(head);
  }
}

/** The format told from the first line that is not blank; see ward-feed(5). */
export function formatOf(head) {
  const line = head.split(/\r?\n/).find((each) => each.trim()) ?? '';
  const start = line.trimStart();
  if (start.startsWith('{') || /^\[\s*(\{|$)/.test(start)) {
    return isExport(start, head) ? 'telegram' : 'jsonl';
  }
  if (/^(消息记录|消息分组:)/.test(start) || qqHeader(line)?.account) return 'qq';
  const fields = splitRecord(line, separatorOf(line)).cells.map(columnOf).filter(Boolean);
  return fields.length >= 2 && fields.includes('text') ? 'csv' : 'plain';
}

/** Pieces of text of a File or Blob, in its own encoding. */
async function* piecesOf(file) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const decoder = new TextDecoder(encodingOf(head));
  for (let at = 0; at < file.size; at += 1 << 20) {
    const bytes = await file.slice(at, at + (1 << 20)).arrayBuffer();
    yield decoder.decode(bytes, { stream: true });
  }
  yield decoder.decode();
}

/**
 * The items of a file, in order, as they are read. `format` names one of FORMATS or is empty: told
 * from the file. Nothing is kept: stop iterating to stop reading.
 */
export async function* readChatFile(file, format = '') {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const text = new TextDecoder(encodingOf(head)).decode(head, { stream: true });
  const chosen = format || formatOf(text);
  if (chosen === 'telegram') {
    yield* readDocument(file);
    return;
  }
  const reader = makeReader(chosen);
  let rest = '';
  let line = 0;
  for await (const piece of piecesOf(file)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const each of lines) yield* reader.take(each.replace(/\r$/, ''), ++line);
  }
  if (rest) yield* reader.take(rest.replace(/\r$/, ''), ++line);
  yield* reader.end();
}

async function* readDocument(file) {
  let text = '';
  if (file.size > DOCUMENT_BYTES_MAX) {
    yield { line: 1, fault: 'document' };
    return;
  }
  for await (const piece of piecesOf(file)) text += piece;
  yield* readTelegram(text);
}

/** The items of a whole text; for pasted exports and tests. */
export function* readChatText(text, format = '') {
  const chosen = format || formatOf(text.slice(0, HEAD_BYTES));
  if (chosen === 'telegram') {
    yield* readTelegram(text);
    return;
  }
  const reader = makeReader(chosen);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (let i = 0; i < lines.length; i++) yield* reader.take(lines[i].replace(/\r$/, ''), i + 1);
  yield* reader.end();
}

function makeReader(format) {
  const make = { jsonl: jsonlReader, qq: qqReader, csv: csvReader, plain: plainReader }[format];
  if (!make) throw new RangeError(`no such format: ${format}`);
  return make();
}

/* ---- JSON lines, plain text ------------------------------------------------------------------ */

function jsonlReader() {
  return {
    *take(text, line) {
      if (!text.trim()) return;
      let value;
      try {
        value = JSON.parse(text.replace(/^\uFEFF/, ''));
      } catch {
        yield { line, fault: 'json' };
        return;
      }
      const event = value && typeof value === 'object' && !Array.isArray(value) ? eventOf(value, line) : null;
      yield event ? { line, event } : { line, fault: value && typeof value === 'object' ? 'text' : 'object' };
    },
    *end() {},
  };
}

/* An event, or the event inside an action envelope; null where there is no text to read. */
function eventOf(value, line) {
  let event = value;
  if (value.data && typeof value.data === 'object' && !Array.isArray(value.data)) {
    const fields = value.data.data && typeof value.data.data === 'object' ? value.data.data : {};
    event = { time: value.send_time, id: value.data.action_id };
    for (const [name, each] of Object.entries(fields)) {
      const field = COLUMNS.get(name.toLowerCase());
      if (field && event[field] === undefined && each !== null && typeof each !== 'object') event[field] = each;
    }
    if (event.id !== undefined) event.id = String(event.id);
    if (event.text === undefined && typeof fields.query === 'string') event = { ...event, kind: 'query', text: fields.query };
  }
  const hasText = ['text', 'quoted', 'alias', 'group_name'].some((name) => typeof event[name] === 'string');
  if (!hasText && !Array.isArray(event.media)) return null;
  return event.id === undefined || event.id === null ? { ...event, id: String(line) } : event;
}

function plainReader() {
  return {
    *take(text, line) {
      const clean = line === 1 ? text.replace(/^\uFEFF/, '') : text;
      if (clean.trim()) yield { line, event: { id: String(line), text: clean } };
    },
    *end() {},
  };
}

/* ---- Telegram -------------------------------------------------------------------------------- */

export function* readTelegram(text) {
  let root;
  try {
    root = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    yield { line: 1, fault: 'json' };
    return;
  }
  const listed = root?.chats?.list ?? root?.left_chats?.list;
  const chats = Array.isArray(root) ? [{ messages: root }] : Array.isArray(root?.messages) ? [root] : listed;
  if (!Array.isArray(chats)) {
    yield { line: 1, fault: 'document' };
    return;
  }
  let count = 0;
  for (const chat of chats) {
    for (const message of Array.isArray(chat?.messages) ? chat.messages : []) {
      const event = telegramEvent(message, chat);
      if (event) yield { line: ++count, event };
    }
  }
}

const TITLE_ACTIONS = new Set(['create_group', 'create_channel', 'edit_group_title', 'migrate_from_group']);

function telegramEvent(message, chat) {
  if (!message || typeof message !== 'object') return null;
  const common = {
    id: String(message.id ?? ''),
    platform: 'telegram',
    time: message.date_unixtime ?? undefined,
    ...(chat.id === undefined ? {} : { group: String(chat.id) }),
    ...(typeof chat.name === 'string' ? { group_name: chat.name } : {}),
  };
  if (message.type === 'service') {
    if (!TITLE_ACTIONS.has(message.action) || typeof message.title !== 'string') return null;
    return { ...common, kind: 'group_name', text: message.title };
  }
  const text = flatText(message.text);
  if (text === null || (!text && !message.from)) return null;
  return {
    ...common,
    text,
    ...(message.from_id === undefined ? {} : { account: String(message.from_id) }),
    ...(typeof message.from === 'string' ? { alias: message.from } : {}),
    ...(typeof message.forwarded_from === 'string' ? { forwarded_from: message.forwarded_from } : {}),
    ...(message.reply_to_message_id === undefined ? {} : { reply_to: String(message.reply_to_message_id) }),
  };
}

/* Telegram writes a text as a string or as an array of strings and {type, text}. */
function flatText(text) {
  if (typeof text === 'string') return text;
  if (!Array.isArray(text)) return null;
  return text.map((part) => (typeof part === 'string' ? part : String(part?.text ?? ''))).join('');
}

/* ---- QQ -------------------------------------------------------------------------------------- */

const QQ_HEADER = /^(\d{4}[-/]\d{1,2}[-/]\d{1,2}) (\d{1,2}:\d{2}:\d{2}) (.*)$/;

function qqHeader(line) {
  const header = QQ_HEADER.exec(line);
  if (!header) return null;
  const account = /^(.*)(?:\((\d+)\)|<([^<>]*@[^<>]*)>)$/.exec(header[3]);
  const [date, clock] = [header[1].replace(/\//g, '-'), header[2].padStart(8, '0')];
  const [year, month, day] = date.split('-');
  return {
    time: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${clock}+08:00`,
    alias: account ? account[1] : header[3],
    account: account ? (account[2] ?? account[3]) : '',
  };
}

function qqReader() {
  let chat = '';
  let isGroup = false;
  let message = null;
  let wasRule = false;
  let wasText = false;

  function* flush() {
    if (!message) return;
    const { header, lines, line } = message;
    message = null;
    yield {
      line,
      event: {
        id: String(line), platform: 'qq', text: lines.join('\n').trimEnd(), alias: header.alias, time: header.time,
        ...(header.account ? { account: header.account } : {}),
        ...(chat ? { group: chat } : {}),
        ...(chat && isGroup ? { group_name: chat } : {}),
      },
    };
  }

  function* title(text) {
    if (message && wasRule) message.lines.pop();
    yield* flush();
    if (text.startsWith('消息分组:')) isGroup = text.includes('群');
    else chat = text.slice('消息对象:'.length);
  }

  return {
    *take(raw, line) {
      const text = line === 1 ? raw.replace(/^\uFEFF/, '') : raw;
      const isRule = /^={16,}$/.test(text);
      const isTitle = /^消息(分组|对象):/.test(text) && (!message || wasRule);
      const header = isTitle ? null : qqHeader(text);
      if (isTitle) {
        yield* title(text);
      } else if (header && (header.account || !wasText)) {
        yield* flush();
        message = { header, lines: [], line };
      } else if (message) {
        message.lines.push(text);
      } else if (text.trim() && !isRule && !text.startsWith('消息记录')) {
        yield { line, fault: 'header' };
      }
      wasRule = isRule;
      wasText = !isTitle && !isRule && Boolean(text.trim());
    },
    *end() {
      yield* flush();
    },
  };
}

/* ---- CSV ------------------------------------------------------------------------------------- */

const columnOf = (name) => COLUMNS.get(name.replace(/^\uFEFF/, '').trim().toLowerCase());

/* The separator that gives the header the most columns ward knows. */
function separatorOf(line) {
  const known = (separator) => splitRecord(line, separator).cells.filter(columnOf).length;
  return [',', ';', '\t'].reduce((best, each) => (known(each) > known(best) ? each : best));
}

/* Cells of one record; `isOpen` while a quote is not closed, so that the next line belongs to it. */
function splitRecord(text, separator) {
  const cells = [];
  let at = 0;
  for (;;) {
    let cell = '';
    if (text[at] === '"') {
      at++;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) return { cells, isOpen: true };
        cell += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at++;
      }
    }
    const end = text.indexOf(separator, at);
    cells.push(cell + text.slice(at, end < 0 ? text.length : end));
    if (end < 0) return { cells, isOpen: false };
    at = end + 1;
  }
}

const RECORD_LINES_MAX = 1000;

function csvReader() {
  let fields = null;
  let separator = ',';
  let open = null;

  function* finish(record, line) {
    const { cells } = splitRecord(record, separator);
    const event = { id: String(line) };
    cells.forEach((cell, i) => {
      if (fields[i] && cell !== '') event[fields[i]] = cell;
    });
    yield typeof event.text === 'string' || typeof event.alias === 'string' ? { line, event } : { line, fault: 'text' };
  }

  return {
    *take(text, line) {
      if (!fields) {
        if (!text.trim()) return;
        separator = separatorOf(text);
        fields = splitRecord(text, separator).cells.map(columnOf);
        if (!fields.includes('text')) yield { line, fault: 'columns' };
        return;
      }
      const record = open ? `${open.text}\n${text}` : text;
      const from = open ? open.line : line;
      const lines = open ? open.lines + 1 : 1;
      open = null;
      if (!record.trim()) return;
      if (splitRecord(record, separator).isOpen && lines < RECORD_LINES_MAX) open = { text: record, line: from, lines };
      else yield* finish(record, from);
    },
    *end() {
      if (open) yield { line: open.line, fault: 'text' };
    },
  };
}
