// JSON as OTIO means it.
export {
  type Json,
  type JsonDictionary,
  type JsonValue,
  type ObjectHook,
  type ParseLimits,
  type ParseOptions,
  parse,
} from './parse.ts';
export { compareKeys, formatDouble, JsonWriter, quote } from './write.ts';
