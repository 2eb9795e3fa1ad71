import ArgumentParser
import Upluma

/// What is made of each file of a batch.
struct BatchJobOptions: ParsableArguments {
    @OptionGroup var enlargement: EnlargementOptions

    @OptionGroup var picture: PictureOptions

    @OptionGroup var streams: StreamOptions

    @Flag(
        help: """
            Make an archive: FFV1 version 3 with a CRC for every slice in Matroska, checksums of all frames, a record of how \
            each file was made, in a BagIt bag.
            """)
    var archive = false

    @Flag(inversion: .prefixedNo, help: "Compare each result with its source as `upluma verify` does.")
    var verify = true

    @Flag(help: "Put a file aside at the first damage in it instead of concealing it.")
    var strict = false

    @Flag(help: "Replace files in the results' places that this batch did not make.")
    var overwrite = false

    @Option(
        help: ArgumentHelp(
            "How much of a film a worker makes at a time, a multiple of \(BatchOptions.chunkUnit) s; 0 for whole files.",
            valueName: "time"))
    var chunk = TimeValue(seconds: Double(BatchOptions.defaultChunkSeconds))

    @Flag(help: "Try files again that were put aside.")
    var retry = false

    func options(_ files: BatchFilesOptions) throws -> BatchOptions {
        var options = BatchOptions(folder: files.output, selection: files.selection)
        enlargement.apply(to: &options.job)
        picture.apply(to: &options.job)
        streams.apply(to: &options.job)
        options.job.verifies = verify
        options.job.isStrict = strict
        options.job.overwrite = overwrite
        options.isArchive = archive
        guard chunk.seconds == chunk.seconds.rounded() else {
            throw ValidationError("--chunk: give whole seconds, a multiple of \(BatchOptions.chunkUnit).")
        }
        options.chunkSeconds = Int(chunk.seconds)
        options.retriesFailed = retry
        return options
    }
}
