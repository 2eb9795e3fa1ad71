extension MemoryPlan {
    /// Refuses pictures for which the machine has too little memory: mostly those whose size is a slip of a damaged header.
    ///
    /// - Parameters:
    ///   - memory: of the machine, in bytes.
    ///   - picture: of the source.
    ///   - isEnlarged: whether a smaller enlargement would be another way.
    /// - Throws: `UplumaError` of kind `badInput`.
    func check(fits memory: UInt64, _ picture: FrameUpscaler.Picture, isEnlarged: Bool) throws {
        guard UInt64(max(0, totalBytes)) > memory else { return }
        throw UplumaError(
            .badInput,
            "Pictures of \(picture.width)×\(picture.height) take \(totalBytes / 1_000_000) MB on their way, and this machine "
                + "has \(memory / 1_000_000). If the source is not really so large, its header is damaged; otherwise "
                + (isEnlarged ? "give a smaller --scale." : "it takes a machine with more."))
    }
}
