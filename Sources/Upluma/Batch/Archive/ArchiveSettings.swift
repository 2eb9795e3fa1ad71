import UplumaFrames
import UplumaMedia

/// What `--archive` makes of a job's options: FFV1 version 3 in Matroska, every frame by itself, every slice with a CRC.
///
/// Coded bits depend on the pictures alone: FFV1 shares a picture between threads by its slices, whose number is fixed here,
/// so that any number of encoder threads writes the same.
public enum ArchiveSettings {
    public static let encoder = "ffv1"
    /// The ending of results.
    public static let container = "mkv"

    /// By FFmpeg's names.
    ///
    /// `g` 1: a damaged frame costs no other. The range coder makes enlarged film 3 to 8 % smaller than Golomb-Rice codes at
    /// 8 bits, and above 8 bits FFV1 has no other. The small context: the large one gains up to 5 % on clean animation and
    /// loses up to 10 % on noise, which old film is, since its statistics begin anew with every slice of every frame.
    static let options = [
        "level": "3", "g": "1", "slicecrc": "1", "coder": "range_tab", "context": "0", "slices": "4",
    ]

    /// Turns options into those of an archive.
    ///
    /// - Throws: `UplumaError` of kind `usage` for options that ask for something else.
    public static func apply(to target: inout UpscaleOptions) throws {
        try check(target)
        target.encoder.name = encoder
        target.encoder.options.merge(options) { own, _ in own }
    }

    /// Slices for a picture size, unless the options ask for a number: more for larger pictures, so that a damaged one costs
    /// about as much of the screen and all threads have work; 4 at least.
    ///
    /// To be called when the size is known, and the same for all chunks of a file.
    public static func fit(_ target: inout UpscaleOptions, width: Int, height: Int) {
        guard target.encoder.options["slices"] == options["slices"] else { return }
        target.encoder.options["slices"] = String(slices(width: width, height: height))
    }

    /// 4 up to PAL, 9 up to 1280×720, 16 up to 2048×1152, 24 above.
    static func slices(width: Int, height: Int) -> Int {
        switch width * height {
        case ...(720 * 576): 4
        case ...(1280 * 720): 9
        case ...(2048 * 1152): 16
        default: 24
        }
    }

    private static func check(_ target: UpscaleOptions) throws {
        let coding = target.encoder
        guard [EncoderOptions.automatic, encoder].contains(coding.name) else {
            throw UplumaError(
                .usage, "--archive stores FFV1, not \(coding.name). Leave out --encoder, or leave out --archive.")
        }
        guard coding.crf == nil else {
            throw UplumaError(.usage, "--archive stores pictures without loss, so there is no --crf. Leave one out.")
        }
        guard coding.preset == nil else {
            throw UplumaError(.usage, "--archive stores FFV1, which has no --encoder-preset. Leave one out.")
        }
        for (key, value) in coding.options.sorted(by: { $0.key < $1.key }) {
            guard let fixed = options[key], fixed != value else { continue }
            guard key == "slices", let count = Int(value), count >= 4 else {
                let instead = key == "slices" ? "at least 4" : fixed
                throw UplumaError(
                    .usage, "--archive needs the encoder option \(key) to be \(instead), not \(value). Leave one out.")
            }
        }
        if let ending = target.output.split(separator: "/").last?.split(separator: ".").dropFirst().last,
            ending.lowercased() != container
        {
            throw UplumaError(.usage, "--archive stores Matroska (.\(container)), not .\(ending). Leave one out.")
        }
        try checkPixelFormat(target)
    }

    private static func checkPixelFormat(_ target: UpscaleOptions) throws {
        guard let name = target.pixelFormat else { return }
        do {
            let wanted = try EncoderChoice.pictureFormat(named: name)
            let choice = try EncoderChoice(
                EncoderSettings(name: encoder), container: MediaContainer(outputName: "a." + container))
            guard try choice.negotiate(wanted, range: .limited).format == wanted else {
                throw UplumaError(
                    .usage, "--archive stores FFV1, which has no \(name). Choose another --pixel-format.")
            }
        } catch {
            throw UplumaError(any: error)
        }
    }
}
