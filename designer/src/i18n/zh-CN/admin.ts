import parts from './adminParts'
import data from './data'
import draft from './draft'
import people from './people'
import roles from './roles'
import system from './system'

export default {
  instances: {
    all: '全部',
    none: '没有这样的流程',
  },
  incidents: {
    none: '没有异常',
    noneHint: '某一步出错时会停在这里，等您处理后重试；其他流程不受影响。',
  },
  outbox: {
    all: '全部',
    open: '未送达',
    none: '没有消息',
    noMail: '还没有配置邮件服务器：邮件会留在这里等待，配置好后自动发出。',
    noSms: '还没有配置短信通道：短信会留在这里等待，配置好后自动发出。',
    kind: {
      mail: '邮件',
      sms: '短信',
    },
    state: {
      waiting: '等待发送',
      leased: '正在发送',
      sent: '已发送',
      failed: '发送失败',
      unknown: '结果不明',
    },
    unknown: '发送途中断了，不知道对方是否已经收到。系统不会自行重发，请核实后决定。',
    attempts: '已尝试 {n} 次',
    receipt: '回执 {receipt}',
    resend: '重新发送',
    discard: '不再发送',
    sure: {
      resend: '上次发送的结果不明，{name} 可能已经收到。再发一次吗？',
      discard: '给 {name} 的这条消息将不再发送。',
    },
  },
  plugins: {
    none: '没有安装插件',
    state: {
      on: '运行中',
      off: '已停用',
      failed: '未能启动',
    },
    install: '安装插件',
    installed: '插件已安装。',
    upgrade: '同意并升级',
    agree: '同意并安装',
    asks: '它要求的权限',
    asksNothing: '没有。',
    changes: '对记录的影响',
    migrates: '升级后由插件整理数据。',
    deploys: '发布：',
    may: '权限：',
    enable: '启用',
    disable: '停用',
    remove: '删除',
    sure: {
      disable: '停用“{name}”期间，由它检查的记录可以查看，但不能保存。',
      remove: '删除“{name}”后，再次安装之前谁也看不到它的记录。数据会保留。',
    },
    work: '等待执行的调用',
    waits: '等待中',
    failed: '失败',
    retry: '重试',
    discard: '放弃',
    offer: {
      'before-save': '保存前检查：',
      'after-save': '保存后处理：',
      action: '操作：',
      handler: '自动处理：',
      'assignee-rule': '办理人规则：',
      report: '报表：',
      schedule: '定时：',
      channel: '消息通道：',
    },
    action: { read: '查看', create: '新建', update: '修改', delete: '删除' },
    process: {
      start: '启动流程 {name}',
      messages: '发送流程消息 {name}',
      signals: '发送信号 {name}',
      tasks: '查看并完成调用者的待办',
    },
    message: { page: '寻呼', notice: '通知', mail: '发邮件', sms: '发短信' },
    http: '访问管理员允许的网址',
  },
  system,
  parts,
  draft,
  data,
  roles,
  people,
}
