package import Foundation
import Synchronization

/// A web server of one file on this machine, that counts who asks.
package final class FileServer: Sendable {
    /// Connections made so far.
    package var connections: Int { count.withLock { $0 } }
    /// The address of the file.
    package let address: String

    private let descriptor: Int32
    private let count = Mutex(0)

    /// - Parameters:
    ///   - body: what every request is answered with.
    ///   - name: the last part of the address.
    package init(_ body: Data, name: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var local = sockaddr_in()
        local.sin_family = sa_family_t(AF_INET)
        local.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafeMutablePointer(to: &local) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard status else { throw FFmpegTool.Failure(description: "no server: \(String(cString: strerror(errno)))") }
        address = "http://127.0.0.1:\(UInt16(bigEndian: local.sin_port))/\(name)"
        let thread = Thread { [self] in serve(body) }
        thread.start()
    }

    /// Stops answering.
    package func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit { close(descriptor) }

    private func serve(_ body: Data) {
        while true {
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { return }
            count.withLock { $0 += 1 }
            var request = [UInt8](repeating: 0, count: 4096)
            _ = recv(client, &request, request.count, 0)
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
            var answer = Data(head.utf8) + body
            while !answer.isEmpty {
                let sent = answer.withUnsafeBytes {
                    send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { break }
                answer.removeFirst(sent)
            }
            close(client)
        }
    }
}
