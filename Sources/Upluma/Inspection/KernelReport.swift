import UplumaNetworks

/// The numbers behind the picture of a frame's kernels; encodes to the stable keys of `inspect kernels --json`.
public struct KernelReport: Sendable, Encodable {
    public struct Size: Sendable, Encodable {
        public let width: Int
        public let height: Int
    }

    /// One element of the kernels, over all results of the frame.
    public struct Element: Sendable, Encodable {
        /// Source pixels to the right of the nearest one, and below it.
        public let dx: Int
        public let dy: Int
        public let mean: Double
        /// Standard deviation.
        public let deviation: Double
        public let lowest: Double
        public let highest: Double
    }

    /// What the elements of a kernel sum to.
    public struct Sums: Sendable, Encodable {
        public let lowest: Double
        public let mean: Double
        public let highest: Double
    }

    public struct Region: Sendable, Encodable {
        public let name: String
        /// In source pixels.
        public let x: Int
        public let y: Int
        public let width: Int
        public let height: Int
        /// Root of the mean squared gradient, in shades (black 0, white 1) for each pixel.
        public let gradient: Double
        /// How far the gradients have one direction, 0...1.
        public let coherence: Double
        /// Rows of the mean kernel.
        public let meanKernel: [[Double]]
    }

    public let input: String
    /// Seconds from the beginning of the file.
    public let time: Double
    /// From 0, by time and average frame rate; nil for a single picture.
    public let frame: Int?
    public let source: Size
    public let result: Size
    public let model: String
    public let scale: Int
    /// Stages of the network; the kernels are those of the first.
    public let stages: Int
    /// Results in both directions for each source pixel, of the first stage.
    public let factor: Int
    /// Rows and columns of a kernel.
    public let kernelSize: Int
    /// Source pixels between the elements of a kernel, for each time it is applied.
    public let intervals: [Int]
    public let precision: String
    /// All intervals together: what a flat picture is multiplied by.
    public let sums: Sums
    /// Rows first.
    public let elements: [Element]
    /// Rows of the mean kernel of each of the factor² results of a source pixel, rows first.
    public let phases: [[[Double]]]
    public let regions: [Region]
    /// The picture that was written.
    public let output: String
    public let picture: Size

    private enum CodingKeys: String, CodingKey {
        case input, time, frame, source, result, model, scale, stages, factor, intervals, precision, sums, elements
        case phases, regions, output, picture
        case kernelSize = "kernel_size"
    }
}

extension KernelReport.Region {
    private enum CodingKeys: String, CodingKey {
        case name, x, y, width, height, gradient, coherence
        case meanKernel = "mean_kernel"
    }
}

extension KernelReport {
    init(_ picture: KernelPicture, options: KernelInspectionOptions, canvas: Canvas) {
        let (survey, lattice) = (picture.survey, picture.network.stages[0].lattice)
        let step = lattice.intervals[0] / lattice.factor
        func rows(_ kernel: [Double]) -> [[Double]] {
            stride(from: 0, to: kernel.count, by: survey.size).map { Array(kernel[$0..<$0 + survey.size]) }
        }
        input = options.input
        time = (picture.shown.seconds * 1e6).rounded() / 1e6
        frame = picture.shown.number
        source = Size(width: picture.shown.frame.width, height: picture.shown.frame.height)
        result = Size(width: picture.result.bounds.width, height: picture.result.bounds.height)
        model = picture.modelName
        scale = picture.network.factor
        stages = picture.network.stages.count
        factor = survey.factor
        kernelSize = survey.size
        intervals = lattice.intervals.map { $0 / lattice.factor }
        precision = "f32"
        sums = Sums(lowest: survey.sums.lowest, mean: survey.sums.mean, highest: survey.sums.highest)
        elements = survey.elements.map {
            Element(
                dx: step * ($0.column - survey.size / 2), dy: step * ($0.row - survey.size / 2), mean: $0.mean,
                deviation: $0.deviation, lowest: $0.lowest, highest: $0.highest)
        }
        phases = survey.phases.map(rows)
        regions = picture.regions.map { kernels in
            let region = kernels.region
            return Region(
                name: region.kind.name, x: region.box.x, y: region.box.y, width: region.box.width,
                height: region.box.height, gradient: region.gradient, coherence: region.coherence,
                meanKernel: rows(kernels.mean))
        }
        output = options.output
        self.picture = Size(width: canvas.width, height: canvas.height)
    }
}
