/** In whose context the callbacks of one form ran. */
interface Seen {
  readonly right: number
  readonly wrong: number
  readonly none: number
}

/** What `fixtures/users.cjs` saw of one library. */
export interface Report {
  /** The users who got their own results. */
  readonly results: number
  /** By form. */
  readonly seen: Readonly<Record<string, Seen>>
}

/** What serves several users at once, or nobody. */
const NOBODYS = / of several|for all/

const forms = ({ seen }: Report) => Object.entries(seen)

/** The forms whose callbacks are one user's, and those that are nobody's. */
export const somebodys = (report: Report) => forms(report).filter(([form]) => !NOBODYS.test(form))
export const nobodys = (report: Report) => forms(report).filter(([form]) => NOBODYS.test(form))

/** The forms where a callback saw another user's id, or none where it was one user's. */
export const amiss = (report: Report) => [
  ...somebodys(report).filter(
    ([form, { wrong, none }]) => wrong > 0 || (none > 0 && !form.endsWith(', or nobody')),
  ),
  ...nobodys(report).filter(([, { right, wrong }]) => right + wrong > 0),
]

/** The most callbacks of one form that saw another user's id. */
export const mostWrong = ({ seen }: Report) => Math.max(...Object.values(seen).map(({ wrong }) => wrong))
