/// Of which moments the rows of a picture are.
///
/// An interlaced picture holds two fields, its even rows (the top field, from row 0) and its odd rows (the bottom field),
/// taken half a frame apart.
package enum FieldStructure: Sendable {
    /// Nothing tells.
    case unknown
    /// All rows are of one moment.
    case progressive
    /// The even rows are the earlier ones.
    case topFirst
    /// The odd rows are the earlier ones.
    case bottomFirst

    package var isInterlaced: Bool { self == .topFirst || self == .bottomFirst }
}
