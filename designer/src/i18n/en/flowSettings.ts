/** The words for the settings of repeated steps, calls, schedules and the like. */
export const loop = {
  title: 'Repetition',
  once: 'Once',
  each: 'Many',
  repeat: 'Again',
  while: 'Do it again while',
  whileHint: 'Without a condition it is done until the count is reached',
  most: 'At most how often',
  unlimited: 'Any number',
  asksBefore: 'Ask before doing it',
  asksBeforeHint: 'It may then not be done at all',
}

export const each = {
  over: 'How many',
  list: 'For each in a list',
  times: 'A number',
  whichList: 'Which list',
  item: 'Each is called',
  count: 'How many',
  countHint: 'Write a number or choose a number field',
  order: 'Order',
  together: 'All at once',
  inOrder: 'One after another',
  completed: 'How many are done',
  total: 'How many there are',
  finish: {
    label: 'Go on when',
    all: 'All are done',
    any: 'Any one is done',
    half: 'More than half are done',
    when: 'A condition holds',
    example: 'For instance numberOfCompletedInstances >= 2',
  },
  collect: 'Collect results',
  gives: 'Variable each gives',
  into: 'Collected in list',
  collectHint: 'For instance each gives opinion, collected in opinions.',
}

export const call = {
  title: 'Which process is called',
  which: 'Process',
  whichHint: 'Choose a published process or write its key',
  known: 'This is “{name}”',
  unknown: 'No process of this key is published yet',
  version: {
    label: 'Version',
    latest: 'Always the newest',
    deployment: 'The one published together with this process',
    version: 'A fixed one',
    number: 'Which version',
  },
  inputs: 'Data handed in',
  outputs: 'Data that comes back',
  everything: 'Everything',
  listed: 'Only these',
  source: 'Taken from',
  target: 'Called',
  add: 'Add one',
}

export const decision = {
  title: 'Decision table',
  table: 'Key of the table',
  tableHint: 'The key under which the table is published',
}

export const adHoc = {
  title: 'Order of the steps',
  together: 'Side by side',
  oneByOne: 'One at a time',
  enough: 'Enough when',
  enoughHint: 'Without a condition, when all are done',
  cancelsRest: 'Then cancel what is not done yet',
}

export const counts = {
  undoes: 'Only to undo another step',
  undoesHint: 'Reached by the dotted line of “Can be undone”, and no other way',
  start: 'How many must arrive before it begins',
  startHint: 'Usually 1',
  completion: 'How many go on when it is done',
  completionHint: 'Usually 1',
}

export const activation = {
  title: 'When it opens',
  hint: 'Where several paths meet, the first ones may open it; later ones do not open it again',
  all: 'Not set',
  atLeast: 'Enough arrived',
  when: 'By condition',
  count: 'At least how many',
  arrived: 'How many arrived',
}

export const gatewayHint = {
  branch: 'The first branch whose condition holds is taken, top to bottom; “otherwise” when none does.',
  parallel: 'All branches start at once; where they join, all are awaited.',
  inclusive: 'Every branch whose condition holds is taken, “otherwise” when none does. Where they join, those taken are awaited.',
  firstEvent: 'Let “Wait”, “Message arrives” and the like follow: the first to happen decides, the others are given up.',
  complex: 'When it opens, every branch whose condition holds is taken; one without a condition always is.',
}

export const schedule = {
  label: 'How often',
  daily: 'Every day',
  workdays: 'Every working day',
  weekly: 'Every week',
  monthly: 'Every month',
  every: 'Every so often',
  cron: 'Written by hand (cron)',
  weekday: 'Day of the week',
  day: 'Day of the month',
  dayOfMonth: 'Day {day} of the month',
  time: 'Time',
  times: 'How often in all',
  timesHint: 'Leave empty to go on for ever',
  cronText: 'cron expression',
  cronHint: 'second minute hour day month weekday, such as 0 30 8 * * MON',
}

export const weekday = {
  MON: 'Monday',
  TUE: 'Tuesday',
  WED: 'Wednesday',
  THU: 'Thursday',
  FRI: 'Friday',
  SAT: 'Saturday',
  SUN: 'Sunday',
}

export const pool = { runs: 'Run by this system', runsHint: 'Off: a party outside, only drawn' }

export const lane = {
  does: 'The people of lane “{lane}” do it, as nobody else is named.',
  ignored: 'Named here, so lane “{lane}” does not count. Remove all, and its people do it.',
  heading: 'Lane',
  hint: 'Name a role or department: steps in the lane that name nobody else go to its people.',
}

export const data = {
  hint: 'Its name is the name of a variable, to be used in conditions and expressions.',
  notVariable: 'To be used in conditions the name must begin with a letter and have only letters, digits and underscores.',
  many: 'It holds a list',
}

export const lines = { message: 'Message', association: 'Dotted line', data: 'Data' }

export const beginning = {
  byMessage: 'A message starts a new case',
  byEvent: 'What happens starts a new case',
  hint: 'It needs no start, and no line leads here',
  first: 'The first one',
  all: 'All of them',
  firstHint: 'Each of them starts a case of its own; the others are not awaited.',
  allHint: 'The first starts the case, which goes on until the others came too. “How it finds the right case” brings their messages together.',
}

export const progress = {
  label: 'Tell others while it is done',
  never: 'Never',
  first: 'When the first is done',
  each: 'When each is done',
  complex: 'By conditions (set elsewhere, kept as they are)',
  how: 'By what',
  hint: 'Caught by “Broadcast heard”, “Message arrives” or an escalation that watches over this step',
}
