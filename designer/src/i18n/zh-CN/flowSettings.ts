/** The words for the settings of repeated steps, calls, schedules and the like. */
export const loop = {
  title: '重复',
  once: '做一次',
  each: '多份',
  repeat: '反复做',
  while: '满足时再做一遍',
  whileHint: '不设条件则做满次数为止',
  most: '最多几遍',
  unlimited: '不限',
  asksBefore: '先看条件再做',
  asksBeforeHint: '一开始就不满足时，一遍也不做',
}

export const each = {
  over: '做几份',
  list: '清单中的每一项',
  times: '固定份数',
  whichList: '哪个清单',
  item: '每一项叫作',
  count: '几份',
  countHint: '写一个数字，或选一个数字字段',
  order: '先后',
  together: '同时进行',
  inOrder: '一份接一份',
  completed: '已完成份数',
  total: '总份数',
  finish: {
    label: '做到什么程度往下走',
    all: '全部做完',
    any: '有一份做完即可',
    half: '超过一半做完',
    when: '满足条件时',
    example: '例如 numberOfCompletedInstances >= 2',
  },
  collect: '收集结果',
  gives: '每份给出的变量',
  into: '收集到清单',
  collectHint: '例如每份给出 opinion，收集到 opinions。',
}

export const call = {
  title: '调用哪个流程',
  which: '流程',
  whichHint: '选一个已发布的流程，或写它的标识',
  known: '即“{name}”',
  unknown: '还没有发布这个标识的流程',
  version: {
    label: '哪一版',
    latest: '总用最新版',
    deployment: '与本流程同时发布的那一版',
    version: '固定的一版',
    number: '第几版',
  },
  inputs: '带进去的数据',
  outputs: '带回来的数据',
  everything: '全部',
  listed: '只这些',
  source: '取自',
  target: '叫作',
  add: '加一项',
}

export const decision = {
  title: '决策表',
  table: '决策表的标识',
  tableHint: '决策表发布时的标识',
}

export const adHoc = {
  title: '步骤的先后',
  together: '可以同时做',
  oneByOne: '一次一步',
  enough: '满足时就够了',
  enoughHint: '不设条件则全部做完为止',
  cancelsRest: '够了就取消还没做完的',
}

export const counts = {
  undoes: '只在撤回时执行',
  undoesHint: '由“可撤回”的虚线连到这里，平时不走',
  start: '到齐几次才开始',
  startHint: '一般是 1',
  completion: '做完后往下走几份',
  completionHint: '一般是 1',
}

export const activation = {
  title: '什么时候放行',
  hint: '几条路汇到这里时，先到的可以先放行，后到的不再重复放行',
  all: '未设置',
  atLeast: '到了几条就放行',
  when: '按条件',
  count: '至少到几条',
  arrived: '已到的条数',
}

export const gatewayHint = {
  branch: '从上到下，走第一条满足条件的；都不满足时走“否则”。',
  parallel: '所有分支同时开始；汇合时等所有分支到齐。',
  inclusive: '满足条件的分支都走；都不满足时走“否则”。汇合时等走了的分支到齐。',
  firstEvent: '后面接“等待”“收到消息”等，哪件先发生走哪条，其余不再等。',
  complex: '放行后，满足条件的分支都走；没有条件的总会走。',
}

export const schedule = {
  label: '多久一次',
  daily: '每天',
  workdays: '每个工作日',
  weekly: '每周',
  monthly: '每月',
  every: '每隔一段时间',
  cron: '自己写（cron）',
  weekday: '星期几',
  day: '几号',
  dayOfMonth: '每月 {day} 日',
  time: '时间',
  times: '一共几次',
  timesHint: '留空则一直重复',
  cronText: 'cron 表达式',
  cronHint: '秒 分 时 日 月 星期，例如 0 30 8 * * MON',
}

export const weekday = {
  MON: '周一',
  TUE: '周二',
  WED: '周三',
  THU: '周四',
  FRI: '周五',
  SAT: '周六',
  SUN: '周日',
}

export const pool = { runs: '由本系统运行', runsHint: '关闭表示外部单位，只画出来，不运行' }

export const lane = {
  does: '没有另外指定时，由泳道“{lane}”的人来做。',
  ignored: '这里指定了人，所以不按泳道“{lane}”派。全部删去，就由泳道的人来做。',
  heading: '泳道',
  hint: '名称写角色或部门：泳道里没有另外指定人的步骤，就派给这个角色或部门的人。',
}

export const data = {
  hint: '名称就是变量名，条件和表达式里用它。',
  notVariable: '名称要以字母开头，只含字母、数字和下划线，才能在条件里用。',
  many: '里面是一份清单',
}

export const lines = { message: '消息', association: '虚线', data: '数据' }

export const beginning = {
  byMessage: '收到消息就发起新的流程',
  byEvent: '事情一发生就发起新的流程',
  hint: '不需要“开始”，也没有线连到这里',
  first: '先到的一个',
  all: '每个都要',
  firstHint: '每件事都会各自发起一个新的流程，其余的不再等。',
  allHint: '第一件事发起流程，其余的都发生后才算完，同一件的消息靠“按什么找到对应的那一件”送到一起。',
}

export const progress = {
  label: '做的过程中通知',
  never: '不通知',
  first: '第一份做完时',
  each: '每一份做完时',
  complex: '按条件（由别的工具设置，原样保留）',
  how: '用什么通知',
  hint: '可由“收到广播”“收到消息”或监视这一步的“上报”接住',
}
