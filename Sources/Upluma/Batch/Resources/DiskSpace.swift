import Foundation
import GRDB
import UplumaMedia

/// Room on disks.
package enum DiskSpace {
    /// Bytes that may be written at a path, or where it will be: in the nearest folder that exists. Nil when the
    /// system does not tell.
    package static func free(at path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(RealPath.nearest(path).existing, &status) == 0 else { return nil }
        let (bytes, isTooMuch) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooMuch ? .max : Int64(clamping: bytes)
    }

    /// Whether an error says that a disk is full, or that the user may have no more of it.
    package static func isFull(_ error: any Error) -> Bool {
        switch error {
        case let error as DatabaseError: error.resultCode == .SQLITE_FULL
        // FFmpeg's errors come as its words, which for those of the system are the system's.
        case let error as MediaError: error.ffmpegText.map(saysFull) ?? false
        case let error as UplumaError: [.inputOutput, .cannotCreate].contains(error.kind) && saysFull(error.message)
        default: isFull(error as NSError)
        }
    }

    private static let codes = [ENOSPC, EDQUOT]

    private static func saysFull(_ text: String) -> Bool {
        codes.contains { text.contains(String(cString: strerror($0))) }
    }

    private static func isFull(_ error: NSError) -> Bool {
        if error.domain == NSPOSIXErrorDomain { return codes.contains(Int32(clamping: error.code)) }
        if error.domain == NSCocoaErrorDomain, error.code == CocoaError.fileWriteOutOfSpace.rawValue { return true }
        return (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { isFull($0 as NSError) } ?? false
    }

    /// What a batch that stopped on a full disk says.
    ///
    /// - Parameter need: what is still to be written.
    package static func fullSentence(at path: String, need: DiskNeed) -> String {
        let free = free(at: path)
        let missing = free.map { need.total - $0 }
        let amount = missing.map { $0 > 0 ? " About \(ByteText.about($0)) are missing for what is left." : "" } ?? ""
        return
            "The disk of \"\(path)\" is full.\(amount) Make room and give `upluma batch run` again: nothing "
            + "that is done is lost."
    }
}
