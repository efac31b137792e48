import { serveStress } from '../src/stress/stress-process.js';

serveStress();
