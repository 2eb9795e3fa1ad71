/// What a job tells while it runs. Events come one at a time, from the job's own threads.
public enum JobEvent: Sendable {
    /// An assumption, a repair, or something left out that the user should know.
    case note(String)
    /// Something the source does not say, and what it is taken for: one sentence.
    case assumption(String)
    /// How the job will be done (sizes, formats, threads, memory): for the curious.
    case plan(String)
    case progress(JobProgress)
    /// The finished result was held against its source.
    case verified(VerificationReport)
}
