import { Armv8Model } from './armv8.js';
import type { MemoryModel, ProfileName } from './model.js';
import { Rc11Model } from './rc11.js';
import { SequentialModel } from './sc.js';
import { TsoModel } from './tso.js';

/** All profiles, from the strongest machine to the weakest, and then the one that is deployed here. */
export const PROFILES: readonly ProfileName[] = ['sc', 'tso', 'armv8', 'rc11', 'js'];

export const PROFILE_TITLES: Readonly<Record<ProfileName, string>> = {
  sc: 'sequential consistency',
  tso: 'x86-TSO',
  armv8: 'ARMv8',
  rc11: 'C11 (RC11)',
  js: 'JavaScript, as deployed',
};

/**
 * The memory model of a profile. `js` is how the code runs here: everything but plain accesses is an Atomics one. A
 * program without a data race then behaves as if it were sequentially consistent (ECMA-262, 29.11; Watt and others,
 * PLDI 2020), so that is what is explored, and every race is a finding.
 */
export function memoryModel(profile: ProfileName, threadCount: number): MemoryModel {
  switch (profile) {
    case 'sc':
      return new SequentialModel(threadCount, 'sc', 'none');
    case 'js':
      return new SequentialModel(threadCount, 'js', 'js');
    case 'tso':
      return new TsoModel(threadCount);
    case 'armv8':
      return new Armv8Model();
    case 'rc11':
      return new Rc11Model(threadCount);
  }
}
