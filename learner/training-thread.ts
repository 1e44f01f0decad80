import { serveComputeThread } from '../shared/compute-thread.ts'
import type { StepCount } from './take-update.ts'
import { type TrainedUpdate, type TrainJob, trainUpdate } from './train-update.ts'

serveComputeThread<null, TrainJob, TrainedUpdate, StepCount>(async () => trainUpdate)
