import Foundation

extension BatchLayout {
    /// The small picture of a whole frame, beside those of a part before and after.
    package func wholeLook(file: Int64) -> String { looks + "/\(file)-whole.jpg" }
}

extension BatchFileReport {
    /// Names the small pictures of a file as far as they are there.
    package mutating func findLooks(file: Int64, _ layout: BatchLayout) {
        func existing(_ path: String) -> String? { FileManager.default.fileExists(atPath: path) ? path : nil }
        lookWhole = existing(layout.wholeLook(file: file))
        lookBefore = existing(layout.look(file: file, isAfter: false))
        lookAfter = existing(layout.look(file: file, isAfter: true))
    }
}
