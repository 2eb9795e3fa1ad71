// The parts of a sheet that one moment has.
extension ShownMoment {
    /// What a sheet shows of its only moment when nobody chose.
    static func automaticViews(versions: Int) -> [PreviewView] {
        versions > 1 ? [.sides, .crops, .difference] : [.sides, .crops]
    }

    /// Views below each other.
    ///
    /// - Parameter views: without `grid`, which is of all moments.
    func layout(_ views: [PreviewView]) -> SheetLayout {
        let lumas = views.contains(.crops) || views.contains(.difference) ? lumas() : []
        let width = views.map { naturalWidth($0) }.max() ?? 0
        var layout = SheetLayout()
        for view in views {
            let part: SheetLayout
            switch view {
            case .sides: part = sides()
            case .split: part = split()
            case .crops: part = crops(lumas, width: max(width, style.leastWidth))
            case .difference: part = difference(lumas)
            case .single: part = single()
            case .grid: continue
            }
            layout.append(part, gap: style.wideGap)
        }
        return layout
    }

    private func naturalWidth(_ view: PreviewView) -> Int {
        switch view {
        case .sides, .difference: rowWidth
        case .split: cellWidth
        case .single: self.width
        case .crops: min(cropsWidth, max(rowWidth, style.leastWidth))
        case .grid: 0
        }
    }
}
