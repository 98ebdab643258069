// Every error a person or a guest can meet: code, exit code of the command, and the sentence (what happened, why, what to do).

type Facts = Readonly<Record<string, unknown>>;
interface Row {
  /** Exit code of the command: 1 job failed, 2 usage, 3 partly done, 4 precondition, 5 daemon unreachable, 6 verification failed, 130 interrupted. */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 130;
  /** HTTP status; by default that of the exit code. */
  readonly status?: number;
  readonly sentence: (facts: Facts) => string;
}

/** What an exit code is to a guest over HTTP. */
const statuses: Readonly<Record<Row['exit'], number>> = { 1: 500, 2: 400, 3: 500, 4: 409, 5: 503, 6: 500, 130: 409 };

const list = (names: unknown): string => (Array.isArray(names) ? names.join(', ') : String(names));

/** What ffmpeg itself said, as a half sentence. */
const said = (log: unknown): string => (Array.isArray(log) && log.length > 0 ? ` (${log.slice(-2).join('; ')}).` : '.');

const attempts = (tried: unknown): string =>
  !Array.isArray(tried)
    ? String(tried)
    : (tried as readonly { place: string; path: string | null; outcome: string }[])
        .map(({ place, path, outcome }) => `${place}${path ? ` (${path})` : ''}: ${outcome}`)
        .join('; ');

const table = {
  PARAM_INVALID: {
    exit: 2,
    sentence: (f) => `${f.name} must be ${f.expected}, but was ${JSON.stringify(f.received)}.`,
  },
  INPUT_MISSING: { exit: 2, sentence: (f) => `There is no file at ${f.path}. Check the path.` },
  CANCELLED: { exit: 130, sentence: () => 'Cancelled. Nothing was left behind.' },
  PARAM_UNKNOWN: { exit: 2, sentence: (f) => `There is no parameter ${f.name}. Known are ${list(f.known)}.` },
  VERB_UNKNOWN: { exit: 2, sentence: (f) => `There is no verb ${f.name}. Known are ${list(f.known)}.` },
  GAP_UNKNOWN: {
    exit: 2,
    sentence: (f) =>
      `There is no ${f.what} ${f.gap} on ${f.track}: it has ${f.count}. "inbetween ${f.what === 'fill' ? 'takes' : 'gaps'}" lists them.`,
  },
  GAP_AMBIGUOUS: {
    exit: 2,
    sentence: (f) => `Gap ${f.gap} may be on any of ${list(f.tracks)}. Say which track with --track.`,
  },
  GAP_UNFIT: {
    exit: 2,
    sentence: (f) =>
      `The ${f.where} cannot be ${f.word ?? 'filled'}: ${String(f.reason).replace(/\.$/, '')}. Nothing was written.`,
  },
  GAP_TOO_LONG: {
    exit: 2,
    sentence: (f) =>
      `The ${f.where} is ${f.frames} frames long, and ${f.longest} are allowed. Allow more with --longest, or choose other gaps.`,
  },
  NOTHING_TO_FILL: {
    exit: 2,
    sentence: (f) =>
      Array.isArray(f.reasons) && f.reasons.length > 0
        ? `Nothing in ${f.path} was ${f.word}: ${f.reasons.join('; ')}. ${f.word === 'retimed' ? '"--clip" asks' : '"--gap" and "--strategy" ask'} for one in particular.`
        : f.word === 'retimed'
          ? `${f.path} has no clip that is retimed or of another rate than its track.`
          : `${f.path} has no gap to fill.`,
  },
  CLIP_UNKNOWN: {
    exit: 2,
    sentence: (f) =>
      `There is no clip "${f.clip}"${f.track ? ` on ${f.track}` : ''}. ${f.count === 0 ? 'There are no clips' : `Known are ${list(f.known)}${Number(f.count) > (f.known as unknown[]).length ? ` and ${Number(f.count) - (f.known as unknown[]).length} more` : ''}`}.`,
  },
  MEDIA_OFFLINE: {
    exit: 2,
    sentence: (f) =>
      `Media that the fill needs are not there: ${f.reason}. Bring them back, or name their folder with --media-root.`,
  },
  SEAM_BEYOND: {
    exit: 6,
    sentence: (f) =>
      `The ${f.where} would show its seam: ${list(f.faults)}. Nothing was written. Try another --strategy, or let it pass with --no-strict.`,
  },
  USAGE: { exit: 2, sentence: (f) => `${f.reason}` },
  RATE_AMBIGUOUS: { exit: 2, sentence: (f) => `${list(f.given)} say different things about time. Give one of them.` },
  RANGE_EMPTY: {
    exit: 2,
    sentence: (f) =>
      `The range ${f.range} holds no frame; the clip runs from ${f.first} to ${f.last}${f.counted === true ? ' and has no timecode of its own, so timecode counts from its first frame' : ''}. Give a range inside it.`,
  },
  TOO_FEW_FRAMES: {
    exit: 2,
    sentence: (f) =>
      `${f.path} has ${f.frames} frame${f.frames === 1 ? '' : 's'}${f.range ? ' in that range' : ''}. At least 2 are needed to make frames between them.`,
  },
  INTERLACED: {
    exit: 2,
    sentence: (f) =>
      `${f.path} is interlaced (${f.order}): its frames show two instants each and cannot be interpolated as they are. Add --deinterlace auto.`,
  },
  SIZES_DIFFER: {
    exit: 2,
    sentence: (f) => `The two clips differ in ${f.what}: ${f.a} and ${f.b}. Compare clips of one size and format.`,
  },
  MEMORY_SHORT: {
    exit: 4,
    sentence: (f) =>
      `The job needs about ${f.neededMiB} MiB of memory, and ${f.freeMiB} MiB are free. Close other programs, or give a smaller picture.`,
  },
  DISK_SHORT: {
    exit: 4,
    sentence: (f) =>
      `The output needs about ${f.neededMiB} MiB, and ${f.freeMiB} MiB are free in ${f.folder}. Free some space, or choose another folder with -o.`,
  },
  ENGINE_MISSING: { exit: 4, sentence: (f) => `The native engine could not be loaded: ${f.reason}` },
  ENGINE_FAILED: {
    exit: 1,
    sentence: (f) => `The engine gave up (${f.engineCode}: ${f.reason}). Run it again; if it ends so again, report it.`,
  },
  ENGINE_OUT_OF_MEMORY: {
    exit: 4,
    sentence: (f) => `The engine ran out of memory (${f.reason}). Close other programs, or give a smaller picture.`,
  },
  WORKER_CRASHED: {
    exit: 1,
    sentence: (f) =>
      `The process doing the work ended unexpectedly (${f.how}). Nothing was left behind. Run it again; if it ends so again, report it with the output of "inbetween doctor".`,
  },
  INTERNAL: {
    exit: 1,
    sentence: (f) =>
      `Something went wrong inside Inbetween (${f.reason}). This is our mistake. Run it with --verbose and report what it says.`,
  },
  FFMPEG_MISSING: {
    exit: 4,
    sentence: (f) =>
      `No usable ${f.tool} was found. Tried: ${attempts(f.attempts)}. Install ffmpeg, or name one with INBETWEEN_${String(f.tool).toUpperCase()}.`,
  },
  FFMPEG_FAILED: {
    exit: 1,
    sentence: (f) => `${f.program} ${f.what}. It said: ${list(f.log) || 'nothing'}`,
  },
  ENCODER_MISSING: {
    exit: 4,
    sentence: (f) =>
      `${f.codec} cannot be written: the ffmpeg at ${f.program} (${f.version}) has no ${f.need}. ${f.advice}`,
  },
  DELIVERY_UNFIT: { exit: 2, sentence: (f) => `${f.what}. ${f.advice}` },
  INPUT_FOLDER: { exit: 2, sentence: (f) => `${f.path} is a folder. Give ${f.wanted ?? 'a media file'}.` },
  INPUT_EMPTY: { exit: 2, sentence: (f) => `${f.path} is empty (0 bytes). Copy it again from its source.` },
  INPUT_UNREADABLE: {
    exit: 2,
    sentence: (f) => `${f.path} cannot be read: ${f.reason}. ${f.advice ?? 'Check its permissions.'}`,
  },
  MEDIA_UNKNOWN: {
    exit: 2,
    sentence: (f) => `${f.path} is not a media file ffmpeg can read${said(f.log)} Check that it is what its name says.`,
  },
  MEDIA_REFUSED: {
    exit: 2,
    sentence: (f) =>
      `${f.path} is a list of other files or a kind of file that is never opened here${said(f.log)} Give the media file itself.`,
  },
  MEDIA_TRUNCATED: {
    exit: 2,
    sentence: (f) =>
      `${f.path} is cut short: its index is missing, so no frame can be found${said(f.log)} Copy it again, or repair it from the camera.`,
  },
  MEDIA_ENCRYPTED: { exit: 2, sentence: (f) => `${f.path} is encrypted (${f.codec}). Give a copy without protection.` },
  CODEC_UNSUPPORTED: {
    exit: 4,
    sentence: (f) =>
      `The picture of ${f.path} is coded as ${f.codec}, which the ffmpeg at ${f.program} (${f.version}) cannot decode. Install a newer ffmpeg.`,
  },
  PICTURE_UNSUPPORTED: {
    exit: 2,
    sentence: (f) =>
      `The pixels of ${f.path} are ${f.pixelFormat}, which cannot be processed: ${f.reason}. Convert it to 8 to 16 bit YUV, gray or RGB.`,
  },
  PICTURE_TOO_SMALL: {
    exit: 2,
    sentence: (f) =>
      `The picture of ${f.path} is ${f.width}x${f.height}. At least ${f.least}x${f.least} pixels are needed.`,
  },
  PICTURE_TOO_LARGE: {
    exit: 2,
    sentence: (f) =>
      `The picture of ${f.path} is ${f.width}x${f.height}. At most ${f.most} pixels a side are possible.`,
  },
  TIMELINE_UNREADABLE: {
    exit: 2,
    sentence: (f) =>
      `${f.path} cannot be read as a timeline: ${f.reason}${f.place ? ` (${f.place})` : ''}.${f.otioCode === 'LIMIT_EXCEEDED' ? '' : ' Check that it is what its name says, or export it again.'}`,
  },
  TIMELINE_NOT_ONE: {
    exit: 2,
    sentence: (f) =>
      `${f.path} holds ${f.found}, where one timeline is needed. Save that timeline in a file of its own.`,
  },
  TIMELINE_UNSOUND: {
    exit: 2,
    sentence: (f) =>
      `The timeline cannot be used: ${f.reason} Mend it in the editor, or see "inbetween otio validate".`,
  },
  TRACK_UNKNOWN: {
    exit: 2,
    sentence: (f) =>
      `There is no picture track ${f.track}. ${list(f.known) ? `Known are ${list(f.known)}` : 'The timeline has none'}.`,
  },
  FILL_UNKNOWN: {
    exit: 2,
    sentence: (f) => `${f.path} has no fill${f.asked ? ` ${f.asked}` : ''}. "inbetween takes" lists what it has.`,
  },
  FILL_AMBIGUOUS: {
    exit: 2,
    sentence: (f) =>
      `${f.path} has ${f.count} fills${f.asked ? ` ${f.asked}` : ''}. Name one with --track, --at or --job: ${list(f.known)}.`,
  },
  FILL_REFUSED: { exit: 2, sentence: (f) => `The fill ${f.fill} stays as it is: ${f.reason} Nothing was written.` },
  FORMAT_UNKNOWN: {
    exit: 2,
    sentence: (f) =>
      `The name of ${f.path} does not end like a timeline's: ${list(f.endings)}. Name it so; "inbetween otio convert" is told a format with ${f.flag} too.`,
  },
  FORMAT_UNFIT: {
    exit: 2,
    sentence: (f) => `${f.path} cannot be used so: ${f.reason}. Choose another format: ${list(f.known)}.`,
  },
  NO_VIDEO: { exit: 2, sentence: (f) => `${f.path} has no moving picture, only ${f.found}. Give a file with video.` },
  NO_FRAMES: { exit: 2, sentence: (f) => `${f.path} has a video stream without a single frame. Export it again.` },
  MEDIA_DAMAGED: {
    exit: 1,
    sentence: (f) =>
      `${f.path} is damaged: ${f.what}${said(f.log)} Copy it again, or leave the damaged part out with --range.`,
  },
  OUTPUT_EXISTS: { exit: 2, sentence: (f) => `${f.path} exists. Choose another name, or add --force to replace it.` },
  OUTPUT_IS_INPUT: {
    exit: 2,
    sentence: (f) =>
      `${f.path} ${f.input === f.path ? 'is an input' : `is or holds the input ${f.input}`}, which is never replaced. Choose another name.`,
  },
  OUTPUT_FOLDER_MISSING: { exit: 4, sentence: (f) => `There is no folder ${f.folder} to write to. Create it first.` },
  OUTPUT_UNWRITABLE: {
    exit: 4,
    sentence: (f) => `${f.path} cannot be written: ${f.reason}. Choose another folder or change its permissions.`,
  },
  OUTPUT_NAME_INVALID: { exit: 2, sentence: (f) => `${f.path} is no possible name: ${f.reason}. Choose another name.` },
  DISK_FULL: {
    exit: 4,
    sentence: (f) => `The disk of ${f.folder} is full. Free some space, or choose another folder with -o.`,
  },
  RECORD_MISSING: {
    exit: 2,
    sentence: (f) =>
      `There is no record of ${f.path}: ${f.file} is not there, and the daemon knows of none. Put the record back beside it, or name the job ("inbetween jobs").`,
  },
  RECORD_UNREADABLE: {
    exit: 2,
    sentence: (f) =>
      `${f.path} is no record of a result that can be used: ${f.reason}. Name the result, its record or the job.`,
  },
  VERIFY_FAILED: {
    exit: 6,
    sentence: (f) =>
      `The finished file is not as it must be: ${list(f.differences)}. It was not kept. Please report this.`,
  },
  DAEMON_UNREACHABLE: {
    exit: 5,
    sentence: (f) =>
      `The daemon${f.url ? ` at ${f.url}` : ''} does not answer (${f.reason}). Start it with "inbetween serve"; "inbetween doctor" says what is in its way.`,
  },
  DAEMON_OTHER: {
    exit: 5,
    sentence: (f) =>
      `What answers at ${f.url} cannot be talked to: ${f.found}, and ${f.wanted} is needed. End it ("inbetween stop" of its own version) and start it again.`,
  },
  DAEMON_UNPROVEN: {
    exit: 5,
    sentence: (f) =>
      `What answers at ${f.url} cannot prove that it is the daemon, so nothing was entrusted to it. Another program may hold the port: end it, and start the daemon again.`,
  },
  DAEMON_SAID: {
    exit: 1,
    sentence: (f) =>
      `The daemon answered what this version does not know (${f.code}): ${f.message} Update whichever is older.`,
  },
  JOB_UNKNOWN: { exit: 2, status: 404, sentence: (f) => `There is no job ${f.id}. "inbetween jobs" lists them.` },
  JOB_NOT_SO: {
    exit: 2,
    status: 409,
    sentence: (f) => `The job ${f.id} is ${f.state}, so ${f.action} does not fit. Ask for what that state allows.`,
  },
  QUEUE_FULL: {
    exit: 4,
    status: 429,
    sentence: (f) => `${f.waiting} jobs wait already, and no more are taken. Let some end, or cancel some.`,
  },
  QUEUE_RESTORED: {
    exit: 1,
    sentence: (f) =>
      `The list of jobs was damaged and came back from a copy of ${f.from}, so it is not known how far this one came. Look whether its result is there; if not, retry it.`,
  },
  QUEUE_BUSY: {
    exit: 4,
    status: 503,
    sentence: (f) =>
      `Another program has held ${f.path} for seconds, so nothing can be set down. Close it there, and ask again.`,
  },
  QUEUE_NEWER: {
    exit: 4,
    sentence: (f) =>
      `${f.path} was written by a newer Inbetween (its version is ${f.found}, ours ${f.known}). Update this one, or name another folder with INBETWEEN_HOME.`,
  },
  QUEUE_ON_NETWORK: {
    exit: 4,
    sentence: (f) =>
      `${f.folder} lies on a network share, where the list of jobs is not safe. Name a folder on a disk of this machine with INBETWEEN_HOME.`,
  },
  HOME_UNUSABLE: {
    exit: 4,
    sentence: (f) =>
      `Inbetween cannot keep its queue and settings in ${f.folder}: ${f.reason}. Mend that, or name another folder with INBETWEEN_HOME.`,
  },
  DAEMON_RUNNING: {
    exit: 4,
    status: 409,
    sentence: (f) =>
      `A daemon uses ${f.folder} already${f.pid ? `: process ${f.pid} at ${f.url}` : ', and is just starting or ending'}. Use that one, or end it with "inbetween stop".`,
  },
  LISTEN_REFUSED: {
    exit: 2,
    sentence: (f) =>
      `The daemon will not listen at ${f.host}: beyond this machine it needs --listen with TLS and named users, which do not exist yet. Leave the address out.`,
  },
  PORT_TAKEN: {
    exit: 4,
    sentence: (f) => `None of the ports ${f.ports} of this machine is free (${f.reason}). End what holds one of them.`,
  },
  CONFIG_DAMAGED: {
    exit: 4,
    sentence: (f) => `${f.path} cannot be used: ${f.reason}. Nothing was changed. Repair it or move it away.`,
  },
  HOST_REFUSED: {
    exit: 2,
    status: 403,
    sentence: () => 'The request names another host than this daemon. Ask for it by its own address.',
  },
  ORIGIN_REFUSED: {
    exit: 2,
    status: 403,
    sentence: () => 'The request comes from a page that may not ask here. Use the page of the daemon itself.',
  },
  REQUEST_INVALID: { exit: 2, sentence: (f) => `The request cannot be used: ${f.reason}. Correct it.` },
  ROUTE_UNKNOWN: {
    exit: 2,
    status: 404,
    sentence: () => 'There is nothing of that method and address. /v1/openapi.json lists what there is.',
  },
  TOKEN_REFUSED: {
    exit: 4,
    status: 401,
    sentence: () => 'The request has no token that is valid here. Open the page again, or pair again.',
  },
  SIGN_IN_REFUSED: {
    exit: 4,
    status: 401,
    sentence: (f) => `The guest is not let in: ${f.reason}. Try again, and pair again if that does not help.`,
  },
  SCOPE_SHORT: {
    exit: 4,
    status: 403,
    sentence: (f) => `That needs a token of scope ${f.needed}, and this one has ${f.has}. Ask with another.`,
  },
  TYPE_REFUSED: {
    exit: 2,
    status: 415,
    sentence: () => 'The request has a body where none belongs, or one that is not plain JSON. Send application/json.',
  },
  BODY_TOO_LARGE: {
    exit: 2,
    status: 413,
    sentence: (f) => `The body of the request is larger than ${f.most} bytes. Ask for less at once.`,
  },
  RATE_EXCEEDED: {
    exit: 4,
    status: 429,
    sentence: (f) => `That was too much at once. Try again in ${Math.ceil(Number(f.waitMs) / 1000) || f.waitMs} s.`,
  },
  PATH_REFUSED: {
    exit: 2,
    status: 403,
    sentence: (f) => `${f.path} may not be used: ${f.reason}. Name a file inside a root.`,
  },
  ROOT_UNKNOWN: { exit: 2, status: 404, sentence: (f) => `There is no root ${f.id}. /v1/roots lists them.` },
  PRESET_UNKNOWN: { exit: 2, status: 404, sentence: (f) => `There is no preset ${f.id}. /v1/presets lists them.` },
  PRESET_BUILT_IN: {
    exit: 2,
    status: 409,
    sentence: (f) => `The preset ${f.id} came along and stays. Save another under a name of your own.`,
  },
  PAIRING_UNKNOWN: {
    exit: 2,
    status: 404,
    sentence: () => 'No guest waits with that number: it was used, or its two minutes are over. Start pairing again.',
  },
  PAIRING_WAITING: {
    exit: 4,
    status: 409,
    sentence: (f) => `Nobody has confirmed ${f.digits} yet. Confirm it with "inbetween pair" or on the page.`,
  },
  CODE_REFUSED: {
    exit: 4,
    status: 401,
    sentence: () => 'The code was used already or is older than a minute. Open the page with "inbetween open" again.',
  },
  CLIENT_UNKNOWN: {
    exit: 2,
    status: 404,
    sentence: (f) => `There is no paired guest ${f.id}. /v1/clients lists them.`,
  },
  MEDIA_LINK_REFUSED: {
    exit: 4,
    status: 403,
    sentence: () => 'The address of the picture is no longer valid, or not for this guest. Ask for a new one.',
  },
} satisfies Record<string, Row>;

export type ErrorCode = keyof typeof table;

/** An error with a row in the table. `facts` fill its sentence and travel to guests as data. */
export class CompanionError extends Error {
  override readonly name = 'CompanionError';
  readonly code: ErrorCode;
  readonly facts: Facts;

  constructor(code: ErrorCode, facts: Facts = {}, options?: ErrorOptions) {
    super(table[code].sentence(facts), options);
    this.code = code;
    this.facts = facts;
  }

  get exitCode(): Row['exit'] {
    return table[this.code].exit;
  }

  /** Status of an HTTP answer that tells it. */
  get status(): number {
    const row: Row = table[this.code];
    return row.status ?? statuses[row.exit];
  }
}

/** Whether the table has a row of that name. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(table, code);

/** Every row for the manual: code, exit code and the sentence with its facts named in braces. */
export function errorRows(): { code: ErrorCode; exit: number; sentence: string }[] {
  const facts = new Proxy({}, { get: (_, name) => `{${String(name)}}` });
  return (Object.keys(table) as ErrorCode[]).map((code) => {
    const { exit, sentence } = table[code];
    return { code, exit, sentence: sentence(facts) };
  });
}
