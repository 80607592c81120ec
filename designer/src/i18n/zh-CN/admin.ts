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
      failed: '未能启动',
    },
    handlers: '自动处理：',
    channels: '消息通道：',
  },
  system,
  parts,
  draft,
  data,
  roles,
  people,
}
