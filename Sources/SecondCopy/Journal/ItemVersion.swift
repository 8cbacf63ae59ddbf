/// What one host has of an item now, by its journal.
package struct ItemVersion: Sendable, Equatable {
    package var host: String
    package var nature: CopyNature
    package var revision: String
    /// Empty for what was removed.
    package var digest: String
    package var bytes: Int64
    package var changedMilliseconds: Int64
    /// Of the whole; nil where an entry between is gone or cannot be opened, so that nobody knows where the bytes lie.
    package var parts: [ItemPart]?

    package var isRemoval: Bool { digest.isEmpty }
}

/// All that is known of one item.
struct ItemRecord: Sendable, Equatable {
    /// By host.
    var versions: [String: ItemVersion] = [:]
    /// Of a digest, those that it came after.
    var bases: [String: Set<String>] = [:]
    /// Latest first counts.
    var resolutions: [Resolution] = []

    /// Whether content came after another, by however many steps.
    func descends(_ digest: String, from other: String) -> Bool {
        var seen: Set<String> = [], waiting = [digest]
        while let next = waiting.popLast() {
            for base in bases[next] ?? [] where seen.insert(base).inserted {
                if base == other { return true }
                waiting.append(base)
            }
        }
        return false
    }
}
