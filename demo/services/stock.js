const log = require('loglevel').getLogger('stock')
const createDebug = require('debug')

const debug = createDebug('stock:cache')
log.setLevel('info')

async function reserve(item) {
  debug('looking up %o', { item })
  await new Promise((resolve) => setTimeout(resolve, 5 * Math.random()))
  log.info(`reserved one ${item}`)
}

module.exports = { reserve }
