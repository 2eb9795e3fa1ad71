/// A table that becomes a list of cards where it would be wider than a phone.
///
/// Roles are written out because a table laid out as blocks loses those of its elements.
struct PageTable {
    struct Cell {
        let text: String
        /// Below the text, smaller.
        let small: String?

        init(_ text: String, small: String? = nil) { (self.text, self.small) = (text, small) }

        /// A value with its least and most, where both are known.
        init(_ text: String, spread: (least: Double?, most: Double?), _ wording: (Double) -> String) {
            self.text = text
            if let least = spread.least, let most = spread.most {
                small = "\(wording(least)) to \(wording(most))"
            } else {
                small = nil
            }
        }
    }

    struct Row {
        let name: String
        /// By what the script finds the row.
        let mark: Int?
        let cells: [Cell]
    }

    /// Told to those who do not see it.
    let title: String
    /// Above the names of the rows.
    let first: String
    let columns: [String]
    let rows: [Row]

    var html: String {
        let head = ([first] + columns).map {
            "<th role=\"columnheader\" scope=\"col\">\(PageText.escaped($0))</th>"
        }
        let body = rows.map { row in
            let cells = zip(columns, row.cells).map { column, cell in
                let small = cell.small.map { " <small>\(PageText.escaped($0))</small>" } ?? ""
                return """
                    <td role="cell" data-column="\(PageText.escaped(column))"><span>\
                    \(PageText.escaped(cell.text))\(small)</span></td>
                    """
            }
            return """
                <tr role="row"\(row.mark.map { " data-version=\"\($0)\"" } ?? "")><th role="rowheader" scope="row">\
                \(PageText.escaped(row.name))\(row.mark == nil ? "" : " <span class=\"shown\"></span>")</th>\
                \(cells.joined())</tr>
                """
        }
        return """
            <table role="table" aria-label="\(PageText.escaped(title))">
            <thead role="rowgroup"><tr role="row">\(head.joined())</tr></thead>
            <tbody role="rowgroup">
            \(body.joined(separator: "\n"))
            </tbody></table>
            """
    }
}
