import { describeSequences } from '../support/stack/describe-sequences.js';

describeSequences('split', 2000);
