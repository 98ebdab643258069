// The lines of a CMX3600 EDL: events and the notes that belong to them.
import type { Problems } from '../report.ts';

/** One event line, as it stands. */
export interface EdlEvent {
  readonly number: string;
  readonly reel: string;
  /** `V`, `AA/V`, `B`. */
  readonly channels: string;
  /** `C` cut, `D` dissolve, `W001` wipe, `K…` key. */
  readonly edit: string;
  /** Frames of the transition; 0 for a cut. */
  readonly length: number;
  /** Source in and out, record in and out. */
  readonly times: readonly [string, string, string, string];
  readonly line: number;
  /** Frame codes in force: of the list as it starts, and here. */
  readonly recordDrop: boolean;
  readonly sourceDrop: boolean;
  readonly notes: Note[];
}

/** A line after an event. `key` is upper case, '' for a free comment. */
export interface Note {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface EdlLines {
  readonly title: string | null;
  readonly events: readonly EdlEvent[];
}

const TIMECODE = String.raw`(\d{1,2}[:;.,]\d{1,2}[:;.,]\d{1,2}[:;.,]\d{1,2})`;
const EVENT = new RegExp(
  String.raw`^(\d+)\s+(\S+)\s+(\S+)\s+([A-Z]\w*)\s+(?:(\d+)\s+)?${TIMECODE}\s+${TIMECODE}\s+${TIMECODE}\s+${TIMECODE}$`,
  'i',
);
/** Notes with a meaning here; the star is often left out. */
const KEYED = /^\*?\s*(?:((?:FROM|TO) CLIP NAME|(?:FROM|TO) (?:CLIP|FILE)|LOC)\s*:|(ASC_SOP|ASC_SAT)\b\s*:?)\s*(.*)$/i;
const WORD = /^(M2|AUD)\s+(.*)$/i;
/** Notes without a star that other programs write, kept as comments. */
const PLAIN =
  /^(>|SPLIT|EFFECTS NAME IS|GPI|FINAL CUT PRO|REEL|SOURCE FILE|BLEND|COMMENT|DLEDL|TRACK|VIDEO EDITS|AUDIO EDITS)/i;

export function readLines(text: string, problems: Problems): EdlLines {
  let title: string | null = null;
  let recordDrop: boolean | null = null;
  let sourceDrop = false;
  const events: EdlEvent[] = [];
  for (const [at, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = at + 1;
    const content = raw.trim();
    const code = /^FCM\s*:\s*(NON[- ]?)?DROP/i.exec(content);
    const event = EVENT.exec(content);
    if (content === '') continue;
    if (/^TITLE\s*:/i.test(content)) title ??= content.slice(content.indexOf(':') + 1).trim();
    else if (code !== null) {
      sourceDrop = code[1] === undefined;
      recordDrop ??= sourceDrop;
    } else if (event !== null) {
      const [, number = '', reel = '', channels = '', edit = '', length = '0', ...times] = event;
      const codes = { recordDrop: recordDrop ?? false, sourceDrop };
      const place = times as unknown as EdlEvent['times'];
      events.push({
        number,
        reel,
        channels: channels.toUpperCase(),
        edit: edit.toUpperCase(),
        length: Number(length),
        times: place,
        line,
        ...codes,
        notes: [],
      });
    } else {
      const [, named, graded, value] = KEYED.exec(content) ?? [];
      const [, word, rest] = WORD.exec(content) ?? [];
      const key = (named ?? graded ?? word ?? '').toUpperCase();
      const kept = events.length > 0 ? 'It is kept as a comment.' : 'It is passed over.';
      if (/^\d+\s/.test(content)) problems.add('FORMAT_UNSUPPORTED', 'This line is no whole event.', kept, line);
      else if (key === '' && !content.startsWith('*') && !PLAIN.test(content))
        problems.add('FORMAT_UNSUPPORTED', `The line '${content.slice(0, 60)}' is not known in an EDL.`, kept, line);
      events.at(-1)?.notes.push({ key, value: (value ?? rest ?? content.replace(/^\*\s*/, '')).trim(), line });
    }
  }
  return { title, events };
}
