import Foundation
import UplumaFrames
import UplumaMedia

/// Two inventories held against each other. The parts are in extensions, one theme a file.
struct Comparison {
    let source: MediaInventory
    let result: MediaInventory
    let expected: VerificationExpectations
    /// The part of the source that the result is, on the source's clock; nil is all of it.
    let span: MediaWriter.Span?
    let pairs: StreamPairs
    /// Which frame of the source is which of the result.
    let frames: FramePairs

    init(
        source: MediaInventory, result: MediaInventory, expected: VerificationExpectations, span: MediaWriter.Span?
    ) {
        self.source = source
        self.result = result
        self.expected = expected
        self.span = span
        pairs = StreamPairs(source, result) { stream in
            expected.fates[stream.index] != .dropped && !(result.form == .yuv4mpeg)
        }
        frames = FramePairs(source.picture, result.picture, hasTimes: result.form != .yuv4mpeg)
    }

    /// One verdict for each item, in the items' order.
    func verdicts() -> [ItemVerdict] {
        VerifiedItem.allCases.map { item in
            switch item {
            case .frames: frameCount()
            case .times: times()
            case .durations: durations()
            case .starts: starts()
            case .streams: streams()
            case .packets: packets()
            case .language: language()
            case .titles: titles()
            case .disposition: dispositions()
            case .attachments: attachments()
            case .chapters: chapters()
            case .tags: tags()
            case .size: size()
            case .aspect: aspect()
            case .rotation: rotation()
            case .depth: depth()
            case .subsampling: subsampling()
            case .color: color()
            case .chromaLocation: chromaLocation()
            case .captions: captions()
            case .hdr: hdr()
            case .sideData: sideData()
            }
        }
    }

    /// The pairs of streams whose packets are copied.
    var copied: [(source: StreamInventory, result: StreamInventory)] {
        pairs.pairs.filter { $0.source != source.mainVideo }.map {
            (source.streams[$0.source], result.streams[$0.result])
        }
    }

    /// All pairs.
    var paired: [(source: StreamInventory, result: StreamInventory)] {
        pairs.pairs.map { (source.streams[$0.source], result.streams[$0.result]) }
    }
}

/// What a container cannot do otherwise; by the name of FFmpeg's demuxer.
enum ContainerForm {
    case matroska, iso, avi, transport, yuv4mpeg, other
}

extension MediaInventory {
    var form: ContainerForm {
        if container.contains("matroska") { return .matroska }
        if container.contains("mp4") { return .iso }
        switch container {
        case "avi": return .avi
        case "mpegts", "mpeg": return .transport
        case "yuv4mpegpipe": return .yuv4mpeg
        default: return .other
        }
    }
}

/// Seconds for a sentence, to the microsecond where that is needed.
func inSeconds(_ seconds: Double) -> String {
    let millis = seconds * 1000
    return abs(millis - millis.rounded()) < 0.0005
        ? String(format: "%.3f s", seconds) : String(format: "%.6f s", seconds)
}

func inSeconds(_ ticks: Int64, _ timeBase: Rational) -> String { inSeconds(Double(ticks) * timeBase.doubleValue) }
