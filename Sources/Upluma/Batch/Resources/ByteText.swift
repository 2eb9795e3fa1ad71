import Foundation

/// Numbers of bytes for people.
enum ByteText {
    private static let units = ["B", "kB", "MB", "GB", "TB", "PB"]

    /// Decimal units with two significant figures or whole numbers: "1.2 TB", "300 GB".
    static func about(_ bytes: Int64) -> String {
        var (value, unit) = (Double(max(0, bytes)), 0)
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return String(format: value < 9.95 && unit > 0 ? "%.1f %@" : "%.0f %@", value, units[unit])
    }
}
