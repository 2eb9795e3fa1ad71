import Foundation
import GRDB

/// What goes wrong with a ledger, in the library's words.
enum LedgerFailure {
    /// Runs `body`; SQLite's errors come out as sentences.
    ///
    /// - Throws: `UplumaError`.
    static func told<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw spoken(error, path)
        } catch let error as DecodingError {
            throw damaged(path, "an entry cannot be understood: \(error)")
        } catch {
            throw UplumaError(any: error)
        }
    }

    static func noBatch(_ path: String) -> UplumaError {
        UplumaError(
            .noInput, "There is no batch in \"\(folder(of: path))\". Begin one with upluma batch plan FILES -o FOLDER.")
    }

    static func foreign(_ path: String) -> UplumaError {
        UplumaError(.badInput, "\"\(path)\" is not the ledger of a batch. Choose another folder for the results.")
    }

    static func newer(_ path: String) -> UplumaError {
        UplumaError(
            .usage, "The ledger \"\(path)\" was made by a later version of Upluma. Use that one, or another folder.")
    }

    static func damaged(_ path: String, _ what: String) -> UplumaError {
        UplumaError(
            .badInput,
            "The ledger \"\(path)\" is damaged (\(what)). Bring it back from a backup, or move the folder it is in away and "
                + "plan again: finished results are not touched.")
    }

    /// The batch was planned anew, and what the worker holds is another's, or nobody's.
    static func lost(_ source: String) -> UplumaError {
        UplumaError(
            .tryAgain,
            "\"\(source)\" is no longer this worker's: the batch was planned anew, or the file was given to another.")
    }

    static func unknown(_ worker: String) -> UplumaError {
        UplumaError(.tryAgain, "Worker \(worker) is not known to the batch, or was taken for dead. Start it again.")
    }

    static let replanned = UplumaError(
        .tryAgain, "The batch was planned anew with other options. Start this run again to go on with them.")

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent as NSString
        return folder.lastPathComponent == BatchLayout.stateFolder ? folder.deletingLastPathComponent : folder as String
    }

    private static func spoken(_ error: DatabaseError, _ path: String) -> UplumaError {
        let text = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_CORRUPT: return damaged(path, text)
        case .SQLITE_NOTADB: return foreign(path)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return UplumaError(
                .tryAgain,
                "The ledger \"\(path)\" was busy for \(Int(BatchLedger.patience)) seconds. Try again; "
                    + "if nothing else runs, the disk may be too slow.")
        case .SQLITE_FULL:
            return UplumaError(
                .inputOutput,
                "The disk of the ledger \"\(path)\" is full (\(String(cString: strerror(ENOSPC)))). Make space and go on: "
                    + "nothing is lost.")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return UplumaError(
                .cannotCreate,
                "The ledger \"\(path)\" cannot be written (\(text)). Check the permissions of its folder.")
        case .SQLITE_IOERR:
            return UplumaError(
                .inputOutput, "The ledger \"\(path)\" cannot be read or written (\(text)). Check the disk.")
        default: return UplumaError(.internal, "The ledger \"\(path)\" failed: \(text).")
        }
    }
}
