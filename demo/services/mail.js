const { createConsola } = require('consola')

const log = createConsola({ level: 4 }).withTag('mail')

class Mailer {
  send(user) {
    log.success(`confirmation sent to ${user}`)
  }
}

module.exports = { confirm: (user) => new Mailer().send(user) }
