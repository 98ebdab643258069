// Names of files that hold moving pictures.

/** A file that a user names by itself may end as it likes. */
const endings =
  /\.(mov|mp4|m4v|mkv|webm|mxf|avi|mts|m2ts|m2t|ts|mpg|mpeg|vob|3gp|3g2|wmv|flv|dv|ogv|ogg|nut|gif|apng|y4m|ivf)$/i;

/** Whether a file of a folder is taken for a clip: hidden and unfinished ones are not. */
export const isClipName = (name: string): boolean => !name.startsWith('.') && endings.test(name);
