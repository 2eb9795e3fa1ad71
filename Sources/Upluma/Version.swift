/// The version of library and tool.
public enum UplumaVersion {
    public static let current = "0.1.0"
}
