public import Foundation
import UplumaMedia
import UplumaNetworks

/// What is said of a result in an archive, in a file beside it (`FILE.mkv.json`): all that made it, and all that is needed to
/// see later that it is unchanged.
///
/// Its keys, in snake case, are stable: more may come, none is renamed. Paths are absolute, names are those of files beside
/// the record.
public struct ArchiveRecord: Codable, Sendable {
    /// A video file as it was.
    public struct File: Codable, Sendable, Equatable {
        /// Its name without its folder.
        public var name: String
        /// Where it lay; nil for the result, which lies beside the record.
        public var path: String?
        public var bytes: Int64
        /// 64 hexadecimal digits.
        public var sha256: String
        /// Its last change; nil for the result.
        public var modified: Date?
        public var facts: Facts
        public var frameChecksums: Checksums
    }

    /// What opening a file told; nil is what it does not say.
    public struct Facts: Codable, Sendable, Equatable {
        /// FFmpeg's name.
        public var container: String
        public var codec: String
        public var width: Int
        public var height: Int
        /// FFmpeg's name of the format in the stream.
        public var pixelFormat: String
        /// Fractions: width over height of a sample, frames a second.
        public var sampleAspect: String?
        public var frameRate: String?
        /// Unit of the frames' times in seconds, as a fraction.
        public var timeBase: String
        /// Length of the video.
        public var seconds: Double?
        /// `progressive`, `topFirst`, `bottomFirst` or `unknown`, as the stream says.
        public var fields: String
        /// `limited`, `full` or `unspecified`.
        public var range: String
        /// Code points of ITU-T H.273.
        public var primaries: Int
        public var transfer: Int
        public var matrix: Int
        /// Every stream: kind and codec, in the file's order.
        public var streams: [String]
    }

    /// The MD5 of every decoded frame, in a file of its own.
    public struct Checksums: Codable, Sendable, Equatable {
        public var name: String
        public var sha256: String
        public var frames: Int
        /// Complaints of the decoder about the file: 0 for a whole one.
        public var complaints: Int
    }

    /// How the result's pictures are coded.
    public struct Coding: Codable, Sendable, Equatable {
        public var codec: String
        public var version: Int
        /// Of each frame, each with a CRC.
        public var slices: Int
    }

    /// What made luma.
    public struct Maker: Codable, Sendable, Equatable {
        public struct Weights: Codable, Sendable, Equatable {
            /// The scale that they were trained for.
            public var scale: Int
            public var sha256: String
            /// Of the same in 8 bits; nil where there are none.
            public var int8Sha256: String?
        }
        /// Of the catalog, or a file.
        public var name: String
        /// The files of the network, one a scale; none for filters.
        public var weights: [Weights]
    }

    /// Of this form.
    public var format: String
    /// For whoever finds the file alone.
    public var statement: String
    public var processor: String
    /// How the pictures were made on it.
    public var execution: [String]
    /// Nil where nothing enlarged.
    public var model: Maker?
    /// Nil where nothing reduced.
    public var downscaler: Maker?
    public var options: UpscaleOptions
    public var source: File
    public var result: File
    public var coding: Coding
    /// Seconds that workers spent on it.
    public var workSeconds: Double
    /// What the source does not say and what it is taken for.
    public var assumptions: [String]
    public var notes: [String]
    /// Nil where the result was not held against its source.
    public var verification: VerificationReport?
    public var agents: [PremisAgent]
    public var events: [PremisEvent]

    static let currentFormat = "upluma archive record 1"

    static func statement(source: String, result: String) -> String {
        "\(result) is derived from \(source): its pictures were enlarged by computation. What was computed is an estimate, the "
            + "enlargement cannot be undone, and the source cannot be made from the result. Keep the source."
    }

    /// Reads a record.
    ///
    /// - Throws: `UplumaError` of kind `noInput` or `badInput`.
    package static func read(_ path: String) throws -> ArchiveRecord {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UplumaError(.noInput, "\"\(path)\" cannot be read.")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(ArchiveRecord.self, from: data)
        } catch {
            throw UplumaError(.badInput, "\"\(path)\" is no record of an archive: \(Self.place(of: error)).")
        }
    }

    /// Where a record is not what it should be.
    private static func place(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it has no \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is something else"
        default: "it is no JSON"
        }
    }

    /// Pretty JSON, keys sorted, a newline at its end.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

extension ArchiveRecord.Facts {
    init(_ facts: MediaFacts) {
        let video = facts.video
        container = facts.container
        (codec, width, height) = (video.codec, video.width, video.height)
        pixelFormat = video.pixelFormatName
        sampleAspect = video.sampleAspect?.description
        frameRate = video.frameRate?.description
        timeBase = video.timeBase.description
        seconds = video.duration
        fields = "\(video.fieldOrder)"
        range = "\(video.color.range)"
        (primaries, transfer) = (Int(video.color.primaries), Int(video.color.transfer))
        matrix = Int(video.color.matrix)
        streams = facts.streams.map { "\($0.kind.rawValue) \($0.codec)" }
    }
}

extension ArchiveRecord.Maker {
    /// The model of a name, as the catalog has it.
    ///
    /// - Parameter name: of a model or filter, or a weights file; what "auto" came to, not "auto".
    /// - Throws: `UplumaError`.
    package init(model name: String) throws {
        do {
            let card = try ModelCatalog.model(name).load().card
            self.init(
                name: name,
                weights: card.weights.map {
                    Weights(scale: $0.scale, sha256: $0.sha256, int8Sha256: $0.int8SHA256)
                })
        } catch {
            throw UplumaError(any: error)
        }
    }

    /// The downscaler of a name.
    package init(downscaler name: String) throws {
        do {
            let card = try DownscalerCatalog.downscaler(name, of: DownscalerCatalog.downscalers).load().card
            self.init(
                name: name,
                weights: card.weightsSHA256.map { [Weights(scale: card.factor, sha256: $0, int8Sha256: nil)] } ?? [])
        } catch {
            throw UplumaError(any: error)
        }
    }
}
