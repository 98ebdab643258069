// The one error of the library and its codes. Names of the reference where it has one, so that its users find them again.

/** What went wrong, by name: the reference's status names, and our own for what it does not refuse. */
export type OtioErrorCode =
  | 'NOT_IMPLEMENTED'
  | 'UNRESOLVED_OBJECT_REFERENCE'
  | 'DUPLICATE_OBJECT_REFERENCE'
  | 'MALFORMED_SCHEMA'
  | 'JSON_PARSE_ERROR'
  | 'CHILD_ALREADY_PARENTED'
  | 'FILE_OPEN_FAILED'
  | 'FILE_WRITE_FAILED'
  | 'SCHEMA_ALREADY_REGISTERED'
  | 'SCHEMA_NOT_REGISTERED'
  | 'SCHEMA_VERSION_UNSUPPORTED'
  | 'KEY_NOT_FOUND'
  | 'ILLEGAL_INDEX'
  | 'TYPE_MISMATCH'
  | 'NOT_AN_ITEM'
  | 'NOT_A_CHILD_OF'
  | 'NOT_A_CHILD'
  | 'NOT_DESCENDED_FROM'
  | 'CANNOT_COMPUTE_AVAILABLE_RANGE'
  | 'INVALID_TIME_RANGE'
  | 'OBJECT_WITHOUT_DURATION'
  | 'CANNOT_TRIM_TRANSITION'
  | 'OBJECT_CYCLE'
  | 'CANNOT_COMPUTE_BOUNDS'
  | 'MEDIA_REFERENCES_DO_NOT_CONTAIN_ACTIVE_KEY'
  | 'MEDIA_REFERENCES_CONTAIN_EMPTY_KEY'
  | 'NOT_A_GAP'
  | 'UNDO_OUT_OF_ORDER'
  | 'INVALID_TIMECODE_RATE'
  | 'INVALID_TIMECODE_STRING'
  | 'INVALID_RATE_FOR_DROP_FRAME_TIMECODE'
  | 'INVALID_TIME_STRING'
  | 'TIMECODE_RATE_MISMATCH'
  | 'NEGATIVE_VALUE'
  | 'LIMIT_EXCEEDED'
  | 'BUNDLE_REFUSED'
  | 'FORMAT_UNSUPPORTED';

export interface OtioErrorContext {
  /** JSON pointer of the value concerned, in the document that was read. */
  readonly path?: string;
  /** Line of the text, from 1. */
  readonly line?: number;
  readonly cause?: unknown;
}

export class OtioError extends Error {
  override readonly name = 'OtioError';
  readonly code: OtioErrorCode;
  /** The sentence without code and place. */
  readonly details: string;
  readonly path: string | undefined;
  readonly line: number | undefined;

  constructor(code: OtioErrorCode, details: string, { path, line, cause }: OtioErrorContext = {}) {
    const place = [path === undefined ? '' : `at ${path || '/'}`, line === undefined ? '' : `line ${line}`]
      .filter(Boolean)
      .join(', ');
    super(`${details}${place && ` (${place})`} [${code}]`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
    this.path = path;
    this.line = line;
  }
}
