extension String {
    /// The text, or beginning and end of it with a mark of how much is left out between them. UTF-16 units are what
    /// Claude Code and other programs in JavaScript call characters; no character of Unicode is split.
    /// - Parameter limit: in UTF-16 units, the mark's included.
    package func withoutMiddle(beyond limit: Int) -> String {
        let count = utf16.count
        guard count > limit else { return self }
        func mark(_ leftOut: Int) -> String { "\n[… \(leftOut) characters left out …]\n" }
        let room = limit - mark(count).utf16.count
        guard room > 1 else { return String(self[..<scalarIndex(utf16Offset: max(0, limit))]) }
        let head = scalarIndex(utf16Offset: room * 2 / 3)
        var tail = utf16.index(endIndex, offsetBy: -(room - room * 2 / 3))
        if let behind = tail.samePosition(in: unicodeScalars) {
            tail = behind
        } else {
            tail = utf16.index(after: tail)
        }
        return self[..<head] + mark(utf16.distance(from: head, to: tail)) + self[tail...]
    }

    /// The place of a scalar, at so many UTF-16 units or one before.
    package func scalarIndex(utf16Offset offset: Int) -> Index {
        let index = utf16.index(startIndex, offsetBy: offset)
        return index.samePosition(in: unicodeScalars) ?? utf16.index(before: index)
    }
}
