import ArgumentParser
import Upluma

/// Which files a batch takes, and what their results are called.
struct BatchFilesOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Folders and files to take.", valueName: "dir|file"))
    var inputs: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder of results; made if need be.", valueName: "dir"))
    var output: String

    @Flag(inversion: .prefixedNo, help: "Look into folders in folders.")
    var recursive = true

    @Option(
        help: ArgumentHelp(
            """
            Take only files that match: `*.avi`, `tapes/**/19??-*`; may be given several times. Without it, all whose ending \
            is a video's.
            """, valueName: "glob"))
    var include: [String] = []

    @Option(
        help: ArgumentHelp(
            "Leave out files and folders that match; may be given several times.", valueName: "glob"))
    var exclude: [String] = []

    @Flag(help: "Follow links to files and folders.")
    var followLinks = false

    @Option(help: ArgumentHelp("Take only pictures smaller than this: `720p`, `1280x720`.", valueName: "size"))
    var below: SizeLimitValue?

    @Option(help: ArgumentHelp("Take only pictures at least as large as this.", valueName: "size"))
    var atLeast: SizeLimitValue?

    @Option(
        help: ArgumentHelp(
            "Take only these codecs: FFmpeg's names or usual ones, separated by commas.", valueName: "name,…"))
    var codec: String?

    @Option(help: ArgumentHelp("Leave out these codecs.", valueName: "name,…"))
    var notCodec: String?

    @Option(help: ArgumentHelp("Take only videos that last at least so long.", valueName: "time"))
    var shortest: TimeValue?

    @Option(help: ArgumentHelp("Take only videos that last at most so long.", valueName: "time"))
    var longest: TimeValue?

    @Option(
        help: ArgumentHelp(
            "What results are called, with the fields \(BatchFilesOptions.fields) (default: {name}).",
            valueName: "template"))
    var name: String?

    @Option(help: ArgumentHelp("Results' ending, which chooses their container.", valueName: "ending"))
    var container = BatchSelection.defaultEnding

    @Flag(help: "Allow results in the folders that the sources are taken from.")
    var insideSource = false

    private static var fields: String {
        NameTemplate.Field.allCases.map { "{\($0.rawValue)} (\($0.summary))" }.joined(separator: ", ")
    }

    var selection: BatchSelection {
        var selection = BatchSelection(inputs: inputs)
        selection.isRecursive = recursive
        (selection.includes, selection.excludes, selection.followsLinks) = (include, exclude, followLinks)
        (selection.below, selection.atLeast) = (below?.limit, atLeast?.limit)
        selection.codecs = Self.list(codec)
        selection.notCodecs = Self.list(notCodec)
        (selection.minimumSeconds, selection.maximumSeconds) = (shortest?.seconds, longest?.seconds)
        (selection.nameTemplate, selection.ending) = (name, container)
        selection.allowsInsideSource = insideSource
        return selection
    }

    private static func list(_ text: String?) -> [String] {
        text.map { $0.split(separator: ",").map(String.init) } ?? []
    }
}

/// A size that pictures are held against.
struct SizeLimitValue: ExpressibleByArgument {
    let limit: PictureSizeLimit

    init?(argument: String) {
        guard let limit = PictureSizeLimit(argument) else { return nil }
        self.limit = limit
    }
}
