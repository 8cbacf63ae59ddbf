internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Storage

/// What commands print.
enum Terminal {
    /// One line on stderr.
    static func complain(_ message: String) {
        write("holdfast: \(message)\n")
    }

    /// On stderr, as it is.
    static func write(_ text: String) {
        // Nobody is left to hear of a stderr that is closed.
        try? Files.write(Array(text.utf8)[...], to: STDERR_FILENO, named: "stderr")
    }

    /// A value as JSON, keys sorted, on stdout.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static func printTable(_ rows: [[String]]) {
        let widths = rows.reduce(into: [Int]()) { widths, row in
            for (column, cell) in row.enumerated() {
                if column < widths.count {
                    widths[column] = max(widths[column], cell.count)
                } else {
                    widths.append(cell.count)
                }
            }
        }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            print(cells.joined(separator: "  "))
        }
    }

    /// `2.9 %`
    static func percent(_ part: Int64, _ whole: Int64) -> String {
        let tenths = whole > 0 ? part * 1000 / whole : 0
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// `4 min ago`, for people.
    static func ago(_ milliseconds: Int64?, now: Int64 = HostClock.wallMilliseconds) -> String {
        guard let milliseconds else { return "never" }
        let seconds = max(0, (now - milliseconds) / 1000)
        return switch seconds {
        case ..<60: "\(seconds) s ago"
        case ..<3600: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3600) h ago"
        default: "\(seconds / 86_400) d ago"
        }
    }
}
