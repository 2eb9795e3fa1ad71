/// What `OffsetInspection` is to show. The defaults are those of the command line.
public struct OffsetInspectionOptions: Sendable {
    /// A video or a picture, or `-` for standard input.
    public var input: String
    /// The PNG file to write.
    public var output: String
    /// Seconds from the beginning.
    public var time = 0.0
    /// A learned downscaler of the catalog, or a `.safetensors` file of one; nil takes the catalog's first.
    public var model: String?
    /// Rows and columns of the kernels' inner elements that are mapped over the frame: odd where the kernels are odd, even
    /// where they are even; nil is 3 or 4.
    public var elements: Int?
    /// Left upper source pixels of the regions to show; empty chooses a smooth one, an edge and a texture.
    public var regions: [(x: Int, y: Int)] = []
    /// Processor threads; nil is all of them. The picture does not depend on it.
    public var threads: Int?
    /// Whether an existing output may be replaced.
    public var overwrite = false

    public init(input: String, output: String) {
        self.input = input
        self.output = output
    }
}
