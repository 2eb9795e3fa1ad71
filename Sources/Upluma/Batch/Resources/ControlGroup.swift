import Foundation

/// What the system grants this process of the machine: limits of its control group (cgroups version 2 and 1) and of
/// all that are above it, as containers and services have them.
struct ControlGroup {
    /// Bytes of memory; nil where there is no limit.
    let memoryBytes: Int64?
    /// Processors' worth of time; nil where there is no limit.
    let processors: Double?

    /// - Parameters:
    ///   - membership: text of /proc/self/cgroup.
    ///   - mount: where control groups are to be found.
    init(membership: String?, mount: String) {
        var (memory, time): ([Int64], [Double]) = ([], [])
        for line in (membership ?? "").split(separator: "\n") {
            // "0::/path" in version 2, "4:memory:/path" in version 1, where controllers are folders.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",")
            if parts[1].isEmpty {
                for folder in Self.folders(["", "unified"].map { PathText.joined(mount, $0) }, parts[2]) {
                    memory += [Self.number(folder, "memory.max")].compactMap { $0 }
                    let quota = Self.words(folder, "cpu.max").map { Double($0) }
                    if quota.count == 2, let granted = quota[0], let of = quota[1], of > 0 { time.append(granted / of) }
                }
            }
            if controllers.contains("memory") {
                for folder in Self.folders(
                    [PathText.joined(mount, "memory"), PathText.joined(mount, parts[1])], parts[2])
                {
                    memory += [Self.number(folder, "memory.limit_in_bytes")].compactMap { $0 }
                }
            }
            if controllers.contains("cpu") {
                for folder in Self.folders([PathText.joined(mount, "cpu"), PathText.joined(mount, parts[1])], parts[2])
                {
                    guard let granted = Self.number(folder, "cpu.cfs_quota_us"), granted > 0,
                        let of = Self.number(folder, "cpu.cfs_period_us"), of > 0
                    else { continue }
                    time.append(Double(granted) / Double(of))
                }
            }
        }
        memoryBytes = memory.filter { $0 > 0 }.min()
        processors = time.filter { $0 > 0 }.min()
    }

    static func ofThisProcess() -> ControlGroup {
        ControlGroup(membership: text("/proc/self/cgroup"), mount: "/sys/fs/cgroup")
    }

    /// The group's own folder and those above it. In a container its path may begin outside: then the top alone is
    /// there.
    private static func folders(_ tops: [String], _ path: String) -> [String] {
        let parts = path.split(separator: "/")
        return tops.flatMap { top in
            (0...parts.count).map { PathText.joined(top, parts.prefix($0).joined(separator: "/")) }
        }
    }

    /// Nil where there is no such file, or no number in it ("max").
    private static func number(_ folder: String, _ name: String) -> Int64? {
        words(folder, name).first.flatMap { Int64($0) }
    }

    private static func words(_ folder: String, _ name: String) -> [Substring] {
        (text(PathText.joined(folder, name)) ?? "").split { $0 == " " || $0 == "\n" }
    }

    /// Files of the kernel say that they are empty: they are read to their end.
    private static func text(_ path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        return (try? handle.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
    }
}
