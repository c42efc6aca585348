/** Bytes of the path of a runtime folder: sockets lie below it, whose paths have at most 107. */
export const longestRuntime = 40;
