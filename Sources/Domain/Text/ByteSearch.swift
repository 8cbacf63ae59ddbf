extension String {
    /// Whether a text stands in this one, byte for byte. `contains` builds a searcher for that, out of a library of its own:
    /// a seventh of a hook's instructions.
    package func holds(_ part: String) -> Bool { Array(utf8)[...].position(behind: part) != nil }
}

extension ArraySlice<UInt8> {
    /// The position behind the first place where these bytes stand.
    package func position(behind text: String) -> Int? {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return nil }
        for start in startIndex...(endIndex - wanted.count)
        where self[start] == first && self[start..<start + wanted.count].elementsEqual(wanted) {
            return start + wanted.count
        }
        return nil
    }
}
