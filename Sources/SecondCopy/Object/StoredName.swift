internal import Domain

/// The name of a file of the copy. These are all there are; what has another is not ours.
///
///     holdfast-copy                              what this is, readable without a key
///     objects/<2 digits>/<64 digits>             bytes of items
///     hosts/<64 digits>/<8 digits>-<64 digits>   one entry of one host's journal
package enum StoredName: Hashable, Sendable {
    case marker
    case object(String)
    case entry(folder: String, number: Int, object: String)

    static let markerText = "holdfast-copy"

    /// Numbers of entries have eight digits: with one every five minutes that is 950 years.
    static let mostEntries = 99_999_999

    /// - Returns: nil for the name of something foreign.
    package init?(_ text: String) {
        if text == Self.markerText {
            self = .marker
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        switch parts[0] {
        case "objects":
            guard Hexadecimal.isDigits(parts[2], count: 64), parts[1] == parts[2].prefix(2) else { return nil }
            self = .object(String(parts[2]))
        case "hosts":
            let name = parts[2].split(separator: "-", omittingEmptySubsequences: false)
            guard Hexadecimal.isDigits(parts[1], count: 64), name.count == 2, name[0].utf8.count == 8,
                name[0].utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int(name[0]),
                Hexadecimal.isDigits(name[1], count: 64)
            else { return nil }
            self = .entry(folder: String(parts[1]), number: number, object: String(name[1]))
        default: return nil
        }
    }

    package var text: String {
        switch self {
        case .marker: Self.markerText
        case .object(let name): "objects/\(name.prefix(2))/\(name)"
        case .entry(let folder, let number, let object): "hosts/\(folder)/\(String(number, digits: 8))-\(object)"
        }
    }
}
