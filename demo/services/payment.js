const winston = require('winston')

const log = winston.createLogger({
  level: 'debug',
  format: winston.format.combine(
    winston.format.label({ label: 'payment' }),
    winston.format.timestamp(),
    winston.format.printf(
      (info) => `${info.timestamp} [${info.label}] ${info.level}: ${info.message} (${info.amount} EUR)`,
    ),
  ),
  transports: [new winston.transports.Console()],
})

async function charge(amount) {
  await new Promise((resolve) => setTimeout(resolve, 5 * Math.random()))
  if (amount > 1000) {
    log.warn('card declined', { amount })
    throw new Error('the card was declined')
  }
  log.info('card charged', { amount })
}

module.exports = { charge }
