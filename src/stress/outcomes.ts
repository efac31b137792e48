export type Grade = 'acceptable' | 'interesting' | 'forbidden';

interface OutcomeKind {
  readonly result: string;
  readonly grade: Grade;
  readonly reason: string;
  readonly section: string;
}

const acceptable = (result: string, reason: string, section: string): OutcomeKind => ({
  result,
  grade: 'acceptable',
  reason,
  section,
});
const interesting = (result: string, reason: string, section: string): OutcomeKind => ({
  ...acceptable(result, reason, section),
  grade: 'interesting',
});
const forbidden = (result: string, reason: string, section: string): OutcomeKind => ({
  ...acceptable(result, reason, section),
  grade: 'forbidden',
});

export const OUTCOME_NAMES = [
  'inOrder',
  'outOfOrder',
  'kick',
  'kickSuppressed',
  'interrupt',
  'interruptSuppressed',
  'guestSleep',
  'hostSleep',
  'guestRecheck',
  'hostRecheck',
  'spuriousInterrupt',
  'spuriousKick',
  'lateNotification',
  'earlyLoad',
  'overtaking',
  'staleRead',
  'tokenTwice',
  'tokenLost',
  'payload',
  'shape',
  'usedLength',
  'order',
  'violation',
  'lostKick',
  'lostInterrupt',
  'stall',
] as const;

export type OutcomeName = (typeof OUTCOME_NAMES)[number];

/** All that is counted. What is forbidden ends the run, with its error beside the table. */
export const OUTCOMES: Readonly<Record<OutcomeName, OutcomeKind>> = {
  inOrder: acceptable('in order', 'the buffer that was posted first came back first', '2.7.9'),
  outOfOrder: acceptable('out of order', 'a later buffer came back first, without IN_ORDER', '2.7.8'),
  kick: acceptable('kick', 'the device was told of buffers', '2.7.10'),
  kickSuppressed: acceptable('kick suppressed', 'the device did not ask to be told', '2.7.10'),
  interrupt: acceptable('interrupt', 'the driver was told of used buffers', '2.7.7'),
  interruptSuppressed: acceptable('interrupt suppressed', 'the driver did not ask to be told', '2.7.7'),
  guestSleep: acceptable('driver slept', 'found nothing, asked, looked again, slept', '2.7.7'),
  hostSleep: acceptable('device slept', 'found nothing, asked, looked again, slept', '2.7.10'),
  guestRecheck: interesting(
    'driver re-check hit',
    'a buffer was used between the last look and the request for an interrupt: nobody would have told',
    '2.7.7',
  ),
  hostRecheck: interesting(
    'device re-check hit',
    'a buffer came between the last look and the request for a kick: nobody would have told',
    '2.7.10',
  ),
  spuriousInterrupt: interesting('spurious interrupt', 'the driver woke and found nothing', '2.7.7.2'),
  spuriousKick: interesting('spurious kick', 'the device woke and found nothing', '2.7.10'),
  lateNotification: interesting(
    'late notification',
    'held back on purpose, or put together with another',
    '2.9',
  ),
  earlyLoad: interesting('load before store', 'a load overtook a held store of its own thread', '2.7.13'),
  overtaking: interesting('store before store', 'a store arrived before an earlier one', '2.7.13'),
  staleRead: interesting('old value read', 'a load returned what memory no longer held', '2.7.13'),
  tokenTwice: forbidden('token not outstanding', 'a buffer came back twice, or was never posted', '2.7.8'),
  tokenLost: forbidden('token lost', 'a buffer never came back', '2.7.8'),
  payload: forbidden('wrong payload', 'payload is not what the other side wrote', '2.7.13'),
  shape: forbidden('wrong buffer', 'the device found another buffer than was posted', '2.7.6'),
  usedLength: forbidden('wrong used length', 'another length was told than was written', '2.7.8.2'),
  order: forbidden('wrong order', 'IN_ORDER was negotiated and not kept', '2.7.9'),
  violation: forbidden('protocol violation', 'one end caught the other breaking a rule', '2.7'),
  lostKick: forbidden('lost kick', 'the device sleeps, and buffers are available', '2.7.10'),
  lostInterrupt: forbidden('lost interrupt', 'the driver sleeps, and buffers are used', '2.7.7'),
  stall: forbidden('stall', 'nothing moves, and neither side missed a notification', '2.7'),
};

/** What a violation of this code counts as. */
const BY_CODE: Readonly<Record<string, OutcomeName>> = {
  TOKEN_NOT_POSTED: 'tokenTwice',
  TOKEN_LOST: 'tokenLost',
  PAYLOAD: 'payload',
  SHAPE: 'shape',
  USED_LENGTH: 'usedLength',
  ORDER: 'order',
  LOST_KICK: 'lostKick',
  LOST_INTERRUPT: 'lostInterrupt',
  STALL: 'stall',
};

export function outcomeOfCode(code: string): OutcomeName {
  return BY_CODE[code] ?? 'violation';
}
