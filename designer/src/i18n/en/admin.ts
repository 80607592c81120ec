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
      off: 'Switched off',
      failed: 'Did not start',
    },
    install: 'Install a plugin',
    installed: 'The plugin is installed.',
    upgrade: 'Agree and upgrade',
    agree: 'Agree and install',
    asks: 'It asks for',
    asksNothing: 'Nothing.',
    changes: 'What changes for records',
    migrates: 'Afterwards the plugin puts its data in order.',
    deploys: 'Deploys:',
    may: 'May:',
    enable: 'Switch on',
    disable: 'Switch off',
    remove: 'Remove',
    sure: {
      disable: 'While {name} is off, records that it checks can be read but not saved.',
      remove: 'Nobody sees the records of {name} any more until it is installed again. They stay in the data.',
    },
    work: 'Calls that are still to be made',
    waits: 'Waits',
    failed: 'Failed',
    retry: 'Try again',
    discard: 'Give up',
    offer: {
      'before-save': 'Checks before saving:',
      'after-save': 'Reacts to saving:',
      action: 'Action:',
      handler: 'Automatic step:',
      'assignee-rule': 'Says who:',
      report: 'Report:',
      schedule: 'By itself:',
      channel: 'Channel:',
    },
    action: { read: 'read', create: 'create', update: 'change', delete: 'delete' },
    process: {
      start: 'start the process {name}',
      messages: 'hand over the message {name}',
      signals: 'tell the signal {name}',
      tasks: 'see and finish the to-dos of whoever calls it',
    },
    message: { page: 'page people', notice: 'send notices', mail: 'send e-mail', sms: 'send SMS' },
    http: 'call the addresses that the administrator has allowed',
  },
  system,
  parts,
  draft,
  data,
  roles,
  people,
}
