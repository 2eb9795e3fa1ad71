import UplumaMedia

extension MediaFacts {
    /// A file that was cut short ends like any other, except that it promised more: then the result is not whole, either.
    ///
    /// - Parameter lastSecond: the latest time of any packet of the whole file, on its own clock.
    /// - Throws: `UplumaError` of kind `badInput`.
    func checkLength(lastSecond last: Double) throws {
        guard statesItsLength, let promised = duration else { return }
        // Containers count their length from zero or from the first packet: the longer reading is given the benefit.
        let end = max(last, last - Double(startMicroseconds) / 1_000_000)
        // A muxer may round, and the last packet lasts a while.
        guard end.isFinite, promised - end > max(5, promised / 50) else { return }
        throw UplumaError(
            .badInput,
            "\"\(path)\" says it lasts \(promised.toTenths) seconds but ends after \(end.toTenths): it is cut short or "
                + "damaged. Get a complete copy.")
    }
}
