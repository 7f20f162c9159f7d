// Copies each write to the terminal to descriptor 3 as `[stream, text]`: in a native run one write is one line of a logger.
const { writeSync } = require('node:fs')

for (const name of ['stdout', 'stderr']) {
  const stream = process[name]
  const { write } = stream
  stream.write = (text, ...rest) => {
    writeSync(3, `${JSON.stringify([name, String(text)])}\n`)
    return Reflect.apply(write, stream, [text, ...rest])
  }
}
