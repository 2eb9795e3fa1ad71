import UplumaMedia

/// Which files a batch takes, and what their results are called. The defaults are those of the command line, and the
/// command line takes them from here.
public struct BatchSelection: Sendable, Codable, Equatable {
    /// Files and folders, as they were named.
    public var inputs: [String]
    /// Whether folders in folders are looked into.
    public var isRecursive = true
    /// Patterns (`Glob`) one of which a file in a folder must match; none is all that `VideoFileNames` knows. A
    /// pattern that ends in an ending takes files of that ending, whether the list has it or not.
    public var includes: [String] = []
    /// Patterns of files to leave out, and of folders not to look into.
    public var excludes: [String] = []
    /// Whether links in folders are followed. What is named is always followed.
    public var followsLinks = false
    /// Codecs of the pictures to take, FFmpeg's names or usual ones, `*` and `?` allowed; none is all.
    public var codecs: [String] = []
    /// Codecs to leave out.
    public var notCodecs: [String] = []
    /// Only pictures smaller than this.
    public var below: PictureSizeLimit?
    /// Only pictures not smaller than this.
    public var atLeast: PictureSizeLimit?
    /// Only videos of at least so many seconds. Those that do not say how long they are, are taken.
    public var minimumSeconds: Double?
    /// Only videos of at most so many seconds.
    public var maximumSeconds: Double?
    /// Whether results may be put into the folders that the sources are taken from.
    public var allowsInsideSource = false
    /// What results are called (`NameTemplate`); nil is the source's name with `ending`.
    public var nameTemplate: String?
    /// Of results whose template gives none: it chooses the container.
    public var ending = BatchSelection.defaultEnding

    public static let defaultEnding = "mkv"

    public init(inputs: [String]) { self.inputs = inputs }

    /// Finds mistakes of the options before anything is looked at.
    ///
    /// - Throws: `UplumaError` of kind `usage`.
    public func check() throws {
        _ = try FileFilter(self)
        if let name = try NameTemplate(self).exampleName {
            do { _ = try MediaContainer(outputName: name) } catch { throw UplumaError(any: error) }
        }
        _ = try CodecFilter(codecs, option: "--codec")
        _ = try CodecFilter(notCodecs, option: "--not-codec")
        if let below, let atLeast, below.shorter <= atLeast.shorter, below.longer <= atLeast.longer {
            throw UplumaError(
                .usage,
                "No picture is below \(below) and at least \(atLeast). Give a larger --below or a smaller --at-least.")
        }
        if let minimumSeconds, let maximumSeconds, minimumSeconds > maximumSeconds {
            throw UplumaError(
                .usage,
                "No video is both longer and shorter. Give --longest a time that is not before that of --shortest.")
        }
    }
}
