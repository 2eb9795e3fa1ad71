import Dispatch
import Foundation

/// Requests to a server on this machine, each over a connection of its own.
///
/// Foundation's `URLSession` does not read chromedriver's answers on Linux ("Failed writing header").
struct WebDriverConnection: Sendable {
    let port: UInt16
    /// For one send or receive.
    private static let patience = 60

    /// Sends a request and waits for the answer, on a thread of its own.
    ///
    /// - Returns: the status code and the body.
    /// - Throws: `FFmpegTool.Failure` when there is no answer.
    func send(_ method: String, _ path: String, _ body: Data?) async throws -> (status: Int, body: Data) {
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json; charset=utf-8\r\n"
            + "Content-Length: \(body?.count ?? 0)\r\nConnection: close\r\n\r\n"
        let request = Data(head.utf8) + (body ?? Data())
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try exchange(request) })
            }
        }
    }

    private func exchange(_ request: Data) throws -> (status: Int, body: Data) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: WebDriverConnection.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        var remote = sockaddr_in()
        remote.sin_family = sa_family_t(AF_INET)
        remote.sin_port = port.bigEndian
        remote.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let isConnected = withUnsafePointer(to: &remote) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw failure("no connection") }
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), request.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw failure("the request cannot be sent") }
            sent += count
        }
        return try answer(from: descriptor)
    }

    /// Reads as much as the head says.
    private func answer(from descriptor: Int32) throws -> (status: Int, body: Data) {
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var whole: (status: Int, start: Int, length: Int)?
        while true {
            if whole == nil, let end = received.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
                guard let status = head.firstMatch(of: /^http\/1\.1 (\d+)/).flatMap({ Int($0.1) }),
                    let length = head.firstMatch(of: /content-length: *(\d+)/).flatMap({ Int($0.1) })
                else { throw failure("the answer begins with \(head)") }
                whole = (status, end.upperBound, length)
            }
            if let whole, received.count >= whole.start + whole.length {
                return (whole.status, Data(received[whole.start..<whole.start + whole.length]))
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw failure("the answer ends after \(received.count) bytes") }
            received.append(contentsOf: buffer[..<count])
        }
    }

    private func failure(_ what: String) -> FFmpegTool.Failure {
        FFmpegTool.Failure(description: "WebDriver: \(what) (\(String(cString: strerror(errno))))")
    }
}
