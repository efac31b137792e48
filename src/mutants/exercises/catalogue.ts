import { brokenChain, descriptorLoop, emptyTable, nestedTable } from './chains.js';
import { refusedPage, ringBesideBounce, withoutAccessPlatform } from './encrypted.js';
import { earlyStart, interruptedDriver, tornIndex } from './interruptions.js';
import { emptyRange, entropyBufferWithoutRoom, headerInPieces, restingDevice } from './requests.js';
import { brokenQueue, emptyAnswers, emptyBuffer, forgedLinks, tooMany } from './rounds.js';
import { bufferInHand, lateDecision, silence, untouchedCallbacks } from './suppression.js';

/** Steps of a driver and a device, by name, for bugs that no other tool comes to. Each throws what it finds. */
export const EXERCISES: Readonly<Record<string, () => void>> = {
  'silence-split': () => silence('split'),
  'silence-packed': () => silence('packed'),
  'untouched-callbacks': untouchedCallbacks,
  'late-decision': lateDecision,
  'buffer-in-hand': bufferInHand,
  'interrupted-driver': interruptedDriver,
  'torn-index': tornIndex,
  'early-start': earlyStart,
  'empty-answers': emptyAnswers,
  'empty-buffer': emptyBuffer,
  'broken-queue': brokenQueue,
  'forged-links': forgedLinks,
  'too-many': tooMany,
  'descriptor-loop': descriptorLoop,
  'empty-table': emptyTable,
  'nested-table': nestedTable,
  'broken-chain': brokenChain,
  'header-in-pieces': headerInPieces,
  'empty-range': emptyRange,
  'entropy-buffer-without-room': entropyBufferWithoutRoom,
  'resting-device': restingDevice,
  'ring-beside-bounce': ringBesideBounce,
  'refused-page': refusedPage,
  'without-access-platform': withoutAccessPlatform,
};
