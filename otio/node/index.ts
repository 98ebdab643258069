// otio-ts/node: timelines in files and bundles, and their media on this machine.
export {
  FILE_URLS,
  filepathCandidates,
  isDrivePath,
  isNetworkPath,
  locationOf,
  type MediaUse,
  mediaIn,
  mirrorStyle,
  type UrlStyle,
  urlFromFilepath,
  urlInStyle,
} from '../media-urls.ts';
export type { BundleOptions, BundlePolicy, PackedContents } from './bundle-plan.ts';
export { CONTENT, type ExtractOptions, extractOtioz, readBundle } from './bundle-read.ts';
export { writeOtiod, writeOtioz } from './bundle-write.ts';
export { type ReadFileOptions, readFile, type WriteFileOptions, writeFile } from './files.ts';
export {
  type FoundImage,
  type FoundMedia,
  type LostMedia,
  type MediaFault,
  type MediaPlaces,
  type ResolvedMedia,
  resolveMedia,
} from './resolve.ts';
