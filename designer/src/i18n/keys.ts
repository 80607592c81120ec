/** Chinese is the language everything is written in first: its files say which keys there are. */
import type zh from './zh-CN'

type Shape<Tree> = { [Key in keyof Tree]: Tree[Key] extends string ? string : Shape<Tree[Key]> }
type Path<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? Key : `${Key}.${Path<Tree[Key]>}`
}[keyof Tree & string]

/** What every language must say. */
export type Messages = Shape<typeof zh>
/** For instance `desk.task.approve`. */
export type MessageKey = Path<typeof zh>
