import { serveComputeThread } from '../shared/compute-thread.ts'
import { type TrainedUpdate, type TrainJob, trainUpdate } from './train-update.ts'

serveComputeThread<null, TrainJob, TrainedUpdate>(async () => trainUpdate)
