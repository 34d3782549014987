/** Shown in the footer of every page, so that one can see which release answers. */
export const RELEASE = "1";
