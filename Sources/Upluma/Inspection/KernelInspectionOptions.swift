/// What `KernelInspection` is to show. The defaults are those of the command line.
public struct KernelInspectionOptions: Sendable {
    /// A video or a picture, or `-` for standard input.
    public var input: String
    /// The PNG file to write.
    public var output: String
    /// Seconds from the beginning.
    public var time = 0.0
    /// A model of the catalog that predicts kernels, or a `.safetensors` file of one; nil takes the catalog's first.
    public var model: String?
    /// Scale of the model; nil is 2 where the model has it, else its first.
    public var scale: Int?
    /// Rows and columns of the kernels' inner elements that are mapped over the frame: odd, at most the kernel's.
    public var elements = 3
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
