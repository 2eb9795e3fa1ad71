import Foundation
import UplumaTestSupport

@testable import Upluma

/// Files of a batch as a report gets them.
enum BatchSample {
    static let start = Date(timeIntervalSince1970: 1_763_500_000)

    static func head(files: [BatchFileState: Int], notes: [String] = ["Power was lost once."]) -> BatchReportHead {
        var head = BatchReportHead(
            version: UplumaVersion.current, started: start, ended: start.addingTimeInterval(5000))
        head.seconds = 4321
        head.options = [.init(name: "--scale", value: "2"), .init(name: "--crf", value: "16")]
        head.files = Dictionary(uniqueKeysWithValues: files.map { ($0.key.rawValue, $0.value) })
        head.frames = 123_456
        head.sourceBytes = 1_000_000_000
        head.outputBytes = 3_710_000_000
        head.notes = notes
        return head
    }

    static func done(_ name: String, bytes: Int64 = 45_600_000) -> BatchFileReport {
        var file = BatchFileReport(
            source: "/films/\(name).avi", output: "\(name).mkv", state: .done, sourceBytes: 12_300_000)
        file.attempts = 1
        (file.codec, file.width, file.height) = ("mpeg4", 352, 288)
        (file.resultWidth, file.resultHeight) = (704, 576)
        (file.videoSeconds, file.frames) = (90, 2250)
        file.outputBytes = bytes
        file.sha256 = String(repeating: "0123456789abcdef", count: 4)
        file.workSeconds = 100
        file.finished = start
        return file
    }

    static func failed(_ name: String, reason: String, state: BatchFileState = .quarantined) -> BatchFileReport {
        var file = BatchFileReport(
            source: "/films/\(name).avi", output: "\(name).mkv", state: state, sourceBytes: 4_500_000)
        file.attempts = state == .quarantined ? 3 : 0
        file.reason = reason
        return file
    }

    static func verification(lost: Bool) -> VerificationReport {
        VerificationReport(
            source: "/films/a.avi", result: "/out/a.mkv",
            items: [
                ItemVerdict(item: .frames, status: .kept, message: "2250 frames"),
                ItemVerdict(item: .times, status: .changed, message: "Times are rounded to 1 ms."),
                ItemVerdict(item: .chapters, status: lost ? .lost : .kept, message: "2 of 3 chapters"),
            ])
    }

    /// A layout in a folder of a test's own, with pictures of a file in it: bars whose colours tell which is which.
    static func layout(_ folder: TemporaryDirectory, pictured: Range<Int64> = 0..<0) throws -> BatchLayout {
        let layout = BatchLayout(root: folder.path, isArchive: false)
        try FileManager.default.createDirectory(atPath: layout.looks, withIntermediateDirectories: true)
        let kinds = [
            ("whole", 427, 240, UInt16(40)), ("before", 320, 240, UInt16(120)), ("after", 320, 240, UInt16(200)),
        ]
        let pictures = try kinds.map { _, width, height, red in
            var samples: [UInt16] = []
            for y in 0..<height {
                for x in 0..<width { samples += [red, UInt16(x * 255 / width), UInt16(y * 255 / height)] }
            }
            return Data(try RGBPicture(width: width, height: height, depth: 8, samples: samples).jpeg())
        }
        for file in pictured {
            let paths = [
                layout.wholeLook(file: file), layout.look(file: file, isAfter: false),
                layout.look(file: file, isAfter: true),
            ]
            for (path, data) in zip(paths, pictures) { try data.write(to: URL(fileURLWithPath: path)) }
        }
        return layout
    }

    /// A batch with everything in it: three files that are done, two of them with pictures, and four that are not.
    static func files(_ layout: BatchLayout) -> [BatchFileReport] {
        var files = [
            done("1987/Summer at the sea", bytes: 45_600_000), done("1988/誕生日 🎂", bytes: 9_100_000),
            done("1989/Garden", bytes: 88_000_000),
        ]
        files[0].verification = verification(lost: false)
        files[0].assumptions = ["The source names no matrix: that of BT.601 is taken."]
        files[1].verification = verification(lost: true)
        files[1].warnings = ["3 pictures are damaged, and parts of them are concealed."]
        files[2].workSeconds = 7000
        for index in 0..<2 { files[index].findLooks(file: Int64(index), layout) }
        files.append(failed("broken", reason: "The file is damaged: nothing can be decoded."))
        files.append(failed("gone", reason: "It is no longer there.", state: .missing))
        files.append(failed("large 1", reason: "It has 1080 lines, and --below 720 was asked for.", state: .skipped))
        files.append(failed("large 2", reason: "It has 1080 lines, and --below 720 was asked for.", state: .skipped))
        return files
    }

    static let counts: [BatchFileState: Int] = [.done: 3, .quarantined: 1, .missing: 1, .skipped: 2]
}
