/** Shown in the footer of every page and by the health route, so that one can see which release answers. */
export const RELEASE = "1";
