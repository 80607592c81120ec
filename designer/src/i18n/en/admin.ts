import parts from './adminParts'
import data from './data'
import draft from './draft'
import people from './people'
import roles from './roles'
import system from './system'

export default {
  instances: {
    all: 'All',
    none: 'No such cases',
  },
  incidents: {
    none: 'No incidents',
    noneHint: 'A step that fails waits here until you try it again; other cases go on.',
  },
  outbox: {
    all: 'All',
    open: 'Not sent',
    none: 'No messages',
    noMail: 'No mail server is configured: mails wait here and leave by themselves once there is one.',
    noSms: 'No SMS channel is configured: messages wait here and leave by themselves once there is one.',
    kind: {
      mail: 'Mail',
      sms: 'SMS',
    },
    state: {
      waiting: 'Waiting',
      leased: 'Sending',
      sent: 'Sent',
      failed: 'Failed',
      unknown: 'Result unknown',
    },
    unknown: 'Sending broke off, and nobody knows whether it arrived. It is not repeated by itself: find out, then decide.',
    attempts: '{n} attempts',
    receipt: 'receipt {receipt}',
    resend: 'Send again',
    discard: 'Do not send',
    sure: {
      resend: 'Nobody knows whether {name} got the message. Send it again?',
      discard: 'This message to {name} will not be sent.',
    },
  },
  plugins: {
    none: 'No plugins installed',
    state: {
      on: 'Running',
      failed: 'Did not start',
    },
    handlers: 'Automatic steps:',
    channels: 'Channels:',
  },
  system,
  parts,
  draft,
  data,
  roles,
  people,
}
