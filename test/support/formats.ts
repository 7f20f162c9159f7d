/** What a native line says, and in whose name. */
interface Told {
  readonly namespace?: string | undefined
  readonly msg: string
}

type Read = (text: string) => Told | undefined

/**
 * How a logger's line looks natively, where its look names it. Written for this test from what the libraries print, and not
 * from our patchers: it is what they are measured by.
 */
export const FORMATS: Readonly<Record<string, Read>> = {
  debug: pattern(
    /^(?:\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|\d{4}-\d\d-\d\dT[\d:.]+Z) (?<namespace>\S+) (?!deprecated )(?<msg>.*)$/s,
  ),
  '@grpc/grpc-js': pattern(
    /^[DIE] \d{4}-[\d-]+T[\d:.]+Z \| v[\d.]+ \d+ \| (?<namespace>\w+) \| (?<msg>.*)$/s,
  ),
  '@nestjs/common': pattern(
    /^\[Nest\] \d+ +- [^A-Z]*[AP]M +[A-Z]+ (?:\[(?<namespace>[^\]]+)\] )?(?<msg>.*?)(?: \+\d+ms)?$/s,
  ),
  '@azure/logger': pattern(/^(?<namespace>azure:[\w:-]+?)(?::(?:error|warning|info|verbose))? (?<msg>.*)$/s),
  'google-logging-utils': pattern(/^\d+ \[(?<namespace>[^|\]]+)\|[A-Z]+\] (?<msg>.*)$/s),
  '@slack/logger': pattern(/^\[[A-Z]+\] {2}(?<namespace>web-api:\S+) (?<msg>.*)$/s),
  kafkajs: json(({ logger, message }) => {
    if (logger !== 'kafkajs') return undefined
    return pattern(/^(?:\[(?<namespace>\w+)\] )?(?<msg>.*)$/s)(String(message))
  }),
  pino: json(({ level, time, pid, name, msg = '' }) =>
    typeof level === 'number' && time && pid ? { namespace: text(name), msg: String(msg) } : undefined,
  ),
  bunyan: json(({ name, msg, v }) => (v === 0 ? { namespace: text(name), msg: String(msg) } : undefined)),
  // Its own layout, and that of karma.
  log4js: pattern(
    /^(?:\[\d{4}-[\d-]+T[\d:.]+\] \[[A-Z]+\] (?<namespace>\S+) - |[\d ]{10} [\d:.]{12}:[A-Z]+ \[(?<category>[^\]]+)\]: )(?<msg>.*)$/s,
  ),
  // `format.simple()`, with a label.
  winston: pattern(/^[a-z]+: (?<msg>.*?) \{[^{}]*"label":"(?<namespace>\w+)"\}$/s),
  webpack: pattern(/^(?:<\w>| {3}) \[(?<namespace>[^\]]+)\] (?<msg>.*)$/s),
  'fancy-log': pattern(/^\[[\d:]{8}\] (?<msg>.*)$/s),
  // Its format `tiny`.
  morgan: pattern(/^(?<msg>[A-Z]+ \/\S* \d{3} \S+ - \S+ ms)$/),
  process: (line) => {
    const warning = /^\(node:\d+\) (?:\[\w+\] )?\w*Warning: (?<msg>.*?)(?:\n\(Use `.*)?$/s.exec(line)
    const deprecation = /^\w{3}, [^\n]{19,22} GMT (?<msg>\S+ deprecated .*)$/s.exec(line)
    const msg = (warning ?? deprecation)?.groups?.msg
    return msg === undefined ? undefined : { namespace: warning ? 'warning' : 'deprecation', msg }
  },
}

function pattern(look: RegExp): Read {
  return (line) => {
    const { namespace, category, msg } = look.exec(line)?.groups ?? {}
    return msg === undefined ? undefined : { namespace: namespace ?? category, msg }
  }
}

export function json(read: (fields: Record<string, unknown>) => Told | undefined): Read {
  return (line) => {
    if (!line.startsWith('{"')) return undefined
    try {
      return read(JSON.parse(line))
    } catch {
      return undefined
    }
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
