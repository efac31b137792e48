import { describeSequences } from '../support/stack/describe-sequences.js';

describeSequences('packed', 3000);
