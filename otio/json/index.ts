// JSON as OTIO means it.
export {
  DEPTH,
  type Json,
  type JsonDictionary,
  type JsonValue,
  LONGEST_TEXT,
  type ObjectHook,
  type ParseLimits,
  type ParseOptions,
  parse,
} from './parse.ts';
export { compareKeys, formatDouble, JsonWriter, quote } from './write.ts';
