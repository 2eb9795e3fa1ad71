import UplumaMedia

/// Where moments go: a sheet or a page.
enum PreviewSink {
    case sheet(PreviewSheet)
    case page(PreviewPage)

    mutating func add(_ moment: PreviewedMoment) throws {
        switch self {
        case .sheet(var sheet):
            try sheet.add(moment)
            self = .sheet(sheet)
        case .page(var page):
            try page.add(moment) { try $0.png(.small) }
            self = .page(page)
        }
    }
}
